import type { Queryable } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import type { Pool } from 'pg';
import { administer, issue, RefusedAct, type Administered, type BookActs } from '../administration.js';
import { readLine, type Fault } from '../fault.js';
import type { AdminSeat } from '../seat.js';
import { approvalKind, type Approval, type ApprovalKind } from '../approvals/approval.js';
import { requestApproval } from '../approvals/approval.store.js';
import type { AdministeredAgency } from './directory.reader.js';
import { faultsOf, faultsOfDuties, needsSecondPerson, type WantedMembership } from './duties.js';
import { invitationDigest, newInvitationCode } from './invitation-code.js';
import type { DirectoryPerson } from './person.store.js';
import { findTargetAgency } from './target-agency.js';

const MAX_NAME = 200;

/** Who shall come, and what they will be. */
export interface InvitePerson extends WantedMembership {
  readonly displayName: string | null;
  /** Null: the own agency; for a system admin the deployment. */
  readonly agencyOri: string | null;
}

export interface InvitedPerson {
  readonly person: DirectoryPerson;
  readonly invitation: {
    readonly id: string;
    /** Here and nowhere else, and never again. */
    readonly code: string;
    readonly expiresAt: Date;
  };
  /** What has to be decided too before the membership begins; null: nothing. */
  readonly approval: Approval | null;
}

/** Promises a membership to whoever brings the code. Roles that need a second person wait for one too. */
export async function invitePerson(
  pool: Pool,
  who: AdminSeat,
  wanted: InvitePerson,
  { now, book }: { readonly now: Date; readonly book: BookActs },
): Promise<Administered<InvitedPerson>> {
  return administer(pool, who, async (tx) => {
    const { name, agency } = await judge(tx, who, wanted, now);
    const invitation = {
      id: newId(),
      agency,
      name,
      code: newInvitationCode(),
      ...wanted,
      roles: [...new Set(wanted.roles)],
    };
    const approval = needsSecondPerson(invitation.roles, false)
      ? await requestApproval(tx, who, {
          kind: 'invitation.confirm',
          agencyId: who.agencyId,
          subjectIds: [invitation.id],
          payload: { invitationId: invitation.id },
          summary: `${invitation.roles.join(', ')} in ${agency?.name ?? 'the deployment'} for ${name}, who is invited`,
        })
      : null;
    const personId = newId();
    const expiresAt = await store(tx, who, { ...invitation, personId, approvalId: approval?.id ?? null });
    await book(tx, [
      {
        action: 'person.invite',
        subjects: [
          { kind: 'invitation', id: invitation.id },
          { kind: 'person', id: personId },
          ...(approval === null ? [] : [{ kind: 'approval', id: approval.id } as const]),
        ],
      },
    ]);
    const { id, code } = invitation;
    return { person: { id: personId, displayName: name }, invitation: { id, code, expiresAt }, approval };
  });
}

async function judge(
  tx: Queryable,
  who: AdminSeat,
  wanted: InvitePerson,
  now: Date,
): Promise<{ name: string; agency: AdministeredAgency | null }> {
  const faults: Fault[] = [];
  const name = readLine('displayName', wanted.displayName, MAX_NAME, faults);
  const { agency, faults: ofTarget } = await findTargetAgency(tx, who, wanted);
  faults.push(
    ...faultsOf(wanted, now),
    ...ofTarget,
    ...faultsOfDuties(wanted.roles, [], { systemAdmin: false, elsewhere: false }),
  );
  if (name === null || faults.length > 0) throw new RefusedAct(faults);
  return { name, agency };
}

interface StoredInvitation extends WantedMembership {
  readonly id: string;
  readonly agency: AdministeredAgency | null;
  readonly name: string;
  readonly code: string;
  readonly personId: string;
  readonly approvalId: string | null;
}

async function store(tx: Queryable, who: AdminSeat, invitation: StoredInvitation): Promise<Date> {
  await tx.query('insert into person (id, display_name) values ($1, $2)', [invitation.personId, invitation.name]);
  const { rows } = await tx.query<{ expires_at: Date }>(
    `insert into invitation (id, person_id, agency_id, roles, valid_from, valid_until, code_hash, created_by, approval_id)
     values ($1, $2, $3, $4, coalesce($5, statement_timestamp()), $6, $7, $8, $9) returning expires_at`,
    [
      invitation.id,
      invitation.personId,
      invitation.agency?.id ?? null,
      invitation.roles,
      invitation.from,
      invitation.until,
      invitationDigest(invitation.code),
      who.personId,
      invitation.approvalId,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a stored invitation has an end');
  return row.expires_at;
}

/** An invitation to what needs a second person, or accepted by somebody with rights elsewhere. */
export const INVITATION_CONFIRM: ApprovalKind = approvalKind({
  kind: 'invitation.confirm',
  parse: (payload) => payload as { invitationId: string },
  apply: async (tx, { payload: { invitationId } }) => {
    const { rows } = await tx.query<{ accepted: boolean; withdrawn: boolean; membership_id: string | null }>(
      `select i.accepted_by is not null as accepted, i.withdrawn_at is not null as withdrawn,
              fulfil_invitation(i.id) as membership_id
       from invitation i where i.id = $1`,
      [invitationId],
    );
    const [row] = rows;
    if (row === undefined || row.withdrawn || (row.accepted && row.membership_id === null))
      return {
        kind: 'rejected',
        issues: [
          issue(
            'id',
            'NOT_FOUND',
            'It cannot be done any more: it was withdrawn, the agency has left, it would be over, duties clash, or by now the person acts elsewhere too. Refuse it.',
          ),
        ],
      };
    const membership = row.membership_id === null ? [] : [{ kind: 'membership', id: row.membership_id } as const];
    return {
      kind: 'applied',
      acts: [{ action: 'invitation.confirm', subjects: [{ kind: 'invitation', id: invitationId }, ...membership] }],
    };
  },
});
