import { Redis } from 'ioredis';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Budget } from './budget.js';

/** Longest that anybody waits for Redis; what it did not answer by then is decided in process. */
const COMMAND_MS = 100;
/** After a failure one request in this time asks again; the others do not wait for it. */
const REST_MS = 1_000;
/** A link on which nothing comes back is given up and opened anew. */
const SILENT_MS = 3_000;

/** The same counters for all processes, in Redis. When it is gone, slow or silent, they say so at once and come back by themselves. */
export class SharedCounters {
  readonly #redis: Redis;
  readonly #limiters = new Map<string, RateLimiterRedis>();
  #away = false;
  #restUntil = 0;

  /** @param onChange told once when Redis goes away and once when it is back */
  constructor(
    url: string,
    private readonly prefix: string,
    private readonly onChange: (away: boolean) => void,
  ) {
    this.#redis = new Redis(url, {
      connectionName: 'concord-rates',
      commandTimeout: COMMAND_MS,
      socketTimeout: SILENT_MS,
      connectTimeout: SILENT_MS,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: () => REST_MS,
      reconnectOnError: () => false,
    });
    // Said through `onChange`; without a listener it would end the process.
    this.#redis.on('error', () => undefined);
  }

  /** Resolves when the first connection stands or has failed. */
  async settled(): Promise<void> {
    if (this.#redis.status === 'ready') return;
    await new Promise<void>((resolve) => {
      for (const event of ['ready', 'error', 'close'] as const) this.#redis.once(event, () => resolve());
    });
  }

  /** Null where Redis did not answer in time: the caller's own count decides. */
  async take(budget: Budget, key: string, points: number): Promise<RateLimiterRes | null> {
    if (performance.now() < this.#restUntil) return null;
    // The one that asks again after a rest asks for all.
    if (this.#away) this.#restUntil = performance.now() + REST_MS;
    try {
      const taken = await this.#limiterOf(budget).penalty(key, points);
      this.#turn(false);
      return taken;
    } catch {
      this.#turn(true);
      return null;
    }
  }

  /** Gives points back that were taken for what is not done after all. What cannot be given back runs out by itself. */
  giveBack(budget: Budget, key: string, points: number): void {
    if (this.#away) return;
    this.#limiterOf(budget)
      .reward(key, points)
      .catch(() => undefined);
  }

  close(): void {
    this.#redis.disconnect();
  }

  #turn(away: boolean): void {
    this.#restUntil = away ? performance.now() + REST_MS : 0;
    if (away === this.#away) return;
    this.#away = away;
    this.onChange(away);
  }

  #limiterOf(budget: Budget): RateLimiterRedis {
    const known = this.#limiters.get(budget.name);
    if (known !== undefined) return known;
    const made = new RateLimiterRedis({
      storeClient: this.#redis,
      keyPrefix: `${this.prefix}:rate:${budget.name}`,
      points: budget.points,
      duration: budget.seconds,
      rejectIfRedisNotReady: true,
    });
    this.#limiters.set(budget.name, made);
    return made;
  }
}
