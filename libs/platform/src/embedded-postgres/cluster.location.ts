import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';

import { runCommand } from './command.runner.js';
import { readFileIfPresent, syncDirectory, writeFileDurably } from './durable-file.writer.js';
import type { LogLine, ServerUser } from './embedded-postgres.types.js';
import { hasErrorCode } from './errno.js';
import { identityTag, ownIdentity, parseIdentity } from './process.identity.js';
import type { ProcessIdentity } from './process.identity.js';
import { resolveServerUser } from './server-user.resolver.js';
import { CLUSTERS_ROOT, ensureStateRoot } from './state-root.directory.js';

/** Where a data directory's cluster lives, and as whom its server runs. */
export interface ClusterLocation {
  /** The directory that PostgreSQL calls its data directory; it may not exist yet. */
  readonly cluster: string;
  readonly user: ServerUser | undefined;
}

/** What the file beside a cluster under {@link CLUSTERS_ROOT} says about whose it is. */
export interface BackPointer {
  readonly dataDirectory: string;
  readonly creator: ProcessIdentity;
}

const POINTER = 'postgres-location';
const BACK_POINTER = 'data-directory.json';

/** Finds the place of a data directory's cluster, or decides on one where its server can work. */
export async function locateCluster(dataDir: string, log: LogLine): Promise<ClusterLocation> {
  const pointed = await readPointer(dataDir);
  if (pointed !== undefined) {
    await checkBackPointer(dataDir, pointed);
    const cluster = join(pointed, 'postgres');
    return { cluster, user: await resolveServerUser(cluster, log) };
  }
  const cluster = join(dataDir, 'postgres');
  const user = await resolveServerUser(cluster, log);
  if (user === undefined || (await canWorkIn(dataDir, user))) return { cluster, user };
  if (await isCluster(cluster)) {
    throw new Error(
      `The user id ${user.uid}, as which PostgreSQL has to run, can no longer reach its cluster ${cluster}. ` +
        'Let it pass through (chmod o+x) every directory above.',
    );
  }
  const made = await allocate(dataDir, user);
  log(`PostgreSQL's user cannot work in ${dataDir}: its data go to ${made}`);
  return { cluster: join(made, 'postgres'), user };
}

/** Whether a finished cluster is there. */
export async function isCluster(cluster: string): Promise<boolean> {
  return (await readFileIfPresent(join(cluster, 'PG_VERSION'))) !== undefined;
}

/** The directory under {@link CLUSTERS_ROOT} that holds a data directory's cluster, if it lives there. */
export async function readPointer(dataDir: string): Promise<string | undefined> {
  const pointed = (await readFileIfPresent(join(dataDir, POINTER)))?.trim();
  if (pointed === undefined) return undefined;
  // The path is deleted recursively some day, so nothing but what this code has written is believed.
  if (
    !isAbsolute(pointed) ||
    dirname(pointed) !== CLUSTERS_ROOT ||
    !isClusterId(pointed.slice(CLUSTERS_ROOT.length + 1))
  ) {
    throw new Error(`${join(dataDir, POINTER)} does not name a directory of ${CLUSTERS_ROOT}.`);
  }
  return pointed;
}

/** Forgets where the cluster was. */
export async function removePointer(dataDir: string): Promise<void> {
  await rm(join(dataDir, POINTER), { force: true });
}

/** Whether a name under {@link CLUSTERS_ROOT} is one that {@link locateCluster} gives. */
export function isClusterId(name: string): boolean {
  return /^[0-9a-f]{32}$/.test(name);
}

/** Whose cluster it is; undefined when that is not recorded. */
export async function readBackPointer(home: string): Promise<BackPointer | undefined> {
  const text = await readFileIfPresent(join(home, BACK_POINTER));
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('dataDirectory' in value) || !('creator' in value))
    return undefined;
  const creator = parseIdentity(value.creator);
  return typeof value.dataDirectory === 'string' && creator
    ? { dataDirectory: value.dataDirectory, creator }
    : undefined;
}

async function writeBackPointer(home: string, dataDirectory: string): Promise<void> {
  const content: BackPointer = { dataDirectory, creator: ownIdentity() };
  await writeFileDurably(join(home, BACK_POINTER), `${JSON.stringify(content)}\n`);
}

/** Follows a data directory that was moved, and refuses to let a copy work on the original's cluster. */
async function checkBackPointer(dataDir: string, home: string): Promise<void> {
  const back = await readBackPointer(home);
  if (back === undefined) {
    throw new Error(
      `The database of ${dataDir} was in ${home}, which is gone. ` +
        `Delete ${join(dataDir, POINTER)} and ${join(dataDir, 'postgres-password')} to start with an empty one.`,
    );
  }
  if (back.dataDirectory === dataDir) return;
  if ((await readPointer(back.dataDirectory)) === home && !(await isSameDirectory(back.dataDirectory, dataDir))) {
    throw new Error(
      `${dataDir} is a copy of ${back.dataDirectory}, whose database lives in ${home}: it has none of its own.`,
    );
  }
  await writeBackPointer(home, dataDir);
}

async function isSameDirectory(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one), stat(other)]);
  return a.dev === b.dev && a.ino === b.ino;
}

/** Tries it out: modes of all directories above, ACLs and network file systems all have a say. */
async function canWorkIn(dataDir: string, user: ServerUser): Promise<boolean> {
  const probe = join(dataDir, `.probe-${identityTag(ownIdentity())}`);
  try {
    await mkdir(probe, { recursive: true, mode: 0o700 });
    await chown(probe, user.uid, user.gid);
    return (await runCommand('/bin/sh', ['-c', 'cd "$1" && : > file', 'sh', probe], user)).ok;
  } catch (error) {
    if (hasErrorCode(error, 'EPERM', 'EACCES', 'EINVAL')) return false;
    throw error;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

/** Reserves a directory under {@link CLUSTERS_ROOT}; the pointer is written before the cluster is made. */
async function allocate(dataDir: string, user: ServerUser): Promise<string> {
  await ensureStateRoot();
  const home = join(CLUSTERS_ROOT, randomBytes(16).toString('hex'));
  // The name appears together with the back-pointer, so that a clean-up at the same time sees whose it is.
  const unfinished = `${home}.new`;
  await mkdir(unfinished, { mode: 0o700 });
  await chmod(unfinished, 0o700);
  await chown(unfinished, user.uid, user.gid);
  await writeBackPointer(unfinished, dataDir);
  await rename(unfinished, home);
  await syncDirectory(CLUSTERS_ROOT);
  await writeFileDurably(join(dataDir, POINTER), `${home}\n`);
  return home;
}
