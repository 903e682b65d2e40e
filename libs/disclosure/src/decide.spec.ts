import fc from 'fast-check';
import { answer, DecidedCells } from './answer.js';
import { closeMonth, EMPTY_LEDGER, type Ledger } from './decide.js';
import { cellKey, readDecidedCell } from './decided-cell.js';
import { monthAfter, monthsOf, periodOf } from './period.js';
import type { Fact, StatisticsList } from './statistics-list.js';

const PERIODS = ['MONTH', 'QUARTER', 'YEAR', 'FISCAL_YEAR'] as const;
const LIST: StatisticsList = {
  dimensions: [
    { name: 'substance', level: 'substance', values: ['fentanyl', 'heroin', 'khat'] },
    {
      ...{ name: 'state', level: 'state', values: ['04', '06', '48'] },
      coarser: [{ level: 'region', of: { '04': 'west', '06': 'west', '48': 'south' } }],
    },
    { name: 'setting', level: 'setting', values: ['HIGHWAY', 'PORT'] },
  ],
  tables: [
    { name: 'substance x state', dimensions: ['substance', 'state'], periods: PERIODS },
    { name: 'substance x setting', dimensions: ['substance', 'setting'], periods: PERIODS },
  ],
  impossible: [{ substance: ['khat'], setting: ['PORT'] }],
};
const FIRST = '2025-07';

const fact = fc.record({
  after: fc.nat({ max: 3 }),
  substance: fc.constantFrom('fentanyl', 'heroin', 'khat'),
  state: fc.constantFrom('04', '06', '48'),
  setting: fc.constantFrom('HIGHWAY', 'PORT'),
  agency: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  events: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 30 })),
  grams: fc.nat({ max: 1_000 }),
});
const facts = fc.array(fact, { maxLength: 60 }).map((drawn): Fact[] =>
  drawn.map(({ after, substance, state, setting, agency, events, grams }) => ({
    month: monthAfter(FIRST, after),
    values: { substance, state, setting: substance === 'khat' ? 'HIGHWAY' : setting },
    ...{ agency, events, milligrams: grams * 1000 },
  })),
);
const MONTHS = [0, 1, 2, 3].map((after) => monthAfter(FIRST, after));

function closeAll(all: readonly Fact[], months = MONTHS): Ledger[] {
  const ledgers = [EMPTY_LEDGER];
  for (const month of months) {
    const before = ledgers.at(-1) ?? EMPTY_LEDGER;
    ledgers.push(
      closeMonth(
        LIST,
        before,
        month,
        all.filter((each) => each.month === month),
      ).ledger,
    );
  }
  return ledgers;
}

/** The facts of a cell, found by its name alone. */
function within(all: readonly Fact[], { period, where }: { period: string; where: Readonly<Record<string, string>> }) {
  const region = (state = ''): string => (state === '48' ? 'south' : 'west');
  return all.filter(
    ({ month, values }) =>
      monthsOf(period).includes(month) &&
      Object.entries(where).every(
        ([level, value]) => (level === 'region' ? region(values['state']) : values[level]) === value,
      ),
  );
}
const sum = (of: readonly Fact[], by: 'events' | 'milligrams'): number =>
  of.reduce((total, each) => total + each[by], 0);

