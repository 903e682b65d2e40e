import { setTimeout as sleep } from 'node:timers/promises';

/** The queue's store did not answer in time; what was asked may still be done. */
export class QueueSilentError extends Error {
  readonly code = 'QUEUE_SILENT';

  constructor() {
    super('the queue does not answer');
    this.name = 'QueueSilentError';
  }
}

/**
 * What came of `work`, or QueueSilentError: BullMQ on Redis keeps commands until Redis is back, however long that is.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  // Late failures are nobody's any more.
  work.catch(() => undefined);
  const late = sleep(ms, undefined, { ref: false, signal: over.signal }).then(
    () => Promise.reject(new QueueSilentError()),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

/** Waits for `work`, but not longer than this, and does not care how it ends: for what is closed. */
export const atMost = (ms: number, work: Promise<unknown>): Promise<void> =>
  within(ms, work).then(
    () => undefined,
    () => undefined,
  );
