import type { KeyringPurpose } from '@concord/access';
import type { Match } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import { compileFilter, describeFlatness, type ParsedFilter } from './filter/index.js';
import { toRecordCard, type RecordCard, type RecordCardRow } from './record-card.js';

/** In whose name to act. */
export interface ActAs {
  readonly personId: string;
  readonly agencyId: string;
}

/** In whose name and for what to read: the database computes the keyring in the statement that reads. */
export interface ReadAs extends ActAs {
  /** The one that was named; null opens nothing that is shared. */
  readonly purpose: KeyringPurpose | null;
}

/** A place in the order (released at, id), both released values; the page comes after it. */
export interface RecordPosition {
  readonly releasedAt: Date;
  readonly id: string;
}

export interface FoundRecord {
  readonly record: RecordCard;
  readonly match: Match;
}

/** Before the first page: later than any release and greater than any id. */
const START: RecordPosition = {
  releasedAt: new Date('9999-12-31T00:00:00Z'),
  id: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
};

/**
 * One page, newest release first. Without a condition, or with one on substances alone, it is a walk of the lists and
 * takes the same time however many records there are; any other condition is evaluated along the walk.
 */
export async function findRecordPage(
  db: Queryable,
  as: ReadAs,
  filter: ParsedFilter | null,
  limit: number,
  after: RecordPosition | null,
): Promise<FoundRecord[]> {
  const from = after ?? START;
  if (filter === null) {
    const { rows } = await db.query<RecordCardRow>({
      name: 'seizure_record_page',
      text: 'select * from seizure_record_page(with_purpose($1, $6), $2, $3, $4, $5, null)',
      values: [as.personId, as.agencyId, limit, from.releasedAt, from.id, as.purpose],
    });
    return rows.map((row) => ({ record: toRecordCard(row), match: 'CERTAIN' }));
  }
  const condition = boundCondition(filter);
  const { rows } = await db.query<{ card: RecordCardRow; certain: boolean }>({
    name: 'seizure_record_search',
    text: 'select row_to_json(s.card) as card, s.certain from seizure_record_search(with_purpose($1, $9), $2, $3, $4, $5, $6, $7, $8) s',
    values: [
      ...[as.personId, as.agencyId, limit, from.releasedAt, from.id],
      ...[substancesOf(filter), condition.sql, condition.values, as.purpose],
    ],
  });
  return rows.map((row) => ({
    record: toRecordCard(withDates(row.card)),
    match: row.certain ? 'CERTAIN' : 'POSSIBLE',
  }));
}

/** What was counted; with `atLeast` there are more, or may be. */
export interface RecordTally {
  readonly value: number;
  readonly atLeast: boolean;
}

/** Less than what a statement may take: what was counted by then is an answer. */
const LONGEST_COUNT_MS = 2_000;

/**
 * How many records the actor can list, counted up to `cap`. Counting ends after `longestMs`, with what it has: a
 * condition that few records meet is looked for in all of them.
 */
export async function countRecords(
  db: Queryable,
  as: ReadAs,
  filter: ParsedFilter | null,
  cap: number,
  longestMs = LONGEST_COUNT_MS,
): Promise<RecordTally> {
  const condition = filter === null ? { sql: null, values: [] } : boundCondition(filter);
  const substances = filter === null ? null : substancesOf(filter);
  const { rows } = await db.query<{ counted: number; complete: boolean }>({
    name: 'count_records',
    text: `select counted, complete
           from count_records(with_purpose($1, $8), $2, $3, $4, $5, $6,
             clock_timestamp() + make_interval(secs => $7::float8 / 1000))`,
    values: [as.personId, as.agencyId, cap, substances, condition.sql, condition.values, longestMs, as.purpose],
  });
  const [tally] = rows;
  if (tally === undefined) throw new Error('a count is one row');
  return { value: Math.min(tally.counted, cap), atLeast: tally.counted > cap || !tally.complete };
}

/** Records by id, in the order asked; null for what is not there for this actor. */
export async function findRecordsById(
  db: Queryable,
  as: ReadAs,
  ids: readonly string[],
): Promise<(RecordCard | null)[]> {
  const { rows } = await db.query<RecordCardRow>({
    name: 'seizure_records_by_id',
    text: 'select * from seizure_records_by_id(with_purpose($1, $4), $2, $3)',
    values: [as.personId, as.agencyId, ids, as.purpose],
  });
  const byId = new Map(rows.map((row) => [row.record_id, toRecordCard(row)]));
  return ids.map((id) => byId.get(id) ?? null);
}

const substancesOf = (filter: ParsedFilter): string[] | null => describeFlatness(filter)?.substanceCodes ?? null;

/**
 * A compiled condition whose values travel as one text array: `$3::int8` becomes `($7)[3]::int8`, because the function
 * that runs it takes a fixed number of parameters.
 */
export function boundCondition(filter: ParsedFilter): { sql: string; values: string[] } {
  const compiled = compileFilter(filter, 1);
  return {
    sql: compiled.sql.replace(/\$(\d+)/g, '($7)[$1]'),
    values: compiled.params.map((param) =>
      typeof param === 'string' ? param : `{${param.map((item) => JSON.stringify(item)).join(',')}}`,
    ),
  };
}

/** JSON carries instants as text. */
export function withDates(row: RecordCardRow): RecordCardRow {
  return {
    ...row,
    released_at: new Date(row.released_at),
    occurred_from: new Date(row.occurred_from),
    occurred_to: new Date(row.occurred_to),
  };
}
