import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SeededRandom } from '../../../embedded/src/seeded-random.js';
import { HEAVIEST_EVENT, splitWeight } from './weight-split.js';

const events = fc.integer({ min: 1, max: 2_000 });
const seed = fc.nat();
const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n);

describe('splitWeight', () => {
  it('adds up to the milligram, with no part below nothing', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 50_000_000_000n }), events, seed, (milligrams, count, from) => {
        const parts = splitWeight(milligrams, count, new SeededRandom(from));
        expect(parts).toHaveLength(count);
        expect(sum(parts)).toBe(milligrams);
        const least = milligrams >= BigInt(count) ? 1n : 0n;
        expect(parts.every((part) => part >= least)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('lets nothing weigh more than a report may, as long as that can be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), seed, (count, from) => {
        const milligrams = HEAVIEST_EVENT * BigInt(count);
        expect(splitWeight(milligrams, count, new SeededRandom(from))).toEqual(
          Array.from({ length: count }, () => HEAVIEST_EVENT),
        );
      }),
    );
  });

  it('is the same for the same seed, and has a heavy tail', () => {
    const parts = splitWeight(1_000_000_000n, 1_000, new SeededRandom(7));
    expect(splitWeight(1_000_000_000n, 1_000, new SeededRandom(7))).toEqual(parts);
    const sorted = parts.map(Number).sort((a, b) => b - a);
    const tenth = sorted.slice(0, 100).reduce((total, part) => total + part, 0);
    expect(tenth / 1_000_000_000).toBeGreaterThan(0.3);
    expect(sorted[500]).toBeLessThan(1_000_000);
  });
});
