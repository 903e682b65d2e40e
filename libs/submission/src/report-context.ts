import type { Actor, ReleaseFacts } from '@concord/access';
import type { SharingCode } from '@concord/codes';
import type { H3Resolution, ValidReport } from '@concord/deidentification';
import type { Clock } from '@concord/platform/clock';
import type { Queryable } from '@concord/platform/database';
import type { SubmittedReport } from './submitted-report.js';
import type { ValidationContext } from './validate-report.js';

/** What the submitting agency may share, with whom, and how exactly; and which regions the county belongs to. */
export interface ReportContext {
  readonly widest_sharing: SharingCode;
  readonly task_force_ids: readonly string[];
  readonly region_ids: readonly string[];
  readonly h3_resolution: H3Resolution;
}

/** The county that a report names, if it looks like one: what it is checked by is read before it is checked. */
export function countyNamed(input: SubmittedReport): string {
  const given = input.place?.countyFips;
  return typeof given === 'string' && /^\d{5}$/.test(given) ? given : '';
}

export async function findReportContext(db: Queryable, agencyId: string, countyFips: string): Promise<ReportContext> {
  const { rows } = await db.query<ReportContext & Record<string, unknown>>({
    name: 'submission_context',
    text: 'select * from submission_context($1, $2)',
    values: [agencyId, countyFips],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('submission_context answers with one row');
  return row;
}

/** What the agency's own rules say of a report of this member. */
export interface ReviewRules {
  /** The member has submitted fewer reports than the agency has looked at. */
  readonly newMember: boolean;
  readonly holdSharingPartners: boolean;
}

/** The same with the rules of review, in one round trip. `reportId`: of the report that is corrected; it counts for nothing. */
export async function findSubmissionContext(
  db: Queryable,
  as: { readonly personId: string; readonly agencyId: string },
  countyFips: string,
  reportId: string | null,
): Promise<{ readonly context: ReportContext; readonly rules: ReviewRules }> {
  const { rows } = await db.query<ReportContext & { new_member: boolean; hold_partners: boolean }>({
    name: 'submission_and_review_context',
    text: `select c.widest_sharing, c.task_force_ids, c.region_ids, c.h3_resolution, r.new_member, r.hold_partners
           from submission_context($1, $2) c cross join review_context($3, $1, $4) r`,
    values: [as.agencyId, countyFips, as.personId, reportId],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('a context is one row');
  const { new_member: newMember, hold_partners: holdSharingPartners, ...context } = row;
  return { context, rules: { newMember, holdSharingPartners } };
}

/** The same for many counties, in one statement and by one clock. A county that is not named has none. */
export async function findReportContexts(
  db: Queryable,
  agencyId: string,
  countyFips: readonly string[],
): Promise<ReadonlyMap<string, ReportContext>> {
  const { rows } = await db.query<ReportContext & { county: string }>({
    name: 'submission_contexts',
    text: `select n.county, c.* from unnest($2::text[]) n(county) cross join lateral submission_context($1, n.county) c`,
    values: [agencyId, [...new Set(countyFips)]],
  });
  return new Map(rows.map(({ county, ...context }) => [county, context]));
}

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
