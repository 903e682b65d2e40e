import type { Relay } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, within } from './deadline.js';

/** Wake-ups across processes: at most once, and never more than ids. Whoever is woken reads PostgreSQL. */
export interface WakeUps {
  /** Never fails: a wake-up that is lost costs its subscriber the time to its next look. */
  publish(inboxIds: readonly string[]): Promise<void>;
  /** Resolves when it listens, or after some seconds when the store is away: then it listens once it is back. */
  subscribe(listener: (inboxIds: readonly string[]) => void): Promise<void>;
  /** Whether the store answers now, said within a second. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

export type RelayLike = Pick<Relay, 'publish' | 'subscribe' | 'close' | 'on' | 'waitUntilReady' | 'getCounts'>;

export interface Relays {
  make(): RelayLike;
  /** Ends in time, also while the store is away. */
  close(relay: RelayLike): Promise<void>;
}

const TOPIC = 'inbox';
const START_MS = 3_000;
const ANSWER_MS = 1_000;
const PUBLISH_MS = 2_000;
const AGAIN_MS = 1_000;

/** BullMQ's relay, opened until it succeeds: one that could not start stays broken, so another takes its place. */
export class SupervisedWakeUps implements WakeUps {
  #relay: RelayLike | null = null;
  #closed = false;
  #probe: Promise<boolean> | null = null;
  #opening: Promise<void>;
  /** Whom nobody has been able to tell of since a publish was not answered in time; null while all are. */
  #untold: Set<string> | null = null;

  private constructor(
    private readonly relays: Relays,
    private readonly onError: (error: Error) => void,
  ) {
    this.#opening = this.#open();
  }

  /** Resolves when it works, or after some seconds when its store is away. */
  static async start(relays: Relays, onError: (error: Error) => void): Promise<SupervisedWakeUps> {
    const wakeUps = new SupervisedWakeUps(relays, onError);
    await atMost(START_MS, wakeUps.#opening);
    return wakeUps;
  }

  async publish(inboxIds: readonly string[]): Promise<void> {
    const relay = this.#relay;
    if (relay === null) return;
    // One silence is waited for once, and not by every delivery that comes into it.
    if (this.#untold !== null) return inboxIds.forEach((id) => this.#untold?.add(id));
    const published = relay.publish(TOPIC, inboxIds);
    await within(PUBLISH_MS, published).catch((error: Error) => {
      this.onError(error);
      this.#untold = new Set();
      void published.catch(() => undefined).then(() => this.#tellAll());
    });
  }

  /** The store answers again: one wake-up for all that came meanwhile. */
  async #tellAll(): Promise<void> {
    const untold = [...(this.#untold ?? [])];
    this.#untold = null;
    if (untold.length > 0 && !this.#closed) await this.publish(untold);
  }

  async subscribe(listener: (inboxIds: readonly string[]) => void): Promise<void> {
    this.#opening = this.#opening.then(() => this.#listen(listener));
    await atMost(START_MS, this.#opening);
  }

  answers(): Promise<boolean> {
    const relay = this.#relay;
    if (relay === null) return Promise.resolve(false);
    // One question at a time: while the store is away each would be kept until it is back.
    this.#probe ??= relay
      .getCounts()
      .then(
        () => true,
        () => false,
      )
      .finally(() => (this.#probe = null));
    return within(ANSWER_MS, this.#probe).catch(() => false);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const relay = this.#relay;
    if (relay !== null) await this.relays.close(relay);
  }

  async #open(): Promise<void> {
    while (!this.#closed) {
      const relay = this.relays.make();
      relay.on('error', this.onError);
      this.#relay = relay;
      try {
        await relay.waitUntilReady();
        return;
      } catch {
        this.#relay = null;
        await this.relays.close(relay);
        await sleep(AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  async #listen(listener: (inboxIds: readonly string[]) => void): Promise<void> {
    while (!this.#closed && this.#relay !== null) {
      try {
        await this.#relay.subscribe<readonly string[]>(TOPIC, (message) => listener(message.data));
        return;
      } catch {
        await sleep(AGAIN_MS, undefined, { ref: false });
      }
    }
  }
}
