import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether an error of the operating system has this code. Not by class: a test's `Error` is not Node's. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

/**
 * Writes a file that only its owner may read, so that it is there as a whole or not at all whenever the process dies.
 *
 * @param exclusive leave an existing file alone: of two processes at once, one wins and both find its file.
 */
export async function writePrivateFile(path: string, content: string, { exclusive = false } = {}): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (exclusive) await link(temporary, path);
    else await rename(temporary, path);
  } catch (error) {
    if (!(exclusive && hasErrorCode(error, 'EEXIST'))) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}
