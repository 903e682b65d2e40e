import { raiseAlerts } from '@concord/alerting';
import { deliverAlerts } from '@concord/delivery';
import { matchRecords, type RuleBook } from '@concord/matching';
import { claimDue, claimUndone, markDone, markRelayed } from '@concord/outbox';
import { newId } from '@concord/platform/ids';
import type { Pool } from 'pg';

/** As many connections as a first report needs at once: relay and both queues. */
const CONNECTIONS = 4;

/**
 * Walks the corridor on a few connections with ids that do not exist, and rolls back: the first report finds
 * connections open and statements planned. Costs some 50 ms of a start and saves them of the first alert.
 */
export async function rehearse(pool: Pool, book: RuleBook): Promise<void> {
  await Promise.all(Array.from({ length: CONNECTIONS }, () => rehearseOnce(pool, book)));
}

async function rehearseOnce(pool: Pool, book: RuleBook): Promise<void> {
  const tx = await pool.connect();
  const now = new Date();
  try {
    await tx.query('begin');
    await claimDue(tx, 0);
    await markRelayed(tx, []);
    await claimUndone(tx, []);
    await matchRecords(tx, book, [newId()]);
    await raiseAlerts(tx, [{ ruleId: newId(), recordId: newId(), version: 1, rank: 0, match: 'CERTAIN' }], now);
    await deliverAlerts(tx, [newId()], now);
    await markDone(tx, []);
  } finally {
    await tx.query('rollback');
    tx.release();
  }
}
