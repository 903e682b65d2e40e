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
