import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { DatabaseUnavailableError, troubleOf, type DatabaseTrouble } from './outage.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const ATTEMPT_MS = 3_000;

export interface DatabaseWait {
  readonly url: string;
  /** For how long; then DatabaseUnavailableError. */
  readonly patienceMs: number;
  /** Told after every attempt that failed, and how long it waits until the next. */
  readonly onWait: (trouble: DatabaseTrouble, pauseMs: number) => void;
}

/**
 * Resolves when PostgreSQL answers: whoever starts api, worker and database together need not care for their order. A
 * server that answers with a refusal (a wrong password, no such database) is not waited for.
 *
 * @throws DatabaseUnavailableError when it was away for the whole time, and the server's own error when it refused
 */
export async function waitForDatabase({ url, patienceMs, onWait }: DatabaseWait): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const trouble = await attempt(url);
    if (trouble === null) return;
    if (Date.now() + pause > deadline) throw new DatabaseUnavailableError(trouble);
    onWait(trouble, pause);
    await sleep(pause);
  }
}

async function attempt(url: string): Promise<DatabaseTrouble | null> {
  const client = new Client({
    connectionString: url,
    application_name: 'concord_start',
    connectionTimeoutMillis: ATTEMPT_MS,
    query_timeout: ATTEMPT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return null;
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === null) throw error;
    return trouble;
  } finally {
    client.connection.stream.destroy();
  }
}
