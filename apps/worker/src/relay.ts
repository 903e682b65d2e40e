import {
  bury,
  claimDue,
  claimLost,
  markRelayed,
  OUTBOX_KINDS,
  othersWereDone,
  removeFinished,
  type LostRow,
  type OutboxKind,
} from '@concord/outbox';
import { inTransaction, type Queryable } from '@concord/platform/database';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import type { JobQueue } from '@concord/platform/queue';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { DirectLane } from './direct-lane.js';
import { OutboxListener } from './outbox-listener.js';

/** Rows that one transaction relays, and how many of them go into one job. */
const BATCH = 500;
const JOB_SIZE = 50;
/** A notification that was lost costs at most this. */
const POLL_MS = 1_000;
const RECONCILE_MS = 2_000;
const LOST_AFTER_SECONDS = 5;
const KEEP_FINISHED_HOURS = 24;
/** A row that was begun alone this often and not finished is given up, if other rows were done meanwhile ... */
const TRIES = 5;
/** ... and after this many whatever happens. */
const MOST_TRIES = 10;
/** How much longer a row is waited for while its queue has a backlog. */
const BACKLOG_PATIENCE = 6;

export interface RelayOptions {
  readonly pool: Pool;
  /** For LISTEN, which needs a connection of its own. */
  readonly listenUrl: string;
  readonly queues: Readonly<Record<OutboxKind, JobQueue>>;
  /** Where rows of a kind are worked on in this process while there is room; absent: they go on their queue. */
  readonly lanes?: Readonly<Partial<Record<OutboxKind, DirectLane>>> | undefined;
  readonly log: Logger;
  readonly tracer?: Tracer | undefined;
  /** Told how many rows the reconciler has put back. */
  readonly onRequeued?: ((rows: number) => void) | undefined;
  /** How often the reconciler looks; default 2 s. */
  readonly reconcileMs?: number | undefined;
  /** Relayed and not finished for this long: put on the queue again; default 5 s. */
  readonly lostAfterSeconds?: number | undefined;
}

/**
 * Moves outbox rows onto the queues, in batches of ids. At least once: a job is added before its rows are marked, and
 * its handler looks at the rows again. The only code that adds a job. Also the reconciler: what was relayed and not
 * finished goes back on the queue, so that a flushed Redis or a job that stalled loses nothing.
 */
export class OutboxRelay {
  readonly #listener: OutboxListener;
  readonly #failed: (error: unknown) => void;
  readonly #reconcileFailed: (error: unknown) => void;
  #stopping = false;
  #wake: (() => void) | null = null;
  #pending = false;
  #loop: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #reconciling: Promise<void> | null = null;
  #lookedAt: number | null = null;

