import { closeMonth, EMPTY_LEDGER } from './decide.js';
import { DISCLOSURE_RULES, leastRange, sensitivity, type Tally } from './rules.js';
import type { Fact, StatisticsList } from './statistics-list.js';

const GRAM = 1_000;
const tally = (change: Partial<Tally>): Tally => ({
  ...{ events: 30, agencies: 5, milligrams: 100 * GRAM, largestTwo: 50 * GRAM },
  ...change,
});

describe('where a rule begins', () => {
  test.each([
    [1, 'PRIMARY_THRESHOLD'],
    [10, 'PRIMARY_THRESHOLD'],
    [11, null],
    [12, null],
  ] as const)('%i events: %s', (events, reason) => {
    expect(sensitivity('EVENTS', tally({ events }), DISCLOSURE_RULES)?.reason ?? null).toBe(reason);
    expect(sensitivity('MILLIGRAMS', tally({ events }), DISCLOSURE_RULES)?.reason ?? null).toBe(reason);
  });

  test.each([
    [1, 'PRIMARY_THRESHOLD'],
    [2, 'PRIMARY_THRESHOLD'],
    [3, null],
  ] as const)('%i agencies: %s', (agencies, reason) => {
    expect(sensitivity('EVENTS', tally({ agencies }), DISCLOSURE_RULES)?.reason ?? null).toBe(reason);
    expect(sensitivity('MILLIGRAMS', tally({ agencies }), DISCLOSURE_RULES)?.reason ?? null).toBe(reason);
  });

  test.each([
    [80 * GRAM, null],
    [80 * GRAM + 1, 'DOMINANCE'],
    [100 * GRAM, 'DOMINANCE'],
  ] as const)('two that have %i of 100,000 mg: %s; of counts nobody has a share', (largestTwo, reason) => {
    expect(sensitivity('MILLIGRAMS', tally({ largestTwo }), DISCLOSURE_RULES)?.reason ?? null).toBe(reason);
    expect(sensitivity('EVENTS', tally({ largestTwo }), DISCLOSURE_RULES)).toBeNull();
  });

  it('asks of nothing that it be hidden', () => {
    const nothing = tally({ events: 0, agencies: 0, milligrams: 0, largestTwo: 0 });
    expect(sensitivity('EVENTS', nothing, DISCLOSURE_RULES)).toBeNull();
    expect(sensitivity('MILLIGRAMS', nothing, DISCLOSURE_RULES)).toBeNull();
  });

  test.each([
    ['EVENTS', 12, 2],
    ['EVENTS', 200, 2],
    ['EVENTS', 201, 3],
    ['MILLIGRAMS', 50 * GRAM, GRAM],
    ['MILLIGRAMS', 100 * GRAM, GRAM],
    ['MILLIGRAMS', 100 * GRAM + 1, GRAM + 1],
  ] as const)('a hidden cell of %s %i keeps a range of %i', (measure, value, range) => {
    expect(leastRange(measure, value, DISCLOSURE_RULES)).toBe(range);
  });
});

describe('at the border of the rules, in a table', () => {
  const LIST: StatisticsList = {
    dimensions: [{ name: 'state', level: 'state', values: ['04', '06', '48'] }],
    tables: [{ name: 'state', dimensions: ['state'], periods: ['MONTH'] }],
    impossible: [],
  };
  const facts = (state: string, events: readonly number[]): Fact[] =>
    events.map((count, at) => ({
      ...{ month: '2026-01', values: { state }, agency: `agency ${at}` },
      ...{ events: count, milligrams: count * GRAM },
    }));
  const shown = (of: readonly Fact[]): string[] =>
    closeMonth(LIST, EMPTY_LEDGER, '2026-01', of).cells.flatMap((cell) =>
      cell.measure === 'EVENTS' && cell.shown ? [cell.where['state'] ?? 'all'] : [],
    );

  it('11 events of 3 agencies are shown, 10 or those of 2 are not, and neither is what would give them away', () => {
    const others = [...facts('06', [9, 9, 9]), ...facts('48', [9, 9, 9])];
    expect(shown([...facts('04', [4, 4, 3]), ...others]).sort()).toEqual(['04', '06', '48', 'all']);
    for (const few of [facts('04', [4, 3, 3]), facts('04', [6, 5])]) {
      const left = shown([...few, ...others]);
      expect(left).not.toContain('04');
      // With everything else shown, it would be what is left of the sum.
      expect(left.length).toBeLessThan(3);
    }
  });
});
