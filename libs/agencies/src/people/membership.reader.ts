import type { Role } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { AdminSeat } from '../seat.js';
import { findAdministeredAgency } from './directory.reader.js';
import type { Membership } from './membership.js';

export interface SeatRow {
  id: string;
  person_id: string;
  display_name: string;
  ori: string | null;
  name: string | null;
  level: string | null;
  roles: Role[];
  valid_from: Date;
  valid_until: Date | null;
}

interface MembershipRow extends SeatRow {
  granted_at: Date;
}

const CARD = `select m.id, m.person_id, p.display_name, m.agency_id, a.ori, a.name, a.level, m.roles, m.valid_from,
    m.valid_until, m.granted_at
  from membership m join person p on p.id = m.person_id left join agency a on a.id = m.agency_id`;
const NOT_OVER = '(m.valid_until is null or m.valid_until > greatest(m.valid_from, statement_timestamp()))';

export async function findMembership(tx: Queryable, id: string): Promise<Membership | null> {
  const { rows } = await tx.query<MembershipRow>(`${CARD} where m.id = $1`, [id]);
  return rows[0] === undefined ? null : asMembership(rows[0]);
}

export interface MembershipPosition {
  readonly at: string;
  readonly id: string;
}

/** Which agency's members are asked for, and by whom. */
export interface MembersAsked {
  /** Null: the own agency; for a system admin the deployment. */
  readonly agencyOri: string | null;
  /** Those that are over, in place of those that are not. */
  readonly ended: boolean;
  readonly limit: number;
  readonly after: MembershipPosition | null;
}

/**
 * An agency's memberships in the order in which they were granted. An admin and an auditor see those of their own
 * agency; a system admin the system admins and the admins of an agency, whom it appoints.
 * @returns null where the agency is not there or not this seat's
 */
export async function findMembers(
  db: Queryable,
  who: AdminSeat,
  { agencyOri, ended, limit, after }: MembersAsked,
): Promise<{ readonly agencyId: string | null; readonly memberships: readonly Membership[] } | null> {
  const ofDeployment = who.agencyId === null && agencyOri === null;
  const agency = ofDeployment ? null : await findAdministeredAgency(db, who, agencyOri);
  if (agency === null && !ofDeployment) return null;
  const agencyId = agency?.id ?? null;
  const { rows } = await db.query<MembershipRow>(
    `${CARD}
     where m.agency_id is not distinct from $1 and ${NOT_OVER} = not $2::boolean
       and ($3::boolean or m.roles && array['AGENCY_ADMIN', 'SYSTEM_ADMIN'])
       and ($4::timestamptz is null or (m.granted_at, m.id) > ($4, $5::uuid))
     order by m.granted_at, m.id limit $6`,
    [agencyId, ended, who.agencyId !== null, after?.at ?? null, after?.id ?? null, limit],
  );
  return { agencyId, memberships: rows.map(asMembership) };
}

/** Everything that somebody is or will be a member of. */
export async function findOwnMemberships(db: Queryable, personId: string): Promise<Membership[]> {
  const { rows } = await db.query<MembershipRow>(
    `${CARD} where m.person_id = $1 and ${NOT_OVER} order by m.granted_at, m.id`,
    [personId],
  );
  return rows.map(asMembership);
}

/** Who is to act for whom, as what and how long: of a membership, or of the invitation to one. */
export const asSeat = (row: SeatRow): Omit<Membership, 'grantedAt'> => ({
  id: row.id,
  person: { id: row.person_id, displayName: row.display_name },
  agency: row.name === null || row.level === null ? null : { ori: row.ori, name: row.name, level: row.level },
  roles: row.roles,
  from: row.valid_from,
  until: row.valid_until,
});

const asMembership = (row: MembershipRow): Membership => ({ ...asSeat(row), grantedAt: row.granted_at });
