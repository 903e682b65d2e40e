import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { FlowStack } from '../flows/stack.builder.js';
import type { ReleaseResult } from './release-results.js';
import { KeepingReader, toldTogether } from './sequence/keeping-readers.builder.js';
import { RealHistory, stepsOf } from './sequence/real-history.builder.js';
import { attackOptions, tellResult } from './stack-attack.builder.js';

const { seed, steps } = attackOptions({ seed: Date.now() % 100_000, steps: 30 });
const READERS: readonly PersonaName[] = ['state-analyst', 'federal-analyst', 'taskforce-analyst'];

/**
 * Versions, recalls, weekly batches, a January and two changes of policy (dry run, publication, application) in the whole
 * service. The pure part of this attack is sequence.attack.spec.
 */
describe('readers of each tier who keep everything that they ever saw', () => {
  let stack: FlowStack;
  let history: RealHistory;
  const readers: KeepingReader[] = [];
  const broken: string[] = [];
  const results: ReleaseResult[] = [];

  beforeAll(async () => {
    process.stderr.write(`sequence: --seed ${seed}\n`);
    stack = await FlowStack.start(undefined, { rates: { factor: 100, windowSeconds: 10 } });
    for (const persona of READERS) readers.push(await KeepingReader.start(stack, persona));
    const random = new SeededRandom(seed);
    history = await RealHistory.start(stack, random, readers);
    for (const step of stepsOf(random, steps)) {
      await history.take(step);
      if (step !== 'batch' && step !== 'january') await history.readAll();
    }
  }, 1_200_000);
  afterAll(async () => {
    await tellResult({ broken, measured: { taken: history?.taken.length, results } });
    await history?.stop();
    await stack?.stop();
  });

  /** What becomes of a promise is told by the test and by the program. */
  function promise(found: readonly string[]): void {
    broken.push(...found.slice(0, 5).map((it) => `${it} (--seed ${seed})`));
    expect(found).toEqual([]);
  }

  it('know no field more exactly than from the finest single answer, each alone and all together', () => {
    const alone = readers.flatMap((reader) => toldTogether([reader]));
    promise([...alone, ...toldTogether(readers)]);
    const read = new Set(readers.flatMap(({ kept }) => [...kept.keys()]));
    // Histories in which nothing is seen twice prove little.
    const several = readers.flatMap(({ kept }) => [...kept.values()].filter((it) => it.length > 1));
    expect(Math.min(read.size, several.length)).toBeGreaterThan(10);
    const measure = 'records of the real system of which all answers together tell more than the finest one';
    results.push({ tier: 'PARTNER with TASK_FORCE', measure, value: 0, of: read.size });
    results.push({
      ...{ tier: 'PARTNER with TASK_FORCE', measure: 'different answers that were put together (real system)' },
      value: readers.flatMap(({ kept }) => [...kept.values()]).flat().length,
    });
  });

  it('see of COMMUNITY what the model lets out, batch by batch and over January, and of corrections below nothing', () => {
    promise(history.broken);
    expect(history.editions.size).toBeGreaterThan(1);
    expect(history.released).toBeGreaterThanOrEqual(5);
    results.push({ tier: 'COMMUNITY', measure: 'rows that SQL and the model let out alike', value: history.released });
  });

  it('tell rows of COMMUNITY apart in groups of five records of two agencies only', () => {
    promise(history.smallestGroup < 5 || history.fewestAgencies < 2 ? ['a smaller group was let out'] : []);
    const measure = 'fewest rows of an edition that keeping every batch tells from the others';
    results.push({ tier: 'COMMUNITY', measure, value: history.smallestGroup });
  });

  describe('where the service leaks', () => {
    it('find the week that begins anew in a version', async () => {
      const [reader] = readers;
      const record = history.records.findIndex(({ recalled, epoch }) => !recalled && epoch === 0);
      const moved = await stack.admin.query(
        `update record_view set occurred_from = occurred_from + interval '1 day', occurred_to = occurred_to + interval '1 day'
         where rank = 2 and record_id in (select id from seizure_record where agency_id is not null)`,
      );
      expect(moved.rowCount).toBeGreaterThan(0);
      expect(record).toBeGreaterThanOrEqual(0);
      await history.readAll();
      expect(toldTogether(reader === undefined ? [] : [reader]).join()).toContain('learns occurred of');
    });

    it('find the batch that lets rows out alone', async () => {
      const { rows } = await stack.admin.query<{ definition: string }>(
        `select pg_get_functiondef('make_community_batch_at'::regproc) as definition`,
      );
      const leaky = (rows[0]?.definition ?? '').replace('count(*) >= 5', 'count(*) >= 1').replace('>= 2', '>= 1');
      await stack.admin.query(leaky);
      const before = history.broken.length;
      for (const step of ['submit', 'alone', 'batch'] as const) await history.take(step);
      expect(history.broken.slice(before).join()).toContain('SQL has');
    });
  });
});
