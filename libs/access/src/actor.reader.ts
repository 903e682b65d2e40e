import type { Role } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { ActorAgency } from './actor.js';

/** A person's place in one agency (or in the deployment, for a system admin), with every role that is valid now. */
export interface Seat {
  readonly personId: string;
  readonly displayName: string;
  readonly agency: ActorAgency | null;
  readonly roles: readonly Role[];
}

interface SeatRow {
  person_id: string;
  display_name: string;
  agency_id: string | null;
  ori: string | null;
  name: string | null;
  level: ActorAgency['level'] | null;
  roles: Role[];
}

/**
 * Every seat of whoever is known by (issuer, subject), valid at this moment. Empty: unknown, disabled or without any
 * valid membership; from outside these look the same.
 */
export async function findActor(db: Queryable, issuer: string, subject: string): Promise<Seat[]> {
  const { rows } = await db.query<SeatRow>({
    name: 'actor_seats',
    text: `select p.id as person_id, p.display_name, a.id as agency_id, a.ori, a.name, a.level,
                  array_agg(distinct r.role) as roles
           from person p
           join membership m on m.person_id = p.id and m.valid_from <= now() and (m.valid_until is null or m.valid_until > now())
           left join agency a on a.id = m.agency_id
           cross join lateral unnest(m.roles) as r(role)
           where p.issuer = $1 and p.subject = $2 and p.status = 'ACTIVE' and (m.agency_id is null or a.status = 'ACTIVE')
           group by p.id, a.id order by a.name nulls first`,
    values: [issuer, subject],
  });
  return rows.map((row) => ({
    personId: row.person_id,
    displayName: row.display_name,
    agency:
      row.agency_id === null || row.name === null || row.level === null
        ? null
        : { id: row.agency_id, ori: row.ori, name: row.name, level: row.level },
    roles: row.roles,
  }));
}

/** A key that the actor carries right now, what it opens and why. */
export interface HeldKey {
  readonly key: string;
  readonly precision: string;
  readonly because: string;
}

export async function findKeyring(db: Queryable, personId: string, agencyId: string): Promise<HeldKey[]> {
  const { rows } = await db.query<{ key: string; opens: string; because: string }>({
    name: 'actor_keyring',
    text: 'select key, opens, because from actor_keys($1, $2) order by key',
    values: [personId, agencyId],
  });
  return rows.map((row) => ({ key: row.key, precision: row.opens, because: row.because }));
}
