import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { hasErrorCode } from './errno.js';

/** Asks the operating system to make the entries of a directory (names, renames) survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file so that it is there as a whole or not at all, whenever the process or the machine dies.
 *
 * @param exclusive - leave an existing file alone
 * @returns false when `exclusive` and the file existed
 */
export async function writeFileDurably(
  path: string,
  content: string,
  { mode = 0o600, exclusive = false }: { readonly mode?: number; readonly exclusive?: boolean } = {},
): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(temporary, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // A hard link is the only way to give a finished file a name that must not exist yet.
    if (exclusive) await link(temporary, path);
    else await rename(temporary, path);
  } catch (error) {
    if (exclusive && hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(dirname(path));
  return true;
}

/** The text of a file, or undefined when there is none. */
export async function readFileIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
