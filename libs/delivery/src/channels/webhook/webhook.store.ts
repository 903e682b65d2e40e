import type { AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import { newId } from '@concord/platform/ids';
import { asActor, type ActAs } from '@concord/records';
import type { Pool, PoolClient } from 'pg';

export const WEBHOOK_STATES = ['UNVERIFIED', 'ACTIVE', 'ENDED'] as const;
/** Of one person in one agency, that have not ended. */
export const MOST_WEBHOOKS = 5;
/** How long a receiver has to say back what it was sent. */
const VERIFY_WITHIN = '1 hour';

export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly state: (typeof WEBHOOK_STATES)[number];
  readonly createdAt: Date;
  readonly verifiedAt: Date | null;
  readonly pausedUntil: Date | null;
  readonly lastFailure: string | null;
  readonly endedBecause: string | null;
}

/** A new secret, sealed for its place: the row of `webhook_secret` with this id. */
export interface SealedSecret {
  readonly id: string;
  readonly sealed: Buffer;
}

const COLUMNS = `id, url, state, created_at as "createdAt", verified_at as "verifiedAt", paused_until as "pausedUntil",
  last_failure as "lastFailure", ended_because as "endedBecause"`;

const asOwner = (actor: AgencyActor): ActAs => ({ personId: actor.personId, agencyId: actor.agency.id });

/** @returns null where the person has as many as one may have */
export async function addWebhook(
  pool: Pool,
  actor: AgencyActor,
  url: string,
  secret: SealedSecret,
  now: Date,
): Promise<WebhookRow | null> {
  return asActor(pool, asOwner(actor), async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('webhook:' || $1 || ':' || $2, 0))`, [
      actor.personId,
      actor.agency.id,
    ]);
    const { rows: counted } = await tx.query<{ n: number }>(
      `select count(*)::int as n from webhook where state <> 'ENDED'`,
    );
    if ((counted[0]?.n ?? 0) >= MOST_WEBHOOKS) return null;
    const id = newId();
    const { rows } = await tx.query<WebhookRow>(
      `insert into webhook (id, person_id, agency_id, url) values ($1, $2, $3, $4) returning ${COLUMNS}`,
      [id, actor.personId, actor.agency.id, url],
    );
    await storeSecret(tx, actor, id, secret);
    await tx.query('insert into push (webhook_id, retry_until) values ($1, now() + $2::interval)', [id, VERIFY_WITHIN]);
    await bookWebhookAct(tx, actor, 'webhook.add', id, now);
    return rows[0] ?? null;
  });
}

/** One's own that have not ended, and those that ended otherwise than by their owner; newest first. */
export async function findWebhooks(pool: Pool, as: ActAs): Promise<WebhookRow[]> {
  return asActor(pool, as, async (tx) => {
    const { rows } = await tx.query<WebhookRow>(
      `select ${COLUMNS} from webhook where ended_because is distinct from 'REMOVED' order by created_at desc, id limit 100`,
    );
    return rows;
  });
}

/** The secret before the one before is gone: two are live. @returns false where there is none of this id */
export async function rotateWebhookSecret(
  pool: Pool,
  actor: AgencyActor,
  id: string,
  secret: SealedSecret,
  now: Date,
): Promise<boolean> {
  return asActor(pool, asOwner(actor), async (tx) => {
    const { rowCount } = await tx.query(`select from webhook where id = $1 and state <> 'ENDED' for update`, [id]);
    if (rowCount === 0) return false;
    await storeSecret(tx, actor, id, secret);
    await tx.query(
      `delete from webhook_secret where webhook_id = $1
         and id not in (select s.id from webhook_secret s where s.webhook_id = $1 order by s.made_at desc limit 2)`,
      [id],
    );
    await bookWebhookAct(tx, actor, 'webhook.rotate', id, now);
    return true;
  });
}

/** Nothing is sent to it from the commit on, but what is on its way. @returns false where there is none of this id */
export async function removeWebhook(pool: Pool, actor: AgencyActor, id: string, now: Date): Promise<boolean> {
  return asActor(pool, asOwner(actor), async (tx) => {
    const { rowCount } = await tx.query(
      `update webhook set state = 'ENDED', ended_because = 'REMOVED' where id = $1 and ended_because is distinct from 'REMOVED'`,
      [id],
    );
    if (rowCount === 0) return false;
    await tx.query(`delete from webhook_secret where webhook_id = $1`, [id]);
    await tx.query(
      `update push set state = 'DEAD', reason = 'REMOVED', done_at = now() where webhook_id = $1 and state = 'PENDING'`,
      [id],
    );
    await bookWebhookAct(tx, actor, 'webhook.remove', id, now);
    return true;
  });
}

const storeSecret = (tx: PoolClient, actor: AgencyActor, webhookId: string, { id, sealed }: SealedSecret) =>
  tx.query('insert into webhook_secret (id, webhook_id, agency_id, sealed) values ($1, $2, $3, $4)', [
    id,
    webhookId,
    actor.agency.id,
    sealed,
  ]);

/** In the transaction of the act. */
export async function bookWebhookAct(
  tx: PoolClient,
  actor: AgencyActor,
  action: string,
  id: string,
  now: Date,
): Promise<void> {
  await appendAudit(tx, [
    auditEntry({
      at: now,
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      action,
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [{ kind: 'webhook', id }],
    }),
  ]);
}
