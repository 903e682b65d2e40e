export * from './filter/index.js';
export type { PersonCard, RecordCard, SubstanceCard } from './record-card.js';
export {
  countRecords,
  findRecordPage,
  findRecordsById,
  type FoundRecord,
  type ReadAs,
  type RecordPosition,
} from './record.reader.js';
export type { ReportContent, ReportParts, StoredSubstance } from './persisted-report.js';
export { persistReport, type PersistOutcome, type ReportStatus } from './report.store.js';
export { asActor, findOwnReport, findOwnReports, type OwnReport, type ReportPosition } from './report.reader.js';
export { findMatchableViews, findRecordIdsInRange, type MatchableView } from './matchable-view.reader.js';
export { findJurisdictionStates, findOverview, type Overview } from './overview.reader.js';
