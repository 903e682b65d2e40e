import { appendAudit, auditEntry } from '@concord/audit';
import { writeOutbox } from '@concord/outbox';
import type { Queryable } from '@concord/platform/database';

interface HandedRow {
  alert_id: string;
  inbox_id: string | null;
  person_id: string;
  agency_id: string;
  record_id: string;
  record_version: number;
  handed: boolean;
}

/** Puts what nobody acknowledged in time in the way to whoever is next; inside the caller's transaction. @returns steps */
export async function escalateAlerts(tx: Queryable, limit: number): Promise<number> {
  const { rows } = await tx.query<{ steps: number }>('select escalate_alerts($1) as steps', [limit]);
  return rows[0]?.steps ?? 0;
}

/**
 * Hands over what waits, inside the caller's transaction: whoever gets an alert that they did not have is delivered to
 * as by any other (T3); whoever had it is told again.
 *
 * @returns how many were looked at, and the inboxes that got something: whom to wake after the commit.
 */
export async function handOverAlerts(
  tx: Queryable,
  limit: number,
  now: Date,
): Promise<{ readonly looked: number; readonly inboxIds: readonly string[] }> {
  const { rows } = await tx.query<HandedRow>('select * from hand_over_alerts($1)', [limit]);
  const raised = rows.filter((row) => row.handed && row.inbox_id === null).map((row) => row.alert_id);
  if (raised.length > 0) await writeOutbox(tx, 'alert.raised', raised);
  await appendAudit(
    tx,
    rows.map((row) =>
      auditEntry({
        at: now,
        personId: row.person_id,
        agencyId: row.agency_id,
        roles: ['WORKER'],
        action: 'alert.hand-over',
        outcome: row.handed ? 'DONE' : 'REFUSED',
        purpose: null,
        subjects: [
          { kind: 'alert', id: row.alert_id },
          { kind: 'record', id: row.record_id, version: row.record_version },
        ],
      }),
    ),
  );
  return { looked: rows.length, inboxIds: rows.flatMap((row) => row.inbox_id ?? []) };
}
