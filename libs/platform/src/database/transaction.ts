import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { isOutage } from '@concord/platform/database-link';

/** What a statement runs on: a pool (a transaction of its own) or the client of an open transaction. */
export interface Queryable {
  query<R extends QueryResultRow>(
    text: string | { name?: string; text: string; values?: unknown[] },
    values?: unknown[],
  ): Promise<{ rows: R[]; rowCount: number | null }>;
}

/** Runs `work` in one transaction, handed on explicitly; a throw rolls everything back. */
export async function inTransaction<T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // Nobody knows what state its connection is in, and a rollback would wait for an answer that never comes: thrown away.
    if (error instanceof Error && isOutage(error)) broken = error;
    else
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
    throw error;
  } finally {
    client.release(broken);
  }
}
