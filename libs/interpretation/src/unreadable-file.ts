/** Why a file as a whole cannot be read, with what it means. Codes are stable. */
export const FILE_FAULTS = {
  NOT_THIS_FORMAT:
    'The file is not of the format that was named: not a workbook, not text, not what a records system emits.',
  FORMAT_NOT_READ: 'Nothing in this version reads the format.',
  MIXED_ENCODING:
    'The text is partly UTF-8 and partly something else, so that some letters would be wrong: save it anew.',
  EMPTY_FILE: 'There is no heading line, or nothing at all.',
  HEADING_NOT_FOUND: 'A column of the mapping is not in the first lines of the file.',
  UNKNOWN_COLUMNS:
    'The file has columns that the mapping neither uses nor leaves out by name: unread, one might be the column that protects somebody.',
  BROKEN_QUOTES: 'A quotation mark is opened and never closed, or text follows a closing one.',
  TOO_LARGE: 'A row, a workbook or what a workbook unpacks to is larger than what is read.',
  BROKEN_XML:
    'The XML is not well-formed here, is in an encoding that is not read, or ends too early. What came before was read.',
  XML_DOCTYPE: 'The XML has a document type, which may name entities and files: none is ever read.',
  SHEET_NOT_CHOSEN: 'The workbook has several sheets with rows and the mapping does not say which to read.',
  TOO_MANY_COLUMNS: 'There are more columns than what is read.',
} as const;

/** One of {@link FILE_FAULTS}. */
export type FileFaultCode = keyof typeof FILE_FAULTS;

/** The file as a whole, or the rest of it from a line on, cannot be read. Messages never repeat a cell. */
export class UnreadableFile extends Error {
  constructor(
    readonly code: FileFaultCode,
    message: string,
    /** Where reading ended; null for the file as a whole. */
    readonly line: number | null = null,
  ) {
    super(message);
    this.name = 'UnreadableFile';
  }
}
