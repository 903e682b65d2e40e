import {
  cellKey,
  isImpossible,
  kindOf,
  monthsOf,
  PERIOD_KINDS,
  periodOf,
  type CellName,
  type Dimension,
  type MonthName,
  type PeriodKind,
  type PeriodName,
  type StatisticsList,
} from '@concord/disclosure';
import loadHighs from 'highs';

/** What an outsider sees of one cell of one measure: its number, or that it is not shown. */
export interface SeenCell extends CellName {
  readonly value: number | null;
}

/** Everything that is asked of the attacker: the definitions, the months that are closed, and what is shown of them. */
export interface Published {
  readonly list: StatisticsList;
  readonly months: readonly MonthName[];
  readonly shown: ReadonlyMap<string, number>;
  /** What the attacker put into each cell himself, and so knows to be in it at the least; nothing without. */
  readonly own?: ReadonlyMap<string, number>;
}

/** Between what the attacker has bounded a cell. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** When it is enough for a cell to be called protected: no more is computed of it then. */
export type Enough = (key: string, bounds: Bounds) => boolean;

/** Of what nothing bounds from above, in units: more than any cell holds. Branch and bound wants an end. */
const WITHOUT_END = 1e8;
/** 10 g, in milligrams: the end is 1,000 t then, whatever little is shown. */
const SMALLEST_UNIT = 1e4;

type Highs = Awaited<ReturnType<typeof loadHighs>>;
let loading: Promise<Highs> | undefined;

/**
 * Somebody who takes everything that the decided tables say, knows how they add up (over values, levels, months,
 * quarters, years and fiscal years, and from one table to the next), and that nothing is below zero; and asks for the least and the greatest that each hidden cell can be, by linear programming, or
 * in whole numbers if `whole`. Written from the definitions of the tables: it shares no arithmetic with libs/disclosure.
 *
 * @param until by `performance.now()`, when no more cells are asked about
 * @returns by key of each hidden cell, its bounds; where `enough` was satisfied early, they are wider in truth
 */
export async function attackByDifferencing(
  { list, months, shown, own = new Map() }: Published,
  {
    whole = false,
    enough,
    targets,
    until = Number.POSITIVE_INFINITY,
  }: { whole?: boolean; enough?: Enough; targets?: ReadonlySet<string>; until?: number } = {},
): Promise<ReadonlyMap<string, Bounds>> {
  const highs = await (loading ??= loadHighs());
  // Milligrams go into the billions, and the solver computes to about 1e-7.
  let unit = whole ? 1 : SMALLEST_UNIT;
  for (const value of shown.values()) unit = Math.max(unit, value / 1e6);
  const cells = new Map<string, SeenCell>();
  for (const cell of cellsOf(list, months)) {
    const key = cellKey(cell);
    cells.set(key, { ...cell, value: shown.get(key) ?? null });
  }
  const bounds = new Map<string, Bounds>();
  for (const { hidden, rows } of connected(cells, relationsOf(list, cells))) {
    if (targets && !hidden.some((key) => targets.has(key))) continue;
    if (rows.length === 0) {
      for (const key of hidden) bounds.set(key, { low: own.get(key) ?? 0, high: Number.POSITIVE_INFINITY });
      continue;
    }
    const model = highs.createModel(modelOf(highs, hidden, rows, { whole, unit, own }));
    try {
      model.options.set({ output_flag: false });
      bound(highs, model, hidden, { bounds, enough: enough ?? (() => false), targets, unit, until });
    } finally {
      model.dispose();
    }
  }
  return bounds;
}

/** `parent` is the sum of `children`: keys of cells. */
interface Relation {
  readonly parent: string;
  readonly children: readonly string[];
}

/** One equation between hidden cells: their signed sum is what the shown ones leave. */
interface Row {
  readonly signs: ReadonlyMap<string, number>;
  readonly rest: number;
}

