import { appendAudit, auditEntry } from '@concord/audit';
import { interpretFile, UnreadableFile, type InterpretedEntry } from '@concord/interpretation';
import { inTransaction } from '@concord/platform/database';
import { isBusy } from '@concord/platform/database-link';
import { asActor } from '@concord/records';
import { ahead, REPORTS_AT_ONCE, type SubmissionServices } from '@concord/submission';
import type { Pool } from 'pg';
import { ContentGoneError, readFile } from './file-content.js';
import { findImportActor } from './import-seat.reader.js';
import {
  endWork,
  noteProgress,
  othersWait,
  releaseImport,
  settleCounts,
  type HeldImport,
} from './import-work.store.js';
import { prepareEntries, storeEntries, type PreparedEntries } from './judge-entries.js';
import { mappingOf, settingsOf } from './mapping-form.js';
import { findDone, findImport, type DoneEntries } from './report-import.reader.js';
import {
  IMPORT_LIMITS,
  type ImportCounts,
  type ImportOutcome,
  type ImportReason,
  type ReportImport,
} from './report-import.js';
import { insertEntries } from './report-import.store.js';

export interface ImportRun {
  /** Of the API's role, with the keys: it opens the file and submits. */
  readonly submission: SubmissionServices;
  /** Of the worker's role: it holds, counts and ends. */
  readonly pool: Pool;
  readonly holder: string;
  readonly leaseSeconds: number;
  /** Whoever waits for its turn has a file of at most so many bytes; null: of any length. */
  readonly mostBytes: number | null;
  /** After so long another import that waits has its turn. */
  readonly turnMs: number;
  /** So many entries were done now. */
  readonly onEntriesDone: (entries: number) => void;
  /** An entry was refused by a fault of ours. */
  readonly onEntryFailed: (importId: string, error: unknown) => void;
  /** Told at most once a second, and at the end. */
  readonly onProgress: (importId: string) => Promise<void>;
  readonly signal: AbortSignal;
}

const PROGRESS_MS = 1_000;

/** `lost`: somebody paused or cancelled it, or another worker has it. `turn`: another import waits. */
export type RunEnd = 'done' | 'failed' | 'paused' | 'lost' | 'turn' | 'stopped';

type Halt = Extract<ImportReason, 'SEAT_ENDED' | 'KEY_ENDED'>;

/**
 * Works on one import from its first entry that is not done. Each entry is submitted in the name of whoever started the
 * import, as they are at that moment, and noted in the transaction that stores its report: killed at any line, the next
 * worker finds what is done and does the rest.
 *
 * @throws whatever was no fault of the file; the import is still RUNNING then, and its lease ends
 */
export async function runImport(run: ImportRun, held: HeldImport): Promise<RunEnd> {
  const opened = await openImport(run, held);
  if (opened === null) return 'lost';
  if (typeof opened === 'string') return endImport(run, held, { state: 'PAUSED', reason: opened });
  const { found, done, counts } = opened;
  const bytes = readFile({ db: run.submission.db, keyHolder: run.submission.keyHolder }, held, found.bytes);
  const progress = new Progress(run, held, counts);
  try {
    const entries = interpretFile(found.format, bytes, mappingOf(found.mapping), settingsOf(found.settings));
    // While one batch is stored the next is read and de-identified.
    for await (const batch of ahead(prepared(run, found, inBatches(entries, done)))) {
      if (typeof batch === 'string') return await endImport(run, held, { state: 'PAUSED', reason: batch });
      await store(run, found, batch, counts);
      if (!(await progress.note())) return await lose(run, held);
      const why = run.signal.aborted
        ? 'stopped'
        : progress.turnIsOver() && (await othersWait(run.pool, run.mostBytes))
          ? 'turn'
          : null;
      if (why === null) continue;
      await progress.close();
      await releaseImport(run.pool, held.id, run.holder);
      return why;
    }
    return await endImport(run, held, { state: 'DONE', reason: null });
  } catch (error) {
    const end = endOf(error);
    if (end === null) throw error;
    return await endImport(run, held, end);
  } finally {
    await progress.close();
  }
}

