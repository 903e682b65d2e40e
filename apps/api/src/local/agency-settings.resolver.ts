import type { AgencyActor } from '@concord/access';
import {
  changeAgencySettings,
  checkReportDefaults,
  findAgencySettings,
  type AgencySettings as Settings,
  type ReportDefaults as Defaults,
  type SettingsChange,
} from '@concord/agencies';
import { appendAuditWithPrisma, auditEntry } from '@concord/audit';
import { Inject } from '@nestjs/common';
import { Args, createUnionType, Field, InputType, Int, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy, PresentedAs } from '../graphql/policy.decorator.js';
import { Issue, SharingEnum, TlpEnum } from '../graphql/shared.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';

@ObjectType({ description: 'What a report of yours says where it leaves something out. What a report says wins.' })
@PresentedAs('own-agency')
export class ReportDefaults {
  @Field(() => SharingEnum, { nullable: true, description: 'Null: every report says it.' })
  sharing!: string | null;

  @Field(() => TlpEnum, { nullable: true, description: 'Null: AMBER.' })
  tlp!: string | null;

  @Field(() => [String], { description: 'What partners are not told. `withhold: []` in a report means nothing of it.' })
  withhold!: readonly string[];

  @Field(() => String, { nullable: true, description: 'How exactly partners see the time: WEEK or DAY. Null: WEEK.' })
  timePrecision!: string | null;

  @Field(() => Int, { nullable: true, description: 'Hours from the submission to the release. Null: no embargo.' })
  embargoHours!: number | null;

  @Field({ description: 'Whether a report waits until somebody releases it by hand.' })
  holdUntilReleased!: boolean;
}

@InputType({ description: 'Standing defaults, whole: what is left out has none.' })
export class ReportDefaultsInput {
  @Field(() => String, {
    nullable: true,
    description: 'AGENCY TASK_FORCES STATE NATION PARTNERS. Wider than your agreement, it refuses every report.',
  })
  sharing?: string | null;

  @Field(() => String, { nullable: true, description: 'CLEAR GREEN AMBER AMBER_STRICT RED.' })
  tlp?: string | null;

  @Field(() => [String], { nullable: true, description: 'CONTRIBUTOR METHOD SIGNATURE.' })
  withhold?: string[] | null;

  @Field(() => String, { nullable: true, description: 'WEEK or DAY.' })
  timePrecision?: string | null;

  @Field(() => Int, { nullable: true, description: '1 to 8760. Not together with holdUntilReleased.' })
  embargoHours?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Every report waits until somebody releases it by hand.' })
  holdUntilReleased?: boolean | null;
}

@ObjectType({ description: 'What an agency decides for itself.' })
@PresentedAs('own-agency')
export class AgencySettings {
  @Field(() => Int, {
    description:
      'H3 resolution at which task forces see your places: 6 (about 36 km2) or 7 (about 5 km2). For reports from now on.',
  })
  h3Resolution!: number;

  @Field(() => ReportDefaults, { description: 'For reports from now on; what is stored stays as it is.' })
  defaults!: ReportDefaults;

  @Field(() => Int, {
    description: 'So many first reports of each new member wait for a supervisor; 0: none. 100 at most.',
  })
  holdFirstReportsOfNewMember!: number;

  @Field({ description: 'Whatever is shared with PARTNERS waits for a supervisor.' })
  holdSharingPartners!: boolean;

  @Field(() => Int, { description: 'Send it back with a change.' })
  version!: number;
}

@InputType({ description: 'New settings.' })
export class UpdateAgencySettingsInput {
  @Field(() => Int, { nullable: true, description: '6 or 7. Left out: as it is.' })
  h3Resolution?: number | null;

  @Field(() => ReportDefaultsInput, {
    nullable: true,
    description: 'Whole: what it leaves out has no default, and `{}` takes all away. Left out or null: as they are.',
  })
  defaults?: ReportDefaultsInput | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many first reports of each member a supervisor sees first, 0 to 100. Left out: as it is.',
  })
  holdFirstReportsOfNewMember?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether what is shared with PARTNERS waits for a supervisor. Left out: as it is.',
  })
  holdSharingPartners?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'Required: the version that you saw.' })
  version?: number | null;
}

@ObjectType({ description: 'They are changed.' })
@PresentedAs('outcome')
export class AgencySettingsUpdated {
  @Field(() => AgencySettings, { description: 'The settings as they are now.' })
  settings!: AgencySettings;
}

