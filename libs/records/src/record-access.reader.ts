import type { KeyringPurpose } from '@concord/access';
import type { Queryable } from '@concord/platform/database';
import type { ActAs, ReadAs } from './record.reader.js';

/** A key that opens a view of a record, whoever carries it. */
export interface AudienceKey {
  readonly key: string;
  readonly precision: string;
  /** Of the agency, task force or region; null for a place. */
  readonly name: string | null;
}

/** A key of the reader's own that opens a view of a record. */
export interface OpeningKey {
  readonly key: string;
  readonly precision: string;
  readonly because: string;
}

/** Who can see each of these records, which are the actor's own agency's; for others there is nothing. */
export async function findAudiences(
  db: Queryable,
  as: ActAs,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AudienceKey[]>> {
  const { rows } = await db.query<{ record_id: string; opens: string; key: string; name: string | null }>({
    name: 'record_audiences',
    text: 'select record_id, opens, key, name from record_audiences($1, $2, $3)',
    values: [as.personId, as.agencyId, recordIds],
  });
  return grouped(rows, ({ key, opens, name }) => ({ key, precision: opens, name }));
}

/** Which keys of the reader's open each of these records. */
export async function findOpeningKeys(
  db: Queryable,
  as: ReadAs,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, readonly OpeningKey[]>> {
  const { rows } = await db.query<{ record_id: string; opens: string; key: string; because: string }>({
    name: 'record_openers',
    text: 'select record_id, opens, key, because from record_openers(with_purpose($1, $4), $2, $3)',
    values: [as.personId, as.agencyId, recordIds, as.purpose],
  });
  return grouped(rows, ({ key, opens, because }) => ({ key, precision: opens, because }));
}

function grouped<Row extends { record_id: string }, Item>(
  rows: readonly Row[],
  itemOf: (row: Row) => Item,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const row of rows) {
    const group = groups.get(row.record_id);
    if (group) group.push(itemOf(row));
    else groups.set(row.record_id, [itemOf(row)]);
  }
  return groups;
}

/** What somebody reads of a record at this moment, and why. */
export interface AccessExplained {
  readonly allowed: boolean;
  readonly precision: string | null;
  readonly because: readonly { readonly key: string; readonly reason: string }[];
}

interface Explanation {
  readonly precision: string | null;
  readonly held: readonly { readonly key: string; readonly because: string }[];
  readonly audience: readonly { readonly key: string; readonly opens: string; readonly released: boolean }[];
}

/**
 * Whether and why a person, of whatever agency, reads a record of the actor's own agency: the record is read in that
 * person's name. Null for what is not the agency's. Of the person it tells nothing but which of the record's own keys are
 * carried; somebody who does not exist carries none.
 */
export async function explainAccess(
  db: Queryable,
  as: ActAs,
  asked: { readonly recordId: string; readonly personId: string; readonly purpose: KeyringPurpose },
): Promise<AccessExplained | null> {
  const { rows } = await db.query<{ explained: Explanation | null }>({
    name: 'explain_access',
    text: 'select explain_access(with_purpose($1, $5), $2, $3, $4) as explained',
    values: [as.personId, as.agencyId, asked.recordId, asked.personId, asked.purpose],
  });
  const explained = rows[0]?.explained ?? null;
  if (explained === null) return null;
  return {
    allowed: explained.precision !== null,
    precision: explained.precision,
    because: explained.held.length > 0 ? explained.held.map(carried(explained)) : explained.audience.map(notCarried),
  };
}

const carried =
  ({ audience, precision }: Explanation) =>
  ({ key, because }: Explanation['held'][number]): { key: string; reason: string } => {
    const released = audience.find((it) => it.key === key)?.released ?? precision !== null;
    return { key, reason: released ? because : `${because}; the record is not released` };
  };

const notCarried = ({ key, opens }: Explanation['audience'][number]): { key: string; reason: string } => ({
  key,
  reason: `would open it at ${opens}; not carried by this person now`,
});
