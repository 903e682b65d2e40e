import type { PoolClient } from 'pg';
import type { Moment } from './filter/index.js';
import type { ReportStatus } from './report.store.js';

/** Where a page of one's own reports ended. */
export interface ReportPosition {
  readonly submittedAt: string;
  readonly id: string;
}

/** From inclusive, to exclusive; a date begins by the clock of the place where the seizure was. */
export interface MomentRange {
  readonly from: Moment | null;
  readonly to: Moment | null;
}

/** What somebody looks for among the reports of their own agency: all that is given. */
export interface OwnReportSearch {
  readonly statuses: readonly ReportStatus[] | null;
  readonly occurred: MomentRange | null;
  readonly submitted: MomentRange | null;
  /** Words; each begins a word of the report. */
  readonly text: string | null;
  /** Only what the asker submitted. */
  readonly mine: boolean;
  /** Only what this import stored: the import's id, a UUID. */
  readonly importId: string | null;
}

export const EVERY_OWN_REPORT: OwnReportSearch = {
  statuses: null,
  occurred: null,
  submitted: null,
  text: null,
  mine: false,
  importId: null,
};

/** What was counted; with `atLeast` there are more, or may be. */
export interface OwnReportTally {
  readonly value: number;
  readonly atLeast: boolean;
}

/** Longer is asked for by nobody who looks at a screen; the page stands without it. */
const LONGEST_COUNT_MS = 2_000;

const HOUR_MS = 3_600_000;
/** No place on Earth is further from UTC: 14 hours ahead, 12 behind. */
const AHEAD_MS = 14 * HOUR_MS;
const BEHIND_MS = 12 * HOUR_MS;

/** The one argument of `own_report_page`. */
export function searchForm(search: OwnReportSearch, after: ReportPosition | null, anyOrder = false): string {
  return JSON.stringify({
    statuses: search.statuses,
    text: search.text,
    mine: search.mine,
    import: search.importId,
    anyOrder,
    bounds: [...boundsOf('occurred', search.occurred), ...boundsOf('submitted', search.submitted)],
    afterAt: after?.submittedAt,
    afterId: after?.id,
  });
}

/** A date is midnight by the report's own clock: `local`, with a bound for the index that no clock is beyond. */
function boundsOf(of: 'occurred' | 'submitted', range: MomentRange | null): object[] {
  return (['from', 'to'] as const).flatMap((side) => {
    const moment = range?.[side] ?? null;
    if (moment === null) return [];
    const at = (epochMs: number): string => new Date(epochMs).toISOString();
    if (moment.kind === 'instant') return [{ of, side, near: at(moment.epochMs) }];
    const near = side === 'from' ? moment.epochMs - AHEAD_MS : moment.epochMs + BEHIND_MS;
    return [{ of, side, near: at(near), local: at(moment.epochMs) }];
  });
}

/** How many reports of the seat's agency are found, counted up to `cap` and for two seconds. */
export async function countOwnReports(
  tx: PoolClient,
  search: OwnReportSearch,
  cap: number,
  longestMs = LONGEST_COUNT_MS,
): Promise<OwnReportTally> {
  await tx.query(`set local statement_timeout = ${longestMs}`);
  const { rows } = await tx.query<{ counted: number }>({
    name: 'count_own_reports',
    text: 'select count(*)::int as counted from own_report_page($1, $2)',
    values: [searchForm(search, null, true), cap + 1],
  });
  const counted = rows[0]?.counted ?? 0;
  return { value: Math.min(counted, cap), atLeast: counted > cap };
}
