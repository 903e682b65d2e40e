import fc from 'fast-check';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { attack, toldBySequence } from './sequence.attack.js';
import { OUR_VIEWS, type MakeViews } from './sequence/histories.js';

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const DAY_MS = 86_400_000;

describe('whoever keeps every release of a record', () => {
  it('knows no field more exactly than from the finest of them, alone or with a reader of another tier', () => {
    fc.assert(
      fc.property(seeds, (seed) => expect(toldBySequence(seed)).toEqual([])),
      { numRuns: 300 },
    );
  });

  it('does where weeks begin anew in each version, and this attack finds it', () => {
    const random = new SeededRandom(1);
    const sliding: MakeViews = (report) =>
      OUR_VIEWS(report).map((view) => {
        const from = new Date(report.occurred.from.getTime() - random.next() * 6 * DAY_MS);
        return { ...view, occurred: { ...view.occurred, from, to: new Date(from.getTime() + 7 * DAY_MS) } };
      });
    expect(toldBySequence(7, sliding).map(({ path }) => path)).toContain('occurred');
  });

  it('is told what crossing borders cost', async () => {
    const { broken, measured } = await attack.run({ seed: 1, histories: 10, records: 300, steps: 0, write: 0 });
    expect(broken).toEqual([]);
    const of = (measure: string): number =>
      (measured['results'] as { measure: string; value: number }[]).find((it) => it.measure.startsWith(measure))
        ?.value ?? -1;
    expect(of('records whose cells of resolution 6 and 7')).toBeGreaterThan(0);
    expect(of("records whose week COMMUNITY's month would cut")).toBeGreaterThan(0.05);
    expect(of('days of seven left by the time of release (reported 2 hours')).toBeLessThan(7);
  });
});
