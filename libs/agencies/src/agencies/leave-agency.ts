import type { Queryable } from '@concord/platform/database';
import type { Pool } from 'pg';
import { administer, issue, refuse, type Administered, type BookActs } from '../administration.js';
import { approvalKind, type Approval, type ApprovalKind } from '../approvals/approval.js';
import { findPendingRequest, requestApproval } from '../approvals/approval.store.js';
import type { AdminSeat } from '../seat.js';
import type { Agency } from './agency.js';
import { findAgency, findAgencyById } from './agency.reader.js';
import { leaveApprovedAgency } from './departure.store.js';

const KIND = 'agency.leave';

/**
 * Asks a second person to let an agency go: an admin for the own agency, a system admin for any. Nothing is changed yet.
 * Whoever asks while the same is waiting already, for the agency or for the deployment, is answered with what waits, and
 * may be the one who decides it.
 *
 * @param ori null: the own agency
 */
export async function requestDeparture(
  pool: Pool,
  who: AdminSeat,
  ori: string | null,
  book: BookActs,
): Promise<Administered<Approval>> {
  return administer(pool, who, async (tx) => {
    const agency = await findLeaving(tx, who, ori);
    // Of two who ask at the same moment the second finds what the first has asked for.
    await tx.query('select lock_memberships($1)', [agency.id]);
    const asked = { kind: KIND, payload: { agencyId: agency.id } satisfies DeparturePayload };
    const waiting = await findPendingRequest(tx, who, asked, 'seat');
    if (waiting !== null) return waiting;
    const approval = await requestApproval(tx, who, {
      ...asked,
      agencyId: who.agencyId,
      subjectIds: [agency.id],
      summary: `${agency.name} (${agency.ori ?? 'no ORI'}) leaves: nobody acts for it any more, and all its records are recalled; nothing takes this back`,
    });
    await book(tx, [
      {
        action: 'departure.request',
        subjects: [
          { kind: 'approval', id: approval.id },
          { kind: 'agency', id: agency.id },
        ],
      },
    ]);
    return approval;
  });
}

async function findLeaving(tx: Queryable, { agencyId }: AdminSeat, ori: string | null): Promise<Agency> {
  if (ori === null && agencyId === null) return refuse('ori', 'REQUIRED', 'Give the ORI of the agency that leaves.');
  const agency = ori === null ? await findAgencyById(tx, agencyId ?? '') : await findAgency(tx, ori);
  if (agency === null || (agencyId !== null && agency.id !== agencyId))
    return refuse('ori', 'NOT_FOUND', 'There is no agency for you to administer under that ORI.');
  if (agency.status === 'LEFT') return refuse('ori', 'HAS_LEFT', 'The agency has left already.');
  return agency;
}

interface DeparturePayload {
  readonly agencyId: string;
}

/** An agency whose leaving a second person has agreed to. */
export const AGENCY_LEAVE: ApprovalKind = approvalKind({
  kind: KIND,
  parse: (payload) => payload as DeparturePayload,
  apply: async (tx, { id, payload: { agencyId } }) => {
    const version = await leaveApprovedAgency(tx, id);
    return version === null
      ? { kind: 'rejected', issues: [issue('id', 'HAS_LEFT', 'The agency has left already. Refuse it.')] }
      : {
          kind: 'applied',
          acts: [{ action: 'agency.leave', subjects: [{ kind: 'agency', id: agencyId, version }] }],
        };
  },
});
