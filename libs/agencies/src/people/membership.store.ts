import type { Role } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import { isId } from '@concord/platform/ids';
import type { Pool } from 'pg';
import { administer, issue, refuse, type Administered, type BookActs } from '../administration.js';
import { readLine, type Fault } from '../fault.js';
import type { AdminSeat } from '../seat.js';
import { findMembership } from './membership.reader.js';
import type { Membership } from './membership.js';

/** Working roles in the own agency; PostgreSQL asks again whether this seat may. */
export async function storeMembership(
  tx: Queryable,
  membership: {
    readonly personId: string;
    readonly roles: readonly Role[];
    readonly from: Date | null;
    readonly until: Date | null;
  },
): Promise<string> {
  const { rows } = await tx.query<{ id: string }>('select grant_membership($1, $2, $3, $4) as id', [
    membership.personId,
    membership.roles,
    membership.from,
    membership.until,
  ]);
  return idOf(rows);
}

/** What an approval of the kind `role.grant` says, once it is approved. */
export async function storeApprovedMembership(tx: Queryable, approvalId: string): Promise<string> {
  const { rows } = await tx.query<{ id: string }>('select grant_approved_membership($1) as id', [approvalId]);
  return idOf(rows);
}

function idOf(rows: readonly { id: string }[]): string {
  const [row] = rows;
  if (row === undefined) throw new Error('a stored membership has an id');
  return row.id;
}

const MAX_REASON = 200;
const ABSENT = issue('id', 'NOT_FOUND', 'There is no membership for you to end under that id.');

/**
 * Ends a membership from the commit on: what it opened is closed in the same moment, sockets within a second. An agency
 * keeps an admin unless a system admin says otherwise, and the deployment keeps a system admin.
 */
export async function endMembership(
  pool: Pool,
  who: AdminSeat,
  ending: { readonly id: string; readonly reason: string | null },
  book: BookActs,
): Promise<Administered<Membership>> {
  const faults: Fault[] = isId(ending.id) ? [] : [ABSENT];
  const reason = readLine('reason', ending.reason, MAX_REASON, faults);
  if (faults.length > 0) return { kind: 'rejected', issues: faults };
  return administer(pool, who, async (tx) => {
    await tx.query('select lock_memberships($1)', [who.agencyId]);
    const { rows } = await tx.query<{ until: Date | null; kept: boolean }>(`select end_membership($1, $2) as until`, [
      ending.id,
      reason,
    ]);
    if (!rows[0]?.until) return refuse(ABSENT.path, 'NOT_FOUND', ABSENT.message);
    const ended = await findMembership(tx, ending.id);
    if (ended === null) throw new Error('what was ended is there');
    if (!(await keepsAdmin(tx, who, ended)))
      return refuse('id', 'LAST_ADMIN', 'This is the last admin. Appoint another one first, or ask a system admin.');
    await book(tx, [
      {
        action: 'membership.end',
        subjects: [
          { kind: 'membership', id: ended.id },
          { kind: 'person', id: ended.person.id },
        ],
      },
    ]);
    return ended;
  });
}

/** Asked after the end, in a statement of its own: the one that has just ended counts no more. */
async function keepsAdmin(tx: Queryable, who: AdminSeat, ended: Membership): Promise<boolean> {
  const needed = ended.roles.includes(who.agencyId === null ? 'SYSTEM_ADMIN' : 'AGENCY_ADMIN');
  if (!needed) return true;
  const { rows } = await tx.query<{ kept: boolean }>('select has_admin($1, null) as kept', [who.agencyId]);
  return rows[0]?.kept ?? false;
}
