import { ANY_PURPOSE, type AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import { asActor } from '@concord/records';
import type { Pool, PoolClient } from 'pg';
import type { AlertOutcome, AlertState } from './alert.reader.js';

/** What its owner does with an alert. */
export type AdvanceAlert =
  { readonly to: 'SEEN' | 'ACKNOWLEDGED' | 'IN_WORK' } | { readonly to: 'CLOSED'; readonly outcome: AlertOutcome };

export type AlertActOutcome =
  | { readonly kind: 'done'; readonly id: string; readonly state: AlertState }
  | { readonly kind: 'absent' }
  /** A further revision came after the one that the owner had before them. */
  | { readonly kind: 'revised'; readonly revision: number };

export type AssignOutcome = AlertActOutcome | { readonly kind: 'nobody' };

const ACTION = {
  SEEN: 'alert.see',
  ACKNOWLEDGED: 'alert.acknowledge',
  IN_WORK: 'alert.work',
  CLOSED: 'alert.close',
} as const;

/** To what each act moves an alert from where it stands; what has come further by itself stays there. */
const MOVES = {
  SEEN: `work = case when state in ('RAISED', 'DELIVERED') then 'SEEN' else work end`,
  ACKNOWLEDGED: `state = 'ACKNOWLEDGED'`,
  IN_WORK: `state = 'ACKNOWLEDGED', work = 'IN_WORK', outcome = null`,
  CLOSED: `state = 'ACKNOWLEDGED', work = 'CLOSED', outcome = $4`,
} as const;

/**
 * Moves an alert of one's own on. Idempotent; a new note replaces the old one, and the history keeps both. With
 * `revision`, nothing happens where the alert has a later one.
 */
export async function advanceAlert(
  pool: Pool,
  actor: AgencyActor,
  id: string,
  act: AdvanceAlert,
  told: { readonly note: string | null; readonly revision: number | null },
  now: Date,
): Promise<AlertActOutcome> {
  return asActor(pool, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
    const alert = await lockAlert(tx, id, told.revision);
    if (alert.kind !== 'done') return alert;
    const { rows } = await tx.query<{ stage: AlertState }>(
      `update alert set ${MOVES[act.to]}, note = coalesce($2, note), updated_at = now() where id = $1 and state <> $3
       returning alert_stage(state, work) as stage`,
      [id, told.note, 'WITHHELD', ...(act.to === 'CLOSED' ? [act.outcome] : [])],
    );
    const [moved] = rows;
    if (moved === undefined) return { kind: 'absent' };
    await bookAlertAct(tx, actor, ACTION[act.to], id, now);
    return { kind: 'done', id, state: moved.stage };
  });
}

/**
 * Gives an alert to a colleague of the same agency, who is alerted by one of their own on the same record, with their
 * own keys; the worker hands it over. One's own is acknowledged by it.
 *
 * @returns `nobody` where no such colleague is alerted here or can see the record
 */
export async function assignAlert(
  pool: Pool,
  actor: AgencyActor,
  id: string,
  personId: string,
  told: { readonly note: string | null; readonly revision: number | null },
  now: Date,
): Promise<AssignOutcome> {
  return asActor(pool, { personId: actor.personId, agencyId: actor.agency.id, purpose: ANY_PURPOSE }, async (tx) => {
    const alert = await lockAlert(tx, id, told.revision);
    if (alert.kind !== 'done') return alert;
    const { rows } = await tx.query<{ opens: boolean }>(
      `select exists (
         select from alert a
         join membership m on m.person_id = $2 and m.agency_id = a.owner_agency_id and m.person_id <> a.owner_person_id
           and m.roles && array['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER']
           and m.valid_from <= now() and (m.valid_until is null or m.valid_until > now())
         cross join lateral actor_keyrings(array[m.person_id], array[m.agency_id]) k
         join record_view v on v.record_id = a.record_id and v.audience && k.keys
         where a.id = $1) as opens`,
      [id, personId],
    );
    if (rows[0]?.opens !== true) return { kind: 'nobody' };
    await tx.query(`insert into alert_handover (alert_id, to_person_id, why, note) values ($1, $2, 'ASSIGNED', $3)`, [
      id,
      personId,
      told.note,
    ]);
    const moved = await tx.query<{ stage: AlertState }>(
      `update alert set state = 'ACKNOWLEDGED', updated_at = now() where id = $1 returning alert_stage(state, work) as stage`,
      [id],
    );
    await tx.query(
      `insert into alert_step (alert_id, number, step, person_id, other_person_id, note)
       select $1, coalesce(max(number), 0) + 1, 'ASSIGNED', $2, $3, $4 from alert_step where alert_id = $1`,
      [id, actor.personId, personId, told.note],
    );
    await bookAlertAct(tx, actor, 'alert.assign', id, now);
    return { kind: 'done', id, state: moved.rows[0]?.stage ?? 'ACKNOWLEDGED' };
  });
}

/** Somebody else's, one that was withheld and one that never was are absent alike. */
async function lockAlert(tx: PoolClient, id: string, revision: number | null): Promise<AlertActOutcome> {
  const { rows } = await tx.query<{ revision: number; stage: AlertState }>(
    `select revision, alert_stage(state, work) as stage from alert where id = $1 and state <> 'WITHHELD' for update`,
    [id],
  );
  const [alert] = rows;
  if (alert === undefined) return { kind: 'absent' };
  return revision === null || revision >= alert.revision
    ? { kind: 'done', id, state: alert.stage }
    : { kind: 'revised', revision: alert.revision };
}

/** In the transaction of the act. */
async function bookAlertAct(tx: PoolClient, actor: AgencyActor, action: string, id: string, now: Date): Promise<void> {
  await appendAudit(tx, [
    auditEntry({
      at: now,
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      action,
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [{ kind: 'alert', id }],
    }),
  ]);
}
