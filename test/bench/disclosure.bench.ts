import {
  closeMonth,
  EMPTY_LEDGER,
  monthAfter,
  SEIZURE_STATISTICS,
  type Fact,
  type StatisticsList,
} from '@concord/disclosure';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { cbpStatistics } from './cbp-statistics.js';
import { machineFacts, numberOption, printResult, round, tell } from './measures.js';

/**
 * `npm run bench -- disclosure [--months 3 --events 6000 --seed 1 --cbp 0]`: what it takes to close months of the tables
 * substance x setting x state (60 x 14 x 51), group x method and component x substance, with as many events a month, a
 * few common values and many rare ones; with `--cbp 1`, of the list in use as far as CBP's table from October 2019 on
 * has its dimensions. Milliseconds of each closing, by the clock and of CPU, and what was shown.
 */
const [MONTHS, EVENTS, CBP] = [numberOption('months', 3), numberOption('events', 6_000), numberOption('cbp', 0)];
const random = new SeededRandom(numberOption('seed', 1));
const PERIODS = ['MONTH', 'QUARTER', 'YEAR', 'FISCAL_YEAR'] as const;
const SIZES = { substance: 60, setting: 14, state: 51, group: 4, method: 15, component: 3 };

const invented: StatisticsList = {
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

function inventedFacts(month: string): Fact[] {
  return Array.from({ length: EVENTS }, () => {
    const values = Object.fromEntries(Object.entries(SIZES).map(([name, size]) => [name, `${name}${drawn(size)}`]));
    const agency = `${values['state'] ?? ''} ${drawn(12)}`;
    return { month, values, agency, events: 1, milligrams: Math.round(10 ** (3 + 5 * random.next())) };
  });
}

const first = CBP === 1 ? '2019-10' : '2026-01';
const months = Array.from({ length: MONTHS }, (_, after) => monthAfter(first, after));
const published = CBP === 1 ? await cbpStatistics(months) : null;
const list = published ? SEIZURE_STATISTICS : invented;

let ledger = EMPTY_LEDGER;
const closings: object[] = [];
for (const month of months) {
  const facts = published ? published.filter((fact) => fact.month === month) : inventedFacts(month);
  const [began, cpuBefore] = [performance.now(), process.cpuUsage().user];
  const decision = closeMonth(list, ledger, month, facts);
  const ms = round(performance.now() - began, 0);
  const cpuMs = round((process.cpuUsage().user - cpuBefore) / 1000, 0);
  ledger = decision.ledger;
  const counts: Record<string, number> = {};
  for (const cell of decision.cells) {
    const what = `${cell.measure} ${cell.shown ? 'shown' : cell.reason}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  tell(`${month}: ${ms} ms (CPU ${cpuMs} ms), ${JSON.stringify(counts)}`);
  closings.push({ month, ms, cpuMs, ...counts });
}
const of = published ? { list: 'SEIZURE_STATISTICS', facts: 'CBP' } : { events: EVENTS, sizes: SIZES };
printResult({ bench: 'disclosure', ...of, closings, machine: machineFacts() });
