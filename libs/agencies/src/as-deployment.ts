import { inTransaction } from '@concord/platform/database';
import type { Pool, PoolClient } from 'pg';

/** A transaction of somebody who acts for the deployment and no agency. What may be done then PostgreSQL asks again. */
export function asDeployment<T>(db: Pool, personId: string, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(db, async (tx) => {
    await tx.query({ name: 'enter_actor', text: 'select enter_actor($1, $2)', values: [personId, null] });
    return work(tx);
  });
}
