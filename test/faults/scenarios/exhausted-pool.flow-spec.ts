import { WatchedPool } from '@concord/platform/database-link';
import { join } from 'node:path';
import { Client, Pool, type PoolClient } from 'pg';
import type { PersonaName } from '../../../apps/embedded/src/personas.js';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { ALERTS, ME } from '../../flows/documents.js';
import { eventually } from '../../flows/flow-client.builder.js';
import { BACKENDS, Fleet } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { byLength, SEED } from '../harness/length.config.js';
import { RECIPIENTS, type LoadReport } from '../harness/load-report.js';
import { Load } from '../harness/load.builder.js';
import { quiesce, readBack } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';
import { NO_FAULTS } from '../one-report.builder.js';
import { ask, UNAVAILABLE, type Told } from '../outages.builder.js';

/** More than the API has connections, and within a person's share of requests at once. */
const READERS: readonly PersonaName[] = [
  ...(['state-analyst', 'other-state-analyst', 'local-analyst', 'taskforce-analyst'] as const),
  ...(['neighbour-analyst', 'far-local-analyst', 'tribal-analyst', 'supervisor'] as const),
];
const EACH = 6;
const SUBMISSIONS = byLength(40, 500);
/** How often the connections are taken: each time until the lock's time-out of 4 s lets them go. */
const TIMES = byLength(1, 8);
/** docs/outages.md: 5 s for who waits. And at once for who comes later. With what a machine adds that is busy with other work. */
const TOLD_MS = 25_000;
const AT_ONCE_MS = 2_500;
const PATIENCE_MS = 60_000;

for (const backend of BACKENDS) {
  (backend.available ? describe : describe.skip)(`#23 every connection held, queues on ${backend.name}`, () => {
    let fleet: Fleet;
    let locker: Client;
    const start = async (env: NodeJS.ProcessEnv = {}): Promise<void> => {
      fleet = await Fleet.start({ backend: backend.name, database: 'shared', apis: [{ env }] });
      await openReaders(fleet, RECIPIENTS, { streams: false });
      locker = new Client({ connectionString: fleet.postgres.superuserUrl });
      locker.on('error', () => undefined);
      await locker.connect();
    };
    afterEach(async () => {
      await locker.end();
      await fleet.stop();
    }, 60_000);

    const ready = async (): Promise<{ status: number; body: string }> => {
      const answer = await fetch(new URL('/health/ready', fleet.api.url));
      return { status: answer.status, body: await answer.text() };
    };
    const live = async (): Promise<number> => (await fetch(new URL('/health/live', fleet.api.url))).status;
    /** Reads of a table that is locked, more than there are connections. */
    const holdAll = async (): Promise<{ readonly held: Promise<Told[]> }> => {
      await locker.query('begin; lock table alert in access exclusive mode');
      const held = Promise.all(
        READERS.flatMap((name) => Array.from({ length: EACH }, () => ask(fleet.as(name), ALERTS, { first: 1 }))),
      );
      // Wrapped, or it would be waited for here.
      return { held };
    };

    test(
      'told in time, then at once; health says so; what is asked again is done once; all is as before',
      async () => {
        const began = performance.now();
        await start();
        const journal = new Journal<LoadReport>(join(fleet.folder, 'journal.jsonl'));
        const random = new SeededRandom(SEED);
        let refused = 0;
        let slowest = 0;
        let soonest = Number.POSITIVE_INFINITY;
        for (let time = 0; time < TIMES; time += 1) {
          const { held } = await holdAll();
          // The very first of these agencies too: their keys are made in transactions of their own.
          const options = { fleet, journal, random, submissions: SUBMISSIONS, atOnce: 8, prefix: `HELD-${time}` };
          const running = new Load(options).run();
          await eventually('it is known', async () => (await ready()).body.includes('POOL_EXHAUSTED'), PATIENCE_MS);
          const told = await Promise.all(Array.from({ length: 30 }, () => ask(fleet.as('federal-analyst'), ME, {})));
          expect(await live()).toBe(200);
          const all = [...told, ...(await held)];
          await locker.query('rollback');
          for (const answer of all)
            if (answer.status !== 200)
              expect(answer).toMatchObject({
                ...UNAVAILABLE,
                retryAfter: expect.stringMatching(/^[1-9]\d?$/),
                data: null,
              });
          refused += all.filter(({ status }) => status === 503).length;
          slowest = Math.max(slowest, ...all.map(({ ms }) => ms));
          soonest = Math.min(soonest, ...told.filter(({ status }) => status === 503).map(({ ms }) => ms));
          await running;
        }
        await eventually('it is ready', async () => (await ready()).status === 200, PATIENCE_MS);
        const { quiet } = await quiesce(fleet, PATIENCE_MS);
        const faults = tell({
          scenario: [23],
          name: 'every connection held',
          backend: backend.name,
          without: null,
          counted: await readBack(fleet, journal),
          seconds: Math.round((performance.now() - began) / 1_000),
          facts: { refused, slowestMs: slowest, soonestMs: soonest, quiet },
        });
        expect(faults).toEqual(NO_FAULTS);
        expect(refused).toBeGreaterThan(0);
        expect(slowest).toBeLessThan(TOLD_MS);
        expect(soonest).toBeLessThan(AT_ONCE_MS);
        // Nothing that a client was told was anything but "come back".
        const said = new Set(journal.operations.flatMap(({ attempts }) => attempts.map(({ told }) => told)));
        for (const word of said) expect([null, 'UNAVAILABLE', 'REQUIRED']).toContain(word);
      },
      byLength(150_000, 590_000),
    );
  });
}

describe('#23 transactions that want a second connection, whatever the queue', () => {
  const NESTED = 2;
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await Fleet.start({ backend: 'PostgreSQL', database: 'shared', apis: [], workers: [] });
  });
  afterAll(() => fleet.stop());

  /** As many as there are connections, each with one and waiting for another; null: they wait for ever. */
  async function nested(pool: Pool): Promise<unknown[] | null> {
    const outers: PoolClient[] = [];
    const one = async (): Promise<unknown> => {
      const outer = await pool.connect();
      await outer.query('begin');
      outers.push(outer);
      await eventually('all hold one', () => outers.length === NESTED);
      return pool.connect().then(
        (inner) => {
          inner.release();
          return 'done';
        },
        (error: unknown) => Reflect.get(Object(error), 'code'),
      );
    };
    const all = Promise.all(Array.from({ length: NESTED }, one));
    const outcome = await Promise.race([all, new Promise<null>((resolve) => setTimeout(() => resolve(null), 4_000))]);
    // Thrown away, and with them the transactions: whoever waits goes on.
    for (const outer of outers) outer.release(true);
    await all;
    return outcome;
  }

  test('ours are told; those of a pool without an end to waiting wait for each other', async () => {
    const url = fleet.postgres.appUrl;
    const watched = new WatchedPool({ max: NESTED, connectionTimeoutMillis: 1_000 }, { url, silenceMs: 5_000 });
    expect(await nested(watched)).toContain('POOL_EXHAUSTED');
    expect((await watched.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
    await watched.end();
    const naive = new Pool({ connectionString: url, max: NESTED });
    expect(await nested(naive)).toBeNull();
    await naive.end();
  }, 30_000);
});
