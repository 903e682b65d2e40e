import { inTransaction, type Queryable } from '@concord/platform/database';
import type { Pool, PoolClient } from 'pg';

/** In whose name agencies and people are administered: a person in one seat. */
export interface AdminSeat {
  readonly personId: string;
  /** Null for a system admin, who acts for the deployment and no agency. */
  readonly agencyId: string | null;
}

/** Enters the seat for the transaction; what may be done in it PostgreSQL asks again. */
export async function enterSeat(tx: Queryable, { personId, agencyId }: AdminSeat): Promise<void> {
  await tx.query({ name: 'enter_seat', text: 'select enter_actor($1, $2)', values: [personId, agencyId] });
}

/** A transaction in which row-level security looks through this seat's eyes. */
export function inSeat<T>(pool: Pool, seat: AdminSeat, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (tx) => {
    await enterSeat(tx, seat);
    return work(tx);
  });
}
