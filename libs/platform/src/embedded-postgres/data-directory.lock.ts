import { randomBytes } from 'node:crypto';
import { mkdir, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { DataDirectoryInUseError } from './data-directory-in-use.error.js';
import { readFileIfPresent, writeFileDurably } from './durable-file.writer.js';
import { isAlive, ownIdentity, parseIdentity } from './process.identity.js';
import type { ProcessIdentity } from './process.identity.js';

/** Held lock of a data directory. */
export interface DataDirectoryLock {
  /** Gives the data directory back; may be called more than once. */
  release(): Promise<void>;
}

interface LockRecord extends ProcessIdentity {
  /** Makes every lock ever taken distinguishable. */
  readonly token: string;
}

/**
 * Reserves a data directory for this process, so that two Concords never work on the same data.
 *
 * The lock is the file `<dataDir>/concord.pid`. A lock whose process is gone is taken over.
 *
 * @throws DataDirectoryInUseError when another live process (or this one) holds it
 */
export async function lockDataDirectory(dataDir: string): Promise<DataDirectoryLock> {
  await mkdir(dataDir, { recursive: true, mode: directoryMode() });
  const directory = await realpath(dataDir);
  const path = join(directory, 'concord.pid');
  const own: LockRecord = { ...ownIdentity(), token: randomBytes(16).toString('hex') };
  const content = `${JSON.stringify(own)}\n`;

  while (!(await writeFileDurably(path, content, { mode: 0o644, exclusive: true }))) {
    if (await takeOver(directory, path, content)) break;
  }

  let released = false;
  return {
    release: async (): Promise<void> => {
      if (released) return;
      released = true;
      if ((await readRecord(path))?.token === own.token) await rm(path, { force: true });
    },
  };
}

/**
 * Mode for a data directory that Concord makes. Root's server runs as another user, which must be able to walk
 * through (not list) the directory to its cluster.
 */
export function directoryMode(): number {
  return process.getuid?.() === 0 ? 0o711 : 0o700;
}

/**
 * Replaces the lock of a dead process.
 *
 * Two processes may find the same dead lock at once. Deleting it and making a new one would let the slower of
 * them delete the faster one's fresh lock. So the right to replace a lock is itself taken exclusively, by making
 * a claim file named after the dead lock's token; a dead claimer's claim is claimed in the same way. Claims go away
 * only once the lock has been replaced, so whoever comes late sees that the lock is no longer the dead one.
 */
async function takeOver(directory: string, path: string, content: string): Promise<boolean> {
  const dead = await readRecord(path);
  if (dead === undefined) return false;
  if (isAlive(dead)) throw new DataDirectoryInUseError(directory, dead.pid);

  const claims: string[] = [];
  for (let token = dead.token; ;) {
    const claim = `${path}.claim-${token}`;
    claims.unshift(claim);
    if (await writeFileDurably(claim, content, { mode: 0o644, exclusive: true })) break;
    const claimer = await readRecord(claim);
    if (claimer === undefined) return false;
    if (isAlive(claimer)) throw new DataDirectoryInUseError(directory, claimer.pid);
    token = claimer.token;
  }

  const [ownClaim] = claims;
  if ((await readRecord(path))?.token !== dead.token || ownClaim === undefined) {
    if (ownClaim !== undefined) await rm(ownClaim, { force: true });
    return false;
  }
  // The claim holds exactly what the lock has to, so one rename replaces the lock and removes the claim at once.
  await rename(ownClaim, path);
  for (const claim of claims.slice(1).reverse()) await rm(claim, { force: true });
  return true;
}

/** The record in a lock file; a file that cannot be understood counts as a lock of a dead process. */
async function readRecord(path: string): Promise<LockRecord | undefined> {
  const text = await readFileIfPresent(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const identity = parseIdentity(value);
    if (identity !== undefined && typeof value === 'object' && value !== null && 'token' in value) {
      if (typeof value.token === 'string' && /^[0-9a-f]+$/.test(value.token))
        return { ...identity, token: value.token };
    }
  } catch {
    // Falls through: not a lock that this code has written, for it writes locks as a whole.
  }
  return { pid: 0, startTime: '', token: 'unreadable' };
}
