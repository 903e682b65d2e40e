import { boundedErrors, type Logger } from '@concord/platform/logging';
import { tallyReads } from '@concord/records';
import type { Pool } from 'pg';

const LOOK_MS = 60_000;
/** Of one statement; what is left over goes in the next. */
const BATCH = 500;

export interface ReadTallyOptions {
  readonly pool: Pool;
  readonly log: Logger;
  /** How often it looks; default a minute. */
  readonly lookMs?: number | undefined;
}

/**
 * Counts the reads that the books have noted since the last look, for the digests of those whose records were read (ADR
 * 0035). Any number of workers may look: each note is taken once, with what it counts for.
 */
export class ReadTally {
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #stopping = false;

  constructor(private readonly options: ReadTallyOptions) {
    this.#failed = boundedErrors(options.log, 'read.tally-failed');
  }

  /** Looks for the first time after one period: whoever starts has more urgent things to do. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.tally()
        .then(() => undefined, this.#failed)
        .finally(() => (this.#looking = null));
    }, this.options.lookMs ?? LOOK_MS);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
  }

  /** @returns how many reads were counted */
  async tally(): Promise<number> {
    let counted = 0;
    for (let batch = BATCH; batch === BATCH && !this.#stopping; counted += batch)
      batch = await tallyReads(this.options.pool, BATCH);
    return counted;
  }
}
