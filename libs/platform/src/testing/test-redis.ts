import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';

/** A redis-server of this test's own, that keeps nothing. */
export interface TestRedis {
  readonly url: string;
  /** Freezes it (nothing is answered, connections stay) or lets it go on; for tests of what that does to us. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  stop(): Promise<void>;
}

const READY_MS = 10_000;
const ATTEMPTS = 5;
const running = new Set<ChildProcess>();

// A test that forgot, or a worker that Jest ends: no server outlives the process that wanted it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The redis-server of this machine, if there is one. */
export function locateRedisServer(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path)) ?? null;
}

let told = false;

/** Says aloud, once a process, that tests on Redis do not run. */
export function tellThatRedisIsMissing(): void {
  if (!told) process.stderr.write('SKIPPED on Redis: no redis-server on this machine\n');
  told = true;
}

/** Starts one on a free port; null, and said aloud, where redis-server is not installed. */
export async function startTestRedis(): Promise<TestRedis | null> {
  const program = locateRedisServer();
  if (program === null) {
    tellThatRedisIsMissing();
    return null;
  }
  const folder = await mkdtemp(join(tmpdir(), 'concord-redis-'));
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = spawn(
      program,
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
      { stdio: 'ignore' },
    );
    running.add(child);
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    }).then(() => void running.delete(child));
    if (await answers(port, child)) {
      return {
        url: `redis://127.0.0.1:${port}`,
        signal: (name) => void child.kill(name),
        async stop() {
          child.kill('SIGKILL');
          await ended;
          await rm(folder, { recursive: true, force: true });
        },
      };
    }
    child.kill('SIGKILL');
    await ended;
    // Somebody else may have taken the port meanwhile.
    if (attempt === ATTEMPTS) throw new Error(`${program} does not start`);
  }
}

async function answers(port: number, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (await pings(port)) return child.exitCode === null;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}

function pings(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => done(data.toString().startsWith('+PONG')));
  });
}
