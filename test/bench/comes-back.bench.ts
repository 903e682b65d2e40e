import { openPool, type Queryable } from '@concord/platform/database';
import { findWhatComesBack } from '@concord/records';
import { onEnd } from './bench-database.js';
import { openFilledDatabase } from './filled-database.js';
import type { Reader, ReaderName } from './filler.js';
import { machineFacts, numberOption, printResult, quantile, tell, timed } from './measures.js';
import { PlanReader, type PlanSummary } from './plan-reader.js';

/**
 * `npm run bench -- comes-back [--records 1000000] [--calls 200]`: what a submitter is told at once of what other records have
 * in common with a report (`comesBack`), for reports of the commonest substance, a middling and the rarest one, by readers
 * with few and with many keys. Every fourth record of the last weeks has one of two press marks and a packaging. Fails when a plan is
 * wrong. `BENCH_DATA_DIR` keeps what was filled. There is no peer: the statement is the whole of what a bare server would run.
 */
const RECORDS = numberOption('records', 1_000_000);
const CALLS = numberOption('calls', 200);
const PLANNED_ON_CALLS = [1, 8];
/** Milliseconds: what is aimed at for a middling report, and for one of the busiest substance. */
const AIMS = { p50: 5, busiest: 25 } as const;

const MARKED = `
  set session_replication_role = replica;
  update record_view_substance s set signature = case when hashtext(s.record_id::text) % 2 = 0 then 'M30' else 'Blue Hare' end
    from record_view v where v.record_id = s.record_id and v.rank = s.rank and v.released_at > now() - interval '40 days'
    and abs(hashtext(v.record_id::text)) % 4 = 0;
  update record_view v set packaging = 'vacuum bags' where v.released_at > now() - interval '40 days' and abs(hashtext(v.record_id::text)) % 4 = 0;
  set session_replication_role = origin`;

/** The newest report of each substance that the reader's own agency has. */
const OWN = (agencyId: string, codes: readonly string[]): string => `
  select distinct on (s.dea_code) s.dea_code as code, v.record_id as id
  from access_key a join record_key k on k.key_id = a.id
  join record_view v on v.record_id = k.record_id and v.rank = 0
  join record_view_substance s on s.record_id = v.record_id and s.rank = 0
  where a.key = 'agency:${agencyId}' and s.dea_code in (${codes.map((code) => `'${code}'`).join(',')})
  order by s.dea_code, (s.signature is not null) desc, k.sort_at desc`;

type Look = (db: Queryable) => Promise<unknown>;

/** Of the list that is looked at, on the first call and on one with the plan that is kept. */
async function plansOf(plans: PlanReader, look: Look): Promise<readonly PlanSummary[]> {
  const seen: PlanSummary[] = [];
  for (const call of PLANNED_ON_CALLS) seen.push(...(await plans.plansOf(look, call, /with listed as materialized/)));
  return seen;
}

async function main(): Promise<void> {
  tell(`${RECORDS} records; about ${Math.ceil((RECORDS / 1_000_000) * 3)} GB of disk`);
  const kept = process.env['BENCH_DATA_DIR'] || null;
  const database = await openFilledDatabase(kept, RECORDS, 'views and lists');
  onEnd(() => database.remove());
  const plans = new PlanReader(database.superuserUrl);
  try {
    const pool = openPool({ url: database.applicationUrl, role: 'concord_api', max: 1, statementTimeoutMs: 60_000 });
    await plans.open();
    await plans.rowsOf(MARKED);
    await plans.rowsOf('vacuum (analyze) record_view_substance, record_view');
    const { substances, readers } = database.filled;
    const codes = [substances[0], substances[Math.floor(substances.length / 2)], substances.at(-1)].flatMap((code) =>
      code === undefined ? [] : [code],
    );
    const named = new Map(codes.map((code, at) => [code, ['busiest', 'middling', 'rarest'][at] ?? code]));
    const measured = [];
    const faults: string[] = [];
    for (const [name, reader] of Object.entries(readers) as [ReaderName, Reader][]) {
      const own = (await plans.rowsOf(OWN(reader.agencyId, codes))) as { code: string; id: string }[];
      for (const { code, id } of own) {
        const look = (db: Queryable) => findWhatComesBack(db, reader, [id]);
        const found = (await look(pool)).get(id) ?? [];
        const taken = await timed(() => look(pool), CALLS);
        const seen = await plansOf(plans, look);
        const substance = named.get(code) ?? code;
        faults.push(...seen.flatMap((plan) => plan.faults.map((fault) => `${name}, ${substance}: ${fault}`)));
        const ms = { p50: quantile(taken, 0.5), p95: quantile(taken, 0.95), p99: quantile(taken, 0.99) };
        const most = Math.max(0, ...found.map(({ records }) => records));
        tell(
          `  ${name.padEnd(15)} ${substance.padEnd(10)} up to ${String(most).padStart(4)} in common: ${ms.p50} ms, p99 ${ms.p99}`,
        );
        const buffers = seen.map((plan) => plan.buffers);
        measured.push({ reader: name, substance, observations: found.length, most, ...ms, buffers });
      }
    }
    await pool.end();
    const middling = measured.filter(({ substance }) => substance === 'middling').map(({ p50 }) => p50);
    const busiest = measured.filter(({ substance }) => substance === 'busiest').map(({ p50 }) => p50);
    printResult({
      ...{ benchmark: 'comes-back', machine: machineFacts(), records: RECORDS, fillSeconds: database.fillSeconds },
      ...{
        aims: AIMS,
        holds: { p50: quantile(middling, 0.5) <= AIMS.p50, busiest: Math.max(...busiest) <= AIMS.busiest },
      },
      ...{ faults, measured },
    });
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await plans.close();
    await database.remove();
  }
}

await main();
