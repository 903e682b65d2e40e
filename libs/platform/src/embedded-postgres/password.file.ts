import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { readFileIfPresent, writeFileDurably } from './durable-file.writer.js';

/** The superuser's password; made for a cluster that does not exist yet. */
export async function loadPassword(dataDir: string, clusterExists: boolean): Promise<string> {
  const path = join(dataDir, 'postgres-password');
  const existing = (await readFileIfPresent(path))?.trim();
  if (existing) return existing;
  if (clusterExists) throw new Error(`The password of the existing database is missing: ${path}`);
  // Written before the cluster is made: a cluster whose password nobody knows would be lost.
  await rm(path, { force: true });
  await writeFileDurably(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, exclusive: true });
  return loadPassword(dataDir, true);
}

/** Deletes the password. */
export async function removePassword(dataDir: string): Promise<void> {
  await rm(join(dataDir, 'postgres-password'), { force: true });
}
