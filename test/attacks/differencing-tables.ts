import { existsSync, readFileSync } from 'node:fs';
import {
  cellKey,
  monthAfter,
  monthsOf,
  periodOf,
  type CellName,
  type Dimension,
  type Fact,
  type Measure,
  type MonthName,
  type StatisticsList,
} from '@concord/disclosure';
import type { SeededRandom } from '../../apps/embedded/src/seeded-random.js';

/** A list of statistics, and what is reported in each of its months. */
export interface Tables {
  readonly list: StatisticsList;
  readonly months: readonly MonthName[];
  readonly facts: readonly Fact[];
}

const PERIODS = ['MONTH', 'QUARTER', 'YEAR', 'FISCAL_YEAR'] as const;

export function dimension(name: string, values: number, coarser?: { level: string; groups: number }): Dimension {
  const all = Array.from({ length: values }, (_, at) => `${name}${at}`);
  const of = (groups: number) => Object.fromEntries(all.map((value, at) => [value, `${name}-group${at % groups}`]));
  return {
    ...{ name, level: name, values: all },
    ...(coarser ? { coarser: [{ level: coarser.level, of: of(coarser.groups) }] } : {}),
  };
}

/** Small tables that share their margins, mostly of small numbers and zeros, as drawn. */
export function randomTables(random: SeededRandom, months: number): Tables {
  const dimensions = [
    dimension('substance', random.between(2, 4)),
    dimension('state', random.between(2, 4), random.chance(0.5) ? { level: 'region', groups: 2 } : undefined),
    dimension('setting', random.between(2, 3)),
    dimension('component', 2),
  ];
  const tables = [
    { name: 'substance x state', dimensions: ['substance', 'state'], periods: PERIODS },
    { name: 'component x substance', dimensions: ['component', 'substance'], periods: PERIODS },
    ...(random.chance(0.5)
      ? [{ name: 'setting x state', dimensions: ['substance', 'setting', 'state'], periods: PERIODS.slice(1) }]
      : []),
  ];
  const list: StatisticsList = { dimensions, tables };
  const first = monthAfter('2025-07', random.between(0, 11));
  const names = Array.from({ length: months }, (_, after) => monthAfter(first, after));
  const density = 0.15 + 0.6 * random.next();
  const facts = names.flatMap((month) =>
    combinations(dimensions)
      .filter(() => random.chance(density))
      .flatMap((values) => contributions(random, month, values)),
  );
  return { list, months: names, facts };
}

/** One to six agencies, mostly with few events, now and then with many or with one heavy load. */
function contributions(random: SeededRandom, month: MonthName, values: Fact['values']): Fact[] {
  return Array.from({ length: random.between(1, 6) }, () => {
    const events = random.weighted([[random.between(1, 3), 6] as const, [random.between(4, 40), 3] as const]);
    const grams = random.chance(0.15) ? 0 : random.between(1, random.chance(0.1) ? 100_000 : 2_000);
    return { month, values, agency: `agency${random.between(1, 8)}`, events, milligrams: grams * 1000 * events };
  });
}

export function combinations(dimensions: readonly Dimension[]): Record<string, string>[] {
  return dimensions.reduce<Record<string, string>[]>(
    (some, { name, values }) => some.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/** True numbers, added up from the definitions alone. */
export interface TrueCell extends CellName {
  value: number;
}

export function trueCells({ list, months, facts }: Tables, measure: Measure): ReadonlyMap<string, TrueCell> {
  const closed = new Set(months);
  const cells = new Map<string, TrueCell>();
  for (const fact of facts) {
    const names = new Map<string, CellName>();
    for (const table of list.tables)
      for (const kind of table.periods) {
        const period = periodOf(kind, fact.month);
        if (!monthsOf(period).every((month) => closed.has(month))) continue;
        for (const where of placesOf(list, table.dimensions, fact))
          names.set(cellKey({ period, where }), { period, where });
      }
    for (const [key, name] of names) {
      const cell = cells.get(key) ?? { ...name, value: 0 };
      cell.value += measure === 'EVENTS' ? fact.events : fact.milligrams;
      cells.set(key, cell);
    }
  }
  for (const [key, { value }] of cells) if (value === 0) cells.delete(key);
  return cells;
}

function placesOf(list: StatisticsList, dimensions: readonly string[], fact: Fact): Record<string, string>[] {
  return dimensions.reduce<Record<string, string>[]>(
    (some, name) => {
      const found = list.dimensions.find((each) => each.name === name);
      const value = fact.values[name] ?? '';
      const levels = [
        [found?.level ?? '', value] as const,
        ...(found?.coarser ?? []).map(({ level, of }) => [level, of[value] ?? ''] as const),
      ];
      return some.flatMap((where) => [where, ...levels.map(([level, node]) => ({ ...where, [level]: node }))]);
    },
    [{}],
  );
}

const CBP = '../shared/data/cbp-nationwide-drugs-fy19-fy22.csv';
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const MILLIGRAMS_OF_A_POUND = 453_592.37;

/**
 * CBP's seizures as drug x area and component x drug, from October 2019 on; null where the file is not there. It does
 * not say who seized: each area has six stations, to which its events fall unevenly.
 */
export function cbpTables(random: SeededRandom, months: number): Tables | null {
  if (!existsSync(CBP)) return null;
  const names = Array.from({ length: months }, (_, after) => monthAfter('2019-10', after));
  const facts: Fact[] = [];
  const [areas, drugs] = [new Set<string>(), new Set<string>()];
  for (const line of readFileSync(CBP, 'utf8').trim().split(/\r?\n/).slice(1)) {
    const [year = '', name = '', component = '', , , area = '', drug = '', count = '', pounds = ''] = line.split(',');
    const number = MONTHS.indexOf(name) + 1;
    const month = `${Number(year) - (number >= 10 ? 1 : 0)}-${String(number).padStart(2, '0')}`;
    if (!names.includes(month)) continue;
    areas.add(area);
    drugs.add(drug);
    const values = { component, area, drug };
    const byStation = new Map<string, number>();
    for (let event = 0; event < Number(count); event++) {
      const station = `${area} ${Math.floor(6 * random.next() ** 2)}`;
      byStation.set(station, (byStation.get(station) ?? 0) + 1);
    }
    for (const [agency, events] of byStation) {
      const milligrams = Math.round((Number(pounds) * MILLIGRAMS_OF_A_POUND * events) / Number(count));
      facts.push({ month, values, agency, events, milligrams });
    }
  }
  const list: StatisticsList = {
    dimensions: [
      { name: 'drug', level: 'drug', values: [...drugs].sort() },
      { name: 'area', level: 'area', values: [...areas].sort() },
      { name: 'component', level: 'component', values: ['Office of Field Operations', 'U.S. Border Patrol'] },
    ],
    tables: [
      { name: 'drug x area', dimensions: ['drug', 'area'], periods: PERIODS },
      { name: 'component x drug', dimensions: ['component', 'drug'], periods: PERIODS },
    ],
  };
  return { list, months: names, facts };
}
