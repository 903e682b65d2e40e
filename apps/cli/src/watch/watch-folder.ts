import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { FilesInFlight } from './files-in-flight.js';
import { SettledFiles } from './settled-files.js';
import { WatchJournal } from './watch-journal.js';
import type { WatchOptions } from './watch-options.js';

/** What the watcher keeps for itself in the folder. */
const OWN_FOLDER = '.concord-watch';

/** The folder is watched by another process. */
export class FolderWatchedError extends Error {
  override readonly name = 'FolderWatchedError';
}

/**
 * Sends every file that comes to lie in a folder, some at a time, until the signal; what is on its way then ends first, by
 * the same signal. The same content is sent once:
 * what it became is on the disk before the file is moved, so that a kill at any line neither sends it as new again nor
 * loses it. A content that has failed is sent again when somebody puts it there again.
 *
 * @throws FolderWatchedError, and any error of the folder itself
 */
export async function watchFolder(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const own = join(options.folder, OWN_FOLDER);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const lost = new AbortController();
  const release = await lock(own, {
    ...{ stale: options.staleLockMs, update: Math.max(1_000, options.staleLockMs / 3), realpath: true },
    onCompromised: (error) => lost.abort(error),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ELOCKED') throw error;
    throw new FolderWatchedError(`${options.folder} is watched by another process.`);
  });
  try {
    const journal = await WatchJournal.open(join(own, 'journal.jsonl'));
    try {
      await watch(options, journal, AbortSignal.any([signal, lost.signal]));
    } finally {
      await journal.close();
    }
    if (lost.signal.aborted && !signal.aborted) throw lost.signal.reason;
  } finally {
    // What was lost is not ours to give back.
    if (!lost.signal.aborted) await release().catch(() => undefined);
  }
}

async function watch(options: WatchOptions, journal: WatchJournal, signal: AbortSignal): Promise<void> {
  const files = new SettledFiles(options.folder, options.settleMs);
  // A folder that cannot be read any more stops what is on its way too.
  const gone = new AbortController();
  const flights = new FilesInFlight(options, journal, AbortSignal.any([signal, gone.signal]));
  options.tell({ event: 'watching' });
  try {
    while (!signal.aborted) {
      const { settled } = await files.find();
      const foundAt = performance.now();
      let isOver = true;
      for (const path of flights.next(settled)) {
        await flights.room();
        // While it waited, the folder has changed and the service may have gone.
        isOver = performance.now() - foundAt <= options.pollMs;
        if (!isOver || signal.aborted || flights.isPaused()) break;
        await flights.begin(path);
      }
      if (isOver) await sleep(options.pollMs, undefined, { signal }).catch(() => undefined);
    }
  } catch (error) {
    gone.abort();
    throw error;
  } finally {
    await flights.ended();
  }
}
