import { auditEntry, appendAudit } from '@concord/audit';
import { writeOutbox, writeRelayed } from '@concord/outbox';
import type { Queryable } from '@concord/platform/database';
import { matchRows, type RuleMatch } from './match-rows.js';

export interface RaisedAlerts {
  readonly alertIds: readonly string[];
  /** Null when the relay takes it, or nothing was raised. */
  readonly outboxId: string | null;
}

const NONE: RaisedAlerts = { alertIds: [], outboxId: null };

/**
 * T2, inside the caller's transaction: alerts (one an owner and record), their matches, an audit entry and an outbox
 * row. What no longer holds in this snapshot (rule off, key gone, other version) raises nothing.
 *
 * @param take who delivers: the relay finds the outbox row, or the caller delivers it itself after the commit.
 * @returns ids of the alerts raised now, and of the outbox row that the caller delivers.
 */
export async function raiseAlerts(
  tx: Queryable,
  matches: readonly RuleMatch[],
  now: Date,
  take: 'relay' | 'caller' = 'relay',
): Promise<RaisedAlerts> {
  if (matches.length === 0) return NONE;
  const { rows } = await tx.query<{ alert_id: string; record_id: string; record_version: number }>({
    name: 'raise_alerts',
    text: 'select alert_id, record_id, record_version from raise_alerts($1)',
    values: [matchRows(matches)],
  });
  if (rows.length === 0) return NONE;
  const ids = rows.map((row) => row.alert_id);
  const outboxId = take === 'caller' ? await writeRelayed(tx, 'alert.raised', ids) : null;
  if (outboxId === null) await writeOutbox(tx, 'alert.raised', ids);
  await appendAudit(tx, [
    auditEntry({
      at: now,
      personId: null,
      agencyId: null,
      roles: ['WORKER'],
      action: 'alert.raise',
      outcome: 'DONE',
      purpose: null,
      subjects: rows.flatMap((row) => [
        { kind: 'alert' as const, id: row.alert_id },
        { kind: 'record' as const, id: row.record_id, version: row.record_version },
      ]),
    }),
  ]);
  return { alertIds: ids, outboxId };
}
