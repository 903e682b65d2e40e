/** Outbox rows that one delivery takes: as many as a job of the relay's. */
const MOST_ROWS = 50;

/**
 * Delivers what this process has just raised, without the way through the relay and a queue. One delivery at a time: what
 * is raised meanwhile goes with the next one, so that under load a commit carries many, and no two of this process wait
 * for the same inbox.
 *
 * It owns nothing. A row is in the outbox, relayed and not done, before it comes here: what fails, or is lost with the
 * process, is put on its queue by the reconciler.
 */
export class DeliveryLane {
  #waiting: string[] = [];
  #running: Promise<void> | null = null;

  /** @param deliver says in the log what it throws. */
  constructor(private readonly deliver: (outboxIds: readonly string[]) => Promise<void>) {}

  take(outboxIds: readonly string[]): void {
    this.#waiting.push(...outboxIds);
    this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  /** Resolves when everything that was taken has been tried. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const rows = this.#waiting.splice(0, MOST_ROWS);
      await this.deliver(rows).catch(() => undefined);
    }
  }
}