describe('what closing months decides', () => {
  const runs = { numRuns: 12 };

  it('shows no cell below the threshold, of too few agencies, or dominated by two', () => {
    fc.assert(
      fc.property(facts, (all) => {
        for (const cell of closeAll(all).at(-1)?.decided ?? []) {
          if (!cell.shown) continue;
          const of = within(all, cell);
          const byAgency = [...new Set(of.map(({ agency }) => agency))].map((agency) =>
            sum(
              of.filter((each) => each.agency === agency),
              'milligrams',
            ),
          );
          expect(sum(of, 'events')).toBeGreaterThanOrEqual(11);
          expect(byAgency.length).toBeGreaterThanOrEqual(3);
          expect(cell.value).toBe(sum(of, cell.measure === 'EVENTS' ? 'events' : 'milligrams'));
          if (cell.measure === 'EVENTS') continue;
          const [first = 0, second = 0] = byAgency.sort((a, b) => b - a);
          expect(first + second).toBeLessThanOrEqual(0.8 * cell.value);
        }
      }),
      runs,
    );
  });

  it('keeps every suppressed cell possible in a range, complementary or not, by worlds that change nothing shown', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const { decided, worlds } = closeAll(all).at(-1) ?? EMPTY_LEDGER;
        for (const cell of decided) {
          const by = cell.measure === 'EVENTS' ? ('events' as const) : ('milligrams' as const);
          const changes = worlds[cell.measure].map((world) =>
            world
              .filter((shift) => within([{ ...shift, agency: '', events: 0, milligrams: 0 }], cell).length > 0)
              .reduce((total, shift) => total + shift.by, 0),
          );
          const [least, most] = [Math.min(0, ...changes), Math.max(0, ...changes)];
          const value = sum(within(all, cell), by);
          expect(value + least).toBeGreaterThanOrEqual(0);
          if (cell.shown) expect([least, most]).toEqual([0, 0]);
          else expect(most - least).toBeGreaterThanOrEqual(Math.max(by === 'events' ? 2 : 1000, 0.01 * value));
        }
      }),
      runs,
    );
  });

  it('decides the same, whatever the order of the facts', () => {
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.nat()), (all, order) => {
        const ranks = new Map(all.map((each) => [each, order.next().value as number]));
        const shuffled = [...all].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
        const decided = (of: readonly Fact[]) => closeAll(of).at(-1)?.decided;
        expect(decided(shuffled)).toEqual(decided(all));
      }),
      { numRuns: 4 },
    );
  });

  it('never decides a cell again, and lists no number of what is suppressed', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const ledgers = closeAll(all);
        for (const [at, { decided }] of ledgers.entries()) {
          const later = ledgers[at + 1]?.decided ?? decided;
          expect(later.slice(0, decided.length)).toEqual(decided);
          const keys = decided.map((cell) => `${cell.measure} ${cellKey(cell)}`);
          expect(new Set(keys).size).toBe(keys.length);
          for (const cell of decided) expect('value' in cell).toBe(cell.shown);
        }
      }),
      runs,
    );
  });

  it('is the same after the ledger was stored and read', () => {
    fc.assert(
      fc.property(facts, (all) => {
        let stored: Ledger = EMPTY_LEDGER;
        for (const month of MONTHS) {
          const { ledger } = closeMonth(
            LIST,
            stored,
            month,
            all.filter((each) => each.month === month),
          );
          const read = JSON.parse(JSON.stringify(ledger)) as Ledger;
          stored = { ...read, decided: read.decided.map(readDecidedCell) };
        }
        expect(stored.decided).toEqual(closeAll(all).at(-1)?.decided);
      }),
      { numRuns: 4 },
    );
  });

  it('answers with sums of shown cells only', () => {
    fc.assert(
      fc.property(
        facts,
        fc.subarray(MONTHS, { minLength: 1 }),
        fc.subarray(['04', '06', '48'], { minLength: 1 }),
        fc.constantFrom('EVENTS' as const, 'MILLIGRAMS' as const),
        (all, months, state, measure) => {
          const ledger = closeAll(all).at(-1) ?? EMPTY_LEDGER;
          const cells = new DecidedCells(LIST, ledger.months, ledger.decided);
          const given = answer({ measure, months, where: { state, substance: ['fentanyl', 'heroin'] } }, cells);
          if (!given.shown) return;
          const values = given.cells.map((cell) => cells.valueOf(measure, cell));
          expect(values).not.toContain(null);
          expect(given.value).toBe(values.reduce<number>((total, value) => total + (value ?? 0), 0));
          const asked = all.filter(
            (each) =>
              months.includes(each.month) &&
              state.includes(each.values['state'] ?? '') &&
              each.values['substance'] !== 'khat',
          );
          expect(given.value).toBe(sum(asked, measure === 'EVENTS' ? 'events' : 'milligrams'));
        },
      ),
      runs,
    );
  });

  it('refuses a month out of turn, another month’s facts and structural zeros', () => {
    const [{ ledger }] = [closeMonth(LIST, EMPTY_LEDGER, FIRST, [])];
    expect(() => closeMonth(LIST, ledger, '2025-09', [])).toThrow('not closed after');
    const ofAnother = { ...ledger, version: ledger.version + 1 };
    expect(() => closeMonth(LIST, ofAnother, '2025-08', [])).toThrow('a ledger of version 2');
    const stranger: Fact = {
      ...{ month: FIRST, agency: 'a', events: 1, milligrams: 0 },
      values: { substance: 'khat', state: '04', setting: 'PORT' },
    };
    expect(() => closeMonth(LIST, ledger, '2025-08', [stranger])).toThrow('among those of');
    expect(() => closeMonth(LIST, EMPTY_LEDGER, FIRST, [stranger])).toThrow('structural zero');
  });
});

describe('what is asked', () => {
  const shown = (state: string): Fact[] =>
    ['a', 'b', 'c', 'd'].map((agency) => ({
      ...{ month: FIRST, agency, events: 20, milligrams: 5_000 },
      values: { substance: 'fentanyl', state, setting: 'PORT' },
    }));
  const cells = (): DecidedCells => {
    const { ledger } = closeMonth(LIST, EMPTY_LEDGER, FIRST, [...shown('04'), ...shown('06')]);
    return new DecidedCells(LIST, ledger.months, ledger.decided);
  };
  const ask = (where: Record<string, string[]>, months = [FIRST]) =>
    answer({ measure: 'EVENTS', months, where }, cells());

  it('is answered with the coarsest cells that fit', () => {
    expect(ask({ state: ['04', '06'] })).toMatchObject({
      value: 160,
      cells: [{ period: FIRST, where: { region: 'west' } }],
    });
    expect(ask({ state: ['04'] })).toMatchObject({ value: 80 });
    expect(ask({})).toMatchObject({ value: 160, cells: [{ where: {} }] });
  });

  it('is refused with one word, be it zero or suppressed; and where it is no question of the list', () => {
    expect(ask({ state: ['48'] })).toEqual({ shown: false, why: 'NOT_SHOWN' });
    expect(ask({ setting: ['PORT'], state: ['04'] })).toEqual({ shown: false, why: 'NOT_IN_LIST' });
    expect(ask({ county: ['06073'] })).toEqual({ shown: false, why: 'NOT_IN_LIST' });
    expect(ask({}, ['2025-08'])).toEqual({ shown: false, why: 'NOT_CLOSED' });
  });

  it('counts in calendar and fiscal years', () => {
    expect(periodOf('FISCAL_YEAR', '2025-10')).toBe('FY2026');
    expect(monthsOf('FY2026')[0]).toBe('2025-10');
    expect(monthsOf('2026-Q4')).toEqual(['2026-10', '2026-11', '2026-12']);
  });
});
