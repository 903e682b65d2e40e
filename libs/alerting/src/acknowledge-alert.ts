import { appendAudit, auditEntry } from '@concord/audit';
import type { AgencyActor } from '@concord/access';
import { asActor } from '@concord/records';
import type { Pool } from 'pg';
import type { AlertState } from './alert.reader.js';

export type AcknowledgeOutcome =
  { readonly kind: 'acknowledged'; readonly id: string; readonly state: AlertState } | { readonly kind: 'absent' };

/** Idempotent: an alert that was acknowledged before stays so, and a new note replaces the old one. */
export async function acknowledgeAlert(
  pool: Pool,
  actor: AgencyActor,
  id: string,
  note: string | null,
  now: Date,
): Promise<AcknowledgeOutcome> {
  return asActor(pool, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
    const { rowCount } = await tx.query(
      `update alert set state = 'ACKNOWLEDGED', note = coalesce($2, note), updated_at = now() where id = $1 and state <> 'WITHHELD'`,
      [id, note],
    );
    if (rowCount === 0) return { kind: 'absent' };
    await appendAudit(tx, [
      auditEntry({
        at: now,
        personId: actor.personId,
        agencyId: actor.agency.id,
        roles: [...actor.roles],
        action: 'alert.acknowledge',
        outcome: 'DONE',
        purpose: actor.purpose,
        subjects: [{ kind: 'alert', id }],
      }),
    ]);
    return { kind: 'acknowledged', id, state: 'ACKNOWLEDGED' };
  });
}
