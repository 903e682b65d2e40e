import { Client } from 'pg';
import { onEnd, openBenchDatabase } from './bench-database.js';
import { machineFacts, numberOption, printResult, round } from './measures.js';

/**
 * `npm run bench -- community-batch [--candidates 100000]`: how long a batch takes in the database: the first of all, one of
 * a usual week (a hundredth more), one with nothing to do, one that was made, and the first of another year, which begins
 * anew. Beside it, in the same run, what counting the candidates once takes.
 */
const CANDIDATES = numberOption('candidates', 100_000);
const START = '2026-03-02T06:00:00Z';

const database = await openBenchDatabase(null);
onEnd(() => database.remove());
const client = new Client({ connectionString: database.superuserUrl });
await client.connect();

/** Classes as CBP's table has them: an eighth as many as candidates, most of which lie in few (bench community-share). */
const CLASSES = Math.ceil(CANDIDATES / 8);

/** Records with nothing but what a batch looks at. */
async function fill(count: number): Promise<void> {
  await client.query('begin');
  await client.query('set local session_replication_role = replica');
  await client.query(
    `with drawn as materialized (
       select gen_random_uuid() as record, gen_random_uuid() as report, floor($2 * random() ^ 3)::int as class,
              (select array_agg(id) from agency)[1 + floor(random() * 10)::int] as agency
       from generate_series(1, $1) n
     ), record as (
       insert into seizure_record (id, report_id, agency_id, released_at, synthetic)
       select record, report, agency, '2020-01-01', true from drawn)
     insert into community_candidate (record_id, ordinal, agency_id, state_fips, month, substance, band, policy_version, synthetic)
     select record, 0, agency, lpad((1 + class % 50)::text, 2, '0'),
            date '2022-01-01' + make_interval(months => class / 50 % 48), (1000 + class / 7200)::text,
            (array['SMALL_OR_UNKNOWN', 'MEDIUM', 'LARGE'])[1 + class / 2400 % 3], 1, true
     from drawn`,
    [count, CLASSES],
  );
  await client.query('commit');
  await client.query('analyze seizure_record, community_candidate');
}

async function timed(what: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await what();
  return round(performance.now() - began, 1);
}

async function batch(weeks: number): Promise<{ ms: number; records: number }> {
  let records = 0;
  const ms = await timed(async () => {
    const { rows } = await client.query<{ records: number }>(
      `select records from make_community_batch_at($1::timestamptz + make_interval(weeks => $2))`,
      [START, weeks],
    );
    records = rows[0]?.records ?? 0;
  });
  return { ms, records };
}

try {
  await client.query(
    `insert into agency (id, ori, name, level, synthetic)
     select gen_random_uuid(), 'ZZ' || lpad(n::text, 7, '0'), 'bench ' || n, 'LOCAL', true from generate_series(1, 10) n`,
  );
  await fill(CANDIDATES);
  const count = await timed(() => client.query('select count(*) from community_candidate'));
  const first = await batch(0);
  await client.query('analyze community_admission, community_record');
  await fill(Math.ceil(CANDIDATES / 100));
  const week = await batch(1);
  const nothingNew = await batch(2);
  const made = await batch(2);
  const rebuild = await batch(52);
  printResult({
    machine: machineFacts(),
    candidates: CANDIDATES,
    countCandidatesMs: count,
    firstBatch: first,
    weekWithAHundredthMore: week,
    weekWithNothingNew: nothingNew,
    alreadyMade: made,
    firstOfAnotherYear: rebuild,
  });
} finally {
  await client.end();
  await database.remove();
}