/** Somebody paused or cancelled it, or another has it: what was under way is counted too. */
async function lose(run: ImportRun, held: HeldImport): Promise<'lost'> {
  await settleCounts(run.pool, held.id);
  await run.onProgress(held.id);
  return 'lost';
}

/** What of a fault is the file's or the seat's. */
function endOf(error: unknown): { readonly state: 'FAILED' | 'PAUSED'; readonly reason: ImportReason } | null {
  if (error instanceof UnreadableFile)
    return { state: 'FAILED', reason: error.code === 'TOO_LARGE' ? 'TOO_LARGE' : 'FILE_UNREADABLE' };
  // Whoever lost the seat between two questions does not see the file either.
  if (error instanceof ContentGoneError) return { state: 'PAUSED', reason: 'SEAT_ENDED' };
  return null;
}

type Counts = { -readonly [K in keyof ImportCounts]: ImportCounts[K] };

interface OpenedImport {
  readonly found: ReportImport;
  readonly done: DoneEntries;
  readonly counts: Counts;
}

async function openImport({ submission }: ImportRun, held: HeldImport): Promise<OpenedImport | Halt | null> {
  return asActor(submission.db, { personId: held.personId, agencyId: held.agencyId }, async (tx) => {
    const actor = await findImportActor(tx, held);
    if (typeof actor === 'string') return actor;
    const found = await findImport(tx, actor, held.id);
    if (found === null) return null;
    const { outcomes, ...done } = await findDone(tx, held.id);
    return { found, done, counts: countsOf(outcomes) };
  });
}

const countsOf = (outcomes: Readonly<Record<ImportOutcome, number>>): Counts => ({
  accepted: outcomes.ACCEPTED,
  held: outcomes.HELD,
  refused: outcomes.REFUSED,
  duplicates: outcomes.DUPLICATE,
  questions: outcomes.QUESTION,
});

const COUNTED_AS = {
  ACCEPTED: 'accepted',
  HELD: 'held',
  REFUSED: 'refused',
  DUPLICATE: 'duplicates',
  QUESTION: 'questions',
} as const satisfies Record<ImportOutcome, keyof ImportCounts>;

