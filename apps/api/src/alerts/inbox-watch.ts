import type { WakeUps } from '@concord/platform/queue';

/** A lost wake-up costs a subscriber at most this, and a little more so that not all look at once. */
const LOOK_AGAIN_MS = 10_000;

/**
 * Wakes live streams in this process. It carries no content and promises nothing: whoever is woken, or has waited long
 * enough, reads its inbox from its own cursor.
 */
export class InboxWatch {
  readonly #waiting = new Map<string, Set<() => void>>();
  #closed = false;

  async start(wakeUps: WakeUps): Promise<void> {
    await wakeUps.subscribe((inboxIds) => this.#wake(inboxIds));
  }

  /** Streams that wait now, for /metrics. */
  get size(): number {
    return [...this.#waiting.values()].reduce((sum, set) => sum + set.size, 0);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * A ticket taken before the inbox is read: a wake-up that comes between the read and the wait is kept.
   */
  ticket(inboxId: string): InboxTicket {
    let rung = this.#closed;
    let ring: (() => void) | null = null;
    const bell = (): void => {
      rung = true;
      ring?.();
    };
    const room = this.#roomOf(inboxId);
    room.add(bell);
    return {
      wait: () =>
        new Promise((resolve) => {
          if (rung) return resolve();
          const timer = setTimeout(resolve, LOOK_AGAIN_MS * (1 + Math.random() / 2));
          timer.unref();
          ring = () => {
            clearTimeout(timer);
            resolve();
          };
        }),
      leave: () => {
        room.delete(bell);
        ring?.();
        if (room.size === 0 && this.#waiting.get(inboxId) === room) this.#waiting.delete(inboxId);
      },
    };
  }

  /** Ends every wait: the process is going down. */
  close(): void {
    this.#closed = true;
    for (const room of this.#waiting.values()) for (const bell of room) bell();
  }

  #roomOf(inboxId: string): Set<() => void> {
    const known = this.#waiting.get(inboxId);
    if (known) return known;
    const room = new Set<() => void>();
    this.#waiting.set(inboxId, room);
    return room;
  }

  #wake(inboxIds: readonly string[]): void {
    for (const id of inboxIds) for (const bell of this.#waiting.get(id) ?? []) bell();
  }
}

export interface InboxTicket {
  wait(): Promise<void>;
  leave(): void;
}
