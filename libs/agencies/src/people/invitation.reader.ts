import type { Role } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { Pool } from 'pg';
import { inSeat, type AdminSeat } from '../seat.js';
import type { Membership } from './membership.js';
import { asSeat, type SeatRow } from './membership.reader.js';

/** An invitation that somebody may still accept. Its code is nowhere. */
export interface OpenInvitation {
  readonly id: string;
  /** Who is meant, as the name was given. */
  readonly person: { readonly id: string; readonly displayName: string };
  /** Null: the deployment. */
  readonly agency: Membership['agency'];
  readonly roles: readonly Role[];
  /** The membership begins with the acceptance, and not before this. */
  readonly from: Date;
  readonly until: Date | null;
  readonly invitedBy: { readonly id: string; readonly displayName: string };
  readonly invitedAt: Date;
  readonly expiresAt: Date;
}

interface InvitationRow extends SeatRow {
  created_by: string;
  inviter: string;
  created_at: Date;
  expires_at: Date;
}

/** Those of a seat: to the own agency; for a system admin what system admins made, which a second one decides. */
const OF_SEAT = `case when $1::uuid is null then exists (select from approval x where x.id = i.approval_id and x.agency_id is null)
                       else i.agency_id = $1 end`;

/** Where a page goes on: after this one, newest first. */
export interface InvitationPosition {
  readonly at: string;
  readonly id: string;
}

/**
 * What `acceptInvitation` would still take: neither accepted nor withdrawn, refused, late, nor of somebody who invites
 * nobody any more (accept_invitation() says the same). Newest first. To an agency's admin one that system admins made looks
 * open also when they have refused it: what they decide is theirs to see.
 */
export async function findOpenInvitations(
  pool: Pool,
  who: AdminSeat,
  { limit, after }: { readonly limit: number; readonly after: InvitationPosition | null },
): Promise<OpenInvitation[]> {
  return inSeat(pool, who, async (tx) => {
    const { rows } = await tx.query<InvitationRow>(
      `select i.id, i.person_id, p.display_name, a.ori, a.name, a.level, i.roles, i.valid_from, i.valid_until, i.created_by,
              c.display_name as inviter, i.created_at, i.expires_at
       from invitation i join person p on p.id = i.person_id join person c on c.id = i.created_by
       left join agency a on a.id = i.agency_id
       where i.accepted_at is null and i.withdrawn_at is null and i.expires_at > statement_timestamp() and ${OF_SEAT}
         and p.status = 'ACTIVE' and (i.valid_until is null or i.valid_until > statement_timestamp())
         and not exists (select from approval x
           where x.id = i.approval_id and approval_state(x.state, x.expires_at) in ('REFUSED', 'EXPIRED'))
         and may_still_ask(case when exists (select from membership m
           where m.person_id = i.created_by and m.agency_id = i.agency_id) then i.agency_id end, i.created_by)
         and ($2::timestamptz is null or (i.created_at, i.id) < ($2, $3::uuid))
       order by i.created_at desc, i.id desc limit $4`,
      [who.agencyId, after?.at ?? null, after?.id ?? null, limit],
    );
    return rows.map(asInvitation);
  });
}

/** One of this seat's, whatever became of it; null: there is none. */
export async function findInvitation(
  tx: Queryable,
  who: AdminSeat,
  id: string,
): Promise<{ readonly person: OpenInvitation['person']; readonly became: 'ACCEPTED' | 'WITHDRAWN' | null } | null> {
  const { rows } = await tx.query<{ person_id: string; display_name: string; became: 'ACCEPTED' | 'WITHDRAWN' | null }>(
    `select i.person_id, p.display_name,
            case when i.accepted_at is not null then 'ACCEPTED' when i.withdrawn_at is not null then 'WITHDRAWN' end as became
     from invitation i join person p on p.id = i.person_id where i.id = $2 and ${OF_SEAT}`,
    [who.agencyId, id],
  );
  const [row] = rows;
  return row === undefined
    ? null
    : { person: { id: row.person_id, displayName: row.display_name }, became: row.became };
}

const asInvitation = (row: InvitationRow): OpenInvitation => ({
  ...asSeat(row),
  invitedBy: { id: row.created_by, displayName: row.inviter },
  invitedAt: row.created_at,
  expiresAt: row.expires_at,
});
