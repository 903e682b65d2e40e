/** Files as agencies write them, understood without guessing: rows -> `SubmittedReport`. Pure but for the stream it reads. */
export {
  FILE_FORMATS,
  type FileFormat,
  type InterpretedEntry,
  type Question,
  type Reading,
  type SourceRow,
} from './interpreted-entry.js';
