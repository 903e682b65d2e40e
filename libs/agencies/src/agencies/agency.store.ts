import { newId } from '@concord/platform/ids';
import type { Pool, PoolClient } from 'pg';
import type { Book } from '../administration.js';
import { checkVersion, conflict, type Fault } from '../fault.js';
import { inSeat, type AdminSeat } from '../seat.js';
import type { Agency, AgencyInput, AgencyOutcome, ValidAgency } from './agency.js';
import { findAgency, findAgencyById, findAgencyFacts } from './agency.reader.js';
import { checkAgency, readContact } from './check-agency.js';

/** Makes an agency, or says everything that is wrong with what was asked for. PostgreSQL asks again who acts. */
export async function createAgency(
  db: Pool,
  personId: string,
  input: AgencyInput,
  book: Book<[Agency]>,
): Promise<AgencyOutcome> {
  return inSeat(db, { personId, agencyId: null }, async (tx): Promise<AgencyOutcome> => {
    const facts = await findAgencyFacts(tx, null, input.ori ?? null, input.parentOri ?? null);
    const checked = checkAgency(input, facts);
    if (!('agency' in checked)) return { kind: 'rejected', faults: checked.faults };
    const id = newId();
    if (!(await call(tx, 'create_agency', { id, ...stored(checked.agency) })))
      return rejected({ path: 'ori', code: 'TAKEN', message: 'There is an agency with this ORI already.' });
    return done(tx, id, book);
  }).catch(orCircle);
}

export interface AgencyChange extends AgencyInput {
  /** Of the agency that is changed; an ORI itself is never changed. */
  readonly ori: string;
  /** The version that the change was made against. */
  readonly version: number | null;
}

/** Changes an agency, unless somebody else did meanwhile (optimistic locking). */
export async function changeAgency(
  db: Pool,
  personId: string,
  change: AgencyChange,
  book: Book<[Agency]>,
): Promise<AgencyOutcome> {
  return inSeat(db, { personId, agencyId: null }, async (tx): Promise<AgencyOutcome> => {
    const current = await findAgency(tx, change.ori);
    if (current === null)
      return rejected({ path: 'ori', code: 'NOT_FOUND', message: 'There is no agency with this ORI.' });
    if (current.status === 'LEFT')
      return rejected({ path: 'ori', code: 'HAS_LEFT', message: 'The agency has left and is not changed any more.' });
    const parentOri = change.parentOri === undefined ? (current.parent?.ori ?? null) : change.parentOri;
    const checked = checkAgency(change, await findAgencyFacts(tx, current, null, parentOri));
    const faults: Fault[] = [];
    checkVersion(change.version, current.version, faults);
    faults.push(...checked.faults);
    if (faults.length > 0 || !('agency' in checked)) return { kind: 'rejected', faults };
    const { id, version } = current;
    if (await call(tx, 'change_agency', { id, version, ...stored(checked.agency) })) return done(tx, id, book);
    return rejected(conflict((await findAgencyById(tx, id))?.version ?? version));
  }).catch(orCircle);
}

/** Changes whom to call at the own agency, by an admin of it; nothing else of it. */
export async function changeAgencyContact(
  db: Pool,
  who: AdminSeat & { readonly agencyId: string },
  { version, contact }: Pick<AgencyInput, 'contact'> & { readonly version: number | null },
  book: Book<[Agency]>,
): Promise<AgencyOutcome> {
  return inSeat(db, who, async (tx): Promise<AgencyOutcome> => {
    const current = await findAgencyById(tx, who.agencyId);
    if (current === null) throw new Error('whoever acts for an agency has one');
    const faults: Fault[] = [];
    checkVersion(version, current.version, faults);
    if (contact === undefined)
      faults.push({ path: 'contact', code: 'REQUIRED', message: 'Give whom to call; null: nobody.' });
    const { name, phone, email } = readContact({ contact }, current, faults);
    if (faults.length > 0) return { kind: 'rejected', faults };
    const content = { version: current.version, contactName: name, contactPhone: phone, contactEmail: email };
    if (await call(tx, 'change_agency_contact', content)) return done(tx, current.id, book);
    return rejected(conflict((await findAgencyById(tx, current.id))?.version ?? current.version));
  });
}

async function done(tx: PoolClient, id: string, book: Book<[Agency]>): Promise<AgencyOutcome> {
  const agency = await findAgencyById(tx, id);
  if (agency === null) throw new Error('an agency that was written is there');
  await book(tx, agency);
  return { kind: 'done', agency };
}

const rejected = (fault: Fault): AgencyOutcome => ({ kind: 'rejected', faults: [fault] });

const stored = ({ contact, ...agency }: ValidAgency): object => ({
  ...agency,
  contactName: contact.name,
  contactPhone: contact.phone,
  contactEmail: contact.email,
});

async function call(
  tx: PoolClient,
  name: 'create_agency' | 'change_agency' | 'change_agency_contact',
  content: object,
): Promise<boolean> {
  const { rows } = await tx.query<{ done: boolean }>({
    name,
    text: `select ${name}($1) as done`,
    values: [JSON.stringify(content)],
  });
  return rows[0]?.done ?? false;
}

/** What closes a circle with another change of the same moment is a fault of this one. */
function orCircle(error: unknown): AgencyOutcome {
  if (!(error instanceof Error && Reflect.get(error, 'constraint') === 'agency_parent_fits')) throw error;
  return rejected({
    path: 'parentOri',
    code: 'PARENT_DOES_NOT_FIT',
    message: 'Give an agency of the same or a higher level that is not below this one.',
  });
}
