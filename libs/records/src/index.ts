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
export { tryAlertRule } from './rule-trial.reader.js';
export type {
  DefaultedField,
  HoldReason,
  ReadyReport,
  ReportContent,
  ReportParts,
  StoredSubstance,
} from './persisted-report.js';
export {
  persistImportedReport,
  persistImportedTogether,
  persistReport,
  persistTogether,
  type ImportedEntry,
  type PersistOutcome,
  type ReportStatus,
} from './report.store.js';
export { persistReports, stagedRows, type StagedRows } from './report-load.store.js';
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
  findOriginalSharing,
  findReportVersions,
  findSealedParts,
  findVersionsOfReports,
  wasVersion,
  type OriginalSharing,
  type ReportVersion,
  type SealedParts,
} from './report-history.reader.js';
export { findReleasePolicy, POLICY_IN_FORCE, type PolicyInForce } from './release-policy.reader.js';
export { policyDigest } from './policy-digest.js';
export {
  applyReleasePolicy,
  countAgenciesOf,
  findReleasePolicies,
  countReportsLeft,
  findReportsLeft,
  findReportsToRelease,
  findStandingReports,
  keepDryRun,
  notePolicyApplied,
  publishReleasePolicy,
  ReportChangedError,
  sampleStandingReports,
  type AppliedPolicy,
  type PublishedPolicy,
  type ReportToRelease,
  type Rereleased,
} from './release-policy.store.js';
export {
  countHeldReports,
  findHeldReports,
  findReviewers,
  releaseHeldReport,
  returnHeldReport,
  type DecidedReport,
  type DecisionRefusal,
  type DecisionResult,
  type HeldPosition,
  type HeldReport,
  type HeldSummary,
} from './report-review.store.js';
export { recallLeftReports, type RecalledAtDeparture } from './departure.store.js';
export {
  answerContact,
  askContact,
  findAskingAgency,
  type AskOutcome,
  type ContactReply,
  type StandingReply,
} from './contact-request.store.js';
export {
  CONTACT_STATES,
  findAskedContacts,
  findReceivedContacts,
  type AskedContact,
  type ContactState,
  type ReceivedContact,
} from './contact-request.reader.js';
export {
  asActor,
  beginExport,
  findOwnReport,
  findOwnReports,
  findReportsToExport,
  findStoredReferences,
  findSubmissions,
  type ExportBounds,
  type OwnReport,
  type SubmissionStanding,
} from './report.reader.js';
export {
  countOwnReports,
  EVERY_OWN_REPORT,
  type MomentRange,
  type OwnReportSearch,
  type OwnReportTally,
  type ReportPosition,
} from './own-report-search.reader.js';
export {
  closeReportDraft,
  discardReportDraft,
  findReportDraft,
  findReportDrafts,
  insertReportDraft,
  MOST_DRAFTS,
  replaceReportDraft,
  sweepReportDrafts,
  type DraftPosition,
  type ReportDraft,
} from './report-draft.store.js';
export { findMatchableViews, findRecordIdsInRange, type MatchableView } from './matchable-view.reader.js';
export {
  findWhatComesBack,
  OBSERVATION_KINDS,
  OBSERVATION_SCOPES,
  tellingObservations,
  type Observation,
  type ObservationKind,
  type ObservationScope,
} from './what-comes-back.reader.js';
export { findAgencyActivity, type AgencyActivity, type ActivityPeriod } from './agency-activity.reader.js';
export { findActivityDays, findRecordsReceived, type ActivityDay } from './agency-month.reader.js';
export { tallyReads } from './read-tally.store.js';
export { findJurisdictionStates, findOverview, type Overview } from './overview.reader.js';
export {
  explainAccess,
  findAudiences,
  findOpeningKeys,
  type AccessExplained,
  type AudienceKey,
  type OpeningKey,
} from './record-access.reader.js';
export { makeCommunityBatch, type CommunityBatch } from './community.store.js';
export {
  countCommunityRecords,
  findCommunityEdition,
  findCommunityPage,
  findCommunityPosition,
  type CommunityCard,
  type CommunityCondition,
  type CommunityEdition,
} from './community.reader.js';
export { previewCard, type PreviewCard } from './preview-card.js';
export {
  readForPreview,
  type Company,
  type PreviewFound,
  type PreviewQuestion,
  type ViewToCount,
} from './report-preview.reader.js';
