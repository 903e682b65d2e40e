import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { attack } from './differencing.attack.js';
import { randomTables } from './differencing-tables.js';
import { costOfLastMonth } from './suppression-cost.js';

interface Measured {
  readonly ours: Record<string, { exact: number; tooClose: number; asked: number }>;
  readonly thresholdOnly: Record<string, { exact: number; asked: number }>;
}

describe('differencing', () => {
  it('recovers nothing that is suppressed, and most of what only a threshold leaves out', async () => {
    const { broken, measured, skipped } = await attack.run({
      ...attack.options,
      ...{ seed: 2, tables: 3, months: 4, cbpMonths: 1, cbpCells: 8 },
    });
    for (const sentence of skipped ?? []) process.stdout.write(`skipped: ${sentence}\n`);
    expect(broken).toEqual([]);
    const { ours, thresholdOnly } = measured['random'] as Measured;
    expect(ours['EVENTS']).toMatchObject({ exact: 0, tooClose: 0 });
    expect(ours['EVENTS']?.asked).toBeGreaterThan(10);
    expect(thresholdOnly['EVENTS']?.exact).toBeGreaterThan(5);
    process.stdout.write(`differencing: ${JSON.stringify(measured)}\n`);
  });

  it('costs little more than it has to', async () => {
    const random = new SeededRandom(1);
    let [ours, least, solved, optimal] = [0, 0, 0, 0];
    for (let n = 0; n < 4; n++) {
      const cost = await costOfLastMonth(randomTables(random, 1), 2);
      // The optimum is the true one, so it is never more than ours.
      if (cost.least === null) continue;
      expect(cost.least).toBeLessThanOrEqual(cost.ours + 1e-6);
      solved += 1;
      if (cost.ours <= cost.least + 1e-6) optimal += 1;
      ours += cost.ours;
      least += cost.least;
    }
    process.stdout.write(
      `suppression: ${(ours / least).toFixed(2)} x the least cost, ${optimal} of ${solved} tables optimal\n`,
    );
    expect(ours / least).toBeLessThan(2);
  });
});
