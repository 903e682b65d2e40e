import { appendAudit, auditEntry } from '@concord/audit';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import { sweepReportDrafts } from '@concord/records';
import type { Pool } from 'pg';

const LOOK_MS = 3_600_000;
/** Of one transaction; what is left over goes in the next. */
const BATCH = 500;

export interface DraftSweepOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often it looks; default an hour. */
  readonly lookMs?: number | undefined;
}

/**
 * Deletes drafts that nobody has touched for as long as drafts are kept (`draft_retention()`, 90 days), by the database's
 * clock. Nothing is queued: whoever looks next goes on, and any number of workers may look.
 */
export class DraftSweep {
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  constructor(private readonly options: DraftSweepOptions) {
    this.#failed = boundedErrors(options.log, 'draft.sweep-failed');
  }

  /** Looks for the first time after one period: whoever starts has more urgent things to do. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.sweep()
        .then(() => undefined, this.#failed)
        .finally(() => (this.#looking = null));
    }, this.options.lookMs ?? LOOK_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
  }

  /** @returns how many are gone */
  async sweep(): Promise<number> {
    let swept = 0;
    for (let batch = BATCH; batch === BATCH; swept += batch) batch = await this.#sweepSome();
    if (swept > 0) this.options.log.info({ rows: swept }, 'draft.swept');
    return swept;
  }

  #sweepSome(): Promise<number> {
    const { pool, clock } = this.options;
    return inTransaction(pool, async (tx) => {
      const gone = await sweepReportDrafts(tx, BATCH);
      await appendAudit(
        tx,
        gone.map(({ id, agencyId }) =>
          auditEntry({
            ...{ at: clock.now(), personId: null, agencyId, roles: [], action: 'report-draft.expire' },
            ...{ outcome: 'DONE', purpose: null },
            subjects: [{ kind: 'report-draft', id }],
          }),
        ),
      );
      return gone.length;
    });
  }
}
