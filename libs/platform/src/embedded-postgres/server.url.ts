import type { ServerAddress } from './server.probe.js';

export const HOST = '127.0.0.1';
export const SUPERUSER = 'postgres';

/** A connection URL; the superuser's unless another user is named, whose password it then is. */
export function serverUrl({ port, password }: ServerAddress, database: string, user: string = SUPERUSER): string {
  return `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${HOST}:${port}/${encodeURIComponent(database)}`;
}
