import { rm } from 'node:fs/promises';

import { findClusterProcesses, identifyClusterProcess } from './cluster.processes.js';
import type { LogLine } from './embedded-postgres.types.js';
import { waitUntil } from './polling.js';
import { postmasterFilePath, readPostmasterFile } from './postmaster.file.js';
import { isAlive, isPidTaken } from './process.identity.js';
import type { ProcessIdentity } from './process.identity.js';
import { killProcesses, signal, stopServer } from './server.control.js';
import type { ServerProcess } from './server.control.js';
import { probeServer } from './server.probe.js';

/** A server that accepts connections. */
export interface RunningServer extends ServerProcess {
  readonly port: number;
}

/** Crash recovery after much unsaved work takes its time, and interrupting it gains nothing. */
export const RECOVERY_MS = 300_000;

const STOPPING_MS = 60_000;
/** Whoever does not answer will probably not obey either. */
const LITTLE_PATIENCE = { fastMs: 5_000, immediateMs: 3_000 };
const PROBES = 2;
const ORPHANS_LEAVE_MS = 3_000;
const ORPHANS_OBEY_MS = 3_000;

/**
 * Looks for a server that an earlier, killed Node process has left running.
 *
 * @returns the server, if it can be taken over; otherwise nothing of the cluster's is running afterwards
 */
export async function adoptServer(
  cluster: string,
  password: string,
  version: string,
  log: LogLine,
): Promise<RunningServer | undefined> {
  for (;;) {
    const identity = await findPostmaster(cluster);
    if (identity) {
      const server = { identity, cluster };
      const port = await tryToAdopt(server, password, version, log);
      if (port !== undefined) return { ...server, port };
      await stopServer(server, LITTLE_PATIENCE);
    } else if (await endOrphans(cluster, log)) {
      await removeMisleadingFile(cluster);
      return undefined;
    }
  }
}

/** The live postmaster of a cluster. */
export async function findPostmaster(cluster: string): Promise<ProcessIdentity | undefined> {
  const file = await readPostmasterFile(cluster);
  return file && identifyClusterProcess(file.pid, cluster);
}

/** @returns the port if the server is healthy, undefined if it has to be (or has been) stopped */
async function tryToAdopt(
  { identity, cluster }: ServerProcess,
  password: string,
  version: string,
  log: LogLine,
): Promise<number | undefined> {
  const { pid } = identity;
  const settled = await waitUntil(async () => {
    const status = (await readPostmasterFile(cluster))?.status;
    return !isAlive(identity) || status === 'ready' || status === 'stopping';
  }, RECOVERY_MS);
  const file = await readPostmasterFile(cluster);
  if (!settled || file?.pid !== pid || !isAlive(identity)) return undefined;
  if (file.status === 'stopping') {
    log(`The PostgreSQL server that is still running (pid ${pid}) is shutting down: waiting for it`);
    await waitUntil(() => !isAlive(identity), STOPPING_MS);
    return undefined;
  }
  let reason = '';
  for (let attempt = 0; attempt < PROBES; attempt += 1) {
    const result = await probeServer(cluster, { port: file.port, password });
    if (result.kind === 'busy' || (result.kind === 'ours' && result.version.split(' ')[0] === version))
      return file.port;
    if (result.kind === 'refused') {
      // Restarting would not change the password, only interrupt whoever uses the server.
      throw new Error(
        `The running PostgreSQL server (pid ${pid}) does not accept the stored password: ${result.reason}`,
      );
    }
    reason =
      result.kind === 'ours'
        ? `it is version ${result.version}`
        : result.kind === 'silent'
          ? result.reason
          : 'another server answers at its port';
    if (result.kind !== 'silent') break;
  }
  log(`The PostgreSQL server that is still running (pid ${pid}) cannot be taken over (${reason}): stopping it`);
  return undefined;
}

/**
 * Waits for processes that have outlived their postmaster. They leave by themselves when they notice, but not in
 * the middle of a long query; and no new server can start while they use the old one's shared memory.
 *
 * @returns false when a postmaster has appeared meanwhile
 */
async function endOrphans(cluster: string, log: LogLine): Promise<boolean> {
  const gone = async (): Promise<boolean> =>
    findClusterProcesses(cluster).length === 0 || (await findPostmaster(cluster)) !== undefined;
  if (!(await gone())) {
    log('Processes of an earlier PostgreSQL server are still running: waiting for them');
    if (!(await waitUntil(gone, ORPHANS_LEAVE_MS, 50))) {
      for (const orphan of findClusterProcesses(cluster)) signal(orphan, 'SIGTERM');
      if (!(await waitUntil(gone, ORPHANS_OBEY_MS, 50))) await killProcesses(() => findClusterProcesses(cluster));
    }
  }
  return (await findPostmaster(cluster)) === undefined;
}

/**
 * Removes a dead server's `postmaster.pid` whose pid has been given to another process. PostgreSQL ignores the
 * file of a dead process, but takes any process of the same user (and a zombie) for a live server.
 */
async function removeMisleadingFile(cluster: string): Promise<void> {
  const file = await readPostmasterFile(cluster);
  if (!file || !isPidTaken(file.pid)) return;
  if (identifyClusterProcess(file.pid, cluster) || findClusterProcesses(cluster).length > 0) return;
  await rm(postmasterFilePath(cluster), { force: true });
}
