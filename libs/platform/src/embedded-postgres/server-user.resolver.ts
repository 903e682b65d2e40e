import { stat } from 'node:fs/promises';

import { runCommand } from './command.runner.js';
import { hasErrorCode } from './errno.js';
import type { LogLine, ServerUser } from './embedded-postgres.types.js';

const OWN_ACCOUNT = 'concord-postgres';

/** Whether PostgreSQL would refuse to run as the current user. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account that the server has to run as, undefined for "as ourselves".
 *
 * PostgreSQL refuses to run as root. A cluster that exists stays with its owner, so that an account installed
 * later does not take it away from a running server; for a new one an account is found or made.
 */
export async function resolveServerUser(cluster: string, log: LogLine): Promise<ServerUser | undefined> {
  if (!isRoot()) return undefined;
  return (await ownerOf(cluster)) ?? (await findAccount(log));
}

async function ownerOf(cluster: string): Promise<ServerUser | undefined> {
  try {
    const { uid, gid } = await stat(cluster);
    return uid === 0 ? undefined : { uid, gid };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function findAccount(log: LogLine): Promise<ServerUser> {
  const existing = (await lookUp('postgres')) ?? (await lookUp(OWN_ACCOUNT));
  if (existing) return existing;
  const shell = '/usr/sbin/nologin';
  await runCommand('useradd', ['--system', '--no-create-home', '--shell', shell, OWN_ACCOUNT]);
  const made = await lookUp(OWN_ACCOUNT);
  if (made) {
    log(`PostgreSQL does not run as root: made the system account ${OWN_ACCOUNT} for it`);
    return made;
  }
  const nobody = await lookUp('nobody');
  if (nobody) return nobody;
  throw new Error('PostgreSQL does not run as root, and no other account exists or could be made for it.');
}

async function lookUp(account: string): Promise<ServerUser | undefined> {
  const [uid, gid] = await Promise.all([runCommand('id', ['-u', account]), runCommand('id', ['-g', account])]);
  if (!uid.ok || !gid.ok) return undefined;
  const user = { uid: Number(uid.output), gid: Number(gid.output) };
  return user.uid > 0 && user.gid > 0 ? user : undefined;
}
