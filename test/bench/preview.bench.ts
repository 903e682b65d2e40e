import { audienceOf, coverKeys } from '@concord/access';
import { openPool, type Queryable } from '@concord/platform/database';
import { persistReport, readForPreview, type PreviewQuestion } from '@concord/records';
import { buildReport, partsOf } from '../../libs/records/src/report.builder.js';
import { onEnd } from './bench-database.js';
import { openFilledDatabase } from './filled-database.js';
import type { Reader, ReaderName } from './filler.js';
import { machineFacts, numberOption, printResult, quantile, round, tell, timed } from './measures.js';
import { PlanReader, type PlanSummary } from './plan-reader.js';

/**
 * `npm run bench -- preview [--records 1000000] [--calls 200] [--submissions 300] [--rounds 4]`: what a preview reads, how
 * its index is entered, how long the index takes to be made, and what it costs T1. `BENCH_DATA_DIR` keeps what was filled.
 */
const RECORDS = numberOption('records', 1_000_000);
const CALLS = numberOption('calls', 200);
const SUBMISSIONS = numberOption('submissions', 300);
const ROUNDS = numberOption('rounds', 4);
/** From the sixth call on PostgreSQL may plan once for all parameters: both plans are looked at. */
const PLANNED_ON_CALLS = [1, 8];
const INDEX = 'record_view_by_place';
const HOURS_MS = 3_600_000;

interface Cell {
  readonly county_fips: string;
  readonly occurred_from: Date;
  readonly occurred_to: Date;
  readonly n: number;
}

/** The same in every place: a kilo of fentanyl, shared with everybody, for partners by the week. */
function questionIn({ county_fips, occurred_from }: Cell): PreviewQuestion {
  const from = new Date(occurred_from.getTime() + 12 * HOURS_MS);
  const stateFips = county_fips.slice(0, 2);
  const report = buildReport({
    occurred: { from, to: new Date(from.getTime() + 60_000), offsetMinutes: -480, precision: 'MINUTE' },
    place: {
      ...{ latitude: null, longitude: null, countyFips: county_fips, stateFips },
      ...{ setting: 'HIGHWAY', portOfEntry: null },
    },
  });
  const facts = {
    agencyId: '',
    sharing: 'PARTNERS',
    taskForceIds: [],
    stateFips,
    countyFips: county_fips,
    regionIds: [],
  } as const;
  const parts = partsOf(report, { personId: '', agencyId: '' });
  const views = parts.views
    .filter(({ precision }) => precision === 'PARTNER')
    .map((view) => ({ view, audience: audienceOf('PARTNER', facts), cover: coverKeys('PARTNER', facts) }));
  return { submitterReference: 'none', keys: audienceOf('PARTNER', facts), views, synthetic: true };
}

/** Milliseconds of T1, one after the other. */
async function submit(db: Queryable, reader: Reader): Promise<number[]> {
  return timed(
    () => {
      const as = { personId: reader.personId, agencyId: reader.agencyId };
      const report = buildReport({ submitterReference: `bench-${performance.now()}` });
      return persistReport(db, report, partsOf(report, as));
    },
    SUBMISSIONS,
    20,
    60_000,
  );
}

async function main(): Promise<void> {
  tell(
    `${RECORDS} records; about ${Math.ceil((RECORDS / 1_000_000) * 4)} GB of disk in ${process.env['TMPDIR'] ?? '/tmp'}`,
  );
  const database = await openFilledDatabase(process.env['BENCH_DATA_DIR'] || null, RECORDS);
  onEnd(() => database.remove());
  try {
    const pool = openPool({ url: database.applicationUrl, role: 'concord_api', max: 1, statementTimeoutMs: 60_000 });
    const plans = new PlanReader(database.superuserUrl);
    await plans.open();
    const rows = async <T>(sql: string): Promise<T[]> => (await plans.rowsOf(sql)) as T[];
    const [definition] = await rows<{ d: string }>(`select indexdef as d from pg_indexes where indexname = '${INDEX}'`);
    const made: number[] = [];
    const make = async (): Promise<void> => {
      const started = performance.now();
      await rows(definition?.d ?? '');
      made.push(round((performance.now() - started) / 1_000, 2));
    };

    const cells = await rows<Cell>(
      `select county_fips, occurred_from, occurred_to, count(*)::int as n from record_view
       where rank = 2 and audience <> '{}' group by 1, 2, 3 order by n desc`,
    );
    const places = { busiest: cells[0], median: cells[Math.floor(cells.length / 2)], sparsest: cells.at(-1) };
    const measured = [];
    const faults: string[] = [];
    for (const [name, reader] of Object.entries(database.filled.readers) as [ReaderName, Reader][])
      for (const [place, cell] of Object.entries(places)) {
        if (cell === undefined) continue;
        const question = questionIn(cell);
        const found = await readForPreview(pool, reader, question);
        const taken = await timed(() => readForPreview(pool, reader, question), CALLS);
        const seen: ({ readonly call: number } & PlanSummary)[] = [];
        for (const call of PLANNED_ON_CALLS)
          for (const plan of await plans.plansOf((db) => readForPreview(db, reader, question), call, /record_view/))
            seen.push({ call, ...plan });
        faults.push(
          ...seen.flatMap((plan) => plan.faults.map((fault) => `${name}, ${place}, call ${plan.call}: ${fault}`)),
        );
        const ms = { p50: quantile(taken, 0.5), p95: quantile(taken, 0.95), p99: quantile(taken, 0.99) };
        tell(`  ${name.padEnd(15)} ${place.padEnd(10)} ${String(cell.n).padStart(5)} views there: ${ms.p50} ms`);
        measured.push({ reader: name, place, views: cell.n, counted: found.company, ...ms, plans: seen });
      }

    const with_: number[] = [];
    const without: number[] = [];
    for (let n = 0; n < ROUNDS; n += 1) {
      with_.push(...(await submit(pool, database.filled.readers.county)));
      await rows(`drop index ${INDEX}`);
      without.push(...(await submit(pool, database.filled.readers.county)));
      await make();
    }
    const [size] = await rows<{ mb: number }>(`select pg_relation_size('${INDEX}')::float8 / 1048576 as mb`);
    await plans.close();
    await pool.end();
    const p50 = { with: quantile(with_, 0.5), without: quantile(without, 0.5) };
    printResult({
      benchmark: 'preview',
      machine: machineFacts(),
      records: RECORDS,
      fillSeconds: database.fillSeconds,
      index: { seconds: made, mb: round(size?.mb ?? 0, 1) },
      submit: { times: with_.length, p50Ms: p50, ratio: round(p50.with / p50.without, 3) },
      faults,
      measured,
    });
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await database.remove();
  }
}

await main();
