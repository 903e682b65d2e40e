import { lstat } from 'node:fs/promises';
import { basename } from 'node:path';
import { putAway, writeRefusedRows } from './finished-files.js';
import { digestOf } from './settled-files.js';
import type { SubmittedFile } from './submit-file.js';
import type { Ending, WatchJournal } from './watch-journal.js';
import type { WatchOptions } from './watch-options.js';

/** A file that waits after something went wrong with it. */
interface Setback {
  readonly times: number;
  /** By a clock that only goes forward. */
  readonly until: number;
}

/** One file on its way, and others of the same content that have come meanwhile. */
interface Flight {
  readonly path: string;
  readonly state: string;
  readonly digest: string;
  readonly bytes: number;
  readonly twins: { readonly path: string; readonly state: string }[];
}

/**
 * The files that are being sent at this moment: so many at once and no more, and of one content only one. What went wrong
 * with one file keeps that file waiting; what went wrong with sending keeps all of them, because the service or the login
 * is mostly the reason.
 */
export class FilesInFlight {
  readonly #flights = new Map<string, Flight>();
  readonly #running = new Set<Promise<void>>();
  readonly #taken = new Set<string>();
  #setbacks = new Map<string, Setback>();
  #failures = 0;
  #pausedUntil = 0;

  constructor(
    private readonly options: WatchOptions,
    private readonly journal: WatchJournal,
    private readonly signal: AbortSignal,
  ) {}

  /** Of these, what may be sent now: by name, but behind the others what has failed before. */
  next(settled: readonly string[]): readonly string[] {
    const now = performance.now();
    const there = new Set(settled);
    this.#setbacks = new Map([...this.#setbacks].filter(([path]) => there.has(path)));
    if (this.isPaused()) return [];
    const times = (path: string): number => this.#setbacks.get(path)?.times ?? 0;
    return settled
      .filter((path) => !this.#taken.has(path) && (this.#setbacks.get(path)?.until ?? 0) <= now)
      .sort((a, b) => times(a) - times(b));
  }

  isPaused(): boolean {
    return performance.now() < this.#pausedUntil;
  }

  /** Ends when one more file may be sent. */
  async room(): Promise<void> {
    while (this.#running.size >= this.options.atOnce) await Promise.race(this.#running);
  }

  /** Ends when none is on its way any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  /**
   * Begins to send a file. Ends when its content is known and it is on its way, not when it is there: files are read
   * through one after the other, so that sending begins in the order of their names.
   */
  async begin(path: string): Promise<void> {
    let flight: Flight | null;
    try {
      flight = await this.#identify(path);
    } catch (error) {
      if (!this.signal.aborted) this.#setBack(path, error);
      return;
    }
    // Gone, or written to while it was read: the next look at the folder tells.
    if (flight === null) return;
    this.#taken.add(path);
    const same = this.#flights.get(flight.digest);
    if (same !== undefined) {
      same.twins.push(flight);
      return;
    }
    this.#flights.set(flight.digest, flight);
    const running = this.#send(flight).finally(() => {
      this.#flights.delete(flight.digest);
      for (const one of [flight, ...flight.twins]) this.#taken.delete(one.path);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  async #identify(path: string): Promise<Flight | null> {
    const state = await stateOf(path);
    if (state === null) return null;
    const { digest, bytes } = await digestOf(path, this.signal);
    return (await stateOf(path)) === state ? { path, state, digest, bytes, twins: [] } : null;
  }

  /** Never fails. */
  async #send(flight: Flight): Promise<void> {
    try {
      if (await this.#take(flight)) {
        this.#failures = 0;
        this.#setbacks.delete(flight.path);
      }
    } catch (error) {
      if (this.signal.aborted) return;
      this.#setBack(flight.path, error);
      // Four that fail together have failed once.
      if (this.isPaused()) return;
      this.#pausedUntil = performance.now() + this.#pauseAfter(this.#failures);
      this.#failures += 1;
    }
  }

  #setBack(path: string, error: unknown): void {
    const times = this.#setbacks.get(path)?.times ?? 0;
    const waitMs = this.#pauseAfter(times);
    this.#setbacks.set(path, { times: times + 1, until: performance.now() + waitMs });
    const message = error instanceof Error ? error.message : String(error);
    this.options.tell({ event: 'retry', file: basename(path), seconds: waitMs / 1_000, message });
  }

