import { cellKey, NOT_SHOWN, type CellName, type DecidedCell, type Measure } from './decided-cell.js';
import { monthsOf, periodOf, type MonthName, type PeriodKind, type PeriodName } from './period.js';
import { isImpossible, type Dimension, type StatisticsList } from './statistics-list.js';

/** Whole months and values of dimensions; anything else cannot come from decided cells. */
export interface Question {
  readonly measure: Measure;
  readonly months: readonly MonthName[];
  /** By level, any of these values: `{ state: ['06', '48'] }`. A dimension that is not named is everything. */
  readonly where: Readonly<Record<string, readonly string[]>>;
}

export type Answer =
  | {
      readonly shown: true;
      /** Events, or milligrams. */
      readonly value: number;
      /** The decided cells that were added up. */
      readonly cells: readonly CellName[];
    }
  | { readonly shown: false; readonly why: typeof NOT_SHOWN | 'NOT_CLOSED' | 'NOT_IN_LIST' };

/** Everything decided so far, to be looked up. */
export class DecidedCells {
  private readonly byKey: ReadonlyMap<string, DecidedCell>;
  private readonly closed: ReadonlySet<MonthName>;

  constructor(
    readonly list: StatisticsList,
    months: readonly MonthName[],
    cells: readonly DecidedCell[],
  ) {
    this.byKey = new Map(cells.map((cell) => [`${cell.measure} ${cellKey(cell)}`, cell]));
    this.closed = new Set(months);
  }

  isClosed(period: PeriodName): boolean {
    return monthsOf(period).every((month) => this.closed.has(month));
  }

  /** The number of a cell; null if it is not shown, be it suppressed or zero. */
  valueOf(measure: Measure, name: CellName): number | null {
    const cell = this.byKey.get(`${measure} ${cellKey(name)}`);
    return cell?.shown ? cell.value : null;
  }
}

/**
 * The answer to a question as a sum of decided cells that are shown, the coarsest that fit; or a refusal. It never
 * subtracts, and it adds no cells up in place of one that is not shown: what it can say was said when they were decided.
 */
export function answer(question: Question, decided: DecidedCells): Answer {
  const { list } = decided;
  if (question.months.some((month) => !decided.isClosed(month))) return { shown: false, why: 'NOT_CLOSED' };
  const asked = list.dimensions.filter((dimension) => levelsOf(dimension).some((level) => level in question.where));
  const known = new Set(list.dimensions.flatMap((dimension) => levelsOf(dimension)));
  if (Object.keys(question.where).some((level) => !known.has(level))) return { shown: false, why: 'NOT_IN_LIST' };
  const kinds = new Set(
    list.tables
      .filter(({ dimensions }) => asked.every(({ name }) => dimensions.includes(name)))
      .flatMap(({ periods }) => periods),
  );
  const periods = coarsestPeriods(question.months, kinds);
  const places = asked.map((dimension) => coarsestNodes(dimension, question.where));
  if (!periods || places.some((nodes) => nodes === null)) return { shown: false, why: 'NOT_IN_LIST' };

  let value = 0;
  const cells: CellName[] = [];
  for (const period of periods)
    for (const where of combinations(places.map((nodes) => nodes ?? []))) {
      if (isImpossible(list, finestValues(list, where))) continue;
      const cell = { period, where };
      const number = decided.valueOf(question.measure, cell);
      if (number === null) return { shown: false, why: NOT_SHOWN };
      value += number;
      cells.push(cell);
    }
  return { shown: true, value, cells };
}

type Node = readonly [level: string, value: string] | null;

function levelsOf({ level, coarser = [] }: Dimension): readonly string[] {
  return [level, ...coarser.map((each) => each.level)];
}

/** The months as years, fiscal years, quarters and months of these kinds; null where they are not whole periods of any. */
function coarsestPeriods(months: readonly MonthName[], kinds: ReadonlySet<PeriodKind>): readonly PeriodName[] | null {
  const left = new Set(months);
  const periods: PeriodName[] = [];
  for (const kind of ['YEAR', 'FISCAL_YEAR', 'QUARTER', 'MONTH'] as const) {
    if (!kinds.has(kind)) continue;
    for (const period of new Set([...left].map((month) => periodOf(kind, month)))) {
      if (!monthsOf(period).every((month) => left.has(month))) continue;
      periods.push(period);
      for (const month of monthsOf(period)) left.delete(month);
    }
  }
  return left.size === 0 ? periods : null;
}

/** The values as nodes of the coarsest levels that they fill; everything is one node without a name. */
function coarsestNodes(dimension: Dimension, where: Question['where']): readonly Node[] | null {
  const nodeAt = (level: string, value: string): string | undefined =>
    level === dimension.level ? value : dimension.coarser?.find((each) => each.level === level)?.of[value];
  const left = new Set(dimension.values);
  for (const level of levelsOf(dimension)) {
    const any = where[level];
    if (!any) continue;
    if (any.some((each) => !dimension.values.some((value) => nodeAt(level, value) === each))) return null;
    for (const value of left) if (!any.includes(nodeAt(level, value) ?? '')) left.delete(value);
  }
  if (left.size === dimension.values.length) return [null];
  const nodes: Node[] = [];
  for (const level of [...levelsOf(dimension)].reverse())
    for (const node of new Set([...left].map((value) => nodeAt(level, value) ?? ''))) {
      const within = dimension.values.filter((value) => nodeAt(level, value) === node);
      if (!within.every((value) => left.has(value))) continue;
      nodes.push([level, node]);
      for (const value of within) left.delete(value);
    }
  return nodes;
}

function* combinations(places: readonly (readonly Node[])[]): Generator<Readonly<Record<string, string>>> {
  const [first, ...rest] = places;
  if (!first) {
    yield {};
    return;
  }
  for (const node of first)
    for (const where of combinations(rest)) yield node ? { [node[0]]: node[1], ...where } : where;
}

/** By name of dimension, the values that a cell names at their finest level. */
function finestValues(list: StatisticsList, where: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const named = list.dimensions.filter(({ level }) => level in where);
  return Object.fromEntries(named.map(({ name, level }) => [name, where[level] ?? '']));
}
