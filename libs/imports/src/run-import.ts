import type { AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import { interpretFile, UnreadableFile, type InterpretedEntry } from '@concord/interpretation';
import { inTransaction } from '@concord/platform/database';
import { asActor } from '@concord/records';
import type { SubmissionServices } from '@concord/submission';
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
import { judgeEntry } from './judge-entry.js';
import { mappingOf, settingsOf } from './mapping-form.js';
import { findDone, findImport } from './report-import.reader.js';
import type { ImportCounts, ImportOutcome, ImportReason, ReportImport } from './report-import.js';
import { insertEntries } from './report-import.store.js';

export interface ImportRun {
  /** Of the API's role, with the keys: it opens the file and submits. */
  readonly submission: SubmissionServices;
  /** Of the worker's role: it holds, counts and ends. */
  readonly pool: Pool;
  readonly holder: string;
  readonly leaseSeconds: number;
  /** How many reports are submitted at once. */
  readonly atOnce: number;
  /** After so long another import that waits has its turn. */
  readonly turnMs: number;
  /** Told at most once a second, and at the end. */
  readonly onProgress: (importId: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Entries that are worked on before the seat is asked again: a fraction of a second. */
const BATCH = 50;
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
    for await (const batch of inBatches(entries, done)) {
      const halt = await workOn(run, found, batch, counts);
      if (halt !== null) return await endImport(run, held, { state: 'PAUSED', reason: halt });
      if (!(await progress.note())) return await lose(run, held);
      const why = run.signal.aborted
        ? 'stopped'
        : progress.turnIsOver() && (await othersWait(run.pool))
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
  if (error instanceof UnreadableFile) return { state: 'FAILED', reason: 'FILE_UNREADABLE' };
  // Whoever lost the seat between two questions does not see the file either.
  if (error instanceof ContentGoneError) return { state: 'PAUSED', reason: 'SEAT_ENDED' };
  return null;
}

type Counts = { -readonly [K in keyof ImportCounts]: ImportCounts[K] };

interface OpenedImport {
  readonly found: ReportImport;
  readonly done: ReadonlySet<number>;
  readonly counts: Counts;
}

async function openImport({ submission }: ImportRun, held: HeldImport): Promise<OpenedImport | Halt | null> {
  return asActor(submission.db, { personId: held.personId, agencyId: held.agencyId }, async (tx) => {
    const actor = await findImportActor(tx, held);
    if (typeof actor === 'string') return actor;
    const found = await findImport(tx, actor, held.id);
    if (found === null) return null;
    const { ordinals, outcomes } = await findDone(tx, held.id);
    return { found, done: ordinals, counts: countsOf(outcomes) };
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

async function* inBatches(
  entries: AsyncIterable<InterpretedEntry>,
  done: ReadonlySet<number>,
): AsyncGenerator<InterpretedEntry[]> {
  let batch: InterpretedEntry[] = [];
  for await (const entry of entries) {
    if (done.has(entry.ordinal)) continue;
    batch.push(entry);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** @returns why the seat ended, where it has */
async function workOn(
  run: ImportRun,
  found: ReportImport,
  batch: readonly InterpretedEntry[],
  counts: Counts,
): Promise<Halt | null> {
  const { db } = run.submission;
  const as = { personId: found.personId, agencyId: found.agencyId };
  const actor = await asActor(db, as, (tx) => findImportActor(tx, found));
  if (typeof actor === 'string') return actor;
  const judged = await judgeAll(run, actor, found, batch);
  const unwritten = judged.flatMap(({ entry, written }) => (written ? [] : [entry]));
  await asActor(db, as, (tx) => insertEntries(tx, found.agencyId, unwritten));
  for (const { entry } of judged) counts[COUNTED_AS[entry.outcome]] += 1;
  return null;
}

/** Several at once, and those with the same reference one after the other: in the order of the file. */
async function judgeAll(
  run: ImportRun,
  actor: AgencyActor,
  found: ReportImport,
  batch: readonly InterpretedEntry[],
): Promise<Awaited<ReturnType<typeof judgeEntry>>[]> {
  const before = new Map<string, Promise<unknown>>();
  const judged: Promise<Awaited<ReturnType<typeof judgeEntry>>>[] = [];
  const running = new Set<Promise<unknown>>();
  for (const entry of batch) {
    if (running.size >= run.atOnce) await Promise.race(running).catch(() => undefined);
    // A line of JSON may say anything there.
    const given: unknown = entry.input.submitterReference;
    const reference = typeof given === 'string' ? given.normalize('NFC').trim() : '';
    const turn = before.get(reference) ?? Promise.resolve();
    const one = turn.then(() => judgeEntry(run.submission, actor, found, entry));
    one.catch(() => undefined);
    if (reference !== '')
      before.set(
        reference,
        one.catch(() => undefined),
      );
    const over = one.then(
      () => undefined,
      () => undefined,
    );
    running.add(over);
    void over.then(() => running.delete(over));
    judged.push(one);
  }
  // All of them end before the first fault is told: nothing goes on behind the back of whoever comes next.
  await Promise.allSettled(judged);
  return Promise.all(judged);
}

/** Says how far an import is, once a second while it moves, and holds it all the time: also while done entries are passed over. */
class Progress {
  readonly #began = performance.now();
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
    return performance.now() - this.#began > this.run.turnMs;
  }

  /** After a batch. @returns false when it is not this worker's any more */
  async note(): Promise<boolean> {
    this.#moved = true;
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
