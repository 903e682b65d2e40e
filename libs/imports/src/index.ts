/** The door of imports: a file of an agency, kept sealed, worked on entry by entry, and what became of each. */
export {
  IMPORT_LIMITS,
  IMPORT_OUTCOMES,
  IMPORT_REASONS,
  IMPORT_STATES,
  KEEP_CONTENT_DAYS,
  type EntryIssue,
  type ImportOutcome,
  type ImportReason,
  type ImportState,
  type ReportImport,
} from './report-import.js';
export {
  receiveFile,
  startImport,
  stepImport,
  type ImportRequest,
  type ImportServices,
  type ImportStep,
  type Received,
  type Started,
  type Stepped,
} from './import-steps.js';
export { findEntries, findImport, findImports, type StoredEntry } from './report-import.reader.js';
export { openIssues, readFile, type FileServices } from './file-content.js';
export { guessedMapping, mappingOf, settingsOf, storedSettings, templateMapping } from './mapping-form.js';
export { previewEntries, type PreviewedEntry, type PreviewedReading } from './preview-import.js';
export { refusedFile } from './refused-file.js';
export { runImport, type ImportRun, type RunEnd } from './run-import.js';
export {
  abandonOld,
  claimImport,
  countImports,
  pauseFruitless,
  removeOldContent,
  type HeldImport,
  type StoppedImport,
} from './import-work.store.js';
export { changeMapping, findMapping, findMappings, insertMapping, type SavedMapping } from './column-mapping.store.js';
export { REFUSED_COLUMNS } from './mapping-form.js';
