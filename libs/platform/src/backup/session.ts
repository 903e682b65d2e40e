import { MIGRATION_LOCK } from '@concord/platform/database';
import { Client } from 'pg';

/**
 * A connection of its own for as long as a backup or a restore takes: no time-outs, and texts as COPY's files have them,
 * whatever the server's or the login's settings are.
 */
const SETTINGS = `set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = 0;
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set extra_float_digits = 1;
  set bytea_output = 'hex'; set client_encoding = 'UTF8'; set synchronize_seqscans = off`;

/**
 * Runs `work` on it. Migrations, backups and restores of one database take turns, except that backups do not wait for
 * each other.
 */
export async function inSession<T>(
  options: { readonly url: string; readonly name: string; readonly lock: 'shared' | 'exclusive' },
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: options.url, application_name: options.name, keepAlive: true });
  // A connection that breaks fails what is under way on it; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(SETTINGS);
    await client.query(`select pg_advisory_lock${options.lock === 'shared' ? '_shared' : ''}(${MIGRATION_LOCK})`);
    return await work(client);
  } finally {
    // Ends the transaction too, if it is still open.
    await client.end().catch(() => undefined);
  }
}
