import type { Pool } from 'pg';
import type { OutboxRelay } from './relay.js';

const DATABASE_TIMEOUT_MS = 2_000;
/** The relay looks every second; many times that without an answer is no delay but a fault. */
const LONGEST_SILENCE_MS = 15_000;

/** Whether the worker can do its work: PostgreSQL answers, and the relay was answered of late. Null, or why not. */
export async function workerNotReadyBecause(pool: Pool, relay: OutboxRelay): Promise<string | null> {
  const asked = pool.query('select 1').then(
    () => null,
    () => 'PostgreSQL does not answer',
  );
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve('PostgreSQL does not answer in time'), DATABASE_TIMEOUT_MS).unref();
  });
  const reason = await Promise.race([asked, late]);
  if (reason !== null) return reason;
  const { lookedAt } = relay;
  return lookedAt !== null && performance.now() - lookedAt < LONGEST_SILENCE_MS
    ? null
    : 'The relay has not been answered for 15 s: outbox rows stay where they are';
}
