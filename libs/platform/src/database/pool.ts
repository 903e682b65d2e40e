import { WatchedPool, type DatabaseTrouble } from '@concord/platform/database-link';

/** The roles that run the application: they own nothing and cannot bypass row-level security. */
export type DatabaseRole = 'concord_api' | 'concord_worker';

export interface PoolOptions {
  readonly url: string;
  readonly role: DatabaseRole;
  readonly max: number;
  /** A query that takes longer is cancelled (SQLSTATE 57014) and answered with "narrow it". */
  readonly statementTimeoutMs: number;
  /** Told when PostgreSQL goes away, and with null when it is back. */
  readonly onChange?: (trouble: DatabaseTrouble | null) => void;
}

/** How much later than the server this side gives up on a statement: then the link is dead and not the query slow. */
const GRACE_MS = 1_000;

/**
 * A pool whose connections enter the role at start-up: nothing runs before it. Needs a direct connection or a pooler
 * in session mode.
 */
export function openPool(options: PoolOptions): WatchedPool {
  return new WatchedPool(
    {
      max: options.max,
      idleTimeoutMillis: 60_000,
      application_name: options.role,
      options: `-c role=${options.role} -c statement_timeout=${options.statementTimeoutMs}`,
    },
    { url: options.url, silenceMs: options.statementTimeoutMs + GRACE_MS, onChange: options.onChange },
  );
}
