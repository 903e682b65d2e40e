import type { Actor, ReleaseFacts } from '@concord/access';
import type { ReportDefaults } from '@concord/agencies';
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
  /** The agency's standing defaults; only what is set is there. */
  readonly defaults: Partial<ReportDefaults>;
}

/** The county that a report names, if it looks like one: what it is checked by is read before it is checked. */
export function countyNamed(input: SubmittedReport): string {
  const given = input.place?.countyFips;
  return typeof given === 'string' && /^\d{5}$/.test(given) ? given : '';
}

export async function findReportContext(db: Queryable, agencyId: string, countyFips: string): Promise<ReportContext> {
  const { rows } = await db.query<ReportContext & Record<string, unknown>>({
    name: 'report_context',
    text: 'select * from report_context($1, $2)',
    values: [agencyId, countyFips],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('report_context answers with one row');
  return row;
}

/** The same for many counties, in one statement and by one clock. A county that is not named has none. */
export async function findReportContexts(
  db: Queryable,
  agencyId: string,
  countyFips: readonly string[],
): Promise<ReadonlyMap<string, ReportContext>> {
  const { rows } = await db.query<ReportContext & { county: string }>({
    name: 'report_contexts',
    text: `select n.county, c.* from unnest($2::text[]) n(county) cross join lateral report_context($1, n.county) c`,
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