  #pauseAfter(failures: number): number {
    const { first, longest } = this.options.retryMs;
    return Math.min(first * 2 ** Math.min(failures, 30), longest);
  }

  /** @returns whether the service had anything to do with it, and was there */
  async #take(flight: Flight): Promise<boolean> {
    const { path, bytes, digest } = flight;
    const known = this.journal.find(digest);
    // Done, in whichever file; or failed, and killed before this file was moved.
    if (known?.ending === 'done' || (known?.ending === 'failed' && !known.isMoved)) {
      await this.#putAwayKnown(flight, known.ending, [flight]);
      return false;
    }
    const importId = known?.ending === null ? known.importId : null;
    const begun = (id: string): Promise<void> => this.journal.note({ digest, is: 'begun', importId: id });
    const submitted = await this.options.submitFile({ path, bytes, digest, importId }, begun, this.signal);
    if (submitted.kind === 'waiting') this.#setBack(path, submitted.message);
    else await this.#finish(flight, submitted);
    return true;
  }

  async #finish(flight: Flight, submitted: Exclude<SubmittedFile, { kind: 'waiting' }>): Promise<void> {
    const { path, digest } = flight;
    if (submitted.kind === 'failed') {
      const { code, message } = submitted;
      await this.journal.note({ digest, is: 'failed', code });
      const file = await this.#putAwaySent(flight, 'failed');
      this.options.tell({ event: 'failed', file: file ?? basename(path), code, message });
      await this.#putAwayKnown(flight, 'failed', []);
      return;
    }
    const { counts } = submitted;
    const to = submitted.refusedRows === null ? 'done' : 'failed';
    // Before the file is known to have ended: a kill here writes the rows once more, and never none.
    const refusedRows =
      submitted.refusedRows === null ? null : await writeRefusedRows(path, await submitted.refusedRows(this.signal));
    await this.journal.note({ digest, is: to, counts });
    const file = await this.#putAwaySent(flight, to);
    this.options.tell({ event: 'sent', file: file ?? basename(path), to, counts, refusedRows });
    await this.#putAwayKnown(flight, to, []);
  }

  /** @returns its name there; null where another file has taken its place meanwhile, which stays */
  async #putAwaySent({ path, state }: Flight, ending: Ending): Promise<string | null> {
    return (await stateOf(path)) === state ? putAway(path, ending) : null;
  }

  /** What is of a content that has ended: these, and the twins, as long as more come. */
  async #putAwayKnown({ digest, twins }: Flight, ending: Ending, others: readonly Flight['twins'][number][]) {
    for (const { path, state } of others) await this.#putAwayTwin(path, state, ending);
    for (let at = 0; at < twins.length; at += 1) {
      const twin = twins[at];
      if (twin !== undefined) await this.#putAwayTwin(twin.path, twin.state, ending);
    }
    await this.journal.note({ digest, is: 'moved' });
  }

  async #putAwayTwin(path: string, state: string, ending: Ending): Promise<void> {
    if ((await stateOf(path)) !== state) return;
    await putAway(path, ending);
    this.options.tell({ event: 'known', file: basename(path), to: ending });
  }
}

/** What changes when a file is written to, or another takes its name; null where there is no file. */
async function stateOf(path: string): Promise<string | null> {
  const found = await lstat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found?.isFile() === true ? `${found.ino} ${found.size} ${found.mtimeNs}` : null;
}
