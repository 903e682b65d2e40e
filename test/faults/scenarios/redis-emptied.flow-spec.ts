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

const SUBMISSIONS = byLength(120, 3_000);
/** T, written down before the run: from the loss until all that was in Redis is delivered. */
const REBUILT_MS = byLength(30_000, 90_000);
/** Nothing is worked on at once (ADR 0017): what waits, waits in Redis. */
const THROUGH_QUEUES = { direct: false };
/** A reconciler that looks once a day is none. */
const NO_RECONCILER = { ...THROUGH_QUEUES, reconcileMs: 86_400_000 };
const available = BACKENDS.some(({ name, available: there }) => name === 'Redis' && there);

(available ? describe : describe.skip)('#4 Redis is emptied while it holds jobs, queues on Redis', () => {
  test.each([
    ['FLUSHALL: everything is delivered', 'FLUSHALL', null],
    ['a disk that is lost: everything is delivered', 'lost disk', null],
    ['FLUSHALL without a reconciler: the loss is found', 'FLUSHALL', 'a reconciler'],
  ] as const)(
    '%s',
    async (_, loss, without) => {
      const began = performance.now();
      const fleet = await Fleet.start({
        backend: 'Redis',
        database: 'shared',
        workers: [{ options: without === null ? THROUGH_QUEUES : NO_RECONCILER }],
      });
      let leave = (): Promise<void> => Promise.resolve();
      try {
        const streams = await openReaders(fleet);
        const journal = new Journal<LoadReport>(null);
        const load = new Load({ fleet, journal, random: new SeededRandom(SEED), submissions: SUBMISSIONS, atOnce: 6 });
        const loading = load.run();
        leave = () => (load.stop(), loading);
        await load.reaches(SUBMISSIONS / 3);
        const lost = await whileJobsWait(fleet, async () => {
          if (loss === 'FLUSHALL') return void (await fleet.redis?.command('flushall'));
          await fleet.redis?.kill();
          await fleet.redis?.loseDisk();
          await fleet.redis?.start();
        });
        const lostAt = performance.now();
        await loading;
        const { quiet } = await quiesce(fleet, without === null ? REBUILT_MS : 3_000);
        const rebuilt = Math.round((performance.now() - lostAt) / 100) / 10;
        // A stream that no wake-up reaches looks again after 15 s; where jobs are lost there is nothing to wait for.
        const catchUpMs = without === null ? 40_000 : 2_000;
        const counted = await readBack(fleet, journal, { streams, catchUpMs });
        const requeued = fleet.worker.process.events('outbox.requeued').length;
        const faults = tell({
          ...{ scenario: [4], name: loss, backend: 'Redis', without, counted },
          seconds: Math.round((performance.now() - began) / 1_000),
          facts: { jobsLost: lost, rebuiltSeconds: rebuilt, boundSeconds: REBUILT_MS / 1_000 },
        });
        expect(lost).toBeGreaterThan(0);
        expect(faults).toMatchObject({ unexpected: 0, duplicated: 0, leaked: 0 });
        if (without === null)
          expect({ quiet, requeued: requeued > 0, lost: faults.lost }).toEqual({
            quiet: true,
            requeued: true,
            lost: 0,
          });
        else expect(faults.lost).toBeGreaterThan(0);
      } finally {
        await leave();
        await fleet.stop();
      }
    },
    byLength(240_000, 600_000),
  );
});

/** Holds the worker up in its first effects, until jobs wait behind them in Redis, and lets go when that is done. */
async function whileJobsWait(fleet: Fleet, act: () => Promise<void>): Promise<number> {
  const holder = await fleet.session();
  try {
    await holder.query('begin');
    // Alerts can be read and not written.
    await holder.query('lock table alert in share mode');
    const waiting = async (): Promise<number> =>
      Number(await fleet.redis?.command('llen', 'concord:alerting:wait').catch(() => 0));
    const jobs = await eventually('jobs wait in Redis', async () => (await waiting()) || null, 60_000);
    await act();
    return jobs;
  } finally {
    await holder.query('rollback');
    await holder.end();
  }
}
