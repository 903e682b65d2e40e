import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { putAway, writeRefusedRows } from './finished-files.js';
import { digestOf, SettledFiles } from './settled-files.js';
import type { FileCounts, SubmitFile, SubmittedFile } from './submit-file.js';
import { WatchJournal, type Ending } from './watch-journal.js';

/** What the watcher keeps for itself in the folder. */
const OWN_FOLDER = '.concord-watch';

export interface WatchOptions {
  readonly folder: string;
  /** How long size and time of a file must stand still. */
  readonly settleMs: number;
  /** How often the folder is looked at. A network share tells nobody of new files, so nothing waits to be told. */
  readonly pollMs: number;
  /** After what may pass: the first wait, doubled up to the longest. */
  readonly retryMs: { readonly first: number; readonly longest: number };
  /** A lock that was not renewed for so long was left by a process that is gone. At least 2 s. */
  readonly staleLockMs: number;
  readonly submitFile: SubmitFile;
  readonly tell: (event: WatchEvent) => void;
}

/** For people and programs: names of files and numbers, never what is in them. */
export type WatchEvent =
  | { readonly event: 'watching' }
  | {
      readonly event: 'sent';
      readonly file: string;
      readonly to: Ending;
      readonly counts: FileCounts;
      readonly refusedRows: string | null;
    }
  | { readonly event: 'failed'; readonly file: string; readonly code: string; readonly message: string }
  | { readonly event: 'known'; readonly file: string; readonly to: Ending }
  | { readonly event: 'retry'; readonly file: string; readonly seconds: number; readonly message: string };

/** The folder is watched by another process. */
export class FolderWatchedError extends Error {
  override readonly name = 'FolderWatchedError';
}

/**
 * Sends every file that comes to lie in a folder, one after the other, until the signal. The same content is sent once:
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
  let waitMs = options.retryMs.first;
  options.tell({ event: 'watching' });
  while (!signal.aborted) {
    const { settled } = await files.find();
    let pauseMs = options.pollMs;
    for (const path of settled) {
      if (signal.aborted) return;
      try {
        await take(path, options, journal, signal);
        waitMs = options.retryMs.first;
      } catch (error) {
        if (signal.aborted) return;
        // Whatever it was: the file stays where it is. What keeps one file from being sent mostly keeps all of them.
        const message = error instanceof Error ? error.message : String(error);
        options.tell({ event: 'retry', file: basename(path), seconds: waitMs / 1_000, message });
        pauseMs = waitMs;
        waitMs = Math.min(waitMs * 2, options.retryMs.longest);
        break;
      }
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

async function take(path: string, options: WatchOptions, journal: WatchJournal, signal: AbortSignal): Promise<void> {
  const { digest, bytes } = await digestOf(path);
  const known = journal.find(digest);
  const file = basename(path);
  // Done, in whichever file; or failed, and killed before this file was moved.
  if (known?.ending === 'done' || (known?.ending === 'failed' && !known.isMoved)) {
    await putAway(path, known.ending);
    await journal.note({ digest, is: 'moved' });
    options.tell({ event: 'known', file, to: known.ending });
    return;
  }
  const importId = known?.ending === null ? known.importId : null;
  const begun = (id: string): Promise<void> => journal.note({ digest, is: 'begun', importId: id });
  const submitted = await options.submitFile({ path, bytes, digest, importId }, begun, signal);
  await finish(path, digest, submitted, { options, journal });
}

async function finish(
  path: string,
  digest: string,
  submitted: SubmittedFile,
  { options, journal }: { readonly options: WatchOptions; readonly journal: WatchJournal },
): Promise<void> {
  if (submitted.kind === 'failed') {
    const { code, message } = submitted;
    await journal.note({ digest, is: 'failed', code });
    const file = await putAway(path, 'failed');
    await journal.note({ digest, is: 'moved' });
    options.tell({ event: 'failed', file, code, message });
    return;
  }
  const { counts } = submitted;
  const to = submitted.refusedRows === null ? 'done' : 'failed';
  // Before the file is known to have ended: a kill here writes the rows once more, and never none.
  const refusedRows =
    submitted.refusedRows === null ? null : await writeRefusedRows(path, await submitted.refusedRows());
  await journal.note({ digest, is: to, counts });
  const file = await putAway(path, to);
  await journal.note({ digest, is: 'moved' });
  options.tell({ event: 'sent', file, to, counts, refusedRows });
}
