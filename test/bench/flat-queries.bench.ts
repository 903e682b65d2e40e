import { openPool, type Queryable } from '@concord/platform/database';
import { findRecordPage, parseFilter, type ParsedFilter, type RecordPosition } from '@concord/records';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Pool } from 'pg';
import { onEnd } from './bench-database.js';
import { openFilledDatabase, type FilledDatabase } from './filled-database.js';
import type { FilledDirectory, Reader } from './filler.js';
import { flag, machineFacts, numberOption, printResult, quantile, round, tell, timed } from './measures.js';
import { PlanReader } from './plan-reader.js';

/**
 * `npm run bench -- flat-queries [--calls 200] [--big] [--largest 1000000]`: the queries that are to take the same time
 * however many records there are, at 100,000 and 1,000,000 records and with `--big` at 10,000,000, by a reader with the
 * nation's key, one with a county's and one with a single agency's. Views and lists only. Every size has the same server
 * with its usual settings; it is filled by one that does not wait for the disk. Fails when a plan is wrong, and not on
 * time. `BENCH_DATA_DIR` keeps what was filled, a folder for each size in it.
 */
const CALLS = numberOption('calls', 200);
const LARGEST = numberOption('largest', flag('big') ? 10_000_000 : 1_000_000);
const SIZES = [100_000, 1_000_000, 10_000_000].filter((size) => size <= LARGEST);
const LIMIT = 51;
const PLANNED_ON_CALLS = [1, 8];
const READERS = ['nation', 'county', 'agency'] as const;
type FlatReader = (typeof READERS)[number];
const BUDGET = 2;

interface FlatQuery {
  readonly name: string;
  readonly run: (db: Queryable, reader: Reader) => Promise<unknown>;
}

interface Measured {
  readonly records: number;
  readonly reader: FlatReader;
  readonly query: string;
  readonly rows: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Blocks that the statement inside the function touched. */
  readonly buffers: number;
  readonly faults: readonly string[];
}

interface Size {
  readonly records: number;
  readonly fillSeconds: number;
  readonly mb: number;
}

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function queriesOf(filled: FilledDirectory): FlatQuery[] {
  const [common = ''] = filled.substances;
  const rare = filled.substances.at(-1) ?? common;
  const days = (ago: number): RecordPosition => ({ releasedAt: new Date(Date.now() - ago * 86_400_000), id: LAST_ID });
  const page = (name: string, filter: ParsedFilter | null, after: RecordPosition | null): FlatQuery => ({
    name,
    run: (db, reader) => findRecordPage(db, reader, filter, LIMIT, after),
  });
  return [
    // By place: each reader's keys are its place, so that what it lists newest is what happened there.
    page('newest, by the key of the reader', null, null),
    page('since a cursor, two years back', null, days(730)),
    page('a common substance', bySubstance(common), null),
    page('a rare substance', bySubstance(rare), null),
    page('a common substance since a cursor', bySubstance(common), days(730)),
  ];
}

function bySubstance(deaCode: string): ParsedFilter {
  const parsed = parseFilter({ substance: { deaCodes: [deaCode] } });
  if (!parsed.ok) throw new Error(`not a filter: ${deaCode}`);
  return parsed.filter;
}

async function measure(
  pool: Pool,
  plans: PlanReader,
  query: FlatQuery,
  reader: Reader,
): Promise<Omit<Measured, 'records' | 'reader'>> {
  let rows = 0;
  const counting: Queryable = {
    async query(text, values) {
      const answer = await pool.query(text, values);
      rows = answer.rows.length;
      return answer;
    },
  };
  const taken = await timed(() => query.run(counting, reader), CALLS, 20, 20_000);
  const found = [];
  for (const call of PLANNED_ON_CALLS) found.push(await plans.planOf((db) => query.run(db, reader), call));
  return {
    query: query.name,
    rows,
    p50Ms: quantile(taken, 0.5),
    p95Ms: quantile(taken, 0.95),
    buffers: Math.max(...found.map(({ buffers }) => buffers)),
    faults: found.flatMap(({ faults }) => faults),
  };
}

