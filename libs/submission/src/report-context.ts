import type { Actor, ReleaseFacts } from '@concord/access';
import type { ReportDefaults } from '@concord/agencies';
import type { SharingCode } from '@concord/codes';
import type { DeidentificationSettings, H3Resolution, ReleasePolicy, ValidReport } from '@concord/deidentification';
import type { Clock } from '@concord/platform/clock';
import type { Queryable } from '@concord/platform/database';
import { findReleasePolicy, POLICY_IN_FORCE } from '@concord/records';
import type { SubmittedReport } from './submitted-report.js';
import type { ValidationContext } from './validate-report.js';

/** What the submitting agency may share, with whom, and how exactly; and which regions the county belongs to. */
export interface ReportContext {
  readonly widest_sharing: SharingCode;
  readonly task_force_ids: readonly string[];
  readonly region_ids: readonly string[];
  readonly h3_resolution: H3Resolution;
  /**
   * In force when this was read. A report that is stored under it after the next one was published keeps its version in
   * its views, by which `concord release-policy apply` finds it.
   */
  readonly release_policy: ReleasePolicy;
  /** The agency's standing defaults; only what is set is there. */
  readonly defaults: Partial<ReportDefaults>;
}

type ContextRow = Omit<ReportContext, 'release_policy'> & {
  readonly policy_version: number;
  readonly policy_digest: string;
};

const POLICY_COLUMNS = 'p.version as policy_version, p.digest as policy_digest';

/** The county that a report names, if it looks like one: what it is checked by is read before it is checked. */
export function countyNamed(input: SubmittedReport): string {
  const given = input.place?.countyFips;
  return typeof given === 'string' && /^\d{5}$/.test(given) ? given : '';
}

export async function findReportContext(db: Queryable, agencyId: string, countyFips: string): Promise<ReportContext> {
  const { rows } = await db.query<ContextRow>({
    name: 'report_context',
    text: `select c.*, ${POLICY_COLUMNS} from report_context($1, $2) c cross join (${POLICY_IN_FORCE}) p`,
    values: [agencyId, countyFips],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('report_context answers with one row');
  return withPolicy(db, row);
}

async function withPolicy(
  db: Queryable,
  { policy_version: version, policy_digest: digest, ...context }: ContextRow,
): Promise<ReportContext> {
  return { ...context, release_policy: await findReleasePolicy(db, { version, digest }) };
}

/** What the agency's own rules say of a report of this member. */
export interface ReviewRules {
  /** The member has submitted fewer reports than the agency has looked at. */
  readonly newMember: boolean;
  readonly holdSharingPartners: boolean;
}

export interface SubmissionContext {
  readonly context: ReportContext;
  readonly rules: ReviewRules;
  /** How many of the member's next reports the agency has a supervisor look at. */
  readonly lookedAt: number;
}

/** The same with the rules of review, in one round trip. `reportId`: of the report that is corrected; it counts for nothing. */
export async function findSubmissionContext(
  db: Queryable,
  as: { readonly personId: string; readonly agencyId: string },
  countyFips: string,
  reportId: string | null,
): Promise<SubmissionContext> {
  const { rows } = await db.query<ContextRow & { looked_at: number; hold_partners: boolean }>({
    name: 'report_rules',
    text: 'select * from report_rules($1, $2, $3, $4)',
    values: [as.personId, as.agencyId, countyFips, reportId],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('report_rules answers with one row');
  const { looked_at: lookedAt, hold_partners: holdSharingPartners, ...rest } = row;
  const context = await withPolicy(db, rest);
  return { context, rules: { newMember: lookedAt > 0, holdSharingPartners }, lookedAt };
}

/** The same for many counties, in one statement; the rules are of the member and not of a county. */
export async function findSubmissionContexts(
  db: Queryable,
  as: { readonly personId: string; readonly agencyId: string },
  countyFips: readonly string[],
): Promise<{ readonly contexts: ReadonlyMap<string, ReportContext>; readonly rules: ReviewRules }> {
  const { rows } = await db.query<ContextRow & { county: string; new_member: boolean; hold_partners: boolean }>({
    name: 'report_and_review_contexts',
    text: `select n.county, c.*, ${POLICY_COLUMNS}, r.new_member, r.hold_partners
           from review_context($3, $1, null) r cross join (${POLICY_IN_FORCE}) p cross join unnest($2::text[]) n(county)
           cross join lateral report_context($1, n.county) c`,
    values: [as.agencyId, [...new Set(countyFips)], as.personId],
  });
  const [first] = rows;
  if (first === undefined) throw new Error('a context is one row for each county');
  const contexts = new Map<string, ReportContext>();
  for (const { county, new_member: _new, hold_partners: _hold, ...context } of rows)
    contexts.set(county, await withPolicy(db, context));
  return { contexts, rules: { newMember: first.new_member, holdSharingPartners: first.hold_partners } };
}

/** The same for many counties, in one statement and by one clock. A county that is not named has none. */
export async function findReportContexts(
  db: Queryable,
  agencyId: string,
  countyFips: readonly string[],
): Promise<ReadonlyMap<string, ReportContext>> {
  const { rows } = await db.query<ContextRow & { county: string }>({
    name: 'report_contexts',
    text: `select n.county, c.*, ${POLICY_COLUMNS} from unnest($2::text[]) n(county)
           cross join lateral report_context($1, n.county) c cross join (${POLICY_IN_FORCE}) p`,
    values: [agencyId, [...new Set(countyFips)]],
  });
  const contexts = new Map<string, ReportContext>();
  for (const { county, ...context } of rows) contexts.set(county, await withPolicy(db, context));
  return contexts;
}

/** How exactly each view of the agency's reports is made. */
export const precisionSettings = (context: ReportContext): DeidentificationSettings => ({
  h3Resolution: context.h3_resolution,
  policy: context.release_policy,
});

export const validationContext = (context: ReportContext, actor: Actor, clock: Clock): ValidationContext => ({
  now: clock.now(),
  agreementWidestSharing: context.widest_sharing,
  keyWidestSharing: actor.key?.widestSharing ?? null,
  memberTaskForceIds: new Set(context.task_force_ids),
});

export const releaseFacts = (agencyId: string, report: ValidReport, context: ReportContext): ReleaseFacts => ({
  agencyId,
  sharing: report.sharing,
  taskForceIds: report.taskForceIds,
  stateFips: report.place.stateFips,
  countyFips: report.place.countyFips,
  regionIds: context.region_ids,
});
