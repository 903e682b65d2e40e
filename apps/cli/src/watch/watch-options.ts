import type { FileCounts, SubmitFile } from './submit-file.js';
import type { Ending } from './watch-journal.js';

/** What is watched, how patiently, and what is done with a file. */
export interface WatchOptions {
  readonly folder: string;
  /** How long size and time of a file must stand still. */
  readonly settleMs: number;
  /** How often the folder is looked at. A network share tells nobody of new files, so nothing waits to be told. */
  readonly pollMs: number;
  /** After what may pass: the first wait, doubled up to the longest. */
  readonly retryMs: { readonly first: number; readonly longest: number };
  /** A lock that was not renewed for so long was left by a process that is gone. At least 2 s. */
  readonly staleLockMs: number;
  /** How many files are sent at the same time, from 1. */
  readonly atOnce: number;
  readonly submitFile: SubmitFile;
  readonly tell: (event: WatchEvent) => void;
}

/** For people and programs: names of files and numbers, never what is in them. */
export type WatchEvent =
  | { readonly event: 'watching' }
  | {
      readonly event: 'sent';
      readonly file: string;
      readonly to: Ending;
      readonly counts: FileCounts;
      readonly refusedRows: string | null;
    }
  | { readonly event: 'failed'; readonly file: string; readonly code: string; readonly message: string }
  | { readonly event: 'known'; readonly file: string; readonly to: Ending }
  | { readonly event: 'retry'; readonly file: string; readonly seconds: number; readonly message: string };
