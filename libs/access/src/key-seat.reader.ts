import type { ApiKeyCapability, Role, SharingCode } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { ActorAgency, ActorKey } from './actor.js';
import type { Seat, StandingSeat } from './actor.reader.js';

/** By what a machine is known. */
export interface KeyClaim {
  /** SHA-256 of the key's text; the text itself is kept nowhere. */
  readonly digest: Buffer;
  /** Where it comes from, as the rates see it; null where nobody can tell. */
  readonly address: string | null;
}

/** Why nobody sits behind a key. For the log; from outside these look the same. */
export type KeyRefusal =
  | 'API_KEY_UNKNOWN'
  | 'API_KEY_REVOKED'
  | 'API_KEY_EXPIRED'
  | 'API_KEY_NETWORK'
  | 'API_KEY_DORMANT'
  | 'PERSON_DORMANT'
  | 'PERSON_DISABLED'
  | 'NO_SEAT';

export type FoundKey =
  | { readonly kind: 'seated'; readonly seat: Seat; readonly key: ActorKey; readonly expiresAt: Date }
  | { readonly kind: 'unseated'; readonly because: KeyRefusal; readonly keyId: string | null };

interface KeyRow {
  key_id: string | null;
  capabilities: ApiKeyCapability[];
  widest_sharing: SharingCode;
  expires_at: Date;
  refusal: KeyRefusal | null;
  person_id: string;
  display_name: string;
  status: 'ACTIVE' | 'DISABLED';
  agency_id: string | null;
  ori: string | null;
  name: string;
  level: ActorAgency['level'];
  roles: Role[];
}

const SEATED = `m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()) and a.status = 'ACTIVE'`;

/** The seat that a key acts from at this moment: as `findActor` does for a token, in one statement and one snapshot. */
export async function findKeySeat(db: Queryable, claim: KeyClaim): Promise<FoundKey> {
  const { rows } = await db.query<KeyRow>({
    name: 'key_seat',
    text: `select k.key_id, k.capabilities, k.widest_sharing, k.expires_at, k.refusal, p.id as person_id, p.display_name, p.status,
                  s.agency_id, s.ori, s.name, s.level, s.roles
           from (select) as asked
           left join lateral api_key_seat($1, $2) k on true
           left join person p on p.id = k.person_id
           left join lateral (
             select a.id as agency_id, a.ori, a.name, a.level, array_agg(distinct r.role) as roles
             from membership m
             join agency a on a.id = m.agency_id
             cross join lateral unnest(m.roles) as r(role)
             where m.person_id = k.person_id and m.agency_id = k.agency_id and ${SEATED}
             group by a.id
           ) s on true`,
    values: [claim.digest, claim.address],
  });
  const [row] = rows;
  if (row === undefined || row.key_id === null) return { kind: 'unseated', because: 'API_KEY_UNKNOWN', keyId: null };
  const because = row.refusal ?? (row.status === 'ACTIVE' ? null : 'PERSON_DISABLED');
  if (because !== null || row.agency_id === null)
    return { kind: 'unseated', because: because ?? 'NO_SEAT', keyId: row.key_id };
  const { ori, name, level } = row;
  return {
    kind: 'seated',
    seat: {
      personId: row.person_id,
      displayName: row.display_name,
      agency: { id: row.agency_id, ori, name, level },
      roles: row.roles,
    },
    key: { id: row.key_id, capabilities: new Set(row.capabilities), widestSharing: row.widest_sharing },
    expiresAt: row.expires_at,
  };
}

/** What each of many keys' seats is at this moment, by its place in the list; absent where the key opens none any more. */
export async function findStandingKeys(
  db: Queryable,
  claims: readonly KeyClaim[],
): Promise<ReadonlyMap<number, StandingSeat>> {
  if (claims.length === 0) return new Map();
  const { rows } = await db.query<{ place: number; roles: Role[]; ends_in_ms: number }>({
    name: 'standing_keys',
    text: `select c.place::int - 1 as place, array_agg(distinct r.role) as roles,
                  (extract(epoch from least(min(m.valid_until), min(k.expires_at)) - statement_timestamp()) * 1000)::float8 as ends_in_ms
           from unnest($1::bytea[], $2::inet[]) with ordinality as c(digest, address, place)
           cross join lateral api_key_seat(c.digest, c.address) k
           join person p on p.id = k.person_id and p.status = 'ACTIVE'
           join membership m on m.person_id = k.person_id and m.agency_id = k.agency_id
           join agency a on a.id = m.agency_id
           cross join lateral unnest(m.roles) as r(role)
           where k.refusal is null and ${SEATED}
           group by c.place`,
    values: [claims.map(({ digest }) => digest), claims.map(({ address }) => address)],
  });
  return new Map(rows.map((row) => [row.place, { roles: new Set(row.roles), endsInMs: row.ends_in_ms }]));
}
