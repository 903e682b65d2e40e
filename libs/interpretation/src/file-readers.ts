import type { FileReader } from './file-reader.js';
import type { FileFormat } from './interpreted-entry.js';
import { readNibrsFlat, readNibrsXml } from './nibrs/nibrs.readers.js';
import { readCsv } from './sheet/csv.reader.js';
import { readJsonLines } from './sheet/json-lines.reader.js';
import { readXlsx } from './workbook/xlsx.reader.js';

/** The reader of each format. */
export const FILE_READERS: Readonly<Record<FileFormat, FileReader>> = {
  CSV: readCsv,
  XLSX: readXlsx,
  JSON_LINES: readJsonLines,
  NIBRS_FLAT: readNibrsFlat,
  NIBRS_XML: readNibrsXml,
};
