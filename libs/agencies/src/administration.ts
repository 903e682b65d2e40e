import type { Queryable } from '@concord/platform/database';
import type { Pool } from 'pg';
import type { Fault } from './fault.js';
import { inSeat, type AdminSeat } from './seat.js';

/** What may be wrong with an act of administration, whatever it is about; docs/issue-codes.md has the meanings. */
export type AdministrationIssueCode =
  | 'ALREADY_ACCEPTED'
  | 'ALREADY_DECIDED'
  | 'ALREADY_HELD'
  | 'AGENCY_HAS_ADMIN'
  | 'EMPTY_LIST'
  | 'HAS_LEFT'
  | 'IN_THE_PAST'
  | 'INVALID_CODE'
  | 'INVALID_FORMAT'
  | 'LAST_ADMIN'
  | 'NOT_FOUND'
  | 'NOT_YOUR_ROLE_TO_GIVE'
  | 'OTHER_SEATS'
  | 'OWN_REQUEST'
  | 'OWN_SEAT'
  | 'RANGE_REVERSED'
  | 'REQUESTER_GONE'
  | 'REQUIRED'
  | 'SEPARATE_DUTIES'
  | 'WAITS_FOR_ANOTHER';

/** What an act came to; nothing of what was refused is stored. */
export type Administered<T> =
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'rejected'; readonly issues: readonly Fault[] };

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

/**
 * Writes the entry of one act into the books, in the transaction in which it happens.
 * @template Done what was done, for acts whose entry names it
 */
export type Book<Done extends unknown[] = []> = (tx: Queryable, ...done: Done) => Promise<void>;

/** Writes acts into the books, in the transaction in which they happen. */
export type BookActs = (tx: Queryable, acts: readonly AdministrativeAct[]) => Promise<void>;

/** Thrown inside {@link administer}: everything is rolled back, and these are the faults. */
export class RefusedAct extends Error {
  constructor(readonly issues: readonly Fault[]) {
    super('refused');
    this.name = 'RefusedAct';
  }
}

/** One fault with a code of {@link AdministrationIssueCode}. */
export const issue = (
  path: string,
  code: AdministrationIssueCode,
  message: string,
): Fault<AdministrationIssueCode> => ({
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
