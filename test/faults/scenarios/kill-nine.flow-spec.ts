import { join } from 'node:path';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { eventually } from '../../flows/flow-client.builder.js';
import { BACKENDS, Fleet } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { kill, planKills, type Victim } from '../harness/kill-plan.builder.js';
import { byLength, SEED } from '../harness/length.config.js';
import { Load } from '../harness/load.builder.js';
import type { LoadReport } from '../harness/load-report.js';
import { quiesce, readBack } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';

const SUBMISSIONS = byLength(150, 20_000);
const KILLS = byLength(6, 50);
const AT_ONCE = byLength(4, 8);
const LOAD_MS = byLength(60_000, 16 * 60_000);
/** Written down before the run: after the last kill everything that was acknowledged is delivered within this. */
const QUIET_MS = byLength(30_000, 120_000);
const NOTHING = { lost: 0, unexpected: 0, duplicated: 0, leaked: 0 };

for (const backend of BACKENDS) {
  (backend.available ? describe : describe.skip)(
    `#6 #1 #3 kill -9 of api, worker, PostgreSQL and Redis, queues on ${backend.name}`,
    () => {
      test(
        'what was acknowledged is stored once, and told once to everybody who is entitled to it',
        async () => {
          const began = performance.now();
          const random = new SeededRandom(SEED);
          const fleet = await Fleet.start({ backend: backend.name, database: 'own' });
          try {
            const streams = await openReaders(fleet);
            const journal = new Journal<LoadReport>(join(fleet.folder, 'journal.jsonl'));
            const deadline = Date.now() + LOAD_MS;
            const load = new Load({ fleet, journal, random, submissions: SUBMISSIONS, atOnce: AT_ONCE, deadline });
            const victims: readonly Victim[] = [
              'api',
              'worker',
              'PostgreSQL',
              ...(fleet.redis ? ['Redis' as const] : []),
            ];
            const kills = planKills(random, { kills: KILLS, submissions: SUBMISSIONS, victims });
            const loading = load.run();
            for (const next of kills) {
              await eventually(`submission ${next.after}`, () => load.settled >= next.after, LOAD_MS);
              await new Promise((resolve) => setTimeout(resolve, next.delayMs));
              await kill(fleet, next);
            }
            await loading;
            const loaded = (performance.now() - began) / 1_000;
            const { quiet, seconds } = await quiesce(fleet, QUIET_MS);
            const counted = await readBack(fleet, journal, { streams });
            const { attempts, info } = journal.attempts;
            const faults = tell({
              scenario: [6, 1, 3],
              name: 'kill -9',
              backend: backend.name,
              without: null,
              counted,
              seconds: Math.round((performance.now() - began) / 1_000),
              facts: {
                kills: kills.length,
                attempts,
                noAnswer: info,
                loadSeconds: Math.round(loaded),
                quietSeconds: seconds,
              },
            });
            expect({ quiet, ...faults }).toEqual({ quiet: true, ...NOTHING });
            // What nobody was entitled to is not what was not sent.
            expect(counted.filter(({ tally }) => tally.ok > 0).map(({ reader }) => reader)).toEqual(
              expect.arrayContaining(['state-analyst', 'federal-analyst', 'taskforce-analyst', 'local-analyst']),
            );
            expect(info).toBeGreaterThan(0);
          } finally {
            await fleet.stop();
          }
        },
        LOAD_MS + QUIET_MS + 240_000,
      );
    },
  );
}
