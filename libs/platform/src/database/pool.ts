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
    options: `-c role=${options.role} -c statement_timeout=${options.statementTimeoutMs} -c idle_in_transaction_session_timeout=30000`,
  };
  const pool = new Pool(config);
  // A connection that breaks while idle is replaced by the next checkout; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}
