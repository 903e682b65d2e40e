/** Which cells of the statistics may be shown. Decided once for each closed month; docs/disclosure.md says how. */
export { answer, DecidedCells, type Answer, type Question } from './answer.js';
export { closeMonth, EMPTY_LEDGER, LEDGER_VERSION, type Decision, type Ledger, type StoredWorld } from './decide.js';
export {
  cellKey,
  MEASURES,
  NOT_SHOWN,
  readDecidedCell,
  REASONS,
  type CellName,
  type DecidedCell,
  type Measure,
  type Reason,
  type ShownCell,
  type SuppressedCell,
} from './decided-cell.js';
export {
  kindOf,
  monthAfter,
  monthsOf,
  periodOf,
  periodsClosedWith,
  PERIOD_KINDS,
  type MonthName,
  type PeriodKind,
  type PeriodName,
} from './period.js';
export { DISCLOSURE_RULES, sensitivity, type DisclosureRules, type Protection, type Tally } from './rules.js';
export { PEOPLE_STATISTICS, SEIZURE_STATISTICS, STATISTICS_VERSION } from './statistics-list.data.js';
export {
  faultsOf,
  isImpossible,
  type CoarserLevel,
  type Dimension,
  type Fact,
  type StatisticsList,
  type TableDefinition,
} from './statistics-list.js';
export { worthOf } from './worth.js';
