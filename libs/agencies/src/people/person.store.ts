import type { Queryable } from '@concord/platform/database';
import { isId } from '@concord/platform/ids';
import type { Pool } from 'pg';
import {
  administer,
  issue,
  RefusedAct,
  type Administered,
  type AdministrationIssue,
  type Administrator,
  type BookActs,
} from '../administration.js';

/** Somebody whom the directory knows. */
export interface DirectoryPerson {
  readonly id: string;
  readonly displayName: string;
}

/**
 * Ends every seat of a person (`DISABLED`) or gives them back (`ACTIVE`), from the commit on. An agency's admin does it
 * where no other agency is touched, and gives back only what this agency took; nobody does it to themselves.
 */
export async function setPersonStatus(
  pool: Pool,
  who: Administrator,
  { id, status }: { readonly id: string; readonly status: 'ACTIVE' | 'DISABLED' },
  book: BookActs,
): Promise<Administered<DirectoryPerson>> {
  if (!isId(id)) return { kind: 'rejected', issues: [ABSENT] };
  return administer(pool, who, async (tx) => {
    // Two admins who disable each other: the second is none any more.
    await tx.query('select lock_memberships($1)', [who.agencyId]);
    const { rows } = await tx.query<{ changed: boolean }>('select set_person_status($1, $2) as changed', [id, status]);
    if (rows[0]?.changed !== true) throw new RefusedAct([await whyNot(tx, who, id)]);
    const action = status === 'DISABLED' ? 'person.disable' : 'person.enable';
    await book(tx, [{ action, subjects: [{ kind: 'person', id }] }]);
    return findPerson(tx, id);
  });
}

const ABSENT = issue('id', 'NOT_FOUND', 'There is nobody under that id for whom you can change this.');

/** Somebody of another agency alone is not there. */
async function whyNot(tx: Queryable, who: Administrator, id: string): Promise<AdministrationIssue> {
  if (id === who.personId) return issue('id', 'OWN_SEAT', 'Somebody else has to do that for you.');
  const { rows } = await tx.query<{ elsewhere: boolean }>(
    `select has_seat_elsewhere(m.person_id, $2) as elsewhere from membership m where m.person_id = $1 and m.agency_id = $2 limit 1`,
    [id, who.agencyId],
  );
  return rows[0]?.elsewhere === true
    ? issue('id', 'OTHER_SEATS', 'The person acts for somebody else too: end the membership in your agency.')
    : ABSENT;
}

async function findPerson(tx: Queryable, id: string): Promise<DirectoryPerson> {
  const { rows } = await tx.query<{ id: string; display_name: string }>(
    'select id, display_name from person where id = $1',
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('who was changed is there');
  return { id: row.id, displayName: row.display_name };
}
