import type { QuestionCode } from './question-codes.js';
import type { ReadingRule } from './reading-rules.js';

/** What is asked about a cell. */
export interface Doubt {
  readonly code: QuestionCode;
  /** What would be right; never repeats the cell. */
  readonly message: string;
  /** What might be meant, as it could be written into the cell; best first. */
  readonly suggestions: readonly string[];
}

/** A cell understood, or what is asked about it. */
export type Outcome<T> = { readonly value: T; readonly rule: ReadingRule } | { readonly doubt: Doubt };

export const understood = <T>(value: T, rule: ReadingRule): Outcome<T> => ({ value, rule });

export const doubted = (
  code: QuestionCode,
  message: string,
  suggestions: readonly string[] = [],
): { doubt: Doubt } => ({
  doubt: { code, message, suggestions },
});
