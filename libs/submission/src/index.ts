export type { SubmittedReport } from './submitted-report.js';
export { ISSUE_CODES, type Issue, type IssueCode } from './issue.js';
export { validateReport, type Validation, type ValidationContext } from './validate-report.js';
export { contentDigest } from './content-digest.js';
export {
  submitReport,
  type SubmissionOptions,
  type SubmissionOutcome,
  type SubmissionServices,
} from './submit-report.js';
export {
  MOST_REPORTS,
  prepareReports,
  REPORTS_AT_ONCE,
  storeReports,
  submitReports,
  type BatchedOutcome,
  type BatchedReport,
  type PreparedReport,
} from './submit-reports.js';
export { ahead } from './ahead.js';
export { examineReport, type ExaminationServices, type ExaminedReport } from './examine-report.js';
export {
  COUNTED_OVER,
  countsOver,
  previewReport,
  type CountedOver,
  type PreviewedView,
  type PreviewOutcome,
} from './preview-report.js';
export { loadReports, type LoadOutcome, type LoadOptions, type ReferencedReport } from './load-reports.js';
export { makeReportParts, type Entrance, type PartsOptions } from './report-parts.js';
export type { ReportContext } from './report-context.js';
export { presentReasons, reasonsToHold, type Reason } from './hold-report.js';
export { releaseReport, returnReport, type Decision, type DecisionOutcome } from './review-report.js';
export { findSubmissionContext, type ReviewRules } from './report-context.js';
export {
  copyReportToDraft,
  discardReportDraft,
  openReportDraft,
  saveReportDraft,
  submitReportDraft,
  type SaveDraftOutcome,
  type SubmitDraftOutcome,
} from './report-draft.js';
export { reportChanges, type FieldChange } from './report-changes.js';
export { correctReport, type Correction } from './correct-report.js';
export { recallReport, type Recall, type RecallReportOutcome } from './recall-report.js';
export { recordLaboratoryResults, type LaboratoryResults } from './record-laboratory-results.js';
export type { LaboratoryResult } from './laboratory-result.js';
export type { ChangeOutcome, ChangeRejected } from './change-report.js';
export { withDefaults } from './report-defaults.js';
export { checkText, type TextRule } from './text-rule.js';
export { SEAL_PLACES } from './sealed-report.js';
export { findReportContext, precisionSettings, validationContext } from './report-context.js';
export {
  policySubject,
  reportOf,
  rereleaseReports,
  resolutionOf,
  type RereleasedBatch,
  type RereleaseServices,
} from './rerelease-reports.js';
export { sealReport } from './sealed-report.js';
export { resubmittedForm } from './resubmitted-form.js';
export { applyLaboratoryResults } from './laboratory-results.section.js';
export { Findings } from './issue.js';
