export * from './filter/index.js';
export type { PersonCard, RecordCard, SubstanceCard } from './record-card.js';
export {
  countRecords,
  findRecordPage,
  findRecordsById,
  type ActAs,
  type FoundRecord,
  type ReadAs,
  type RecordPosition,
} from './record.reader.js';
export type { HoldReason, ReportContent, ReportParts, StoredSubstance } from './persisted-report.js';
export { persistReport, type PersistOutcome, type ReportStatus } from './report.store.js';
export { persistReports, stagedRows, type ReadyReport, type StagedRows } from './report-load.store.js';
export {
  amendReport,
  recallReport,
  REPORT_CHANGES,
  type AmendedReport,
  type AmendOutcome,
  type ChangeRefusal,
  type RecallOutcome,
  type ReportChange,
  type StandingReport,
} from './report-change.store.js';
export {
  findReportVersions,
  findSealedParts,
  wasVersion,
  type ReportVersion,
  type SealedParts,
} from './report-history.reader.js';
export {
  findHeldReports,
  findReviewers,
  releaseHeldReport,
  returnHeldReport,
  type DecidedReport,
  type DecisionRefusal,
  type DecisionResult,
  type HeldPosition,
  type HeldReport,
} from './report-review.store.js';
export { recallLeftReports, type RecalledAtDeparture } from './departure.store.js';
export { asActor, findOwnReport, findOwnReports, type OwnReport, type ReportPosition } from './report.reader.js';
export { findMatchableViews, findRecordIdsInRange, type MatchableView } from './matchable-view.reader.js';
export { findJurisdictionStates, findOverview, type Overview } from './overview.reader.js';
export {
  explainAccess,
  findAudiences,
  findOpeningKeys,
  type AccessExplained,
  type AudienceKey,
  type OpeningKey,
} from './record-access.reader.js';
