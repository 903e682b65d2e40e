import { lstat, open, rm, writeFile } from 'node:fs/promises';
import { UsageError } from './command.js';

const IS_THERE = 'is there already: name another file.';

/** Before anything is done: that a file is not there, nor a link of its name. @throws UsageError */
export async function expectNew(path: string): Promise<void> {
  if ((await lstat(path).catch(() => null)) !== null) throw new UsageError(`${path} ${IS_THERE}`);
}

/**
 * Writes what an agency alone may read where nothing was: over no file, and through no link. What could not be written whole
 * is taken away again. @throws UsageError where something is there
 */
export async function writeNew(path: string, content: string | AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new UsageError(`${path} ${IS_THERE}`);
    throw error;
  });
  try {
    await writeFile(file, content);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
