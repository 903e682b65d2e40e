import { appendAudit, auditEntry } from '@concord/audit';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import { makeCommunityBatch, type CommunityBatch } from '@concord/records';
import type { Pool } from 'pg';

/** How late a batch may be for want of a look; whether one is due is one row of an index. */
const LOOK_MS = 60_000;
/** A batch of a million records takes seconds; the first of a year, which begins anew, some more (docs/community.md). */
const LONGEST = '15min';

export interface CommunityBatchesOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often it looks whether a batch is due; default a minute. */
  readonly lookMs?: number | undefined;
}

/**
 * Lets out each week's batch for community partners (ADR 0024). Nothing is queued: the database says by its own clock
 * whether one is due, and makes it once, whoever asks and however often. A batch that is late by weeks is one batch.
 */
export class CommunityBatches {
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  constructor(private readonly options: CommunityBatchesOptions) {
    this.#failed = boundedErrors(options.log, 'community.failed');
  }

  /** Looks for the first time after one period: whoever starts has more urgent things to do. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.makeDue()
        .then(() => undefined, this.#failed)
        .finally(() => (this.#looking = null));
    }, this.options.lookMs ?? LOOK_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
  }

  /** @returns the batch that was due and is made; null where there was none to make */
  async makeDue(): Promise<CommunityBatch | null> {
    const { pool, clock, log } = this.options;
    const batch = await inTransaction(pool, async (tx) => {
      await tx.query(`set local statement_timeout = '${LONGEST}'`);
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
    });
    if (batch !== null) log.info({ batch: batch.number, rows: batch.records }, 'community.released');
    return batch;
  }
}
