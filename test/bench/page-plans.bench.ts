import { openPool, type Queryable } from '@concord/platform/database';
import {
  countRecords,
  findRecordPage,
  parseFilter,
  type ParsedFilter,
  type RecordPosition,
  type SeizureRecordFilter,
} from '@concord/records';
import type { Pool } from 'pg';
import { onEnd } from './bench-database.js';
import { openFilledDatabase } from './filled-database.js';
import type { FilledDirectory, Reader, ReaderName } from './filler.js';
import { machineFacts, numberOption, printResult, quantile, tell, timed } from './measures.js';
import { PlanReader, type PlanSummary } from './plan-reader.js';

/** `npm run bench -- page-plans [--records 300000] [--calls 50]`; `BENCH_DATA_DIR` keeps what was filled. */
const RECORDS = numberOption('records', 300_000);
const CALLS = numberOption('calls', 50);
const LIMIT = 51;
const CAP = 10_000;
/** From the sixth call on PostgreSQL may plan once for all parameters: both plans are looked at. */
const PLANNED_ON_CALLS = [1, 8];

interface Statement {
  readonly name: string;
  /** Through the same code as the API's. */
  readonly run: (db: Queryable, reader: Reader) => Promise<unknown>;
  /** Whether it is one of those that take the same time however many records there are: its plan has to be right. */
  readonly flat: boolean;
}

interface Measured {
  readonly reader: ReaderName;
  readonly statement: string;
  readonly flat: boolean;
  readonly rows: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly calls: number;
  readonly plans: readonly ({ readonly call: number } & PlanSummary)[];
}

/** The function by substance, asked itself: the API asks by `seizure_record_search`. */
const BY_SUBSTANCE = `select * from seizure_record_page(with_purpose($1, 'ANALYSIS'), $2, ${LIMIT}, '9999-12-31', 'ffffffff-ffff-ffff-ffff-ffffffffffff', $3)`;

function statements(filled: FilledDirectory): Statement[] {
  const [common = ''] = filled.substances;
  const rare = filled.substances[filled.substances.length - 1] ?? common;
  // Two thirds down three years: what a reader gets who has turned many pages.
  const deep: RecordPosition = {
    releasedAt: new Date(Date.now() - 730 * 86_400_000),
    id: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  };
  const kilo: SeizureRecordFilter = { quantity: { minGrams: 1_000 } };
  const county: SeizureRecordFilter = { place: { countyFips: filled.counties.slice(0, 1) } };
  const substance: SeizureRecordFilter = { substance: { deaCodes: [common] } };
  const page = (
    name: string,
    filter: SeizureRecordFilter | null,
    after: RecordPosition | null,
    flat: boolean,
  ): Statement => {
    const condition = filter === null ? null : parsed(filter);
    return { name, run: (db, reader) => findRecordPage(db, reader, condition, LIMIT, after), flat };
  };
  return [
    page('first page', null, null, true),
    page('deep page', null, deep, true),
    {
      name: 'seizure_record_page by substance',
      run: (db, { personId, agencyId }) =>
        db.query({ name: 'by_substance', text: BY_SUBSTANCE, values: [personId, agencyId, [common]] }),
      flat: true,
    },
    page('common substance', substance, null, true),
    page('common substance, deep', substance, deep, true),
    page('rare substance', { substance: { deaCodes: [rare] } }, null, true),
    page('state', { place: { stateFips: filled.states.slice(0, 1) } }, null, false),
    page('county', county, null, false),
    page('a kilo and more', kilo, null, false),
    page('substance, a kilo and more', { and: [substance, kilo] }, null, false),
    page('county, substance, a kilo and more', { and: [county, substance, kilo] }, null, false),
    { name: `count to ${CAP}`, run: (db, reader) => countRecords(db, reader, null, CAP), flat: false },
    {
      name: `count to ${CAP}, a kilo and more`,
      run: (db, reader) => countRecords(db, reader, parsed(kilo), CAP),
      flat: false,
    },
  ];
}

function parsed(filter: SeizureRecordFilter): ParsedFilter {
  const result = parseFilter(filter);
  if (!result.ok) throw new Error(`not a filter: ${JSON.stringify(result.issues)}`);
  return result.filter;
}

async function measure(
  pool: Pool,
  plans: PlanReader,
  statement: Statement,
  name: ReaderName,
  reader: Reader,
): Promise<Measured> {
  const { flat } = statement;
  let rows = 0;
  const counting: Queryable = {
    async query(text, values) {
      const answer = await pool.query(text, values);
      rows = answer.rows.length;
      return answer;
    },
  };
  const taken = await timed(() => statement.run(counting, reader), CALLS);
  const found: Measured['plans'][number][] = [];
  for (const call of PLANNED_ON_CALLS)
    found.push({ call, ...(await plans.planOf((db) => statement.run(db, reader), call)) });
  const measured = {
    reader: name,
    statement: statement.name,
    flat,
    rows,
    p50Ms: quantile(taken, 0.5),
    p95Ms: quantile(taken, 0.95),
    calls: taken.length,
    plans: found,
  };
  tell(
    `  ${name.padEnd(15)} ${statement.name.padEnd(45)} ${String(measured.p50Ms).padStart(9)} ms, ${faultsOf([measured]).length} faults`,
  );
  return measured;
}

/** Only the flat statements promise a plan; the others say how much they had to walk. */
const faultsOf = (all: readonly Measured[]): string[] =>
  all
    .filter(({ flat }) => flat)
    .flatMap(({ reader, statement, plans }) =>
      plans.flatMap(({ call, faults }) => faults.map((fault) => `${reader}, ${statement}, call ${call}: ${fault}`)),
    );

async function main(): Promise<void> {
  tell(
    `${RECORDS} records; about ${Math.ceil((RECORDS / 1_000_000) * 4)} GB of disk in ${process.env['TMPDIR'] ?? '/tmp'}`,
  );
  const database = await openFilledDatabase(process.env['BENCH_DATA_DIR'] || null, RECORDS);
  onEnd(() => database.remove());
  try {
    const { filled, fillSeconds } = database;
    const pool = openPool({ url: database.applicationUrl, role: 'concord_api', max: 1, statementTimeoutMs: 60_000 });
    const plans = new PlanReader(database.superuserUrl);
    await plans.open();
    const measured: Measured[] = [];
    for (const [name, reader] of Object.entries(filled.readers) as [ReaderName, Reader][]) {
      for (const statement of statements(filled)) measured.push(await measure(pool, plans, statement, name, reader));
    }
    const sizes = await plans.rowsOf(
      `select relname as relation, pg_total_relation_size(oid)::float8 / 1048576 as mb, reltuples::float8 as rows from pg_class
       where relname in ('record_key', 'record_key_substance', 'record_view', 'record_view_substance', 'seizure_record') order by 1`,
    );
    await plans.close();
    await pool.end();
    const faults = faultsOf(measured);
    printResult({
      benchmark: 'page-plans',
      machine: machineFacts(),
      records: RECORDS,
      fillSeconds,
      calls: CALLS,
      sizes,
      faults,
      measured,
    });
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await database.remove();
  }
}

await main();
