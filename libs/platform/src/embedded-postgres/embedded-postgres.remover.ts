import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { removeUnfinished } from './cluster.initializer.js';
import { readPointer, removePointer } from './cluster.location.js';
import { findClusterProcesses } from './cluster.processes.js';
import { hasErrorCode } from './errno.js';
import { removePassword } from './password.file.js';
import { findPostmaster } from './server.adopter.js';
import { killProcesses, stopServer } from './server.control.js';
import { serverLogPath } from './server.starter.js';

/**
 * Deletes the database of a data directory, wherever it lives, with its password and logs. Meant for temporary
 * directories, after `stop()`; a server that is still running is stopped. Other files of the directory stay.
 */
export async function removeEmbeddedPostgres(dataDir: string): Promise<void> {
  let directory: string;
  try {
    directory = await realpath(dataDir);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  const home = await readPointer(directory);
  for (const cluster of [join(directory, 'postgres'), ...(home === undefined ? [] : [join(home, 'postgres')])]) {
    const identity = await findPostmaster(cluster);
    // The signal lets the server give its shared memory back, which outlives processes that are simply killed.
    if (identity) await stopServer({ identity, cluster }, { fastMs: 5_000, immediateMs: 3_000 });
    await killProcesses(() => findClusterProcesses(cluster));
    await rm(cluster, { recursive: true, force: true, maxRetries: 5 });
  }
  if (home !== undefined) await rm(home, { recursive: true, force: true, maxRetries: 5 });
  await removePointer(directory);
  await removeUnfinished(directory);
  await removePassword(directory);
  const log = serverLogPath(directory);
  for (const file of [log, `${log}.1`]) await rm(file, { force: true });
  for (const name of await readdir(directory)) {
    if (/^postgresql-\d/.test(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
}
