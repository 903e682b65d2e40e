import { openQueueBackend, type JobQueue } from '@concord/platform/queue';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { eventually } from '../../flows/flow-client.builder.js';
import { BACKENDS, Fleet } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { byLength, SEED } from '../harness/length.config.js';
import { RECIPIENTS, type LoadReport } from '../harness/load-report.js';
import { Load } from '../harness/load.builder.js';
import { quiesce, readBack } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';
import { StreamReader } from '../harness/stream-reader.builder.js';
import { NO_FAULTS, sendUntilStored } from '../one-report.builder.js';
import { SmallDisk } from '../small-disk.builder.js';

const SUBMISSIONS = byLength(20, 1_000);
/** How long Redis stays full after the last report was accepted. */
const FULL_MS = byLength(4_000, 60_000);
/** docs/outages.md: alerts within 25 s of healing; a busy machine adds to it. */
const HEALED_MS = 60_000;
/** Relay, reconciler, two workers: each waits longer each time, so that a few attempts a second remain. */
const ATTEMPTS_A_SECOND = 20;
/** Of one core, of the worker process alone. */
const CPU_SHARE = 0.5;

interface Fullness {
  readonly name: string;
  readonly says: string;
  readonly fill: (fleet: Fleet) => Promise<unknown>;
  readonly relieve: (fleet: Fleet) => Promise<unknown>;
}

const redisOf = (fleet: Fleet) => {
  if (fleet.redis === null) throw new Error('queues are on Redis here');
  return fleet.redis;
};

const MEMORY: Fullness = {
  name: 'Redis memory full',
  says: 'OOM',
  fill: (fleet) => redisOf(fleet).command('config', 'set', 'maxmemory', '1mb'),
  relieve: (fleet) => redisOf(fleet).command('config', 'set', 'maxmemory', '0'),
};

const diskFull = (disk: SmallDisk): Fullness => ({
  name: 'Redis disk full',
  says: 'MISCONF',
  fill: () => disk.fill(),
  relieve: () => disk.grow(64),
});

