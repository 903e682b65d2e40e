import type { Role } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { ActorAgency } from './actor.js';
import { ANY_PURPOSE, type KeyringPurpose } from './keyring-purpose.js';

/** A person's place in one agency (or in the deployment, for a system admin), with every role that is valid now. */
export interface Seat {
  readonly personId: string;
  readonly displayName: string;
  readonly agency: ActorAgency | null;
  readonly roles: readonly Role[];
}

/** What follows one sign-in of a person, whichever tokens it comes with. */
export interface SessionClaim {
  /** The claim `auth_time`. */
  readonly authenticatedAt: Date;
  /** After so long without anything asked, in seconds, it is over (CJIS AC-11). */
  readonly idleSeconds: number;
}

/** By what somebody is known: the claims of a verified token. */
export interface TokenClaim {
  readonly issuer: string;
  readonly subject: string;
  readonly tokenId: string;
  /** Null where the issuer is exempt from sessions. */
  readonly session: SessionClaim | null;
}

/** Why nobody sits behind a good token. For the log; from outside these look the same. */
export type Unseated = 'TOKEN_REVOKED' | 'SUBJECT_UNKNOWN' | 'PERSON_DISABLED' | 'PERSON_DORMANT' | 'NO_SEAT';

export type FoundActor =
  | {
      readonly kind: 'seated';
      readonly seats: readonly [Seat, ...Seat[]];
      /** The session was idle for too long: nothing may be asked in it, and what only receives may go on. */
      readonly idle: boolean;
    }
  | { readonly kind: 'unseated'; readonly because: Unseated };

interface SeatRow {
  revoked: boolean;
  person_id: string | null;
  display_name: string | null;
  status: 'ACTIVE' | 'DISABLED' | null;
  dormant: boolean;
  idle: boolean;
  agency_id: string | null;
  ori: string | null;
  name: string | null;
  level: ActorAgency['level'] | null;
  roles: Role[] | null;
}

/** CJIS AC-2(3): who was not there for so long is not let in until an administrator says so. */
export const DORMANT_AFTER_DAYS = 90;

/** Of the person `p` and a sign-in at `since` (null: exempt); nobody has been there longer than they are known. */
const dormant = (since: string): string =>
  `(${since} is not null and coalesce((select x.last_active_at from person_activity x where x.person_id = p.id), p.created_at)
      < statement_timestamp() - interval '${DORMANT_AFTER_DAYS} days')`;
/** A session begins when it is first used here, and then is active whenever something is asked in it. */
const idle = (since: string, seconds: string): string =>
  `exists (select from person_session i where i.person_id = p.id and i.authenticated_at = ${since}
      and i.last_active_at < statement_timestamp() - make_interval(secs => ${seconds}))`;

const VALID_NOW = `m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())`;

/**
 * Every seat of whoever a token speaks of, valid at this moment. One statement and one snapshot for the revocation, the
 * person and the seats: there is no moment at which one of them was looked at before the other changed. It does the
 * same work for an unknown subject and for a disabled person.
 */
export async function findActor(db: Queryable, claim: TokenClaim): Promise<FoundActor> {
  const { rows } = await db.query<SeatRow>({
    name: 'actor_seats',
    text: `select exists (select from revoked_token t where t.issuer = $1 and t.token_id = $3) as revoked,
                  ${dormant('$4::timestamptz')} as dormant, ${idle('$4::timestamptz', '$5')} as idle,
                  p.id as person_id, p.display_name, p.status, s.agency_id, s.ori, s.name, s.level, s.roles
           from (select) as asked
           left join person p on p.issuer = $1 and p.subject = $2
           left join lateral (
             select a.id as agency_id, a.ori, a.name, a.level, array_agg(distinct r.role) as roles
             from membership m
             left join agency a on a.id = m.agency_id
             cross join lateral unnest(m.roles) as r(role)
             where m.person_id = p.id and ${VALID_NOW} and (m.agency_id is null or a.status = 'ACTIVE')
             group by a.id
           ) s on true
           order by s.name nulls first`,
    values: [
      claim.issuer,
      claim.subject,
      claim.tokenId,
      claim.session?.authenticatedAt ?? null,
      claim.session?.idleSeconds ?? null,
    ],
  });
  const because = whyUnseated(rows[0]);
  if (because !== null) return { kind: 'unseated', because };
  const [first, ...others] = rows.flatMap(seatOf);
  if (first === undefined) return { kind: 'unseated', because: 'NO_SEAT' };
  return { kind: 'seated', seats: [first, ...others], idle: rows[0]?.idle ?? false };
}

