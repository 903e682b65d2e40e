import type { Queryable } from '@concord/platform/database';

/** What the week's batch let out for community partners. */
export interface CommunityBatch {
  /** From 1, never used twice. */
  readonly number: number;
  /** The Monday, 06:00 UTC, whose batch it is. */
  readonly dueAt: Date;
  /** The year: its first batch begins anew with what stands then. */
  readonly edition: number;
  /** Rows that it let out: at least 5 records of 2 agencies in each class, or none. */
  readonly records: number;
}

/**
 * Makes the batch that is due by the database's clock; null where it is there already. Of two at once one makes it, and the
 * other waits and then has nothing to do. The audit entry is the caller's, in this transaction.
 */
export async function makeCommunityBatch(tx: Queryable): Promise<CommunityBatch | null> {
  const { rows } = await tx.query<{ number: number; due_at: Date; edition: number; records: number }>({
    name: 'make_community_batch',
    text: 'select number, due_at, edition, records from make_community_batch()',
  });
  const [row] = rows;
  if (row === undefined) return null;
  const { number, due_at: dueAt, edition, records } = row;
  return { number, dueAt, edition, records };
}
