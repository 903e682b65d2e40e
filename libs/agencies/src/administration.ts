import type { Queryable } from '@concord/platform/database';
import type { Pool } from 'pg';
import { inSeat, type AdminSeat } from './seat.js';

/** What may be wrong with an act of administration, whatever it is about; docs/issue-codes.md has the meanings. */
export type AdministrationIssueCode =
  | 'ALREADY_ACCEPTED'
  | 'ALREADY_DECIDED'
  | 'ALREADY_HELD'
  | 'AGENCY_HAS_ADMIN'
  | 'EMPTY_LIST'
  | 'FORBIDDEN_CHARACTER'
  | 'HAS_LEFT'
  | 'IN_THE_PAST'
  | 'INVALID_CODE'
  | 'INVALID_FORMAT'
  | 'LAST_ADMIN'
  | 'MALFORMED_TEXT'
  | 'NOT_FOUND'
  | 'NOT_YOUR_ROLE_TO_GIVE'
  | 'OTHER_SEATS'
  | 'OWN_REQUEST'
  | 'OWN_SEAT'
  | 'RANGE_REVERSED'
  | 'REQUESTER_GONE'
  | 'REQUIRED'
  | 'SEPARATE_DUTIES'
  | 'TOO_LONG'
  | 'WAITS_FOR_ANOTHER';

export interface AdministrationIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** What an act came to; nothing of what was refused is stored. */
export type Administered<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'rejected'; readonly issues: readonly AdministrationIssue[] };

/** One act for the books: ids and no content. */
export interface AdministrativeAct {
  /** `noun.verb`. */
  readonly action: string;
  readonly subjects: readonly {
    readonly kind: 'agency' | 'person' | 'membership' | 'invitation' | 'approval';
    readonly id: string;
    readonly version?: number;
  }[];
}

/** Writes acts into the books, in the transaction in which they happen. */
export type BookActs = (tx: Queryable, acts: readonly AdministrativeAct[]) => Promise<void>;

/** Thrown inside {@link administer}: everything is rolled back, and these are the faults. */
export class RefusedAct extends Error {
  constructor(readonly issues: readonly AdministrationIssue[]) {
    super('refused');
    this.name = 'RefusedAct';
  }
}

/** One fault with a code of {@link AdministrationIssueCode}. */
export const issue = (path: string, code: AdministrationIssueCode, message: string): AdministrationIssue => ({
  path,
  code,
  message,
});

export const refuse = (path: string, code: AdministrationIssueCode, message: string): never => {
  throw new RefusedAct([issue(path, code, message)]);
};

/**
 * Runs `work` in one transaction with row-level security looking through this seat's eyes. A {@link RefusedAct} undoes
 * everything and comes back as faults.
 */
export async function administer<T>(
  pool: Pool,
  who: AdminSeat,
  work: (tx: Queryable) => Promise<T>,
): Promise<Administered<T>> {
  try {
    return { kind: 'done', value: await inSeat(pool, who, work) };
  } catch (error) {
    if (error instanceof RefusedAct) return { kind: 'rejected', issues: error.issues };
    throw error;
  }
}

/** A text that people wrote for people, or why it cannot be taken. Null where it is empty. */
export function readText(
  path: string,
  text: string | null | undefined,
  most: number,
): string | null | AdministrationIssue {
  const read = (text ?? '').normalize('NFC').trim();
  if (!read.isWellFormed()) return issue(path, 'MALFORMED_TEXT', 'The text has half a character in it.');
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(read))
    return issue(path, 'FORBIDDEN_CHARACTER', 'Leave out control characters and line breaks.');
  if (read.length > most) return issue(path, 'TOO_LONG', `Give at most ${most} characters.`);
  return read === '' ? null : read;
}

/** As {@link readText}, and not empty. */
export function readRequired(
  path: string,
  text: string | null | undefined,
  most: number,
): string | AdministrationIssue {
  return readText(path, text, most) ?? issue(path, 'REQUIRED', `Give 1 to ${most} characters.`);
}

/** What is no fault of a list of read values. */
export const faultsAmong = (read: readonly unknown[]): AdministrationIssue[] =>
  read.filter((one): one is AdministrationIssue => typeof one === 'object' && one !== null && 'code' in one);
