import { isId } from '@concord/platform/ids';
import type { Pool } from 'pg';
import { administer, issue, refuse, type Administered, type BookActs } from '../administration.js';
import type { AdminSeat } from '../seat.js';
import { findInvitation } from './invitation.reader.js';
import type { DirectoryPerson } from './person.store.js';

const ABSENT = issue('id', 'NOT_FOUND', 'There is no invitation for you to withdraw under that id.');

/**
 * Takes an invitation back: from the commit on its code is good for nobody. Twice changes nothing. Of somebody who
 * accepts at the same moment and whoever withdraws, one is first: what was accepted is a membership.
 *
 * @returns who was meant
 */
export async function withdrawInvitation(
  pool: Pool,
  who: AdminSeat,
  id: string,
  book: BookActs,
): Promise<Administered<DirectoryPerson>> {
  if (!isId(id)) return { kind: 'rejected', issues: [ABSENT] };
  return administer(pool, who, async (tx) => {
    const { rows } = await tx.query<{ withdrawn: boolean }>('select withdraw_invitation($1) as withdrawn', [id]);
    const invitation = await findInvitation(tx, who, id);
    if (invitation === null) return refuse(ABSENT.path, 'NOT_FOUND', ABSENT.message);
    if (invitation.became === 'ACCEPTED')
      return refuse('id', 'ALREADY_ACCEPTED', 'It was accepted: end the membership.');
    if (rows[0]?.withdrawn === true)
      await book(tx, [
        {
          action: 'invitation.withdraw',
          subjects: [
            { kind: 'invitation', id },
            { kind: 'person', id: invitation.person.id },
          ],
        },
      ]);
    return invitation.person;
  });
}
