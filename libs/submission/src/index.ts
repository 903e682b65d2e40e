export type { SubmittedReport } from './submitted-report.js';
export { ISSUE_CODES, type Issue, type IssueCode } from './issue.js';
export { validateReport, type Validation, type ValidationContext } from './validate-report.js';
export { contentDigest } from './content-digest.js';
export { submitReport, type SubmissionOutcome, type SubmissionServices } from './submit-report.js';
