import { isOutage } from '@concord/platform/database-link';
import pLimit, { type LimitFunction } from 'p-limit';
import { setTimeout as sleep } from 'node:timers/promises';

/** Pause of a stream while PostgreSQL is away, and up to twice that so that not all look at once. */
const AWAY_MS = 500;

/**
 * What the live streams of this process read, so many at once and the others in turn: an event that goes to thousands of
 * streams would else take every connection, and whoever submits meanwhile would be told that there is none.
 */
export class StreamReads {
  readonly #turns: LimitFunction;

  /** @param atOnce fewer than the pool has connections: the others are for requests */
  constructor(atOnce: number) {
    this.#turns = pLimit(atOnce);
  }

  /**
   * Reads in turn, and again while PostgreSQL is away: a stream waits where a request is told to come back.
   * @throws the outage, where the stream ends meanwhile
   */
  async read<T>(signal: AbortSignal, read: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#turns(read);
      } catch (error) {
        if (signal.aborted || !isOutage(error)) throw error;
        await sleep(AWAY_MS * (1 + Math.random()), undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }
}