  constructor(private readonly options: RelayOptions) {
    this.#failed = boundedErrors(options.log, 'relay.failed');
    this.#reconcileFailed = boundedErrors(options.log, 'reconcile.failed');
    this.#listener = new OutboxListener({
      url: options.listenUrl,
      onNews: () => this.#nudge(),
      onError: boundedErrors(options.log, 'relay.not-listening'),
    });
  }

  async start(): Promise<void> {
    await this.#listener.start();
    this.#loop = this.#run();
    const look = (): void => {
      this.#reconciling ??= this.#reconcile().finally(() => (this.#reconciling = null));
    };
    this.#timer = setInterval(look, this.options.reconcileMs ?? RECONCILE_MS);
  }

  /** When it last looked for due rows and was answered, by `performance.now()`; null before that. */
  get lookedAt(): number | null {
    return this.#lookedAt;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#nudge();
    await this.#loop;
    await this.#reconciling;
    await this.#listener.stop();
  }

  /** Puts on its queue what a lane could not do. @throws when the queue's store does not answer */
  putBack(kind: OutboxKind, outboxIds: readonly string[]): Promise<void> {
    return this.#addJobs(kind, outboxIds, { suffix: '-direct', again: true });
  }

  #nudge(): void {
    this.#pending = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#pending = false;
      try {
        while ((await this.#relayBatch()) === BATCH && !this.#stopping);
        this.#lookedAt = performance.now();
      } catch (error) {
        this.#failed(error);
        // What cannot be relayed now will not be sooner because there is more of it.
        await sleep(POLL_MS);
        continue;
      }
      await this.#sleep();
    }
  }

  #sleep(): Promise<void> {
    if (this.#pending || this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #relayBatch(): Promise<number> {
    const taken: { readonly lane: DirectLane; readonly ids: readonly string[] }[] = [];
    const relayed = await inTransaction(this.options.pool, async (tx) => {
      const rows = await claimDue(tx, BATCH);
      if (rows.length === 0) return 0;
      const outboxIds = rows.map((row) => row.id);
      await (this.options.tracer ?? NO_TRACING).span('relay.batch', { outboxIds }, async () => {
        for (const kind of OUTBOX_KINDS) {
          const ids = rows.filter((row) => row.kind === kind).map((row) => row.id);
          const lane = this.options.lanes?.[kind];
          if (lane?.hasRoom === true) taken.push({ lane, ids });
          else await this.#addJobs(kind, ids);
        }
        await markRelayed(tx, outboxIds);
      });
      return rows.length;
    });
    // Only now: a row that is worked on is one that the reconciler would find.
    for (const { lane, ids } of taken) lane.take(ids);
    return relayed;
  }

  async #reconcile(): Promise<void> {
    try {
      const patience = await this.#patience();
      // A few in each transaction: whoever works on one of them waits until it is committed.
      while ((await this.#putLostBack(patience)) === JOB_SIZE && !this.#stopping);
      await removeFinished(this.options.pool, KEEP_FINISHED_HOURS);
    } catch (error) {
      if (!this.#stopping) this.#reconcileFailed(error);
    }
  }

  /** @returns how many were lost: at most {@link JOB_SIZE} at once */
  async #putLostBack(patience: number): Promise<number> {
    const { found, dead } = await inTransaction(this.options.pool, async (tx) => {
      const lost = await claimLost(tx, patience, JOB_SIZE);
      const dead = await this.#bury(tx, lost);
      const rows = lost.filter((row) => !dead.includes(row));
      // Alone, each of them: whichever ended its worker does not take the others with it again.
      for (const { id, kind, relays } of rows)
        await this.options.queues[kind].add(jobId(kind, [id], `-again-${relays}`), { outboxIds: [id], again: true });
      if (rows.length > 0)
        await markRelayed(
          tx,
          rows.map((row) => row.id),
        );
      return { found: rows.length, dead };
    });
    for (const { id, kind } of dead) this.options.log.error({ outboxId: id, kind }, 'outbox.dead');
    if (found > 0) {
      this.options.log.warn({ rows: found }, 'outbox.requeued');
      this.options.onRequeued?.(found);
    }
    return found + dead.length;
  }

  /** Gives up what fails however often it is tried, unless nothing at all gets done: then no row is to blame. */
  async #bury(tx: Queryable, lost: readonly LostRow[]): Promise<LostRow[]> {
    const suspects = lost.filter((row) => row.tries >= TRIES);
    if (suspects.length === 0) return [];
    const blamed = await othersWereDone(
      tx,
      suspects.map((row) => row.id),
    );
    const dead = suspects.filter((row) => row.tries >= MOST_TRIES || blamed.includes(row.id));
    await bury(
      tx,
      dead.map((row) => row.id),
    );
    return dead;
  }

  /** What waits in a queue or a lane is not lost but late: while there is a backlog, a row is given longer. */
  async #patience(): Promise<number> {
    const seconds = this.options.lostAfterSeconds ?? LOST_AFTER_SECONDS;
    const queues = new Set(Object.values(this.options.queues));
    const backlogs = await Promise.all([...queues].map((queue) => queue.waiting()));
    const inLanes = Object.values(this.options.lanes ?? {}).map((lane) => lane.rows);
    return [...backlogs, ...inLanes].some((waiting) => waiting > 0) ? seconds * BACKLOG_PATIENCE : seconds;
  }

  async #addJobs(kind: OutboxKind, ids: readonly string[], { suffix = '', again = false } = {}): Promise<void> {
    for (let start = 0; start < ids.length; start += JOB_SIZE) {
      const outboxIds = ids.slice(start, start + JOB_SIZE);
      await this.options.queues[kind].add(jobId(kind, outboxIds, suffix), again ? { outboxIds, again } : { outboxIds });
    }
  }
}

/** Its first and last row's: the same rows relayed twice are one job while it exists. */
const jobId = (kind: OutboxKind, ids: readonly string[], suffix = ''): string =>
  `${kind.replace('.', '-')}-${ids[0] ?? ''}-${ids.at(-1) ?? ''}${suffix}`;