/** Every cell of the list in these months: of all tables, at all levels, in all periods that are whole. */
export function* cellsOf(list: StatisticsList, months: readonly MonthName[]): Generator<CellName> {
  const closed = new Set(months);
  const seen = new Set<string>();
  for (const table of list.tables) {
    const periods = new Set(table.periods.flatMap((kind) => months.map((month) => periodOf(kind, month))));
    let places: Record<string, string>[] = [{}];
    for (const { name, values, level, coarser = [] } of list.dimensions) {
      if (!table.dimensions.includes(name)) continue;
      const nodes = [
        ...values.map((value) => [level, value] as const),
        ...coarser.flatMap((each) => [...new Set(Object.values(each.of))].map((node) => [each.level, node] as const)),
      ];
      places = places.flatMap((where) => [where, ...nodes.map(([at, node]) => ({ ...where, [at]: node }))]);
    }
    for (const period of periods) {
      if (!monthsOf(period).every((month) => closed.has(month))) continue;
      for (const where of places) {
        const key = cellKey({ period, where });
        if (seen.has(key) || isImpossible(list, finest(list, where))) continue;
        seen.add(key);
        yield { period, where };
      }
    }
  }
}

function finest(list: StatisticsList, where: CellName['where']): Record<string, string> {
  const named = list.dimensions.filter(({ level }) => level in where);
  return Object.fromEntries(named.map(({ name, level }) => [name, where[level] ?? '']));
}

/** Every sum between the cells that are listed: each cell under the next coarser one, in each dimension and in time. */
export function relationsOf(list: StatisticsList, cells: ReadonlyMap<string, CellName>): readonly Relation[] {
  const sums = new Map<string, { parent: string; children: Set<string> }>();
  for (const [key, cell] of cells) {
    const kinds = kindsOf(list, Object.keys(cell.where));
    for (const [by, coarser] of [...coarserPlaces(list, cell), ...coarserPeriods(cell, kinds)]) {
      const parent = cellKey(coarser);
      if (!cells.has(parent)) continue;
      const sum = sums.get(`${by} ${parent}`) ?? { parent, children: new Set() };
      sum.children.add(key);
      sums.set(`${by} ${parent}`, sum);
    }
  }
  return [...sums.values()].map(({ parent, children }) => ({ parent, children: [...children] }));
}

function levelsOf({ level, coarser = [] }: Dimension): readonly string[] {
  return [level, ...coarser.map((each) => each.level)];
}

/** The kinds of period for which some table has cells that name just these levels. */
function kindsOf(list: StatisticsList, levels: readonly string[]): ReadonlySet<PeriodKind> {
  const names = list.dimensions.filter((dimension) => levelsOf(dimension).some((level) => levels.includes(level)));
  const tables = list.tables.filter(({ dimensions }) => names.every(({ name }) => dimensions.includes(name)));
  return new Set(tables.flatMap(({ periods }) => periods));
}

/** For each dimension, the cell one level up; by what it is added up. */
function* coarserPlaces(list: StatisticsList, { period, where }: CellName): Generator<[by: string, cell: CellName]> {
  for (const dimension of list.dimensions) {
    const levels = levelsOf(dimension);
    const at = levels.findIndex((level) => level in where);
    if (at < 0) continue;
    const { [levels[at] ?? '']: node = '', ...others } = where;
    const next = levels[at + 1];
    if (next === undefined) {
      yield [levels[at] ?? '', { period, where: others }];
      continue;
    }
    const of = (level: number, value: string): string =>
      level === 0 ? value : (dimension.coarser?.[level - 1]?.of[value] ?? '');
    const value = dimension.values.find((each) => of(at, each) === node) ?? '';
    yield [levels[at] ?? '', { period, where: { ...others, [next]: of(at + 1, value) } }];
  }
}

/** The next longer periods that hold this one: of a quarter, the year and the fiscal year. */
function* coarserPeriods({ period, where }: CellName, kinds: ReadonlySet<PeriodKind>): Generator<[string, CellName]> {
  const kind = kindOf(period);
  const first = monthsOf(period)[0] ?? '';
  const longer = PERIOD_KINDS.slice(PERIOD_KINDS.indexOf(kind) + 1).filter((each) => kinds.has(each));
  const next: PeriodName[] = [];
  if (kind === 'MONTH' && longer.includes('QUARTER')) next.push(periodOf('QUARTER', first));
  else if (kind === 'MONTH' || kind === 'QUARTER')
    next.push(...longer.filter((each) => each !== 'QUARTER').map((each) => periodOf(each, first)));
  for (const coarser of next) yield [`time ${kind}`, { period: coarser, where }];
}

