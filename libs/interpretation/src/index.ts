/** Files as agencies write them, understood without guessing: rows -> `SubmittedReport`. Pure but for the stream it reads. */
export {
  FILE_FORMATS,
  type FileFormat,
  type InterpretedEntry,
  type Question,
  type Reading,
  type SourceRow,
} from './interpreted-entry.js';
export { EMPTY_MAPPING, type ColumnMapping, type ColumnUse, type Meaning } from './mapping/column-mapping.js';
export type { InterpretationSettings } from './settings.js';
export { UnreadableFile, type FileFaultCode } from './unreadable-file.js';
export { interpretFile } from './stub.js';
