import { rootKeyDigest } from '@concord/blinding';
import { BackupKey } from '@concord/platform/backup';
import { readFile } from 'node:fs/promises';
import { findRootKey } from '../../embedded/src/data-directory.js';
import { UsageError } from './command.js';
import type { DatabaseTarget } from './database-target.js';

export const BACKUP_KEY_OPTION = { 'backup-key': { type: 'string' } } as const;
export const ROOT_KEY_OPTION = { 'key-file': { type: 'string' } } as const;

/** The name under which a manifest notes which root key its sealed parts were sealed under. */
export const ROOT_KEY_FACT = 'rootKeyDigest';

/** The key that encrypts a backup, out of its file; null where none is named. @throws UsageError */
export async function readBackupKey(options: {
  readonly 'backup-key'?: string | undefined;
}): Promise<BackupKey | null> {
  const path = options['backup-key'];
  return path === undefined ? null : new BackupKey(await readKey(path, '--backup-key'));
}

/**
 * The root key: of the file that is named, else of the data directory; null where there is neither.
 * @throws UsageError for a file that holds none
 */
export async function readRootKey(
  options: { readonly 'key-file'?: string | undefined },
  env: NodeJS.ProcessEnv,
  target: DatabaseTarget | null,
): Promise<Buffer | null> {
  const path = options['key-file'] ?? env['CONCORD_KEY_FILE'];
  if (path) return readKey(path, options['key-file'] === undefined ? 'CONCORD_KEY_FILE' : '--key-file');
  return target?.kind === 'directory' ? findRootKey(target.dataDir) : null;
}

/**
 * Whether the root key is the one that a database was filled under.
 * @param digest what the database or the backup remembers; null where nothing was ever started on it.
 */
export function fitsRootKey(rootKey: Buffer, digest: string | null): boolean {
  return digest === null || rootKeyDigest(rootKey) === digest;
}

async function readKey(path: string, option: string): Promise<Buffer> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch {
    throw new UsageError(`${option}: ${path} cannot be read.`);
  }
  // Never quotes the file.
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new UsageError(`${option}: ${path} does not hold 64 hexadecimal digits (openssl rand -hex 32).`);
  return Buffer.from(text, 'hex');
}
