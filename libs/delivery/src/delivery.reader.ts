import type { AgencyActor } from '@concord/access';
import { asActor, type ActAs } from '@concord/records';
import type { Pool, PoolClient } from 'pg';
import { bookWebhookAct } from './channels/webhook/webhook.store.js';

export const DELIVERY_CHANNELS = ['LIVE', 'WEBHOOK'] as const;
export const DELIVERY_STATES = ['PENDING', 'DELIVERED', 'WITHHELD', 'DEAD'] as const;

/** One alert to its owner over one channel, with its attempts. */
export interface AlertDelivery {
  readonly id: string;
  readonly alertId: string;
  readonly channel: (typeof DELIVERY_CHANNELS)[number];
  readonly webhookId: string | null;
  /** Null: live, where each attempt names its own. */
  readonly revision: number | null;
  readonly state: (typeof DELIVERY_STATES)[number];
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date | null;
  readonly endedAt: Date | null;
  readonly attempts: readonly DeliveryAttempt[];
}

export interface DeliveryAttempt {
  readonly at: Date;
  readonly outcome: string | null;
  readonly status: number | null;
  readonly reason: string | null;
  readonly revision: number | null;
}

interface Row extends Omit<AlertDelivery, 'attempts' | 'createdAt' | 'nextAttemptAt' | 'endedAt'> {
  readonly createdAt: string | Date;
  readonly nextAttemptAt: string | Date | null;
  readonly endedAt: string | Date | null;
  readonly attempts: readonly (Omit<DeliveryAttempt, 'at'> & { readonly at: string })[] | null;
}

/** The latest 20 attempts of each. */
const PUSHES = `
  select p.id, p.alert_id as "alertId", 'WEBHOOK' as channel, p.webhook_id as "webhookId", p.revision, p.state, p.reason,
    p.created_at as "createdAt", case when p.state = 'PENDING' then p.next_at end as "nextAttemptAt", p.done_at as "endedAt",
    (select json_agg(json_build_object('at', t.began_at, 'outcome', t.outcome, 'status', t.status, 'reason', t.reason, 'revision', p.revision) order by t.number)
       from (select * from push_attempt x where x.push_id = p.id order by x.number desc limit 20) t) as attempts
  from push p`;
const LIVE = `
  select d.id, d.alert_id as "alertId", 'LIVE' as channel, null::uuid as "webhookId", null::integer as revision, d.state, null::text as reason,
    d.created_at as "createdAt", null::timestamptz as "nextAttemptAt", d.created_at as "endedAt",
    (select json_agg(json_build_object('at', t.at, 'outcome', t.outcome, 'status', null, 'reason', null, 'revision', t.revision) order by t.number)
       from (select * from delivery_attempt x where x.delivery_id = d.id order by x.number desc limit 20) t) as attempts
  from delivery d`;

/** Deliveries of one's own alerts; a live one that was withheld was never told, and is not among them. */
export async function findDeliveries(pool: Pool, as: ActAs, alertIds: readonly string[]): Promise<AlertDelivery[]> {
  return asActor(pool, as, async (tx) => {
    const { rows } = await tx.query<Row>(
      `select * from (${LIVE} where d.alert_id = any($1::uuid[]) union all ${PUSHES} where p.alert_id = any($1::uuid[])) x
       order by "createdAt", id`,
      [alertIds],
    );
    return rows.map(asDelivery);
  });
}

export interface DeadPosition {
  readonly at: string;
  readonly id: string;
}

/** Pushes of one's own that were given up, the latest first; those of webhooks that one removed oneself are not among them. */
export async function findDeadDeliveries(
  pool: Pool,
  as: ActAs,
  limit: number,
  after: DeadPosition | null,
): Promise<(AlertDelivery & { readonly positionAt: string })[]> {
  return asActor(pool, as, async (tx) => {
    const { rows } = await tx.query<Row & { positionAt: string }>(
      `select x.*, to_char(x."endedAt" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "positionAt"
       from (${PUSHES} where p.state = 'DEAD' and p.alert_id is not null and p.reason is distinct from 'REMOVED'
               and (p.done_at, p.id) < ($2::timestamptz, $3::uuid) order by p.done_at desc, p.id desc limit $1) x
       order by "endedAt" desc, id desc`,
      [limit, after?.at ?? 'infinity', after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    );
    return rows.map((row) => ({ ...asDelivery(row), positionAt: row.positionAt }));
  });
}

export type ReplayOutcome =
  | { readonly kind: 'replayed'; readonly delivery: AlertDelivery }
  | { readonly kind: 'absent' }
  /** The webhook has ended: there is nowhere to send it. */
  | { readonly kind: 'ended' };

/** Sends a push once more, for up to three days, under the same id; keys are asked again. */
export async function replayDelivery(pool: Pool, actor: AgencyActor, id: string, now: Date): Promise<ReplayOutcome> {
  return asActor(pool, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
    const { rows } = await tx.query<{ webhook_id: string; state: string }>(
      `select p.webhook_id, w.state from push p join webhook w on w.id = p.webhook_id
       where p.id = $1 and p.alert_id is not null and w.ended_because is distinct from 'REMOVED' for update of p`,
      [id],
    );
    const [push] = rows;
    if (push === undefined) return { kind: 'absent' };
    if (push.state === 'ENDED') return { kind: 'ended' };
    await tx.query(
      `update push set state = 'PENDING', done_at = null, next_at = now(), retry_until = now() + interval '3 days' where id = $1`,
      [id],
    );
    await bookWebhookAct(tx, actor, 'alert.replay', push.webhook_id, now);
    const delivery = await pushOf(tx, id);
    return delivery === null ? { kind: 'absent' } : { kind: 'replayed', delivery };
  });
}

async function pushOf(tx: PoolClient, id: string): Promise<AlertDelivery | null> {
  const { rows } = await tx.query<Row>(`${PUSHES} where p.id = $1`, [id]);
  return rows[0] === undefined ? null : asDelivery(rows[0]);
}

const dateOf = (value: string | Date | null): Date | null => (value === null ? null : new Date(value));

const asDelivery = (row: Row): AlertDelivery => ({
  id: row.id,
  alertId: row.alertId,
  channel: row.channel,
  webhookId: row.webhookId,
  revision: row.revision,
  state: row.state,
  reason: row.reason,
  createdAt: new Date(row.createdAt),
  nextAttemptAt: dateOf(row.nextAttemptAt),
  endedAt: dateOf(row.endedAt),
  attempts: (row.attempts ?? []).map(({ at, ...attempt }) => ({ ...attempt, at: new Date(at) })),
});
