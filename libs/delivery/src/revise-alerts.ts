import { matchRows, type RuleMatch } from '@concord/alerting';
import { appendAudit } from '@concord/audit';
import type { Queryable } from '@concord/platform/database';
import { toldEntry, type ToldRow } from './told-entry.js';

/**
 * T4, inside the caller's transaction: whoever was told of one of these records, and now sees another version of it or
 * no longer sees it, gets a further revision of the alert in the inbox. A tombstone carries no content: what a reader
 * may see is asked when it reads. Told twice of the same version is nobody.
 *
 * @returns the inboxes that got something: whom to wake after the commit.
 */
export async function reviseAlerts(
  tx: Queryable,
  recordIds: readonly string[],
  matches: readonly RuleMatch[],
  now: Date,
): Promise<string[]> {
  if (recordIds.length === 0) return [];
  await tx.query({
    name: 'lock_inboxes_of_records',
    text: 'select lock_inboxes(array(select a.id from alert a where a.record_id = any($1::uuid[])))',
    values: [recordIds],
  });
  const { rows } = await tx.query<ToldRow & { change: string }>({
    name: 'revise_alerts',
    text: 'select alert_id, inbox_id, person_id, agency_id, record_id, record_version, change from revise_alerts($1, $2)',
    values: [recordIds, matchRows(matches)],
  });
  await appendAudit(
    tx,
    rows.map((row) =>
      toldEntry(row, { action: row.change === 'RECALLED' ? 'alert.recall' : 'alert.revise', outcome: 'DONE' }, now),
    ),
  );
  return [...new Set(rows.map((row) => row.inbox_id))];
}
