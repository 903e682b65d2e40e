import type { Queryable } from '@concord/platform/database';
import { isId } from '@concord/platform/ids';
import type { Pool } from 'pg';
import { administer, issue, RefusedAct, refuse, type Administered, type BookActs } from '../administration.js';
import type { AdminSeat } from '../seat.js';

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
  who: AdminSeat,
  { id, status }: { readonly id: string; readonly status: 'ACTIVE' | 'DISABLED' },
  book: BookActs,
): Promise<Administered<DirectoryPerson>> {
  if (!isId(id)) return { kind: 'rejected', issues: [ABSENT] };
  return administer(pool, who, async (tx) => {
    // Two admins who disable each other: the second is none any more.
    await tx.query('select lock_memberships($1)', [who.agencyId]);
    const { rows } = await tx.query<{ changed: boolean }>('select set_person_status($1, $2) as changed', [id, status]);
    if (rows[0]?.changed !== true) return unchanged(tx, who, { id, status });
    const action = status === 'DISABLED' ? 'person.disable' : 'person.enable';
    await book(tx, [{ action, subjects: [{ kind: 'person', id }] }]);
    const person = await findPerson(tx, id);
    if (person === null) throw new Error('who was changed is there');
    return person;
  });
}

const ABSENT = issue('id', 'NOT_FOUND', 'There is nobody under that id for whom you can change this.');

/** Why nothing was changed. What is so already is no fault; somebody of another agency alone is not there. */
async function unchanged(
  tx: Queryable,
  who: AdminSeat,
  { id, status }: { readonly id: string; readonly status: string },
): Promise<DirectoryPerson> {
  if (id === who.personId) return refuse('id', 'OWN_SEAT', 'Somebody else has to do that for you.');
  // Both are asked, or who watches the time learns of somebody who is another agency's alone.
  const [person, isOurs] = [await findPerson(tx, id), await isOfAgency(tx, who, id)];
  if (person === null || !isOurs) throw new RefusedAct([ABSENT]);
  if (person.status === status) return person;
  if (person.elsewhere)
    return refuse('id', 'OTHER_SEATS', 'The person acts for somebody else too: end the membership in your agency.');
  return refuse('id', 'WAITS_FOR_ANOTHER', 'Whoever disabled the person was no admin of yours: ask a system admin.');
}

async function isOfAgency(tx: Queryable, { agencyId }: AdminSeat, personId: string): Promise<boolean> {
  if (agencyId === null) return true;
  const { rowCount } = await tx.query('select from membership where person_id = $1 and agency_id = $2 limit 1', [
    personId,
    agencyId,
  ]);
  return rowCount === 1;
}

interface FoundPerson extends DirectoryPerson {
  readonly status: string;
  /** Has a seat in several places. */
  readonly elsewhere: boolean;
}

async function findPerson(tx: Queryable, id: string): Promise<FoundPerson | null> {
  const { rows } = await tx.query<{ id: string | null; display_name: string; status: string; elsewhere: boolean }>(
    `select p.id, p.display_name, p.status, has_seat_elsewhere($1, app_seat()) as elsewhere
     from (select) as asked left join person p on p.id = $1`,
    [id],
  );
  const [row] = rows;
  return row === undefined || row.id === null
    ? null
    : { id: row.id, displayName: row.display_name, status: row.status, elsewhere: row.elsewhere };
}