/** Hidden cells that share no equation can be asked apart. */
function connected(
  cells: ReadonlyMap<string, SeenCell>,
  relations: readonly Relation[],
): readonly { hidden: readonly string[]; rows: readonly Row[] }[] {
  const root = new Map<string, string>();
  const find = (key: string): string => {
    let at = key;
    while (root.get(at) !== at) at = root.get(at) ?? at;
    root.set(key, at);
    return at;
  };
  for (const [key, { value }] of cells) if (value === null) root.set(key, key);
  const rows: Row[] = [];
  for (const { parent, children } of relations) {
    const signs = new Map<string, number>();
    let rest = 0;
    for (const [key, sign] of [[parent, -1] as const, ...children.map((child) => [child, 1] as const)]) {
      const value = cells.get(key)?.value ?? null;
      if (value === null) signs.set(key, sign);
      else rest -= sign * value;
    }
    const [first, ...others] = signs.keys();
    if (first === undefined) {
      if (rest !== 0) throw new Error(`what is shown does not add up to ${parent}`);
      continue;
    }
    for (const other of others) root.set(find(other), find(first));
    rows.push({ signs, rest });
  }
  const parts = new Map<string, { hidden: string[]; rows: Row[] }>();
  for (const key of root.keys()) {
    const part = parts.get(find(key)) ?? { hidden: [], rows: [] };
    part.hidden.push(key);
    parts.set(find(key), part);
  }
  for (const row of rows) parts.get(find([...row.signs.keys()][0] ?? ''))?.rows.push(row);
  return [...parts.values()];
}

function modelOf(
  highs: Highs,
  hidden: readonly string[],
  rows: readonly Row[],
  { whole, unit, own }: { whole: boolean; unit: number; own: ReadonlyMap<string, number> },
) {
  const columns = new Map(hidden.map((key, column) => [key, column]));
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const { signs } of rows) {
    for (const [key, sign] of signs) {
      indices.push(columns.get(key) ?? -1);
      values.push(sign);
    }
    starts.push(indices.length);
  }
  const n = hidden.length;
  const rest = Float64Array.from(rows.map((row) => row.rest / unit));
  return {
    ...{ numCols: n, numRows: rows.length, colCost: new Float64Array(n) },
    ...{
      colLower: Float64Array.from(hidden, (key) => (own.get(key) ?? 0) / unit),
      colUpper: new Float64Array(n).fill(WITHOUT_END),
    },
    ...{ rowLower: rest, rowUpper: rest },
    matrix: {
      format: 'csr' as const,
      ...{ numRows: rows.length, numCols: n },
      ...{ starts: Int32Array.from(starts), indices: Int32Array.from(indices), values: Float64Array.from(values) },
    },
    ...(whole ? { integrality: new Int32Array(n).fill(highs.constants.variableType.integer) } : {}),
  };
}

type Model = ReturnType<Highs['createModel']>;

/** Asks for each hidden cell; every answer is a world, and tells something of all others too. */
function bound(
  highs: Highs,
  model: Model,
  hidden: readonly string[],
  asked: {
    bounds: Map<string, Bounds>;
    enough: Enough;
    targets: ReadonlySet<string> | undefined;
    unit: number;
    until: number;
  },
): void {
  const { bounds, enough, targets, unit, until } = asked;
  const lows = new Float64Array(hidden.length).fill(Number.POSITIVE_INFINITY);
  const highsSeen = new Float64Array(hidden.length).fill(Number.NEGATIVE_INFINITY);
  const solve = (column: number, sense: 'minimize' | 'maximize'): number => {
    model.changeObjectiveSense(highs.constants.objectiveSense[sense]);
    model.changeColCost(column, 1);
    model.run();
    const status = model.getModelStatus();
    if (status !== highs.constants.modelStatus.optimal) throw new Error(`the attacker's solver stopped: ${status}`);
    model.getSolution().colValue.forEach((value, at) => {
      lows[at] = Math.min(lows[at] ?? value, value);
      highsSeen[at] = Math.max(highsSeen[at] ?? value, value);
    });
    const objective = model.getObjectiveValue();
    model.changeColCost(column, 0);
    return objective;
  };
  hidden.forEach((key, column) => {
    if ((targets && !targets.has(key)) || performance.now() > until) return;
    const seenSoFar = (): Bounds => ({ low: (lows[column] ?? 0) * unit, high: (highsSeen[column] ?? 0) * unit });
    if (enough(key, seenSoFar())) return void bounds.set(key, seenSoFar());
    highsSeen[column] = solve(column, 'maximize');
    if (!enough(key, seenSoFar())) lows[column] = solve(column, 'minimize');
    bounds.set(key, seenSoFar());
  });
}
