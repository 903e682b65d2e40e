/** Files as agencies write them, understood without guessing: rows -> `SubmittedReport`. Pure but for the stream it reads. */
export {
  FILE_FORMATS,
  type FileFormat,
  type InterpretedEntry,
  type Question,
  type Reading,
  type SourceRow,
} from './interpreted-entry.js';
export { interpretFile } from './interpret-file.js';
export type { InterpretationSettings } from './settings.js';
export { FILE_FAULTS, UnreadableFile, type FileFaultCode } from './unreadable-file.js';
export type { SkippedIncident } from './nibrs/nibrs-incident.js';
export { NIBRS_QUESTIONS, NIBRS_READINGS, NIBRS_SKIPS, type NibrsSkipReason } from './nibrs/nibrs-questions.data.js';
export { DRUG_TYPES, LOCATION_TYPES, MEASUREMENTS } from './nibrs/nibrs-codes.data.js';
export { READING_RULES, type ReadingRule } from './reading-rules.js';
export { QUESTIONS, type QuestionCode } from './question-codes.js';
export { EMPTY_MAPPING, type ColumnMapping, type ColumnUse, type Meaning } from './mapping/column-mapping.js';
export { checkMapping, MAPPING_FAULTS, type MappingFault, type MappingFaultCode } from './mapping/check-mapping.js';
export { guessMapping, type MappingGuess } from './mapping/guess-mapping.js';
export { QuestionsAskedOnce, type AskedOnce } from './mapping/asked-once.js';
export { meaningFor } from './mapping/meaning.js';
export { readHeadings, type SheetHeadings } from './mapping/read-headings.js';
export { findColumn, TEMPLATE_COLUMNS, TEMPLATE_MAPPING, type TemplateColumn } from './template.js';
export { csvLine, printReport, printTemplate, reportColumns, reportRows } from './print-template.js';
export type { FileReader } from './file-reader.js';
export { interpretLaboratory, type LaboratoryEntry, type LaboratoryFault } from './laboratory/interpret-laboratory.js';
export { LABORATORY_COLUMNS, printLaboratoryTemplate } from './laboratory/laboratory-template.js';
