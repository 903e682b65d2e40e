import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { isCluster, isClusterId, readBackPointer, readPointer } from './cluster.location.js';
import { findClusterProcesses } from './cluster.processes.js';
import type { LogLine } from './embedded-postgres.types.js';
import { errorMessage, hasErrorCode } from './errno.js';
import { isAlive } from './process.identity.js';
import { CLUSTERS_ROOT } from './state-root.directory.js';

const HALF_MADE_FOR_GOOD_MS = 60 * 60 * 1000;

/**
 * Deletes the clusters outside of their data directories whose data directory was deleted: whoever deletes a data
 * directory means the data in it. Never fails, for it concerns other data directories than the one to be started.
 */
export async function collectAbandonedClusters(log: LogLine): Promise<void> {
  for (const name of await listNames()) {
    const home = join(CLUSTERS_ROOT, name);
    try {
      if (!(await isAbandoned(home, name))) continue;
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
      log(`Deleted ${home}: the data directory that it belonged to is gone`);
    } catch (error) {
      log(`Could not clean up ${home}: ${errorMessage(error)}`);
    }
  }
}

async function listNames(): Promise<readonly string[]> {
  try {
    return await readdir(CLUSTERS_ROOT);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'EACCES')) return [];
    throw error;
  }
}

async function isAbandoned(home: string, name: string): Promise<boolean> {
  if (!isClusterId(name)) {
    // A start that was killed between two system calls leaves `<id>.new`.
    return isClusterId(name.replace(/\.new$/, '')) && Date.now() - (await stat(home)).mtimeMs > HALF_MADE_FOR_GOOD_MS;
  }
  const cluster = join(home, 'postgres');
  const back = await readBackPointer(home);
  if (back !== undefined) {
    if ((await readPointer(back.dataDirectory)) === home) return false;
    // Its creator may be about to write the pointer.
    if (!(await isCluster(cluster)) && isAlive(back.creator)) return false;
  }
  return findClusterProcesses(cluster).length === 0;
}
