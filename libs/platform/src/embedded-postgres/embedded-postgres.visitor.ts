import { realpath } from 'node:fs/promises';
import { join } from 'node:path';

import { isCluster, readPointer } from './cluster.location.js';
import { DataDirectoryInUseError } from './data-directory-in-use.error.js';
import { lockDataDirectory } from './data-directory.lock.js';
import { startEmbeddedPostgres } from './embedded-postgres.launcher.js';
import { errorCode } from './errno.js';
import { loadPassword } from './password.file.js';
import { readPostmasterFile } from './postmaster.file.js';
import { probeServer } from './server.probe.js';

/** A server that somebody works with for a moment. */
export interface VisitedPostgres {
  /** A connection URL of the superuser. */
  url(database: string): string;
  /** Stops the server where the visit has started it; may be called more than once. */
  leave(): Promise<void>;
}

/**
 * Reaches the database of a data directory, for a command beside the running Concord: its server while it runs, and
 * otherwise one that is started for the visit. Makes nothing where there is nothing.
 *
 * @throws Error when there is no database, or one that is just starting or stopping
 */
export async function visitEmbeddedPostgres(dataDir: string): Promise<VisitedPostgres> {
  const directory = await existing(dataDir);
  const pointed = await readPointer(directory);
  const cluster = join(pointed ?? directory, 'postgres');
  if (!(await isCluster(cluster))) throw new Error(`There is no Concord in ${dataDir}.`);
  try {
    const lock = await lockDataDirectory(directory);
    try {
      const server = await startEmbeddedPostgres({ dataDir: directory });
      return { url: (database) => server.url(database), leave: () => server.stop().finally(() => lock.release()) };
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof DataDirectoryInUseError)) throw error;
  }
  const password = await loadPassword(directory, true);
  const file = await readPostmasterFile(cluster);
  const answer = file && file.port > 0 ? await probeServer(cluster, { port: file.port, password }) : undefined;
  if (file === undefined || answer?.kind !== 'ours')
    throw new Error(`The database of ${dataDir} does not answer; is Concord just starting or stopping? Try again.`);
  return {
    url: (database) =>
      `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${file.port}/${encodeURIComponent(database)}`,
    leave: () => Promise.resolve(),
  };
}

async function existing(dataDir: string): Promise<string> {
  try {
    return await realpath(dataDir);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new Error(`There is no Concord in ${dataDir}.`, { cause: error });
    throw error;
  }
}
