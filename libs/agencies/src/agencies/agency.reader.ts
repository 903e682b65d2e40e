import type { AgencyLevel } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { Agency } from './agency.js';
import type { AgencyFacts, ParentFact } from './check-agency.js';
import { jurisdictionOf } from './jurisdiction.js';

/** What a list of agencies is narrowed by. */
export interface AgencySearch {
  /** Words of the name or the ORI, each by its beginning; all of them must be there. Null: every agency. */
  readonly words: readonly string[] | null;
  readonly level: AgencyLevel | null;
}

/** A place in the order of the list: by name, without regard to case, and then by id. */
export interface AgencyPosition {
  readonly name: string;
  readonly id: string;
}

interface AgencyRow {
  id: string;
  ori: string | null;
  name: string;
  level: AgencyLevel;
  status: Agency['status'];
  version: number;
  contact_name: string | null;
  contact_phone: string | null;
  contact_email: string | null;
  parent_id: string | null;
  parent_ori: string | null;
  parent_name: string | null;
  places: string[];
  position: string;
}

const SELECT = `select a.id, a.ori, a.name, a.level, a.status, a.version, a.contact_name, a.contact_phone, a.contact_email,
    p.id as parent_id, p.ori as parent_ori, p.name as parent_name, lower(a.name) as position,
    array(select ap.place_key from agency_place ap where ap.agency_id = a.id order by ap.place_key) as places
  from agency a left join agency p on p.id = a.parent_id`;

const asAgency = (row: AgencyRow): Agency => ({
  id: row.id,
  ori: row.ori,
  name: row.name,
  level: row.level,
  status: row.status,
  version: row.version,
  parent:
    row.parent_id === null || row.parent_name === null
      ? null
      : { id: row.parent_id, ori: row.parent_ori, name: row.parent_name },
  jurisdiction: jurisdictionOf(row.places),
  contact: { name: row.contact_name, phone: row.contact_phone, email: row.contact_email },
});

/** The words of a search, as agency_words() in SQL takes names apart. */
export const wordsOf = (search: string): string[] => [
  ...new Set(
    search
      .normalize('NFC')
      .toLowerCase()
      .split(/[^a-z0-9\u0080-\uffff]+/)
      .filter((word) => word !== ''),
  ),
];

/** Agencies that take part, by name. */
export async function findAgencies(
  db: Queryable,
  { words, level }: AgencySearch,
  limit: number,
  after: AgencyPosition | null,
): Promise<{ readonly agency: Agency; readonly position: AgencyPosition }[]> {
  const values: unknown[] = [limit];
  const where = [`a.status = 'ACTIVE'`];
  const given = (value: unknown): string => `$${values.push(value)}`;
  if (words !== null)
    // Words hold no quotes: what is between letters and digits was taken out.
    where.push(`agency_words(a.name, a.ori) @@ ${given(words.map((word) => `'${word}':*`).join(' & '))}::tsquery`);
  if (level !== null) where.push(`a.level = ${given(level)}`);
  if (after !== null) where.push(`(lower(a.name), a.id) > (${given(after.name)}, ${given(after.id)}::uuid)`);
  const text = `${SELECT} where ${where.join(' and ')} order by lower(a.name), a.id limit $1`;
  const { rows } = await db.query<AgencyRow>(text, values);
  return rows.map((row) => ({ agency: asAgency(row), position: { name: row.position, id: row.id } }));
}

/** By its ORI, also when it has left; null where there is none. */
export async function findAgency(db: Queryable, ori: string): Promise<Agency | null> {
  const { rows } = await db.query<AgencyRow>({
    name: 'agency_by_ori',
    text: `${SELECT} where a.ori = $1`,
    values: [ori],
  });
  return rows[0] === undefined ? null : asAgency(rows[0]);
}

/** By its id; COMMUNITY partners have no other name. */
export async function findAgencyById(db: Queryable, id: string): Promise<Agency | null> {
  const { rows } = await db.query<AgencyRow>({ name: 'agency_by_id', text: `${SELECT} where a.id = $1`, values: [id] });
  return rows[0] === undefined ? null : asAgency(rows[0]);
}

/**
 * What decides about a new agency (`id` null) or a change of one.
 * @param ori which a new one asks for
 * @param parentOri which is named as the parent's; null: none
 */
export async function findAgencyFacts(
  db: Queryable,
  current: Agency | null,
  ori: string | null,
  parentOri: string | null,
): Promise<AgencyFacts> {
  const { rows } = await db.query<{ ori_taken: boolean; levels_below: AgencyLevel[]; parent: ParentFact | null }>({
    name: 'agency_facts',
    text: `select exists (select from agency a where a.ori = $2) as ori_taken,
             array(select distinct a.level from agency a where a.parent_id = $1) as levels_below,
             (select json_build_object('id', p.id, 'level', p.level, 'status', p.status, 'isBelow', exists (
                 with recursive above(id) as (
                   select p.id union select a.parent_id from agency a join above on a.id = above.id where a.parent_id is not null)
                 select from above where id = $1))
                from agency p where p.ori = $3) as parent`,
    values: [current?.id ?? null, ori, parentOri],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('a select without a table gives one row');
  return { current, oriTaken: row.ori_taken, levelsBelow: row.levels_below, parent: row.parent };
}
