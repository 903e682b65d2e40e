/** Who is remembered at once; whoever has been remembered longest is forgotten for a new one. */
const MOST = 10_000;

/** Keys that are remembered for a time: bounded, and forgetting one early is harmless. */
export class Remembered {
  readonly #until = new Map<string, number>();

  get size(): number {
    return this.#until.size;
  }

  /** @returns whether this one was not known */
  add(key: string, seconds: number): boolean {
    const known = this.has(key);
    this.#until.delete(key);
    this.#until.set(key, performance.now() + seconds * 1_000);
    const [oldest] = this.#until.keys();
    if (this.#until.size > MOST && oldest !== undefined) this.#until.delete(oldest);
    return !known;
  }

  has(key: string): boolean {
    return this.secondsLeft(key) > 0;
  }

  /** Whole seconds; 0 when it is not known. */
  secondsLeft(key: string): number {
    const until = this.#until.get(key);
    if (until === undefined) return 0;
    const left = Math.ceil((until - performance.now()) / 1_000);
    if (left > 0) return left;
    this.#until.delete(key);
    return 0;
  }
}
