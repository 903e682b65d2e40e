import type { Client } from 'pg';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { eventually } from '../../flows/flow-client.builder.js';
import { BACKENDS, Fleet } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { byLength, SEED } from '../harness/length.config.js';
import { Load } from '../harness/load.builder.js';
import type { LoadReport } from '../harness/load-report.js';
import { quiesce, readBack } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';

/** What T2 and T3 write: whoever may not write there has not had its effect. */
const EFFECTS = { 'record.released': 'alert', 'alert.raised': 'delivery' } as const;
type Kind = keyof typeof EFFECTS;

/** Of the reconciler; the usual ones in the long run. */
const PERIODS = byLength({ reconcileMs: 200, lostAfterSeconds: 1 }, {});
const ROUNDS = byLength(1, 10);
const STEPS = Array.from({ length: ROUNDS }, (_, round) =>
  (Object.keys(EFFECTS) as Kind[]).flatMap((kind) =>
    (['beforeEffect', 'afterEffect'] as const).map((step) => ({ round, kind, step })),
  ),
).flat();
const SUBMISSIONS = 5;
const QUIET_MS = 60_000;
const NOTHING = { lost: 0, unexpected: 0, duplicated: 0, leaked: 0 };

for (const backend of BACKENDS) {
  (backend.available ? describe : describe.skip)(
    `#1 the worker is killed at each step of a job, queues on ${backend.name}`,
    () => {
      test(
        'every effect is there once',
        async () => {
          const began = performance.now();
          const workers = [{ options: PERIODS }];
          const fleet = await Fleet.start({ backend: backend.name, database: 'shared', workers });
          const random = new SeededRandom(SEED);
          const journal = new Journal<LoadReport>(null);
          const killed = { beforeEffect: 0, afterEffect: 0 };
          try {
            const streams = await openReaders(fleet);
            for (const { round, kind, step } of STEPS) {
              const prefix = `STEP-${round}-${EFFECTS[kind]}-${step}`;
              const load = new Load({ fleet, journal, random, submissions: SUBMISSIONS, atOnce: 5, prefix });
              const effect = await heldBack(fleet, EFFECTS[kind]);
              await load.run();
              await eventually('a job is held up', () => waitsFor(fleet, EFFECTS[kind]), QUIET_MS);
              if (step === 'afterEffect') await dieUnacknowledged(fleet, effect, kind);
              else await fleet.worker.process.kill().then(() => letGo(effect));
              killed[step] += 1;
              await fleet.worker.process.start();
              await quiesce(fleet, QUIET_MS);
            }
            const { quiet } = await quiesce(fleet, QUIET_MS);
            const counted = await readBack(fleet, journal, { streams });
            const faults = tell({
              ...{ scenario: [1], name: 'worker killed at each step', backend: backend.name, without: null, counted },
              seconds: Math.round((performance.now() - began) / 1_000),
              facts: killed,
            });
            expect({ quiet, ...faults }).toEqual({ quiet: true, ...NOTHING });
          } finally {
            await fleet.stop();
          }
        },
        byLength(400_000, 1_200_000),
      );
    },
  );
}

/** Rows can be read there and not written until it is let go. */
async function heldBack(fleet: Fleet, table: string): Promise<Client> {
  const holder = await fleet.session();
  await holder.query('begin');
  await holder.query(`lock table ${table} in share mode`);
  return holder;
}

async function letGo(holder: Client): Promise<void> {
  await holder.query('rollback');
  await holder.end();
}

async function waitsFor(fleet: Fleet, table: string): Promise<boolean> {
  const waiting = await fleet.sql(
    `select from pg_locks where not granted and relation = $1::regclass and database =
       (select oid from pg_database where datname = current_database())`,
    [table],
  );
  return waiting.length > 0;
}

/** The effect is committed, the queue cannot be told, and then there is no worker. */
async function dieUnacknowledged(fleet: Fleet, effect: Client, kind: Kind): Promise<void> {
  const done = `select count(*)::int as n from outbox where kind = $1 and done_at is not null`;
  const [before] = await fleet.sql<{ n: number }>(done, [kind]);
  const queue = fleet.redis === null ? await heldBack(fleet, await queueTables(fleet)) : null;
  fleet.redis?.freeze();
  await letGo(effect);
  await eventually(
    'the effect is there',
    async () => {
      const [now] = await fleet.sql<{ n: number }>(done, [kind]);
      return (now?.n ?? 0) > (before?.n ?? 0);
    },
    QUIET_MS,
  );
  await fleet.worker.process.kill();
  fleet.redis?.thaw();
  if (queue !== null) await letGo(queue);
}

async function queueTables(fleet: Fleet): Promise<string> {
  const tables = await fleet.sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq'`,
  );
  return tables.map(({ name }) => name).join(', ');
}
