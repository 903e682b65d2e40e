import type { SubmittedReport } from '@concord/submission';

/**
 * What may be read from a file. SHEETs have a heading line and a row for each thing seized; the others are what records
 * systems emit (NIBRS 2019.1).
 */
export const FILE_FORMATS = ['CSV', 'XLSX', 'JSON_LINES', 'NIBRS_FLAT', 'NIBRS_XML'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** A row as it stands in the file: what a file of refused rows gives back, to the letter. */
export interface SourceRow {
  /** Counted as a text editor does, from 1 (heading included); of a workbook the row's number. */
  readonly line: number;
  /** By column, in the order of the file. Of a NIBRS file: one column, `segment`. */
  readonly cells: ReadonlyMap<string, string>;
}

/** How one cell was understood, shown before it counts. */
export interface Reading {
  readonly line: number;
  readonly column: string;
  /** As it stands in the file. */
  readonly text: string;
  /** The field of the report it went to, as a path: `substances.0.quantity`. */
  readonly path: string;
  /** What it was taken for, as it is stored: `9801`, `2026-11-20T15:15:00-08:00`. */
  readonly value: string;
  /** Why: a stable code of READING_RULES (EXACT, SYNONYM, DATE_US, UNIT_NAME, …). EXACT: it stood there as it is stored. */
  readonly rule: string;
}

/** What keeps a row from being a report before validation has seen it: it cannot be understood without guessing. */
export interface Question {
  readonly line: number;
  readonly column: string;
  readonly text: string;
  readonly path: string;
  /** Stable: see QUESTIONS. */
  readonly code: string;
  /** What is not understood and what would be right. */
  readonly message: string;
  /** What might be meant, best first; never applied by itself. */
  readonly suggestions: readonly string[];
}

/**
 * One report to be, made of one row or of several with the same reference that follow each other. With questions it is
 * refused; without, `input` goes the way of every submission. Nothing in it is a guess.
 */
export interface InterpretedEntry {
  /** From 0, in the order of the file: equal for equal files and mappings. */
  readonly ordinal: number;
  readonly rows: readonly SourceRow[];
  readonly input: SubmittedReport;
  readonly readings: readonly Reading[];
  readonly questions: readonly Question[];
  /** What was thrown while it was read: a fault of ours. Of such an entry the rows alone count; it is refused. */
  readonly fault?: Error;
}
