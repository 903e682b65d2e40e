import { setTimeout as sleep } from 'node:timers/promises';

/** Outbox rows that one run takes: as many as a job of the relay's. */
const MOST_ROWS = 50;
/** With so many waiting there is a backlog: what comes now goes on the queue, where other workers help. */
const ROOM = 200;

export interface DirectLaneOptions {
  /** Runs at once. */
  readonly concurrency: number;
  /** Says in the log what it throws. */
  readonly handle: (outboxIds: readonly string[]) => Promise<void>;
  /** What failed; whether it rejects is nobody's business any more. */
  readonly onFailed: (outboxIds: readonly string[]) => Promise<void>;
}

/**
 * Works on outbox rows in this process at once, without the way through a queue. What comes while it works goes with the
 * next run, so that under load a commit carries many.
 *
 * It owns nothing (ADR 0017). A row is in the outbox, relayed and not done, before it comes here: what fails goes on its
 * queue, and what is lost with the process is put there by the reconciler.
 */
export class DirectLane {
  #waiting: string[] = [];
  /** Counted down where a run finds nothing more, so that nothing is left between two of its steps. */
  #active = 0;
  #inHand = 0;
  readonly #runs = new Set<Promise<void>>();

  constructor(private readonly options: DirectLaneOptions) {}

  get hasRoom(): boolean {
    return this.#waiting.length < ROOM;
  }

  /** Rows that wait here or are worked on. */
  get rows(): number {
    return this.#waiting.length + this.#inHand;
  }

  /** To be called after the commit that marks the rows as relayed. */
  take(outboxIds: readonly string[]): void {
    this.#waiting.push(...outboxIds);
    // Each run takes its first rows at once.
    while (this.#waiting.length > 0 && this.#active < this.options.concurrency) {
      const run = this.#run().finally(() => this.#runs.delete(run));
      this.#runs.add(run);
    }
  }

  /** Resolves when everything that was taken has been tried, or after so long. */
  async idle(longestMs: number): Promise<void> {
    const over = new AbortController();
    const late = sleep(longestMs, undefined, { signal: over.signal }).catch(() => undefined);
    while (this.#runs.size > 0 && (await Promise.race([Promise.all(this.#runs), late])) !== undefined);
    over.abort();
  }

  async #run(): Promise<void> {
    this.#active += 1;
    while (this.#waiting.length > 0) {
      const rows = this.#waiting.splice(0, MOST_ROWS);
      this.#inHand += rows.length;
      try {
        await this.options.handle(rows);
      } catch {
        await this.#failed(rows);
      } finally {
        this.#inHand -= rows.length;
      }
    }
    this.#active -= 1;
  }

  async #failed(rows: readonly string[]): Promise<void> {
    try {
      await this.options.onFailed(rows);
    } catch {
      // The queue is away too: the reconciler finds the rows.
    }
  }
}
