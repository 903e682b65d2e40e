import type { PeriodKind } from './period.js';

/** One way in which events differ, such as where: its values, and what they add up to. */
export interface Dimension {
  readonly name: string;
  /** Name of the finest level, unique among all levels: `state`. */
  readonly level: string;
  /** Every value of the finest level that a fact can have, UNKNOWN included. An event has exactly one. */
  readonly values: readonly string[];
  /** Coarser levels, the finest of them first; what is coarser than all of them ("the nation") needs no name. */
  readonly coarser?: readonly CoarserLevel[];
}

export interface CoarserLevel {
  readonly level: string;
  /** For each value of the finest level, the value of this one. A coarser level never splits what a finer one joins. */
  readonly of: Readonly<Record<string, string>>;
}

/** One table: all its cells are decided, at every level of each dimension, with all margins. */
export interface TableDefinition {
  readonly name: string;
  readonly dimensions: readonly string[];
  /** Which periods have cells of this table; a table that is too fine for months may begin with QUARTER. */
  readonly periods: readonly PeriodKind[];
}

/**
 * The fixed list: what is ever counted, decided in one go for each closed month. Tables share their margins: a cell that
 * two of them have is one cell.
 */
export interface StatisticsList {
  readonly dimensions: readonly Dimension[];
  readonly tables: readonly TableDefinition[];
  /**
   * Structural zeros: combinations (any of these values, in each of these dimensions) in which there can be no event.
   * Everybody knows them, so they are no cells and hide nothing. Zeros that might have been otherwise are sampling zeros:
   * not shown, and as good a place as any for events that an attacker looks for.
   */
  readonly impossible?: readonly Readonly<Record<string, readonly string[]>>[];
}

/**
 * What an agency contributed: events with these values in one month. Every event is counted once, so that in each table
 * the cells add up; a seizure of several substances has to be put under one value (its principal one, or MIXED).
 */
export interface Fact {
  readonly month: string;
  /** By name of dimension, the value at its finest level. */
  readonly values: Readonly<Record<string, string>>;
  readonly agency: string;
  readonly events: number;
  readonly milligrams: number;
}

/** Whether this combination of finest values is a structural zero. */
export function isImpossible(list: StatisticsList, values: Readonly<Record<string, string>>): boolean {
  return (list.impossible ?? []).some((where) =>
    Object.entries(where).every(([name, any]) => values[name] !== undefined && any.includes(values[name])),
  );
}

/**
 * What is wrong with a list, each fault a sentence; none if it can be decided: names are there once, every value has its
 * place in every coarser level, a coarser level splits nothing, tables name dimensions, periods and no table twice.
 */
export function faultsOf({ dimensions, tables, impossible = [] }: StatisticsList): readonly string[] {
  const names = new Map(dimensions.map((dimension) => [dimension.name, dimension]));
  const levels = dimensions.flatMap(({ level, coarser = [] }) => [level, ...coarser.map((each) => each.level)]);
  return [
    ...twice(dimensions.map(({ name }) => name)).map((name) => `two dimensions are named ${name}`),
    ...twice(levels).map((level) => `two levels are named ${level}`),
    ...twice(tables.map(({ name }) => name)).map((name) => `two tables are named ${name}`),
    ...dimensions.flatMap((dimension) => faultsOfDimension(dimension)),
    ...tables.flatMap(({ name, dimensions: used, periods }) => [
      ...(used.length === 0 ? [`${name} has no dimension`] : []),
      ...(periods.length === 0 ? [`${name} has no period`] : []),
      ...twice(used).map((each) => `${name} has ${each} twice`),
      ...used.filter((each) => !names.has(each)).map((each) => `${name} has no dimension ${each} to count by`),
    ]),
    ...impossible.flatMap((where) =>
      Object.entries(where).flatMap(([name, values]) =>
        values
          .filter((value) => !names.get(name)?.values.includes(value))
          .map((value) => `${value} of ${name} cannot be impossible: it is not in the list`),
      ),
    ),
  ];
}

function faultsOfDimension({ name, values, coarser = [] }: Dimension): string[] {
  const faults = [
    ...(values.length === 0 ? [`${name} has no value`] : []),
    ...twice(values).map((value) => `${name} has ${value} twice`),
  ];
  let finer: CoarserLevel['of'] = Object.fromEntries(values.map((value) => [value, value]));
  for (const { level, of } of coarser) {
    const joined = new Map<string, string>();
    for (const value of values) {
      const [below, node] = [finer[value] ?? '', of[value]];
      if (node === undefined) faults.push(`${value} of ${name} has no ${level}`);
      else if ((joined.get(below) ?? node) !== node) faults.push(`${level} splits ${below} of ${name}`);
      else joined.set(below, node);
    }
    for (const value of Object.keys(of))
      if (!values.includes(value)) faults.push(`${level} has ${value}, which ${name} has not`);
    finer = of;
  }
  return faults;
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}
