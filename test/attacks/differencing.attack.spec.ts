import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { attack } from './differencing.attack.js';
import type { Measured } from './differencing-results.js';
import { costOfMany } from './suppression-cost.js';

describe('differencing', () => {
  it('recovers nothing that is suppressed, and most of what only a threshold leaves out', async () => {
    const { broken, measured, skipped } = await attack.run({
      ...attack.options,
      ...{ seed: 2, tables: 3, months: 4, cbpMonths: 1, cbpCells: 8, optima: 0 },
    });
    for (const sentence of skipped ?? []) process.stdout.write(`skipped: ${sentence}\n`);
    expect(broken).toEqual([]);
    const { ours, thresholdOnly } = measured['random'] as Measured;
    for (const { exact, tooClose, asked } of Object.values(ours)) {
      expect({ exact, tooClose }).toEqual({ exact: 0, tooClose: 0 });
      expect(asked).toBeGreaterThan(10);
    }
    for (const { exact } of Object.values(thresholdOnly)) expect(exact).toBeGreaterThan(5);
    process.stdout.write(`differencing: ${JSON.stringify(measured)}\n`);
  });

  // Against a step back; what it costs is measured over many more tables (docs/disclosure.md).
  it('costs little more than it has to', async () => {
    const { ratio, solved, optimal } = await costOfMany(new SeededRandom(1), 4);
    process.stdout.write(`suppression: ${ratio} x the least cost, ${optimal} of ${solved} tables optimal\n`);
    expect(solved).toBeGreaterThan(0);
    expect(ratio).toBeLessThan(1.2);
  });
});
