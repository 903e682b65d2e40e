import { inTransaction, type Queryable } from '@concord/platform/database';
import type { Pool } from 'pg';
import { issue, RefusedAct, type Administered } from '../administration.js';
import { invitationDigest, isInvitationCode } from './invitation-code.js';
import { findMembership } from './membership.reader.js';
import type { Membership } from './membership.js';

/** By what a token is known; never by an address. */
export interface TokenSubject {
  readonly issuer: string;
  readonly subject: string;
}

/** What an accepted invitation came to. */
export interface AcceptedInvitation {
  readonly invitationId: string;
  readonly personId: string;
  /** Null: a second person has to agree first. */
  readonly membership: Membership | null;
}

interface AcceptedRow {
  invitation_id: string;
  person_id: string;
  membership_id: string | null;
  approval_id: string | null;
}

/**
 * Binds an invitation to a verified token: a subject that nobody has becomes the person who was invited; one that is
 * known accepts as who it is. A code counts once. Every refusal is the same one: wrong, used, out of date, withdrawn.
 * @param book the acceptance, in its transaction, in the name of the person who was bound
 */
export async function acceptInvitation(
  pool: Pool,
  { issuer, subject }: TokenSubject,
  code: string,
  book: (tx: Queryable, accepted: AcceptedInvitation & { readonly approvalId: string | null }) => Promise<void>,
): Promise<Administered<AcceptedInvitation>> {
  try {
    const value = await inTransaction(pool, async (tx) => {
      // What cannot be a code is looked for like one that can: every try does the same work.
      const { rows } = await tx.query<AcceptedRow>('select * from accept_invitation($1, $2, $3)', [
        invitationDigest(isInvitationCode(code) ? code : ''),
        issuer,
        subject,
      ]);
      const [row] = rows;
      if (row === undefined) throw new RefusedAct([WRONG]);
      const membership = row.membership_id === null ? null : await findMembership(tx, row.membership_id);
      const accepted = { invitationId: row.invitation_id, personId: row.person_id, membership };
      await book(tx, { ...accepted, approvalId: row.membership_id === null ? row.approval_id : null });
      return accepted;
    });
    return { kind: 'done', value };
  } catch (error) {
    if (error instanceof RefusedAct) return { kind: 'rejected', issues: error.issues };
    throw error;
  }
}

const WRONG = issue('code', 'INVALID_CODE', 'This code is not valid, or not any more. Ask whoever invited you.');

/** By what somebody who is signed in is known; null: by no token. */
export async function findTokenSubject(db: Queryable, personId: string): Promise<TokenSubject | null> {
  const { rows } = await db.query<{ issuer: string | null; subject: string | null }>(
    'select issuer, subject from person where id = $1',
    [personId],
  );
  const { issuer = null, subject = null } = rows[0] ?? {};
  return issuer === null || subject === null ? null : { issuer, subject };
}
