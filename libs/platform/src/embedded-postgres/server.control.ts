import { findClusterProcesses } from './cluster.processes.js';
import { isAlive } from './process.identity.js';
import type { ProcessIdentity } from './process.identity.js';
import { waitUntil } from './polling.js';

const PATIENCE = { fastMs: 30_000, immediateMs: 10_000 };
const KILL_MS = 15_000;

/** A postmaster and the cluster that it serves. */
export interface ServerProcess {
  readonly identity: ProcessIdentity;
  readonly cluster: string;
}

/**
 * Shuts a server down: orderly (open transactions are rolled back), if that does not help without a checkpoint
 * (the next start recovers), if that does not help either by force.
 */
export async function stopServer(server: ServerProcess, { fastMs, immediateMs } = PATIENCE): Promise<void> {
  const { identity } = server;
  signal(identity, 'SIGINT');
  if (await waitUntil(() => !isAlive(identity), fastMs)) return;
  signal(identity, 'SIGQUIT');
  if (await waitUntil(() => !isAlive(identity), immediateMs)) return;
  await killServer(server);
}

/** Ends all processes of a server with SIGKILL and waits until they are gone. */
export async function killServer({ identity, cluster }: ServerProcess): Promise<void> {
  // The postmaster first: it would answer the death of a child by restarting the others.
  signal(identity, 'SIGKILL');
  await killProcesses(() => [...(isAlive(identity) ? [identity] : []), ...findClusterProcesses(cluster)]);
}

/** Sends SIGKILL to whatever `find` finds until it finds nothing more. */
export async function killProcesses(find: () => readonly ProcessIdentity[]): Promise<void> {
  const gone = await waitUntil(() => {
    const processes = find();
    for (const found of processes) signal(found, 'SIGKILL');
    return processes.length === 0;
  }, KILL_MS);
  if (!gone)
    throw new Error(
      `PostgreSQL processes do not end: ${find()
        .map(({ pid }) => pid)
        .join(', ')}`,
    );
}

/** Sends a signal, unless the process has ended (and its pid may have been given to another one). */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    // It may end between the question and the signal.
    if (isAlive(identity)) throw error;
  }
}
