/** So much a second, and twice that at once: what was not used for a while may be used together. */
export class Allowance {
  #left: number;
  #at: number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(
    private readonly perSecond: number,
    now: number,
  ) {
    this.#left = 2 * perSecond;
    this.#at = now;
  }

  /** Whether there was as much; what is taken in vain is taken all the same, so that a flood does not end by waiting for half of it. */
  take(amount: number, now: number): boolean {
    const gained = (Math.max(0, now - this.#at) / 1_000) * this.perSecond;
    this.#left = Math.min(2 * this.perSecond, this.#left + gained) - amount;
    this.#at = Math.max(this.#at, now);
    return this.#left >= 0;
  }
}