function whyUnseated(row: SeatRow | undefined): Unseated | null {
  if (row === undefined) return 'SUBJECT_UNKNOWN';
  if (row.revoked) return 'TOKEN_REVOKED';
  if (row.person_id === null) return 'SUBJECT_UNKNOWN';
  if (row.status !== 'ACTIVE') return 'PERSON_DISABLED';
  return row.dormant ? 'PERSON_DORMANT' : null;
}

function seatOf(row: SeatRow): Seat[] {
  if (row.person_id === null || row.display_name === null || row.roles === null) return [];
  return [
    {
      personId: row.person_id,
      displayName: row.display_name,
      agency:
        row.agency_id === null || row.name === null || row.level === null
          ? null
          : { id: row.agency_id, ori: row.ori, name: row.name, level: row.level },
      roles: row.roles,
    },
  ];
}

/** A token and the seat that was taken with it. */
export interface TakenSeat extends TokenClaim {
  /** Null for a system admin's. */
  readonly agencyId: string | null;
}

/** A seat that is still there. */
export interface StandingSeat {
  readonly roles: ReadonlySet<Role>;
  /** Milliseconds until a membership of it ends, or its session for want of use; null where nothing has an end. By the database's clock. */
  readonly endsInMs: number | null;
}

/** Terminals that do nothing but receive alerts, in rooms that are staffed, are not locked when idle (CJIS AC-11). */
export const RECEIVING_ROLE: Role = 'WATCH_OFFICER';

/**
 * What each of many taken seats is at this moment, by its place in the list; absent where the token was revoked, the
 * seat is gone or the session idle. One statement, however many there are.
 */
export async function findStandingSeats(
  db: Queryable,
  seats: readonly TakenSeat[],
): Promise<ReadonlyMap<number, StandingSeat>> {
  if (seats.length === 0) return new Map();
  const { rows } = await db.query<{ place: number; roles: Role[]; ends_in_ms: number | null }>({
    name: 'standing_seats',
    text: `select c.place::int - 1 as place, array_agg(distinct r.role) as roles,
                  (extract(epoch from least(min(m.valid_until), min(i.ends_at) filter (where not c.receives)) - statement_timestamp()) * 1000)::float8
                    as ends_in_ms
           from (
             select t.*, exists (
               select from person q join membership m on m.person_id = q.id and m.agency_id is not distinct from t.agency_id
               where q.issuer = t.issuer and q.subject = t.subject and '${RECEIVING_ROLE}' = any(m.roles) and ${VALID_NOW}) as receives
             from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::float8[]) with ordinality
               as t(issuer, subject, token_id, agency_id, authenticated_at, idle_seconds, place)
           ) c
           join person p on p.issuer = c.issuer and p.subject = c.subject and p.status = 'ACTIVE'
           join membership m on m.person_id = p.id and m.agency_id is not distinct from c.agency_id and ${VALID_NOW}
           left join agency a on a.id = m.agency_id
           left join lateral (
             select i.last_active_at + make_interval(secs => c.idle_seconds) as ends_at
             from person_session i where i.person_id = p.id and i.authenticated_at = c.authenticated_at
           ) i on true
           cross join lateral unnest(m.roles) as r(role)
           where (m.agency_id is null or a.status = 'ACTIVE')
             and (c.receives or i.ends_at is null or i.ends_at >= statement_timestamp())
             and not exists (select from revoked_token t where t.issuer = c.issuer and t.token_id = c.token_id)
           group by c.place`,
    values: [
      seats.map((seat) => seat.issuer),
      seats.map((seat) => seat.subject),
      seats.map((seat) => seat.tokenId),
      seats.map((seat) => seat.agencyId),
      seats.map((seat) => seat.session?.authenticatedAt ?? null),
      seats.map((seat) => seat.session?.idleSeconds ?? null),
    ],
  });
  return new Map(rows.map((row) => [row.place, { roles: new Set(row.roles), endsInMs: row.ends_in_ms }]));
}

/** A key that the actor carries right now, what it opens and why. */
export interface HeldKey {
  readonly key: string;
  readonly precision: string;
  readonly because: string;
}

/** For {@link ANY_PURPOSE} by default: what opens for this seat at all. */
export async function findKeyring(
  db: Queryable,
  personId: string,
  agencyId: string,
  purpose: KeyringPurpose | null = ANY_PURPOSE,
): Promise<HeldKey[]> {
  const { rows } = await db.query<{ key: string; opens: string; because: string }>({
    name: 'actor_keyring',
    text: 'select key, opens, because from held_keys(with_purpose($1, $3), $2) order by key',
    values: [personId, agencyId, purpose],
  });
  return rows.map((row) => ({ key: row.key, precision: row.opens, because: row.because }));
}
