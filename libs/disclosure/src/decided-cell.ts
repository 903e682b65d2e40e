import type { PeriodName } from './period.js';

/** What a cell counts. Both are sums over events, and each is decided by itself. */
export const MEASURES = ['EVENTS', 'MILLIGRAMS'] as const;
export type Measure = (typeof MEASURES)[number];

/** Why a cell is not shown: for this room and the books only. Who asks is told {@link NOT_SHOWN}, whatever it is. */
export const REASONS = ['PRIMARY_THRESHOLD', 'DOMINANCE', 'COMPLEMENTARY'] as const;
export type Reason = (typeof REASONS)[number];

export const NOT_SHOWN = 'NOT_SHOWN';

/** The name of a cell: its period and, for each level that it is one value of, that value. No level: everything. */
export interface CellName {
  readonly period: PeriodName;
  readonly where: Readonly<Record<string, string>>;
}

declare const decided: unique symbol;

/** A number that may be shown. */
export interface ShownCell extends CellName {
  readonly measure: Measure;
  readonly shown: true;
  /** Events, or milligrams. */
  readonly value: number;
  readonly [decided]: true;
}

/** A cell that is not shown; it has no number. */
export interface SuppressedCell extends CellName {
  readonly measure: Measure;
  readonly shown: false;
  readonly reason: Reason;
  readonly [decided]: true;
}

/**
 * What was decided of one cell when its period closed, for good. Cells that are zero are not listed: to whoever asks they
 * are {@link NOT_SHOWN}, as the suppressed ones are. Which cells are suppressed is as secret as what is in them.
 */
export type DecidedCell = ShownCell | SuppressedCell;

type Undecided<Cell extends DecidedCell> = Omit<Cell, typeof decided>;

/**
 * The only place where a {@link DecidedCell} comes into being: `decide` decides it, `readDecidedCell` has it from where
 * it was stored.
 */
export function mintCell(cell: Undecided<ShownCell> | Undecided<SuppressedCell>): DecidedCell {
  return Object.freeze(cell) as DecidedCell;
}

/** The same cell, as it was stored; what else a row carries is left behind, so that a suppressed cell has no number. */
export function readDecidedCell(stored: Undecided<ShownCell> | Undecided<SuppressedCell>): DecidedCell {
  const { period, where, measure } = stored;
  return stored.shown
    ? mintCell({ period, where, measure, shown: true, value: stored.value })
    : mintCell({ period, where, measure, shown: false, reason: stored.reason });
}

/** One text for one cell, whatever the order of its levels: `2026-03|state=06|substance=9801`. */
export function cellKey({ period, where }: CellName): string {
  const levels = Object.entries(where).sort(([a], [b]) => (a < b ? -1 : 1));
  return [period, ...levels.map(([level, value]) => `${level}=${value}`)].join('|');
}
