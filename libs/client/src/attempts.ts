import { setTimeout as sleep } from 'node:timers/promises';
import { BusyError, DeadlineError, UnreachableError } from './errors.js';

/** How long and how often an operation is tried. */
export interface RetryPolicy {
  /** For all attempts together, pauses too, in ms. */
  readonly deadlineMs: number;
  /** For one attempt, in ms: a connection that is open and silent is given up. The service itself answers within 30 s. */
  readonly attemptMs: number;
  /** First pause; each further one is twice as long, up to `longestPauseMs`, and less by chance. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const USUAL_RETRIES: RetryPolicy = {
  deadlineMs: 60_000,
  attemptMs: 35_000,
  firstPauseMs: 200,
  longestPauseMs: 10_000,
};

export interface Attempting {
  readonly policy: RetryPolicy;
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Does it until it is answered, where it may be repeated; once where not. What is refused is refused; what is busy waits
 * at least as long as it was told to.
 *
 * @throws what the attempt threw, where it is not for another; DeadlineError; the reason of the signal
 */
export async function attempt<T>(
  { policy, repeatable, signal }: Attempting,
  once: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = performance.now() + policy.deadlineMs;
  let last: unknown;
  for (let tries = 0; ; tries += 1) {
    signal?.throwIfAborted();
    const left = end - performance.now();
    if (left <= 0) throw new DeadlineError(policy.deadlineMs, !repeatable, { cause: last });
    const patience = AbortSignal.timeout(Math.ceil(Math.min(left, policy.attemptMs)));
    try {
      return await once(signal === undefined ? patience : AbortSignal.any([signal, patience]));
    } catch (error) {
      signal?.throwIfAborted();
      last = patience.aborted ? new UnreachableError('The service did not answer in time.', !repeatable) : error;
      if (patience.aborted && left <= policy.attemptMs)
        throw new DeadlineError(policy.deadlineMs, !repeatable, { cause: error });
      if (!repeatable || !isPassing(last)) throw last;
    }
    const wait = pauseBefore(tries, policy, last);
    // Waiting that cannot end in time helps nobody; who is told how long it takes can plan.
    if (wait > end - performance.now()) throw last;
    await sleep(wait, undefined, { ...(signal === undefined ? {} : { signal }) });
  }
}

const isPassing = (error: unknown): boolean => error instanceof BusyError || error instanceof UnreachableError;

/** In ms. By chance, so that those who were cut off together do not come back together. */
export function pauseBefore(tries: number, policy: RetryPolicy, error: unknown): number {
  const most = Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** Math.min(tries, 30));
  const pause = most * (0.5 + Math.random() / 2);
  const told = error instanceof BusyError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  return told === 0 ? pause : told + pause / 4;
}