/** Entries that are not done, some at a time. @throws UnreadableFile at what is too many */
async function* inBatches(
  entries: AsyncIterable<InterpretedEntry>,
  done: DoneEntries,
): AsyncGenerator<InterpretedEntry[]> {
  let batch: InterpretedEntry[] = [];
  for await (const entry of entries) {
    if (entry.ordinal >= IMPORT_LIMITS.entries)
      throw new UnreadableFile('TOO_LARGE', `At most ${IMPORT_LIMITS.entries} reports: divide the file.`);
    if (entry.ordinal < done.before || done.behind.has(entry.ordinal)) continue;
    batch.push(entry);
    if (batch.length === REPORTS_AT_ONCE) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Each batch looked at, in the name of whoever started it as they are now; or why their seat ended. */
async function* prepared(
  run: ImportRun,
  found: ReportImport,
  batches: AsyncIterable<InterpretedEntry[]>,
): AsyncGenerator<PreparedEntries | Halt> {
  const as = { personId: found.personId, agencyId: found.agencyId };
  for await (const batch of batches) {
    const actor = await asActor(run.submission.db, as, (tx) => findImportActor(tx, found));
    yield typeof actor === 'string' ? actor : await prepareEntries(run.submission, actor, found, batch);
  }
}

/** So many entries that cannot be stored, and none that can, share a fault that lies in none of them. */
const MANY = 5;

/** PostgreSQL was too busy, or refuses whoever started the import: their seat ended after the batch was looked at. */
const isNoEntrys = (error: unknown): boolean =>
  isBusy(error) || (error instanceof Error && Reflect.get(error, 'code') === '42501');

async function store(run: ImportRun, found: ReportImport, batch: PreparedEntries, counts: Counts): Promise<void> {
  const judged = await storeEntries(run.submission, found, batch);
  const failures = judged.filter(({ error }) => error !== undefined);
  const errors = failures.map(({ error }) => error);
  const passing = failures.filter(({ lasting }) => lasting !== true).map(({ error }) => error);
  const [cause] = passing.filter(isNoEntrys);
  // What lies in no entry refuses none: the import is let go of, and taken again. What was stored of the batch is noted.
  if (cause !== undefined) throw new Error('an entry cannot be stored at the moment', { cause });
  if (passing.length >= MANY && passing.length === batch.reports.length)
    throw new Error('no entry of a batch can be stored', { cause: passing[0] });
  for (const error of errors) run.onEntryFailed(found.id, error);
  const unwritten = judged.flatMap(({ entry, written }) => (written ? [] : [entry]));
  const as = { personId: found.personId, agencyId: found.agencyId };
  await asActor(run.submission.db, as, (tx) => insertEntries(tx, found.agencyId, unwritten));
  for (const { entry } of judged) counts[COUNTED_AS[entry.outcome]] += 1;
  run.onEntriesDone(judged.length);
}

/** Says how far an import is, once a second while it moves, and holds it all the time: also while done entries are passed over. */
class Progress {
  /** When the first entry was done: to pass over what is done already is nobody's turn. */
  #began: number | null = null;
  readonly #timer: NodeJS.Timeout;
  #noted = performance.now();
  #moved = false;
  #ours = true;
  #holding: Promise<void> = Promise.resolve();

  constructor(
    private readonly run: ImportRun,
    private readonly held: HeldImport,
    private readonly counts: ImportCounts,
  ) {
    this.#timer = setInterval(
      () => {
        // What does not answer now is asked again; the lease is three times as long.
        this.#holding = this.#write().catch(() => undefined);
      },
      (run.leaseSeconds * 1_000) / 3,
    );
  }

  turnIsOver(): boolean {
    return this.#began !== null && performance.now() - this.#began > this.run.turnMs;
  }

  /** After a batch. @returns false when it is not this worker's any more */
  async note(): Promise<boolean> {
    this.#moved = true;
    this.#began ??= performance.now();
    if (performance.now() - this.#noted >= PROGRESS_MS) {
      this.#noted = performance.now();
      await this.#write();
      await this.run.onProgress(this.held.id);
    }
    return this.#ours;
  }

  /** The last word before it is let go. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#holding;
    if (this.#ours) await this.#write().catch(() => undefined);
  }

  async #write(): Promise<void> {
    const { pool, holder, leaseSeconds } = this.run;
    this.#ours = await noteProgress(pool, { id: this.held.id, holder, leaseSeconds }, this.counts, this.#moved);
  }
}

async function endImport(
  run: ImportRun,
  held: HeldImport,
  end: { readonly state: 'DONE' | 'FAILED' | 'PAUSED'; readonly reason: ImportReason | null },
): Promise<RunEnd> {
  const ended = await inTransaction(run.pool, async (tx) => {
    if (!(await endWork(tx, { id: held.id, holder: run.holder }, end))) return false;
    const entry = auditEntry({
      ...{ at: run.submission.clock.now(), personId: null, agencyId: held.agencyId, roles: [] },
      ...{ action: end.state === 'PAUSED' ? 'import.pause' : 'import.end', outcome: 'DONE', purpose: null },
      subjects: [{ kind: 'import', id: held.id }],
    });
    await appendAudit(tx, [entry]);
    return true;
  });
  if (!ended) return lose(run, held);
  await run.onProgress(held.id);
  return end.state === 'DONE' ? 'done' : end.state === 'FAILED' ? 'failed' : 'paused';
}
