import type { Queryable } from '@concord/platform/database';

/** A person in a session, and when. */
export interface SessionActivity {
  readonly personId: string;
  readonly authenticatedAt: Date;
  readonly at: Date;
}

/** Who was there lately. */
export interface Activity {
  /** Who came and asked for nothing: a session that is known is not kept awake by it. */
  readonly begun: readonly SessionActivity[];
  /** Who asked for something. */
  readonly active: readonly SessionActivity[];
  /** Ids of API keys that were used. */
  readonly keys: readonly string[];
}

/** What is younger in the database is left alone: one write a minute for each, however many processes note it. */
const APART = `interval '50 seconds'`;

const NOTED = `select p.id as person, n.authenticated, max(n.active) as active
  from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as n(person, authenticated, active)
  join person p on p.id = n.person
  group by p.id, n.authenticated`;

const personActive = (from: 'noted' | 'begun'): string => `insert into person_activity as a (person_id, last_active_at)
  select person, max(active) from ${from} group by person order by person
  on conflict (person_id) do update set last_active_at = excluded.last_active_at
  where a.last_active_at < excluded.last_active_at - ${APART}`;

/** Notes when people and keys were last there. Coarse: it says the minute and not the moment. */
export async function noteActivity(db: Queryable, { begun, active, keys }: Activity): Promise<void> {
  if (begun.length > 0)
    await db.query({
      name: 'note_begun',
      // A sign-in is use of the account by itself, once.
      text: `with noted as (${NOTED}), begun as (
               insert into person_session (person_id, authenticated_at, last_active_at)
               select person, authenticated, active from noted order by person, authenticated
               on conflict do nothing returning person_id as person, last_active_at as active
             )
             ${personActive('begun')}`,
      values: columnsOf(begun),
    });
  if (active.length > 0)
    await db.query({
      name: 'note_active',
      text: `with noted as (${NOTED}), sessions as (
               insert into person_session as s (person_id, authenticated_at, last_active_at)
               select person, authenticated, active from noted order by person, authenticated
               on conflict (person_id, authenticated_at) do update set last_active_at = excluded.last_active_at
               where s.last_active_at < excluded.last_active_at - ${APART}
             )
             ${personActive('noted')}`,
      values: columnsOf(active),
    });
  if (keys.length > 0) await db.query({ name: 'note_keys', text: 'select note_key_uses($1)', values: [keys] });
}

const columnsOf = (activity: readonly SessionActivity[]): unknown[] => [
  activity.map(({ personId }) => personId),
  activity.map(({ authenticatedAt }) => authenticatedAt),
  activity.map(({ at }) => at),
];

/** Sessions that no token of theirs is accepted for any more. */
export async function forgetOldSessions(db: Queryable): Promise<void> {
  await db.query(`delete from person_session where authenticated_at < now() - interval '2 days'`);
}
