import type { WakeUps } from '@concord/platform/queue';

/** A lost wake-up costs a subscriber at most this. */
const LOOK_AGAIN_MS = 10_000;

/** Where the streams of an inbox wait: those behind the lowest position are woken when it has something after it. */
export interface WaitingInbox {
  readonly id: string;
  readonly position: bigint;
}

export interface InboxWatchOptions {
  /** Which of these have something after their position. */
  readonly findAhead: (waiting: readonly WaitingInbox[]) => Promise<readonly string[]>;
  /** A look failed, for the first time since one succeeded. */
  readonly onFailure: (error: unknown) => void;
  /** Default 10 s. */
  readonly lookAgainMs?: number;
}

interface Waiting {
  /** What it has read; null: it is still reading. */
  position: bigint | null;
  /** Waits for something else than an inbox, and looks for itself whenever all are looked at. */
  looksItself: boolean;
  readonly ring: () => void;
}

/**
 * Wakes live streams in this process. It carries no content and promises nothing: whoever is woken reads its inbox from
 * its own cursor. What no wake-up says, a look at all inboxes that somebody waits for finds, in one statement: ten
 * thousand streams that looked for themselves would leave no connection for anything else.
 */
export class InboxWatch {
  readonly #waiting = new Map<string, Set<Waiting>>();
  readonly #options: InboxWatchOptions;
  #timer: NodeJS.Timeout | null = null;
  #failing = false;
  #closed = false;

  constructor(options: InboxWatchOptions) {
    this.#options = options;
  }

  async start(wakeUps: Pick<WakeUps, 'subscribe'>): Promise<void> {
    await wakeUps.subscribe((inboxIds) => this.#wake(inboxIds));
    this.#lookLater();
  }

  /** Streams that wait now, for /metrics. */
  get size(): number {
    return [...this.#waiting.values()].reduce((sum, set) => sum + set.size, 0);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** A ticket taken before the inbox is read: a wake-up that comes between the read and the wait is kept. */
  ticket(inboxId: string): InboxTicket {
    let rung = this.#closed;
    let ring: (() => void) | null = null;
    const waiting: Waiting = {
      position: null,
      looksItself: false,
      ring: () => {
        rung = true;
        ring?.();
      },
    };
    const room = this.#roomOf(inboxId);
    room.add(waiting);
    return {
      wait: (position) =>
        new Promise((resolve) => {
          if (rung) return resolve();
          waiting.position = position;
          waiting.looksItself = position === null;
          ring = resolve;
        }),
      leave: () => {
        room.delete(waiting);
        ring?.();
        if (room.size === 0 && this.#waiting.get(inboxId) === room) this.#waiting.delete(inboxId);
      },
    };
  }

  /** Ends every wait: the process is going down. */
  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const room of this.#waiting.values()) for (const { ring } of room) ring();
  }

  #lookLater(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#look().finally(() => this.#lookLater()), this.#lookAgainMs);
    this.#timer.unref();
  }

  get #lookAgainMs(): number {
    return this.#options.lookAgainMs ?? LOOK_AGAIN_MS;
  }

  /** Whoever comes to wait during it is seen by the next. */
  async #look(): Promise<void> {
    for (const room of this.#waiting.values()) for (const { looksItself, ring } of room) if (looksItself) ring();
    const waiting = [...this.#waiting].flatMap(([id, room]) => {
      const position = lowestOf(room);
      return position === null ? [] : [{ id, position }];
    });
    if (waiting.length === 0) return;
    try {
      this.#wake(await this.#options.findAhead(waiting));
      this.#failing = false;
    } catch (error) {
      // Said once, not at every look: streams cannot read either while the database is away.
      if (!this.#failing && !this.#closed) this.#options.onFailure(error);
      this.#failing = true;
    }
  }

  #roomOf(inboxId: string): Set<Waiting> {
    const known = this.#waiting.get(inboxId);
    if (known) return known;
    const room = new Set<Waiting>();
    this.#waiting.set(inboxId, room);
    return room;
  }

  #wake(inboxIds: readonly string[]): void {
    for (const id of inboxIds) for (const { ring } of this.#waiting.get(id) ?? []) ring();
  }
}

export interface InboxTicket {
  /** Until there may be something after this position, which is what has been read; null: what is waited for is no inbox. */
  wait(position: bigint | null): Promise<void>;
  leave(): void;
}

/** Null where nobody waits: whoever still reads will see what there is. */
function lowestOf(room: ReadonlySet<Waiting>): bigint | null {
  let lowest: bigint | null = null;
  for (const { position } of room) if (position !== null && (lowest === null || position < lowest)) lowest = position;
  return lowest;
}
