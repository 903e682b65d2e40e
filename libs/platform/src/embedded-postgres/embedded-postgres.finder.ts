import { realpath } from 'node:fs/promises';
import { join } from 'node:path';

import { isCluster, readPointer } from './cluster.location.js';
import { hasErrorCode } from './errno.js';
import { loadPassword } from './password.file.js';
import { readPostmasterFile } from './postmaster.file.js';
import { findPostmaster } from './server.adopter.js';
import { probeServer } from './server.probe.js';
import { serverUrl } from './server.url.js';

/** What is in a data directory, looked at and left as it is. */
export type FoundEmbeddedPostgres =
  /** No database was ever made in it. */
  | { readonly kind: 'absent' }
  /** There is one, and nothing answers: it is stopped, starting or stopping. */
  | { readonly kind: 'silent' }
  /** It answers. As the superuser, unless another user is named. */
  | { readonly kind: 'running'; readonly url: (database: string, user?: string, password?: string) => string };

/**
 * Looks for the database of a data directory without starting, adopting or stopping anything: for whoever has something
 * to ask of a Concord that another process runs.
 */
export async function findEmbeddedPostgres(dataDir: string): Promise<FoundEmbeddedPostgres> {
  let directory: string;
  try {
    directory = await realpath(dataDir);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return { kind: 'absent' };
    throw error;
  }
  const cluster = join((await readPointer(directory)) ?? directory, 'postgres');
  if (!(await isCluster(cluster))) return { kind: 'absent' };
  const password = await loadPassword(directory, true);
  const file = await readPostmasterFile(cluster);
  if (file?.status !== 'ready' || (await findPostmaster(cluster)) === undefined) return { kind: 'silent' };
  const { port } = file;
  const probe = await probeServer(cluster, { port, password });
  if (probe.kind !== 'ours' && probe.kind !== 'busy') return { kind: 'silent' };
  return {
    kind: 'running',
    url: (database, user, other) => serverUrl({ port, password: other ?? password }, database, user),
  };
}
