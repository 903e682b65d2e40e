import { WatchedPool, type DatabaseTrouble } from '@concord/platform/database-link';

/** The roles that run the application: they own nothing and cannot bypass row-level security. */
export type DatabaseRole =
  'concord_api' | 'concord_worker' | 'concord_operator' | 'concord_loader' | 'concord_publisher';

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
      options: Object.entries(sessionSettings(options))
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
    { url: options.url, silenceMs: options.statementTimeoutMs + GRACE_MS, onChange: options.onChange },
  );
}

/** What every connection begins with, and every statement on it is bounded by. */
function sessionSettings({ role, statementTimeoutMs }: PoolOptions): Readonly<Record<string, string | number>> {
  return {
    role,
    statement_timeout: statementTimeoutMs,
    // Shorter, so that who waits for somebody else's lock is told to come back (55P03) and not to ask for less.
    lock_timeout: Math.ceil(statementTimeoutMs * 0.8),
    // A transaction is a few statements: one that takes longer has lost its way, and its connection with it.
    transaction_timeout: statementTimeoutMs * 4,
  };
}
