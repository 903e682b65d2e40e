import { appendAudit } from '@concord/audit';
import type { Queryable } from '@concord/platform/database';
import { toldEntry, type ToldRow } from './told-entry.js';

/**
 * T3, inside the caller's transaction: for each alert and recipient a delivery with its attempt and, when the
 * recipient's keyring still opens the record in this snapshot, the next position of the recipient's inbox. An alert
 * that was delivered before is not delivered again.
 *
 * @returns the inboxes that got something: whom to wake after the commit.
 */
export async function deliverAlerts(tx: Queryable, alertIds: readonly string[], now: Date): Promise<string[]> {
  if (alertIds.length === 0) return [];
  await tx.query({ name: 'lock_inboxes', text: 'select lock_inboxes($1)', values: [alertIds] });
  const { rows } = await tx.query<ToldRow & { state: 'DELIVERED' | 'WITHHELD' }>({
    name: 'deliver_alerts',
    text: 'select alert_id, inbox_id, person_id, agency_id, record_id, record_version, state from deliver_alerts($1)',
    values: [alertIds],
  });
  await appendAudit(
    tx,
    rows.map((row) =>
      toldEntry(row, { action: 'alert.deliver', outcome: row.state === 'DELIVERED' ? 'DONE' : 'REFUSED' }, now),
    ),
  );
  return [...new Set(rows.filter((row) => row.state === 'DELIVERED').map((row) => row.inbox_id))];
}
