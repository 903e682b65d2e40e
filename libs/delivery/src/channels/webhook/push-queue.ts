import { appendAudit, auditEntry } from '@concord/audit';
import { inTransaction } from '@concord/platform/database';
import type { Pool } from 'pg';
import type { OutgoingAlert, SendOutcome } from '../channel.js';
import type { SealedSecret } from './webhook.store.js';

/** How many go to one webhook at once: a receiver that hangs holds up nobody else. */
const EACH = 2;
/** Longer than an attempt may take; then another worker takes it over. */
const LEASE = '30 seconds';
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** After five failures in a row nothing is tried for so long, then one after the other again. */
const PAUSE = '1 minute';

/** An attempt that this worker makes, and nobody else while the lease lasts. */
export interface ClaimedPush {
  readonly id: string;
  readonly number: number;
  readonly webhookId: string;
  readonly agencyId: string;
  readonly personId: string;
  readonly url: string;
  readonly secrets: readonly SealedSecret[];
  /** Null: the challenge that verifies the webhook. */
  readonly alert: OutgoingAlert | null;
}

interface ClaimedRow {
  push_id: string;
  number: number;
  webhook_id: string;
  agency_id: string;
  person_id: string;
  url: string;
  alert_id: string | null;
  revision: number | null;
  change: string | null;
  state: 'PENDING' | 'WITHHELD';
  told_at: Date;
  secrets: { id: string; sealed: string }[] | null;
}

/** Takes what is due; what may not be told any more is withheld and booked. */
export async function claimPushes(pool: Pool, limit: number, now: Date): Promise<ClaimedPush[]> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<ClaimedRow>({
      name: 'claim_pushes',
      text: 'select * from claim_pushes($1, $2, $3::interval)',
      values: [limit, EACH, LEASE],
    });
    const withheld = rows.filter((row) => row.state === 'WITHHELD');
    if (withheld.length > 0)
      await appendAudit(
        tx,
        withheld.map((row) => pushEntry(pushOf(row), 'REFUSED', now)),
      );
    return rows.filter((row) => row.state === 'PENDING').map(pushOf);
  });
}

/** Books what became of an attempt. @returns false where another worker has taken it over */
export async function finishPush(pool: Pool, push: ClaimedPush, outcome: SendOutcome, now: Date): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ booked: boolean }>({
      name: 'finish_push',
      text: `select finish_push($1, $2, $3, $4, $5, $6 * interval '1 millisecond', $7::interval) as booked`,
      values: [
        push.id,
        push.number,
        { delivered: 'DELIVERED', failed: 'RETRY', ended: 'ENDED' }[outcome.kind],
        outcome.status,
        outcome.kind === 'delivered' ? null : outcome.reason,
        outcome.kind === 'failed' ? (outcome.afterMs ?? waitAfter(push.number)) : 0,
        PAUSE,
      ],
    });
    const booked = rows[0]?.booked === true;
    if (booked && outcome.kind === 'delivered') await appendAudit(tx, [pushEntry(push, 'DONE', now)]);
    return booked;
  });
}

/** Doubles with every attempt, up to six hours; anything from a second to that, so that many do not come at once. */
export const waitAfter = (number: number): number =>
  Math.max(1_000, Math.random() * Math.min(FIRST_WAIT_MS * 2 ** (number - 1), LONGEST_WAIT_MS));

const pushOf = (row: ClaimedRow): ClaimedPush => ({
  id: row.push_id,
  number: row.number,
  webhookId: row.webhook_id,
  agencyId: row.agency_id,
  personId: row.person_id,
  url: row.url,
  secrets: (row.secrets ?? []).map(({ id, sealed }) => ({ id, sealed: Buffer.from(sealed, 'base64') })),
  alert:
    row.alert_id === null
      ? null
      : {
          id: row.push_id,
          alertId: row.alert_id,
          revision: row.revision ?? 1,
          change: row.change ?? 'RAISED',
          toldAt: row.told_at,
        },
});

const pushEntry = (push: ClaimedPush, outcome: 'DONE' | 'REFUSED', now: Date) =>
  auditEntry({
    at: now,
    personId: push.personId,
    agencyId: push.agencyId,
    roles: ['WORKER'],
    action: push.alert === null ? 'webhook.verify' : 'alert.push',
    outcome,
    purpose: null,
    subjects: [
      { kind: 'webhook', id: push.webhookId },
      ...(push.alert === null ? [] : [{ kind: 'alert' as const, id: push.alert.alertId }]),
    ],
  });
