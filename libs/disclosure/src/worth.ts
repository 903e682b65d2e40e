import type { CellName } from './decided-cell.js';
import { kindOf, type PeriodKind } from './period.js';
import type { StatisticsList } from './statistics-list.js';

/** How much more a cell is worth for each level that was added up: what is suppressed, is suppressed far down. */
const WORTH_OF_A_LEVEL = 4;
const WORTH_OF_A_PERIOD: Readonly<Record<PeriodKind, number>> = { MONTH: 1, QUARTER: 4, YEAR: 16, FISCAL_YEAR: 16 };
/** Two cells of one place that are both hidden hide each other in what they add up to: the quarter may be shown. */
const WORTH_WHERE_SUPPRESSED_BEFORE = 0.5;

/**
 * What it costs to suppress a cell besides. It depends on where the cell lies and on what outsiders know, never on its
 * number: what was chosen must say nothing of how much there is.
 *
 * @param before whether the same place was suppressed in an earlier period of the same kind
 */
export function worthOf(list: StatisticsList, { period, where }: CellName, before: boolean): number {
  const coarseness = Math.max(
    0,
    ...list.tables.map(({ dimensions }) => coarsenessIn(list, new Set(dimensions), where) ?? 0),
  );
  return (
    WORTH_OF_A_LEVEL ** coarseness * WORTH_OF_A_PERIOD[kindOf(period)] * (before ? WORTH_WHERE_SUPPRESSED_BEFORE : 1)
  );
}

/** How many levels of this table were added up for the cell; null if it is none of the table's. */
function coarsenessIn(list: StatisticsList, table: ReadonlySet<string>, where: CellName['where']): number | null {
  let added = 0;
  let named = 0;
  for (const { name, level, coarser = [] } of list.dimensions) {
    if (!table.has(name)) continue;
    const at = [level, ...coarser.map((each) => each.level)].findIndex((each) => each in where);
    added += at < 0 ? coarser.length + 1 : at;
    if (at >= 0) named += 1;
  }
  return named === Object.keys(where).length ? added : null;
}
