import type { FaultProxy } from '@concord/platform/testing';
import { join } from 'node:path';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { eventually } from '../../flows/flow-client.builder.js';
import { BACKENDS, Fleet } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { byLength, LONG, SEED } from '../harness/length.config.js';
import { RECIPIENTS, type LoadReport } from '../harness/load-report.js';
import { Load } from '../harness/load.builder.js';
import { quiesce, readBack } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';
import { StreamReader } from '../harness/stream-reader.builder.js';
import { NO_FAULTS, sendUntilStored } from '../one-report.builder.js';
import { ask, UNAVAILABLE } from '../outages.builder.js';
import { preload } from '../preload.builder.js';

/** Written down before the runs: from healing until a report that is sent then has been told (docs/outages.md). */
const RECOVERED_MS = 25_000;
/** From the first byte that vanishes until whoever needs it is told (3.5 s there; a busy machine adds to it). */
const KNOWN_MS = 8_000;
/** How long a link is broken: the pulse has to find it out, and Redis's sockets (12 s) in the long run. */
const BROKEN_MS = byLength({ hole: 4_000, cut: 300 }, { hole: 20_000, cut: 5_000 });
/** Jobs of a link that broke are another's after this. The deployment's own 30 s in the long run. */
const WORKER = byLength({ lockMs: 4_000, reconcileMs: 500, lostAfterSeconds: 3 }, {});
const IDLE_MS = byLength(40_000, 150_000);
const SUBMISSIONS = byLength(16, 200);

interface BrokenLink {
  readonly name: string;
  readonly of: (fleet: Fleet) => FaultProxy | null;
  /** Whether clients are told. */
  readonly told: boolean;
}

const LINKS: readonly BrokenLink[] = [
  { name: 'api-PostgreSQL', of: ({ api }) => api.database, told: true },
  { name: 'worker-PostgreSQL', of: ({ worker }) => worker.database, told: false },
  { name: 'api-Redis', of: ({ api }) => api.redis, told: false },
  { name: 'worker-Redis', of: ({ worker }) => worker.redis, told: false },
];

const BREAKS = [
  {
    name: 'cut',
    ms: BROKEN_MS.cut,
    begin: (link: FaultProxy) => link.refuse(),
    heal: (link: FaultProxy) => link.listen(),
  },
  {
    name: 'a black hole',
    ms: BROKEN_MS.hole,
    begin: (link: FaultProxy) => Promise.resolve(link.set({ kind: 'black-hole' })),
    heal: (link: FaultProxy) => Promise.resolve(link.heal()),
  },
] as const;

for (const backend of BACKENDS) {
  (backend.available ? describe : describe.skip)(
    `#8 links that are cut or swallow bytes, queues on ${backend.name}`,
    () => {
      let fleet: Fleet;
      const start = async (env: NodeJS.ProcessEnv = {}): Promise<void> => {
        fleet = await Fleet.start({
          backend: backend.name,
          database: 'shared',
          workers: [{ env, options: WORKER }],
        });
        await openReaders(fleet, RECIPIENTS, { streams: false });
      };
      afterEach(() => fleet.stop());

      const isTold = async (recordId: string): Promise<boolean> => {
        const alerts = await fleet
          .as('state-analyst')
          .alerts()
          .catch(() => []);
        return alerts.some(({ record }) => record?.id === recordId);
      };
      /** Jobs that run, as far as the queue knows. */
      const active = async (): Promise<number> => {
        const text = await (await fetch(`${fleet.worker.process.metricsUrl}/metrics`)).text();
        const counts = [...text.matchAll(/^concord_queue_jobs\{[^}]*state="active"[^}]*\} (\d+)/gm)];
        return counts.length === 0 ? 1 : counts.reduce((sum, [, count]) => sum + Number(count), 0);
      };

      test(
        'time-outs fire, all goes on by itself, nothing is lost, no job is left behind',
        async () => {
          const began = performance.now();
          await start();
          const journal = new Journal<LoadReport>(join(fleet.folder, 'journal.jsonl'));
          const random = new SeededRandom(SEED);
          const streams = [await StreamReader.start(fleet, 'state-analyst')];
          const recovered: Record<string, number> = {};
          for (const { name, of, told } of LINKS) {
            const link = of(fleet);
            // Where the queues are in PostgreSQL there are two links less.
            if (link === null) continue;
            for (const broken of BREAKS) {
              const what = `${name} ${broken.name}`;
              const options = { fleet, journal, random, submissions: SUBMISSIONS, atOnce: 4, prefix: what };
              const running = new Load(options).run();
              await eventually('it is under way', () => journal.operations.some(({ key }) => key.startsWith(what)));
              await broken.begin(link);
              const until = new Promise((resolve) => setTimeout(resolve, broken.ms));
              if (told && broken.name === 'a black hole') {
                const answer = await ask(fleet.as('federal-analyst'));
                expect(answer).toMatchObject({ ...UNAVAILABLE, data: null });
                expect(answer.ms).toBeLessThan(KNOWN_MS);
              }
              await until;
              await broken.heal(link);
              const healed = performance.now();
              const recordId = await sendUntilStored(fleet, journal, `${what} healed`, {}, RECOVERED_MS);
              await eventually(`${what}: told again`, () => isTold(recordId), RECOVERED_MS);
              recovered[what] = Math.round((performance.now() - healed) / 100) / 10;
              await running;
            }
          }
          const { quiet } = await quiesce(fleet, IDLE_MS);
          await eventually('no job is left active', async () => (await active()) === 0, IDLE_MS);
          const faults = tell({
            scenario: [8],
            name: 'links cut and black-holed, one at a time',
            backend: backend.name,
            without: null,
            counted: await readBack(fleet, journal, { streams }),
            seconds: Math.round((performance.now() - began) / 1_000),
            facts: { ...recovered, quiet, noAnswer: journal.attempts.info },
          });
          expect(faults).toEqual(NO_FAULTS);
          for (const seconds of Object.values(recovered)) expect(seconds).toBeLessThan(RECOVERED_MS / 1_000);
        },
        byLength(240_000, 590_000),
      );

      // It takes as long as it may take with them, to be sure: the long run's.
      (LONG && backend.name === 'Redis' ? test : test.skip)(
        'without time-outs a worker never notices that Redis hears it no more',
        async () => {
          const began = performance.now();
          await start(preload('deadlines'));
          const journal = new Journal<LoadReport>(null);
          await sendUntilStored(fleet, journal, 'BEFORE');
          await quiesce(fleet, IDLE_MS);
          fleet.worker.redis?.set({ kind: 'black-hole' });
          await sendUntilStored(fleet, journal, 'WHILE');
          await new Promise((resolve) => setTimeout(resolve, BROKEN_MS.hole));
          fleet.worker.redis?.heal();
          const { quiet } = await quiesce(fleet, 2 * RECOVERED_MS);
          const faults = tell({
            scenario: [8],
            name: 'worker-Redis a black hole',
            backend: 'Redis',
            without: 'time-outs of sockets',
            counted: await readBack(fleet, journal),
            seconds: Math.round((performance.now() - began) / 1_000),
            facts: { quiet },
          });
          expect(faults.lost).toBeGreaterThan(0);
        },
        240_000,
      );
    },
  );
}