/** CPU seconds that a process has used (Linux: 100 ticks a second). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const available = BACKENDS.find(({ name }) => name === 'Redis')?.available === true;

(available ? describe : describe.skip)('#5 Redis is full, queues on Redis', () => {
  let fleet: Fleet;
  let mounts = false;
  let disk: SmallDisk | null = null;
  beforeAll(async () => {
    const missing = await SmallDisk.missing();
    mounts = missing === null;
    if (missing !== null) process.stderr.write(`SKIPPED with a full disk under Redis: ${missing}\n`);
  });
  afterEach(async () => {
    await fleet.stop();
    await disk?.remove();
  });

  const start = async (): Promise<void> => {
    disk = mounts ? await SmallDisk.mount(4) : null;
    fleet = await Fleet.start({
      backend: 'Redis',
      database: 'shared',
      redisSettings: disk === null ? [] : ['--dir', await disk.directory('redis', 0, 0)],
      workers: [{ options: { reconcileMs: 500, lostAfterSeconds: 3 } }],
    });
    await openReaders(fleet, RECIPIENTS, { streams: false });
  };
  const refused = async (says: string): Promise<boolean> =>
    redisOf(fleet)
      .command('set', 'probe', 'x')
      .then(
        () => false,
        (error: Error) => error.message.includes(says),
      );
  /**
   * How often Redis has refused so far what somebody wanted to put there. Whether there is a job its consumers ask by
   * BZPOPMIN, each up to ten times a second while it is refused: BullMQ's pace, and counted in the share of CPU.
   */
  const refusals = async (says: string): Promise<number> => {
    const stats = String(await redisOf(fleet).command('info', 'everything'));
    const all = Number(new RegExp(`errorstat_${says}:count=(\\d+)`).exec(stats)?.[1] ?? 0);
    return all - Number(/cmdstat_bzpopmin:.*rejected_calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };
  const withQueue = async (name: string, work: (queue: JobQueue) => Promise<void>): Promise<void> => {
    const queue = openQueueBackend({ kind: 'redis', url: redisOf(fleet).url, prefix: 'concord' }).openQueue(name);
    const opened = (): Promise<boolean> =>
      queue.depth().then(
        () => true,
        () => false,
      );
    await eventually('the queue is open', opened);
    await work(queue).finally(() => queue.close());
  };
  const fill = async (full: Fullness): Promise<void> => {
    await full.fill(fleet);
    await eventually('Redis is full', () => refused(full.says));
  };
  /** What is asked of a Redis that stays full. */
  const observe = async (says: string, ms: number) => {
    const pid = fleet.worker.process.pid ?? 0;
    const before = { refusals: await refusals(says), cpu: cpuSeconds(pid), at: performance.now() };
    await new Promise((resolve) => setTimeout(resolve, ms));
    const seconds = (performance.now() - before.at) / 1_000;
    return {
      attemptsASecond: Math.round(((await refusals(says)) - before.refusals) / seconds),
      cpuShare: Math.round((100 * (cpuSeconds(pid) - before.cpu)) / seconds) / 100,
    };
  };

  test(
    'reports are accepted and wait, nobody spins, and all is alerted once there is room',
    async () => {
      await start();
      const streams = [await StreamReader.start(fleet, 'state-analyst')];
      const journal = new Journal<LoadReport>(join(fleet.folder, 'journal.jsonl'));
      const random = new SeededRandom(SEED);
      for (const full of disk === null ? [MEMORY] : [MEMORY, diskFull(disk)]) {
        const began = performance.now();
        const load = (prefix: string) =>
          new Load({ fleet, journal, random, submissions: SUBMISSIONS, atOnce: 4, givenUp: 0, prefix }).run();
        await load(`${full.says}-BEFORE`);
        await fill(full);
        await load(`${full.says}-WHILE`);
        // PostgreSQL alone decides whether a report is accepted: all were, or had a fault.
        expect(await refused(full.says)).toBe(true);
        const { attemptsASecond, cpuShare } = await observe(full.says, FULL_MS);
        await full.relieve(fleet);
        const { quiet, seconds } = await quiesce(fleet, HEALED_MS);
        const last = full.says === 'MISCONF' || disk === null;
        const counted = await readBack(fleet, journal, last ? { streams } : {});
        const faults = tell({
          scenario: [5],
          name: full.name,
          backend: 'Redis',
          without: null,
          counted,
          seconds: Math.round((performance.now() - began) / 1_000),
          facts: { attemptsASecond, cpuShare, healedSeconds: seconds, quiet },
        });
        expect(faults).toEqual(NO_FAULTS);
        expect(attemptsASecond).toBeLessThan(ATTEMPTS_A_SECOND);
        expect(cpuShare).toBeLessThan(CPU_SHARE);
      }
    },
    byLength(180_000, 590_000),
  );

  test('a relay that deletes before it adds loses', async () => {
    const began = performance.now();
    await start();
    const journal = new Journal<LoadReport>(join(fleet.folder, 'journal.jsonl'));
    await fill(MEMORY);
    await fleet.worker.process.kill();
    for (let n = 0; n < 5; n += 1) await sendUntilStored(fleet, journal, `HASTY-${n}`);
    const taken = await fleet.sql<{ id: string }>('delete from outbox where relayed_at is null returning id::text');
    await withQueue('alerting', async (queue) => {
      for (const { id } of taken) await queue.add(`hasty-${id}`, { outboxIds: [id] }).catch(() => undefined);
    });
    await MEMORY.relieve(fleet);
    await fleet.worker.process.start();
    await quiesce(fleet, HEALED_MS);
    const faults = tell({
      scenario: [5],
      name: 'Redis memory full',
      backend: 'Redis',
      without: 'rows that stay until their job is there',
      counted: await readBack(fleet, journal),
      seconds: Math.round((performance.now() - began) / 1_000),
    });
    expect(faults.lost).toBeGreaterThan(0);
  }, 120_000);
});
