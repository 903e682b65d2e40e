import { auditEntry, appendAudit } from '@concord/audit';
import { writeOutbox } from '@concord/outbox';
import type { Queryable } from '@concord/platform/database';
import { matchRows, type RuleMatch } from './match-rows.js';

/**
 * T2, inside the caller's transaction: alerts (one an owner and record), their matches, an audit entry and an outbox
 * row. What no longer holds in this snapshot (rule off, key gone, other version) raises nothing.
 *
 * @returns ids of the alerts raised now.
 */
export async function raiseAlerts(tx: Queryable, matches: readonly RuleMatch[], now: Date): Promise<string[]> {
  if (matches.length === 0) return [];
  const { rows } = await tx.query<{ alert_id: string; record_id: string; record_version: number }>({
    name: 'raise_alerts',
    text: 'select alert_id, record_id, record_version from raise_alerts($1)',
    values: [matchRows(matches)],
  });
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.alert_id);
  await writeOutbox(tx, 'alert.raised', ids);
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
  return ids;
}
