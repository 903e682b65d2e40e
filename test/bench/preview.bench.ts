import { audienceOf, coverKeys, type AgencyActor } from '@concord/access';
import { createLocalKeyHolder, PostgresAgencyKeyStore } from '@concord/blinding';
import { deidentify, RELEASE_POLICY_1 } from '@concord/deidentification';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import { readForPreview, type PreviewQuestion } from '@concord/records';
import { submitReport, validateReport, type SubmissionServices } from '@concord/submission';
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { onEnd } from './bench-database.js';
import { openFilledDatabase } from './filled-database.js';
import type { Reader, ReaderName } from './filler.js';
import { machineFacts, numberOption, printResult, quantile, round, tell, timed } from './measures.js';
import { PlanReader, type PlanSummary } from './plan-reader.js';
import { reportOf } from './submit-reports.js';

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
const WARM_UP = 20;
const HOURS_MS = 3_600_000;

interface Cell {
  readonly county_fips: string;
  readonly occurred_from: Date;
  readonly occurred_to: Date;
  readonly n: number;
}

/** The same in every place: two substances, shared with everybody, for partners by the week. */
function questionIn({ county_fips, occurred_from }: Cell): PreviewQuestion {
  const input = {
    ...reportOf('preview', 0),
    occurredAt: new Date(occurred_from.getTime() - 480 * 60_000 + 12 * HOURS_MS).toISOString().replace('Z', '-08:00'),
    sharing: 'PARTNERS',
    place: { countyFips: county_fips, setting: 'HIGHWAY' },
  };
  const context = {
    now: new Date(),
    agreementWidestSharing: 'PARTNERS',
    memberTaskForceIds: new Set<string>(),
  } as const;
  const validation = validateReport(input, context);
  if (!validation.ok) throw new Error(JSON.stringify(validation.issues));
  const { place, sharing } = validation.report;
  const facts = { agencyId: '', sharing, taskForceIds: [], regionIds: [], ...place };
  const [audience, cover] = [audienceOf('PARTNER', facts), coverKeys('PARTNER', facts)];
  const views = deidentify(validation.report, { h3Resolution: 6, policy: RELEASE_POLICY_1 })
    .filter(({ precision }) => precision === 'PARTNER')
    .map((view) => ({ view, audience, cover }));
  return { submitterReference: 'preview', keys: audience, views, synthetic: true };
}

/** Submits one report after the other. @returns milliseconds of T1's statement alone */
async function submit(db: Pool, { personId, agencyId }: Reader): Promise<number[]> {
  const taken: number[] = [];
  const watched = new Proxy(db, {
    get: (pool, name): unknown =>
      name !== 'query'
        ? Reflect.get(pool, name)
        : async (asked: { name?: string; text: string }) => {
            const started = performance.now();
            const answer = await pool.query(asked);
            if (asked.name === 'submit_seizure_report') taken.push(performance.now() - started);
            return answer;
          },
  });
  const kek = { id: 'bench', key: randomBytes(32) };
  const keyHolder = createLocalKeyHolder({ kek, agencyKeys: new PostgresAgencyKeyStore(db) });
  const services: SubmissionServices = { db: watched, keyHolder, clock: systemClock, digestKey: randomBytes(32) };
  const actor: AgencyActor = {
    ...{ personId, displayName: 'bench', agency: { id: agencyId, ori: null, name: 'bench', level: 'LOCAL' } },
    ...{ roles: new Set(['ANALYST'] as const), purpose: null },
  };
  for (let n = -WARM_UP; n < SUBMISSIONS; n += 1) {
    const { narrative: _narrative, ...report } = reportOf(`bench-${randomBytes(8).toString('hex')}`, 0);
    const outcome = await submitReport(services, actor, report, { synthetic: true });
    if (outcome.kind === 'rejected') throw new Error(JSON.stringify(outcome.issues));
    if (n < 0) taken.length = 0;
  }
  return taken;
}

async function main(): Promise<void> {
  tell(
    `${RECORDS} records; about ${Math.ceil((RECORDS / 1_000_000) * 4)} GB of disk in ${process.env['TMPDIR'] ?? '/tmp'}`,
  );
  const database = await openFilledDatabase(process.env['BENCH_DATA_DIR'] || null, RECORDS);
  onEnd(() => database.remove());
  const plans = new PlanReader(database.superuserUrl);
  try {
    const pool = openPool({ url: database.applicationUrl, role: 'concord_api', max: 1, statementTimeoutMs: 60_000 });
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
       where rank = 2 and audience <> '{}' and occurred_to < now() group by 1, 2, 3 order by n desc`,
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
        for (const call of PLANNED_ON_CALLS) {
          const planned = await plans.plansOf((db) => readForPreview(db, reader, question), call, /record_view/);
          seen.push(...planned.map((plan) => ({ call, ...plan })));
        }
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
    await plans.close();
    await database.remove();
  }
}

await main();
