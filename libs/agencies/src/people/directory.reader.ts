import type { Role } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import { isId } from '@concord/platform/ids';
import type { AdminSeat } from '../seat.js';

/** An agency that somebody administers. */
export interface AdministeredAgency {
  readonly id: string;
  readonly ori: string | null;
  readonly name: string;
  readonly level: string;
  /** Whether it has an admin who can act now. */
  readonly hasAdmin: boolean;
}

/**
 * The agency that is meant, if this seat administers it: an admin's own, whether it is named or not; any that is active
 * for a system admin. Null: absent, or somebody else's.
 */
export async function findAdministeredAgency(
  tx: Queryable,
  who: AdminSeat,
  ori: string | null,
): Promise<AdministeredAgency | null> {
  const { rows } = await tx.query<{ id: string; ori: string | null; name: string; level: string; has_admin: boolean }>(
    `select a.id, a.ori, a.name, a.level, has_admin(a.id, null) as has_admin from agency a
     where a.status = 'ACTIVE' and ($1::text is null or a.ori = $1) and ($2::uuid is null or a.id = $2)
       and coalesce($1, $2::text) is not null`,
    [ori, who.agencyId],
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, hasAdmin: row.has_admin };
}

/** Somebody who may be given something. */
export interface KnownPerson {
  readonly id: string;
  readonly displayName: string;
  /** Roles of memberships in this agency that are not over. */
  readonly held: readonly Role[];
  /** Roles that memberships of this agency cover from the beginning to the end that was asked for. */
  readonly covered: readonly Role[];
  /** Has, or will have, a seat somewhere else. */
  readonly elsewhere: boolean;
  readonly systemAdmin: boolean;
}

/** Somebody active who has accepted an invitation. Null: nobody, or nobody any more. */
export async function findKnownPerson(
  tx: Queryable,
  personId: string,
  agencyId: string | null,
  { from, until }: { readonly from: Date | null; readonly until: Date | null },
): Promise<KnownPerson | null> {
  if (!isId(personId)) return null;
  const { rows } = await tx.query<{
    id: string;
    display_name: string;
    held: Role[];
    covered: Role[];
    elsewhere: boolean;
    system_admin: boolean;
  }>(
    `select p.id, p.display_name, has_seat_elsewhere(p.id, $2) as elsewhere, coalesce(h.held, '{}') as held,
            coalesce(h.covered, '{}') as covered,
            exists (select from membership s where s.person_id = p.id and s.agency_id is null
              and (s.valid_until is null or s.valid_until > statement_timestamp())) as system_admin
     from person p
     left join lateral (
       select array_agg(distinct r.role) as held,
              array_agg(distinct r.role) filter (where m.valid_from <= coalesce($3::timestamptz, statement_timestamp())
                and (m.valid_until is null or m.valid_until >= $4::timestamptz)) as covered
       from membership m cross join lateral unnest(m.roles) as r(role)
       where m.person_id = p.id and m.agency_id is not distinct from $2
         and (m.valid_until is null or m.valid_until > greatest(statement_timestamp(), m.valid_from))
     ) h on true
     where p.id = $1 and p.status = 'ACTIVE' and p.issuer is not null`,
    [personId, agencyId, from, until],
  );
  const [row] = rows;
  return row === undefined
    ? null
    : {
        id: row.id,
        displayName: row.display_name,
        held: row.held,
        covered: row.covered,
        elsewhere: row.elsewhere,
        systemAdmin: row.system_admin,
      };
}