async function measureSize(database: FilledDatabase, records: number): Promise<{ size: Size; measured: Measured[] }> {
  const pool = openPool({ url: database.applicationUrl, role: 'concord_api', max: 1, statementTimeoutMs: 60_000 });
  const plans = new PlanReader(database.superuserUrl);
  await plans.open();
  const measured: Measured[] = [];
  for (const reader of READERS) {
    for (const query of queriesOf(database.filled)) {
      const one = { records, reader, ...(await measure(pool, plans, query, database.filled.readers[reader])) };
      tell(
        `  ${String(records).padStart(8)} ${reader.padEnd(7)} ${one.query.padEnd(36)} ${one.p50Ms} ms, ${one.buffers} blocks, ${one.faults.length} faults`,
      );
      measured.push(one);
    }
  }
  const [row] = await plans.rowsOf('select pg_database_size(current_database())::float8 / 1048576 as mb');
  await plans.close();
  await pool.end();
  return { size: { records, fillSeconds: database.fillSeconds, mb: Math.round(Number(row?.['mb'])) }, measured };
}

/** What the next size needs while it is being filled, from what the one before came to; half again for sorting. */
async function hasRoom(folder: string, records: number, before: Size | undefined): Promise<boolean> {
  const mb = before === undefined ? records / 250 : (before.mb / before.records) * records;
  const needed = (mb * 1.5) / 1_024;
  const { bavail, bsize } = await statfs(folder);
  const free = (bavail * bsize) / 2 ** 30;
  tell(`${records} records: about ${needed.toFixed(1)} GB of disk in ${folder}, ${free.toFixed(1)} GB are free`);
  return free > needed;
}

/**
 * How much longer: the largest number of records against the smallest, for each reader, and the slowest reader against
 * the fastest, for each number. Full pages alone: where a reader has fewer records than a page, there is less to read.
 */
function ratiosOf(measured: readonly Measured[]): object[] {
  const queries = [...new Set(measured.map(({ query }) => query))];
  const sizes = [...new Set(measured.map(({ records }) => records))];
  const full = measured.filter(({ rows }) => rows === LIMIT);
  return queries.flatMap((query) => {
    const of = full.filter((one) => one.query === query);
    return [
      ...READERS.map((reader) => {
        const some = of.filter((one) => one.reader === reader);
        const [smallest, largest] = [some.at(0)?.p50Ms, some.at(-1)?.p50Ms];
        return { query, reader, over: some.map(({ records }) => records), ratio: ratio(largest, smallest) };
      }),
      ...sizes.map((records) => {
        const some = of.filter((one) => one.records === records);
        const times = some.map(({ p50Ms }) => p50Ms);
        return {
          query,
          records,
          over: some.map(({ reader }) => reader),
          ratio: ratio(Math.max(...times), Math.min(...times)),
        };
      }),
    ];
  });
}

/** Null where there is nothing to compare. */
const ratio = (over: number | undefined, under: number | undefined): number | null =>
  over === undefined || under === undefined || !Number.isFinite(over / under) ? null : round(over / under, 2);

async function main(): Promise<void> {
  const kept = process.env['BENCH_DATA_DIR'] || null;
  const sizes: Size[] = [];
  const skipped: number[] = [];
  const measured: Measured[] = [];
  for (const records of SIZES) {
    if (!(await hasRoom(kept ?? tmpdir(), records, sizes.at(-1)))) {
      tell(`SKIPPED: ${records} records, for there is too little room`);
      skipped.push(records);
      continue;
    }
    const database = await openFilledDatabase(kept === null ? null : `${kept}-${records}`, records, 'views and lists');
    onEnd(() => database.remove());
    try {
      const done = await measureSize(database, records);
      sizes.push(done.size);
      measured.push(...done.measured);
    } finally {
      await database.remove();
    }
  }
  const ratios = ratiosOf(measured);
  const faults = measured.flatMap(({ records, reader, query, faults: some }) =>
    some.map((fault) => `${records}, ${reader}, ${query}: ${fault}`),
  );
  printResult({
    benchmark: 'flat-queries',
    machine: machineFacts(),
    calls: CALLS,
    budget: BUDGET,
    sizes,
    skipped,
    faults,
    ratios,
    measured,
  });
  process.exitCode = faults.length === 0 ? 0 : 1;
}

await main();
