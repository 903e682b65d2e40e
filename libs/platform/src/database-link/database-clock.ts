import type { Clock } from '@concord/platform/clock';

/** An answer that took longer says too little about when it was given. */
const LONGEST_MS = 250;
/** After so long without a quick answer a slow one is better than none: this process's own clock drifts too. */
const STALE_MS = 60_000;
/** Clocks that are kept differ by milliseconds. */
const APART_SECONDS = 5;

/**
 * The database's time, carried on by this process's steady clock from one answer of PostgreSQL to the next: the wall
 * clock of this machine may be hours off or leap, and nothing that is decided here changes. It is never ahead of the
 * database, so that no embargo ends early, and behind by no more than an answer took.
 */
export class DatabaseClock implements Clock {
  #heard: { readonly serverMs: number; readonly at: number } | null = null;
  #settle: (() => void) | null = null;
  /** Resolves at the first answer; until then `now` can only be this machine's. */
  readonly known = new Promise<void>((resolve) => (this.#settle = resolve));

  /**
   * @param serverMs what the server's clock said, in milliseconds of the epoch
   * @param askedAt when it was asked, by `performance.now()`
   */
  hear(serverMs: number, askedAt: number): void {
    const at = performance.now();
    if (this.#heard !== null && at - askedAt > LONGEST_MS && at - this.#heard.at < STALE_MS) return;
    this.#heard = { serverMs, at };
    this.#settle?.();
  }

  now(): Date {
    if (this.#heard === null) return new Date();
    return new Date(this.#heard.serverMs + (performance.now() - this.#heard.at));
  }

  /** @param warn told how far this machine's wall clock is ahead of the database's, where that is worth a look */
  warnIfApart(warn: (seconds: number) => void): void {
    const ahead = (Date.now() - this.now().getTime()) / 1_000;
    if (Math.abs(ahead) > APART_SECONDS) warn(ahead);
  }
}
