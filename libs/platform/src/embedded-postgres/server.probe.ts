import { realpath } from 'node:fs/promises';

import { Client } from 'pg';

import { errorCode, errorMessage } from './errno.js';

const TIMEOUT_MS = 5_000;

/** How to reach a server. */
export interface ServerAddress {
  readonly port: number;
  readonly password: string;
}

/** What a server answered. */
export type ProbeResult =
  | { readonly kind: 'ours'; readonly version: string }
  /** A server of another cluster. */
  | { readonly kind: 'foreign' }
  /** It lives, but all of its connections are taken. */
  | { readonly kind: 'busy' }
  /** It does not accept our password. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string };

/** Asks the server at an address whether it is the one of our cluster. */
export async function probeServer(cluster: string, { port, password }: ServerAddress): Promise<ProbeResult> {
  const client = new Client({
    ...{ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres', ssl: false },
    ...{ connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS, application_name: 'concord-launcher' },
  });
  // Without a listener, a connection that breaks later would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ directory: string; version: string }>(
      "select current_setting('data_directory') as directory, current_setting('server_version') as version",
    );
    const [row] = rows;
    if (!row || (await realpath(row.directory)) !== (await realpath(cluster))) return { kind: 'foreign' };
    return { kind: 'ours', version: row.version };
  } catch (error) {
    const code = errorCode(error);
    const reason = errorMessage(error);
    if (code === '53300') return { kind: 'busy' };
    return { kind: code === '28P01' || code === '28000' ? 'refused' : 'silent', reason };
  } finally {
    await client.end().catch(() => undefined);
  }
}
