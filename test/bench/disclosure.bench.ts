import { closeMonth, EMPTY_LEDGER, monthAfter, type Fact, type StatisticsList } from '@concord/disclosure';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { machineFacts, numberOption, printResult, round, tell } from './measures.js';

/**
 * `npm run bench -- disclosure [--months 3 --events 6000 --seed 1]`: what it takes to close months of the tables
 * substance x setting x state (60 x 14 x 51), group x method and component x substance, with as many events a month, a
 * few common values and many rare ones. Milliseconds of each closing, and what was shown.
 */
const [MONTHS, EVENTS] = [numberOption('months', 3), numberOption('events', 6_000)];
const random = new SeededRandom(numberOption('seed', 1));
const PERIODS = ['MONTH', 'QUARTER', 'YEAR', 'FISCAL_YEAR'] as const;
const SIZES = { substance: 60, setting: 14, state: 51, group: 4, method: 15, component: 3 };

const list: StatisticsList = {
  dimensions: Object.entries(SIZES).map(([name, size]) => ({
    ...{ name, level: name, values: Array.from({ length: size }, (_, at) => `${name}${at}`) },
  })),
  tables: [
    { name: 'substance x setting x state', dimensions: ['substance', 'setting', 'state'], periods: PERIODS },
    { name: 'group x method', dimensions: ['group', 'method'], periods: PERIODS },
    { name: 'component x substance', dimensions: ['component', 'substance'], periods: PERIODS },
  ],
};

/** The first values are common, the last ones rare. */
const drawn = (size: number): number => Math.floor(size * random.next() ** 3);

function factsOf(month: string): Fact[] {
  return Array.from({ length: EVENTS }, () => {
    const values = Object.fromEntries(Object.entries(SIZES).map(([name, size]) => [name, `${name}${drawn(size)}`]));
    const agency = `${values['state'] ?? ''} ${drawn(12)}`;
    return { month, values, agency, events: 1, milligrams: Math.round(10 ** (3 + 5 * random.next())) };
  });
}

let ledger = EMPTY_LEDGER;
const closings: object[] = [];
for (let n = 0; n < MONTHS; n++) {
  const month = monthAfter('2026-01', n);
  const facts = factsOf(month);
  const began = performance.now();
  const decision = closeMonth(list, ledger, month, facts);
  const ms = round(performance.now() - began, 0);
  ledger = decision.ledger;
  const counts: Record<string, number> = {};
  for (const cell of decision.cells) {
    const what = `${cell.measure} ${cell.shown ? 'shown' : cell.reason}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  tell(`${month}: ${ms} ms, ${JSON.stringify(counts)}`);
  closings.push({ month, ms, ...counts });
}
printResult({ bench: 'disclosure', events: EVENTS, sizes: SIZES, closings, machine: machineFacts() });
