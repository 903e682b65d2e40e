/**
 * Where somebody waits who asks again although it was told when to: it costs a timer, and slows down whoever asks as
 * fast as answers come. It holds so many and no more.
 */
export class WaitingRoom {
  #waiting = 0;

  constructor(
    private readonly seats: number,
    private readonly waitMs: number,
  ) {}

  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves after the wait, sooner when the signal says that nobody waits any more. @returns false at once when it is full */
  async wait(signal: AbortSignal): Promise<boolean> {
    if (this.#waiting >= this.seats) return false;
    if (signal.aborted) return true;
    this.#waiting += 1;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, this.waitMs);
      signal.addEventListener('abort', done, { once: true });
    });
    this.#waiting -= 1;
    return true;
  }
}
