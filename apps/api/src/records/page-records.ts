import type { AgencyActor } from '@concord/access';
import { findRecordsById, type RecordCard } from '@concord/records';
import { ALERT_READ, bookRecordRead, readAs, type ReadBooks } from './record.loader.js';

/** How long a page's records may be handed out after they were read. Access is asked again after that. */
const FRESH_MS = 200;

/**
 * The records of one page of a live stream: the first that is asked for reads all of them, in one statement with one
 * audit entry. A reader that takes its time gets what its keys open then, and not what they opened when the page began:
 * of the rest as many are read again as it took of those before, so that a slow reader costs no more than a quick one.
 */
export class PageRecords {
  #read: Promise<Map<string, RecordCard>> | null = null;
  #readAt = 0;
  readonly #left: Set<string>;
  #asked: ReadonlySet<string> = new Set();
  #taken = 0;

  constructor(
    private readonly books: ReadBooks,
    private readonly actor: AgencyActor,
    ids: readonly string[],
    /** How it is read: when its turn comes, and again after an outage. */
    private readonly inTurn: <T>(read: () => Promise<T>) => Promise<T>,
  ) {
    this.#left = new Set(ids);
  }

  async get(id: string): Promise<RecordCard | null> {
    const now = performance.now();
    if (this.#read === null || now - this.#readAt > FRESH_MS || !this.#asked.has(id)) {
      const most = this.#read === null ? Infinity : Math.max(1, this.#taken);
      this.#asked = new Set([...new Set([id, ...this.#left])].slice(0, most));
      const asked = [...this.#asked];
      this.#taken = 0;
      this.#readAt = now;
      this.#read = this.inTurn(() => this.#load(asked));
    }
    const records = await this.#read;
    this.#left.delete(id);
    this.#taken += 1;
    return records.get(id) ?? null;
  }

  async #load(ids: readonly string[]): Promise<Map<string, RecordCard>> {
    const found = (await findRecordsById(this.books.db, readAs(this.actor), ids)).filter((card) => card !== null);
    await bookRecordRead(this.books, this.actor, ALERT_READ, found);
    return new Map(found.map((card) => [card.id, card]));
  }
}
