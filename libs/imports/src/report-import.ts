import type { FileFormat } from '@concord/interpretation';

/**
 * RECEIVING: the file comes. READY: it is whole and waits to be confirmed. RUNNING: a worker has it or will. PAUSED: goes
 * on where it was when it is resumed. The others are the end.
 */
export const IMPORT_STATES = ['RECEIVING', 'READY', 'RUNNING', 'PAUSED', 'DONE', 'FAILED', 'CANCELLED'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const IMPORT_OUTCOMES = ['ACCEPTED', 'HELD', 'REFUSED', 'DUPLICATE', 'QUESTION'] as const;
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];

/** Why an import stands still or has failed. Stable. */
export const IMPORT_REASONS = {
  BY_HAND: 'Somebody of the agency paused or cancelled it.',
  SEAT_ENDED: 'Whoever started it may not submit for the agency any more; resuming asks again.',
  KEY_ENDED: 'The API key that started it is revoked, has expired or may not submit any more.',
  FILE_UNREADABLE: 'The file is not what its format says, or is broken.',
  TOO_LARGE: 'The file has more reports, or a row or workbook is larger, than what is read; what came before is done.',
  DIGEST_MISMATCH: 'What arrived is not the file whose digest was named.',
  INTERNAL_FAULT: 'A fault of the service, which is in its log; nothing is lost, and it can be resumed.',
  ABANDONED: 'Nobody went on with it for 30 days.',
} as const;
export type ImportReason = keyof typeof IMPORT_REASONS;

export const IMPORT_LIMITS = {
  /** Of a file: 100,000 rows of 40 columns are some 30 MB. */
  bytes: 100 * 1024 * 1024,
  /** Reports to be of one file. */
  entries: 500_000,
  /** Of one agency, that have not ended. */
  open: 10,
  /** Of one agency's files that are kept, those that ended a while ago included. */
  keptBytes: 4 * 1024 * 1024 * 1024,
  /** Of text within a mutation: more goes by upload. */
  textBytes: 64 * 1024,
} as const;

/** How long after an import's end its file and the words about its rows are kept; outcomes stay. */
export const KEEP_CONTENT_DAYS = 14;
/** After so long without anybody going on with it an import is cancelled. */
export const ABANDONED_AFTER_DAYS = 30;

export interface ImportCounts {
  readonly accepted: number;
  readonly held: number;
  readonly refused: number;
  readonly duplicates: number;
  readonly questions: number;
}

export const NOTHING_COUNTED: ImportCounts = { accepted: 0, held: 0, refused: 0, duplicates: 0, questions: 0 };

export const entriesOf = (counts: ImportCounts): number =>
  counts.accepted + counts.held + counts.refused + counts.duplicates + counts.questions;

/** An import as its agency sees it. */
export interface ReportImport extends ImportCounts {
  readonly id: string;
  readonly personId: string;
  readonly apiKeyId: string | null;
  readonly agencyId: string;
  readonly format: FileFormat;
  readonly bytes: number;
  readonly receivedBytes: number;
  readonly contentDigest: string | null;
  /** Line ends of the file; null where rows are no lines, and until it is whole. */
  readonly lines: number | null;
  /** As it was confirmed; read by libs/interpretation. Null before that. */
  readonly mapping: unknown;
  readonly settings: unknown;
  readonly raiseAlerts: boolean;
  readonly dryRun: boolean;
  readonly state: ImportState;
  readonly reason: ImportReason | null;
  readonly createdAt: Date;
  readonly confirmedAt: Date | null;
  readonly progressedAt: Date | null;
  readonly endedAt: Date | null;
  readonly contentRemovedAt: Date | null;
}

/** What is wrong with a row: as a submission says it, with where it stands in the file. Sealed wherever it is stored. */
export interface EntryIssue {
  readonly line: number;
  /** Null where no one column is to blame. */
  readonly column: string | null;
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly suggestions: readonly string[];
}

/** Where each sealed part lives: what is sealed for one place opens in no other. */
export const IMPORT_SEALS = {
  chunk: (importId: string, position: number) => ({
    table: 'report_import_chunk',
    column: 'sealed',
    rowId: `${importId}:${position}`,
  }),
  issues: (importId: string, ordinal: number) => ({
    table: 'report_import_entry',
    column: 'sealed_issues',
    rowId: `${importId}:${ordinal}`,
  }),
} as const;
