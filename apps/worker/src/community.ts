import { appendAudit, auditEntry } from '@concord/audit';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import { makeCommunityBatch, type CommunityBatch } from '@concord/records';
import type { Pool, PoolClient } from 'pg';

/** How late a batch may be for want of a look; whether one is due is one row of an index. */
const LOOK_MS = 60_000;
/**
 * How long a batch may take: one of a million candidates takes minutes on a slow machine, and whatever ends it sooner ends
 * the next try too. For the pool that the batches are made on.
 */
export const COMMUNITY_TIMEOUT_MS = 15 * 60_000;
/** For one that is under way when the worker stops. */
const STOP_MS = 5_000;

export interface CommunityBatchesOptions {
  /** One connection is enough, and statements may take {@link COMMUNITY_TIMEOUT_MS}. */
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often it looks whether a batch is due; default a minute. */
  readonly lookMs?: number | undefined;
  /** Told of each that was made, and how long it took. */
  readonly onMade?: ((batch: CommunityBatch, seconds: number) => void) | undefined;
  /** How long one that is under way may go on when the worker stops; default 5 s. */
  readonly stopMs?: number | undefined;
}

/**
 * Lets out each week's batch for community partners (ADR 0024). Nothing is queued: the database says by its own clock
 * whether one is due, and makes it once, whoever asks and however often. A batch that is late by weeks is one batch.
 */
export class CommunityBatches {
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #making: PoolClient | null = null;
  #stopping = false;

  constructor(private readonly options: CommunityBatchesOptions) {
    this.#failed = boundedErrors(options.log, 'community.failed');
  }

  /** Looks for the first time after one period: whoever starts has more urgent things to do. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.makeDue()
        .then(
          () => undefined,
          (error: unknown) => {
            if (!this.#stopping) this.#failed(error);
          },
        )
        .finally(() => (this.#looking = null));
    }, this.options.lookMs ?? LOOK_MS);
  }

  /** What is not done in time is cut off and rolled back: it is as due as before, for the next who looks. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearInterval(this.#timer);
    const late = setTimeout(() => this.#making?.connection.stream.destroy(), this.options.stopMs ?? STOP_MS);
    await this.#looking;
    clearTimeout(late);
  }

  /** @returns the batch that was due and is made; null where there was none to make */
  async makeDue(): Promise<CommunityBatch | null> {
    const { pool, clock, log, onMade } = this.options;
    const began = performance.now();
    const batch = await inTransaction(pool, async (tx) => {
      this.#making = tx;
      // Cut off, it lets go of what the next one waits for.
      await tx.query(`set local client_connection_check_interval = '1s'`);
      const made = await makeCommunityBatch(tx);
      if (made !== null) {
        const entry = auditEntry({
          ...{ at: clock.now(), personId: null, agencyId: null, roles: [], action: 'community.release' },
          ...{ outcome: 'DONE', purpose: null },
          subjects: [{ kind: 'community-batch', id: String(made.number) }],
        });
        await appendAudit(tx, [entry]);
      }
      return made;
    }).finally(() => (this.#making = null));
    if (batch === null) return null;
    log.info({ batch: batch.number, rows: batch.records }, 'community.released');
    onMade?.(batch, (performance.now() - began) / 1_000);
    return batch;
  }
}
