import { rankTest } from './rank-test.js';

describe('the rank test', () => {
  test('of the same values says nothing', () => {
    const values = Array.from({ length: 100 }, (_, n) => n % 17);
    const { p, likelier } = rankTest(values, values);
    expect(p).toBeCloseTo(1, 6);
    expect(likelier).toBe(0.5);
  });

  test('of values that never meet is sure', () => {
    const low = Array.from({ length: 50 }, (_, n) => n);
    const high = low.map((value) => value + 1_000);
    expect(rankTest(low, high)).toMatchObject({ likelier: 1 });
    expect(rankTest(low, high).p).toBeLessThan(1e-10);
    expect(rankTest(high, low).likelier).toBe(0);
  });

  test('by hand: 1, 3, 5 against 2, 4, 6', () => {
    // U = 6 of 9 pairs; deviation = sqrt(9 / 12 * 7) = 2.2913; z = 0.6547.
    const { p, likelier } = rankTest([1, 3, 5], [2, 4, 6]);
    expect(likelier).toBeCloseTo(6 / 9, 6);
    expect(p).toBeCloseTo(0.5127, 3);
  });

  test('finds a small shift in many values', () => {
    const first = Array.from({ length: 2_000 }, (_, n) => (n * 7919) % 1_000);
    expect(
      rankTest(
        first,
        first.map((value) => value + 60),
      ).p,
    ).toBeLessThan(0.001);
  });
});
