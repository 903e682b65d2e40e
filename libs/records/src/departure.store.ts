import type { Queryable } from '@concord/platform/database';

/** A report of an agency that has left, as it was recalled. */
export interface RecalledAtDeparture {
  readonly reportId: string;
  readonly recordId: string;
  /** The version that the recall made. */
  readonly version: number;
  /** Who let the agency go; null where an operator did. */
  readonly recalledBy: string | null;
}

/**
 * Recalls up to `limit` reports of an agency that has left, whatever their sharing: none of their views is left, the
 * reports stay. Of any other agency it recalls nothing. Fewer than `limit`: that was all. Audit entries and outbox rows
 * are the caller's, in this transaction.
 */
export async function recallLeftReports(
  tx: Queryable,
  agencyId: string,
  limit: number,
): Promise<readonly RecalledAtDeparture[]> {
  const { rows } = await tx.query<{
    report_id: string;
    record_id: string;
    version: number;
    recalled_by: string | null;
  }>({
    name: 'recall_left_reports',
    text: 'select report_id, record_id, version, recalled_by from recall_left_reports($1, $2)',
    values: [agencyId, limit],
  });
  return rows.map((row) => ({
    reportId: row.report_id,
    recordId: row.record_id,
    version: row.version,
    recalledBy: row.recalled_by,
  }));
}
