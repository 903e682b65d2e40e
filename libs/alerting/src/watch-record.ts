import type { AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import { asActor } from '@concord/records';
import type { Pool, PoolClient } from 'pg';
import type { AlertState } from './alert.reader.js';

/** Records that one person watches in one agency, at most. */
export const MOST_WATCHED = 500;

export type WatchOutcome =
  | { readonly kind: 'watched'; readonly id: string; readonly state: AlertState }
  | { readonly kind: 'absent' }
  | { readonly kind: 'too-many' };

/**
 * From now on the actor is told what becomes of a record that they see: by the alert that they have on it, or by one
 * that is made for it and tells nothing yet. Idempotent.
 */
export async function watchRecord(pool: Pool, actor: AgencyActor, recordId: string, now: Date): Promise<WatchOutcome> {
  const as = { personId: actor.personId, agencyId: actor.agency.id, purpose: actor.purpose?.code ?? null };
  return asActor(pool, as, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('watch:' || $1 || ':' || $2, 0))`, [
      as.personId,
      as.agencyId,
    ]);
    const { rows: seen } = await tx.query<{ version: number }>(
      'select version from record_view where record_id = $1 order by rank limit 1',
      [recordId],
    );
    const [view] = seen;
    if (view === undefined) return { kind: 'absent' };
    const { rows: counted } = await tx.query<{ n: number }>(
      'select count(*)::int as n from alert where watched_at is not null and record_id <> $1',
      [recordId],
    );
    if ((counted[0]?.n ?? 0) >= MOST_WATCHED) return { kind: 'too-many' };
    const alert = (await markWatched(tx, recordId)) ?? (await makeWatched(tx, as, recordId, view.version));
    if (alert === null) return { kind: 'absent' };
    await bookWatch(tx, actor, 'alert.watch', alert.id, recordId, now);
    return { kind: 'watched', id: alert.id, state: alert.stage };
  });
}

/** An alert that rules raised or a colleague gave stays; one that was made for the watch goes with all of it. */
export async function unwatchRecord(pool: Pool, actor: AgencyActor, recordId: string, now: Date): Promise<boolean> {
  return asActor(pool, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
    const { rows: gone } = await tx.query<{ id: string }>(
      `delete from alert where record_id = $1 and watched_at is not null and assigned_by is null
         and not exists (select from alert_match m where m.alert_id = alert.id) returning id`,
      [recordId],
    );
    const { rows: kept } = await tx.query<{ id: string }>(
      `update alert set watched_at = null where record_id = $1 and watched_at is not null returning id`,
      [recordId],
    );
    const [alert] = [...gone, ...kept];
    if (alert === undefined) return false;
    await bookWatch(tx, actor, 'alert.unwatch', alert.id, recordId, now);
    return true;
  });
}

interface Watched {
  readonly id: string;
  readonly stage: AlertState;
}

/** One that was withheld was never told: it is told by its next revision, as it would be anyhow. */
async function markWatched(tx: PoolClient, recordId: string): Promise<Watched | null> {
  const { rows } = await tx.query<Watched>(
    `update alert set watched_at = coalesce(watched_at, now()) where record_id = $1
     returning id, case when state = 'WITHHELD' then 'ACKNOWLEDGED' else alert_stage(state, work) end as stage`,
    [recordId],
  );
  return rows[0] ?? null;
}

/** With a live delivery that is done, so that revisions find whom to tell; nothing enters the inbox. */
async function makeWatched(
  tx: PoolClient,
  as: { readonly personId: string; readonly agencyId: string },
  recordId: string,
  version: number,
): Promise<Watched | null> {
  await tx.query('insert into inbox (person_id, agency_id) values ($1, $2) on conflict do nothing', [
    as.personId,
    as.agencyId,
  ]);
  const { rows } = await tx.query<Watched>(
    `insert into alert (owner_person_id, owner_agency_id, record_id, record_version, match, state, watched_at)
     values ($1, $2, $3, $4, 'CERTAIN', 'ACKNOWLEDGED', now()) on conflict do nothing
     returning id, alert_stage(state, work) as stage`,
    [as.personId, as.agencyId, recordId, version],
  );
  const [alert] = rows;
  // Raised at the same moment by a rule.
  if (alert === undefined) return markWatched(tx, recordId);
  const { rows: made } = await tx.query<{ id: string }>(
    `insert into delivery (alert_id, inbox_id, channel, state, record_version)
     select $1, i.id, 'LIVE', 'DELIVERED', $4 from inbox i where i.person_id = $2 and i.agency_id = $3 returning id`,
    [alert.id, as.personId, as.agencyId, version],
  );
  await tx.query(
    `insert into delivery_attempt (delivery_id, number, outcome, record_version) values ($1, 1, 'DELIVERED', $2)`,
    [made[0]?.id, version],
  );
  return alert;
}

/** In the transaction of the act. */
async function bookWatch(
  tx: PoolClient,
  actor: AgencyActor,
  action: string,
  alertId: string,
  recordId: string,
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
      subjects: [
        { kind: 'alert', id: alertId },
        { kind: 'record', id: recordId },
      ],
    }),
  ]);
}
