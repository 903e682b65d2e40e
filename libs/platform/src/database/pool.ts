import { Pool, type PoolConfig } from 'pg';

/** The roles that run the application: they own nothing and cannot bypass row-level security. */
export type DatabaseRole = 'concord_api' | 'concord_worker' | 'concord_operator';

export interface PoolOptions {
  readonly url: string;
  readonly role: DatabaseRole;
  readonly max: number;
  /** A query that takes longer is cancelled (SQLSTATE 57014) and answered with "narrow it". */
  readonly statementTimeoutMs: number;
}

/**
 * A pool whose connections enter the role at start-up: nothing runs before it. Needs a direct connection or a pooler
 * in session mode.
 */
export function openPool(options: PoolOptions): Pool {
  const config: PoolConfig = {
    connectionString: options.url,
    max: options.max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: options.role,
    options: Object.entries(sessionSettings(options))
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  };
  const pool = new Pool(config);
  // A connection that breaks while idle is replaced by the next checkout; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
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
    idle_in_transaction_session_timeout: Math.min(statementTimeoutMs * 2, 30_000),
  };
}
