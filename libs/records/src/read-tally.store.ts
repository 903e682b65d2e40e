import type { Queryable } from '@concord/platform/database';

/**
 * Counts up to so many reads that were booked and not counted yet: which agency was shown how many records of which other
 * one, by the hour. What is taken is counted in the same statement, once. By the worker.
 *
 * @returns how many reads
 */
export async function tallyReads(db: Queryable, most: number): Promise<number> {
  const { rows } = await db.query<{ taken: number }>({
    name: 'tally_reads',
    text: 'select tally_reads($1) as taken',
    values: [most],
  });
  return rows[0]?.taken ?? 0;
}