@ObjectType({ description: 'Nothing was changed.' })
@PresentedAs('outcome')
export class AgencySettingsRejected {
  @Field(() => [Issue], { description: 'Every fault.' })
  issues!: Issue[];
}

const UpdateAgencySettingsPayload = createUnionType({
  name: 'UpdateAgencySettingsPayload',
  description: 'What became of a change of settings.',
  types: () => [AgencySettingsUpdated, AgencySettingsRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AgencySettingsRejected : AgencySettingsUpdated),
});

const MOST_FIRST_REPORTS = 100;

function readReview(input: UpdateAgencySettingsInput, issues: Issue[]): Partial<Settings['review']> {
  const { holdFirstReportsOfNewMember: first, holdSharingPartners: partners } = input;
  if (typeof first === 'number' && (first < 0 || first > MOST_FIRST_REPORTS))
    issues.push({
      path: 'holdFirstReportsOfNewMember',
      code: 'OUT_OF_RANGE',
      message: `Give 0 to ${MOST_FIRST_REPORTS}.`,
    });
  return {
    ...(typeof first === 'number' ? { holdFirstReports: first } : {}),
    ...(typeof partners === 'boolean' ? { holdSharingPartners: partners } : {}),
  };
}

/** The settings as the schema has them. */
const presented = ({ h3Resolution, defaults, review, version }: Settings): AgencySettings => ({
  h3Resolution,
  defaults: { ...defaults },
  holdFirstReportsOfNewMember: review.holdFirstReports,
  holdSharingPartners: review.holdSharingPartners,
  version,
});

/** Settings of one's own agency. */
@Resolver()
export class AgencySettingsResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => AgencySettings, { description: 'Settings of your own agency.' })
  @Policy('agency.settings.read')
  async agencySettings(@CurrentAgencyActor() actor: AgencyActor): Promise<AgencySettings> {
    return presented(await findAgencySettings(this.services.prisma, actor.agency.id));
  }

  @Mutation(() => UpdateAgencySettingsPayload, {
    description: 'Changes settings of your own agency; what is left out stays. Supervisors and agency admins.',
  })
  @Policy('agency.settings.change')
  async updateAgencySettings(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => UpdateAgencySettingsInput }) input: UpdateAgencySettingsInput,
  ): Promise<AgencySettingsUpdated | AgencySettingsRejected> {
    const read = readChange(input);
    if ('issues' in read) return read;
    const change = { personId: actor.personId, agencyId: actor.agency.id, ...read };
    const entry = auditEntry({
      at: this.services.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      action: 'agency.settings.change',
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [{ kind: 'agency', id: actor.agency.id, version: change.version + 1 }],
    });
    const { changed, settings } = await changeAgencySettings(this.services.prisma, change, (tx) =>
      appendAuditWithPrisma(tx, entry),
    );
    if (changed) return { settings: presented(settings) };
    return {
      issues: [
        {
          path: 'version',
          code: 'CONFLICT',
          message: `The settings have changed since; they are at version ${settings.version} now.`,
        },
      ],
    };
  }
}

/** What is to change, or every fault of it. */
function readChange(
  input: UpdateAgencySettingsInput,
): Omit<SettingsChange, 'personId' | 'agencyId'> | AgencySettingsRejected {
  const { h3Resolution, defaults, version } = input;
  const issues: Issue[] = [];
  const resolution = h3Resolution === 6 || h3Resolution === 7 ? h3Resolution : null;
  if (resolution === null && h3Resolution !== null && h3Resolution !== undefined)
    issues.push({ path: 'h3Resolution', code: 'OUT_OF_RANGE', message: 'Give 6 or 7.' });
  if (version === null || version === undefined)
    issues.push({ path: 'version', code: 'REQUIRED', message: 'Give the version that you saw.' });
  const review = readReview(input, issues);
  let checked: Defaults | null = null;
  if (defaults !== null && defaults !== undefined) {
    const judged = checkReportDefaults(defaults);
    issues.push(...judged.issues);
    checked = judged.defaults;
  }
  if (issues.length > 0 || version === null || version === undefined) return { issues };
  return {
    version,
    review,
    ...(resolution === null ? {} : { h3Resolution: resolution }),
    ...(checked === null ? {} : { defaults: checked }),
  };
}
