import type { AgencyActor } from '@concord/access';
import { changeAgencySettings, findAgencySettings, type AgencySettings as Settings } from '@concord/agencies';
import { appendAuditWithPrisma, auditEntry } from '@concord/audit';
import { Inject } from '@nestjs/common';
import { Args, createUnionType, Field, InputType, Int, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy, PresentedAs } from '../graphql/policy.decorator.js';
import { Issue } from '../graphql/shared.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';

@ObjectType({ description: 'What a local or tribal agency decides for itself.' })
@PresentedAs('own-agency')
export class AgencySettings {
  @Field(() => Int, {
    description:
      'H3 resolution at which task forces see your places: 6 (about 36 km2) or 7 (about 5 km2). For reports from now on.',
  })
  h3Resolution!: number;

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
  @Field(() => Int, { nullable: true, description: 'Required: 6 or 7.' })
  h3Resolution?: number | null;

  @Field(() => Int, { nullable: true, description: '0 to 100; left out: as it is.' })
  holdFirstReportsOfNewMember?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Left out: as it is.' })
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

const presentSettings = ({ h3Resolution, review, version }: Settings): AgencySettings => ({
  h3Resolution,
  holdFirstReportsOfNewMember: review.holdFirstReports,
  holdSharingPartners: review.holdSharingPartners,
  version,
});

/** Own-agency settings: LOCAL and TRIBAL agencies, and nobody else. */
@Resolver()
export class AgencySettingsResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => AgencySettings, { description: 'Settings of your own agency. LOCAL and TRIBAL.' })
  @Policy('agency.settings.read')
  async agencySettings(@CurrentAgencyActor() actor: AgencyActor): Promise<AgencySettings> {
    return presentSettings(await findAgencySettings(this.services.prisma, actor.agency.id));
  }

  @Mutation(() => UpdateAgencySettingsPayload, {
    description: 'Changes settings of your own agency. LOCAL and TRIBAL; supervisors and agency admins.',
  })
  @Policy('agency.settings.change')
  async updateAgencySettings(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => UpdateAgencySettingsInput }) input: UpdateAgencySettingsInput,
  ): Promise<AgencySettingsUpdated | AgencySettingsRejected> {
    const { h3Resolution, version } = input;
    const issues: Issue[] = [];
    const review = readReview(input, issues);
    if (h3Resolution !== 6 && h3Resolution !== 7)
      issues.push({ path: 'h3Resolution', code: 'OUT_OF_RANGE', message: 'Give 6 or 7.' });
    if (version === null || version === undefined)
      issues.push({ path: 'version', code: 'REQUIRED', message: 'Give the version that you saw.' });
    if (issues.length > 0 || (h3Resolution !== 6 && h3Resolution !== 7) || version === null || version === undefined)
      return { issues };
    const change = { personId: actor.personId, agencyId: actor.agency.id, version, h3Resolution, review } as const;
    const entry = auditEntry({
      at: this.services.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      action: 'agency.settings.change',
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [{ kind: 'agency', id: actor.agency.id, version: version + 1 }],
    });
    const { changed, settings } = await changeAgencySettings(this.services.prisma, change, (tx) =>
      appendAuditWithPrisma(tx, entry),
    );
    if (changed) return { settings: presentSettings(settings) };
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
