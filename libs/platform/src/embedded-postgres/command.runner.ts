import { spawn } from 'node:child_process';

import type { ServerUser } from './embedded-postgres.types.js';

/** How a command ended. */
export interface CommandResult {
  readonly ok: boolean;
  /** Standard output and standard error together. */
  readonly output: string;
}

/**
 * The environment for PostgreSQL's programs: none of the caller's PG* or locale variables may influence the
 * cluster, and secrets in the caller's environment are none of the server's business.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/** Options of `spawn` that make a child run as `user`, in a directory that every user can enter. */
export function spawnAs(user: ServerUser | undefined): {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
} {
  return { cwd: '/', env: serverEnvironment(), ...(user && { uid: user.uid, gid: user.gid }) };
}

/** Runs a command as `user` (as ourselves when undefined) and waits for its end; never throws. */
export async function runCommand(command: string, args: readonly string[], user?: ServerUser): Promise<CommandResult> {
  return new Promise((resolve) => {
    const output: string[] = [];
    const child = spawn(command, [...args], { ...spawnAs(user), stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output: output.join('').trim() }));
  });
}
