import { escalateAlerts, handOverAlerts } from '@concord/alerting';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import type { WakeUps } from '@concord/platform/queue';
import type { Pool } from 'pg';

const LOOK_MS = 500;
/** Of one transaction; what is left over goes in the next. */
const BATCH = 50;

export interface HandOversOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly wakeUps: WakeUps;
  readonly log: Logger;
  /** How often it looks; default half a second: whoever is given an alert waits for it. */
  readonly lookMs?: number | undefined;
}

/**
 * Alerts that go to a colleague: those that their owner assigned, and those that nobody acknowledged in time, by the
 * database's clock. Nothing is queued: whoever looks next goes on, and any number of workers may look.
 */
export class HandOvers {
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  constructor(private readonly options: HandOversOptions) {
    this.#failed = boundedErrors(options.log, 'alert.hand-over-failed');
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look()
        .catch(this.#failed)
        .finally(() => (this.#looking = null));
    }, this.options.lookMs ?? LOOK_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
  }

  /** Escalates what is due and hands over what waits, until nothing does. */
  async look(): Promise<void> {
    const { pool, clock, wakeUps } = this.options;
    for (let more = true; more;) {
      const { steps, looked, inboxIds } = await inTransaction(pool, async (tx) => ({
        steps: await escalateAlerts(tx, BATCH),
        ...(await handOverAlerts(tx, BATCH, clock.now())),
      }));
      if (inboxIds.length > 0) await wakeUps.publish([...inboxIds]);
      more = steps === BATCH || looked === BATCH;
    }
  }
}
