import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import type { ClusterLocation } from './cluster.location.js';
import { spawnAs } from './command.runner.js';
import { hasErrorCode } from './errno.js';
import { waitUntil } from './polling.js';
import { readPostmasterFile } from './postmaster.file.js';
import { identifyProcess } from './process.identity.js';
import { RECOVERY_MS } from './server.adopter.js';
import type { RunningServer } from './server.adopter.js';
import { stopServer } from './server.control.js';
import { serverArguments } from './server.settings.js';

const LOG_TURNOVER_BYTES = 10 * 1024 * 1024;

/** What a start needs besides the cluster's location. */
export interface StartOrder {
  readonly dataDir: string;
  /** Path of the `postgres` program. */
  readonly program: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Why a server did not come up. */
export interface StartFailure {
  /** Whether another attempt, beginning with the search for running servers, may help. */
  readonly retry: boolean;
  readonly reason: string;
}

/** Path of the server's log. */
export function serverLogPath(dataDir: string): string {
  return join(dataDir, 'postgres.log');
}

/** Starts a server for a cluster that none is running for, and waits until it accepts connections. */
export async function startServer(
  { cluster, user }: ClusterLocation,
  { dataDir, program, settings }: StartOrder,
): Promise<RunningServer | StartFailure> {
  const port = await findFreePort();
  const logPath = serverLogPath(dataDir);
  await turnOverLog(logPath);
  const log = await open(logPath, 'a', 0o600);
  const logStart = (await log.stat()).size;
  try {
    const child = spawn(program, [...serverArguments(cluster, port, settings)], {
      ...spawnAs(user),
      // A session of its own: Ctrl-C and other signals to Node's process group do not reach it. The log is a file
      // and no pipe for the same reason: the server must not depend on this process in any way.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const spawnError = await spawned(child);
    if (spawnError) return { retry: false, reason: spawnError.message };
    const pid = child.pid;
    const identity = pid === undefined ? undefined : identifyProcess(pid);
    if (identity) {
      child.unref();
      const server = { identity, cluster, port };
      const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
      let ready = false;
      const settled = await waitUntil(async () => {
        const file = await readPostmasterFile(cluster);
        ready = file?.pid === pid && file?.status === 'ready';
        return ready || !isRunning();
      }, RECOVERY_MS);
      if (ready && isRunning()) return server;
      if (!settled) {
        await stopServer(server);
        return { retry: false, reason: `it was not ready after ${RECOVERY_MS / 1000} s; see ${logPath}` };
      }
    }
    return explain(await readFrom(logPath, logStart));
  } finally {
    await log.close();
  }
}

async function spawned(child: ChildProcess): Promise<Error | undefined> {
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
}

function explain(log: string): StartFailure {
  // The port was taken in the meantime; a killed server's processes still hold its memory; a server appeared.
  const passing = ['Address already in use', 'shared memory block', 'lock file "postmaster.pid"'];
  return { retry: passing.some((text) => log.includes(text)), reason: log.trim().slice(-2000) };
}

async function readFrom(path: string, start: number): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(Math.max(size - start, 0), 64 * 1024));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

async function turnOverLog(path: string): Promise<void> {
  try {
    if ((await stat(path)).size > LOG_TURNOVER_BYTES) await rename(path, `${path}.1`);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}

async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address) resolve(address.port);
        else reject(new Error('No free TCP port'));
      });
    });
  });
}
