import { beginTry } from '@concord/outbox';
import type { Logger } from '@concord/platform/logging';
import type { OutboxJob } from '@concord/platform/queue';
import type { Pool } from 'pg';

type Handle = (outboxIds: readonly string[]) => Promise<void>;

/**
 * Handles a job whole, as fast as it goes. When that fails, and whenever a job is not done for the first time, its rows
 * are handled one by one, each noted before it is begun: one bad row then fails alone, and is known even if it takes the
 * worker with it. The first time costs nothing.
 *
 * @throws what the last of the rows failed with that failed, after the others are done
 */
export function oneByOneAgain(pool: Pool, log: Logger, handle: Handle): (job: OutboxJob) => Promise<void> {
  const eachAlone = async (outboxIds: readonly string[]): Promise<void> => {
    const failures: unknown[] = [];
    for (const id of outboxIds) {
      // Fails when PostgreSQL is away: then no row is to blame, and none is noted.
      if (!(await beginTry(pool, id))) continue;
      await handle([id]).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures.at(-1);
  };
  return async ({ outboxIds, again = false }) => {
    if (again) return eachAlone(outboxIds);
    try {
      await handle(outboxIds);
    } catch (error) {
      log.warn({ err: error, rows: outboxIds.length }, 'job.one-by-one');
      await eachAlone(outboxIds);
    }
  };
}
