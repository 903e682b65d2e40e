import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Budget } from './budget.js';
import { SharedCounters } from './shared-counters.js';

/** One budget that is asked, and whose. */
export interface Charge {
  readonly budget: Budget;
  readonly key: string;
}

/** What was decided; a refusal costs nothing, in any of the budgets that were asked. */
export type Spent =
  { readonly allowed: true } | { readonly allowed: false; readonly budget: string; readonly retryAfterSeconds: number };

export interface RateStoreOptions {
  /** Null: each process counts for itself. */
  readonly redisUrl: string | null;
  readonly prefix: string;
  /** Told once when Redis goes away (counting goes on in process) and once when it is back. */
  readonly onStore: (away: boolean) => void;
}

export interface RateStore {
  /** Asks every budget for `points`: all give them or none does. Never throws, and is never without a limit. */
  spend(charges: readonly Charge[], points: number): Promise<Spent>;
  close(): void;
}

/**
 * Opens the counters. Every process counts in memory, always: what it did itself is never more than what all did, so
 * its own refusals are right and cost no round trip, and when Redis goes away the count goes on where it was.
 */
export async function openRateStore(options: RateStoreOptions): Promise<RateStore> {
  const shared =
    options.redisUrl === null ? null : new SharedCounters(options.redisUrl, options.prefix, options.onStore);
  await shared?.settled();
  return new CountingStore(shared);
}

class CountingStore implements RateStore {
  readonly #own = new Map<string, RateLimiterMemory>();

  constructor(private readonly shared: SharedCounters | null) {}

  async spend(charges: readonly Charge[], points: number): Promise<Spent> {
    const taken: Charge[] = [];
    for (const charge of charges) {
      const cost = costOf(charge, points);
      const { consumedPoints, msBeforeNext } = await this.#ownOf(charge.budget).penalty(charge.key, cost);
      taken.push(charge);
      if (consumedPoints > charge.budget.points) {
        this.#giveBack(taken, points);
        return refused(charge.budget, msBeforeNext);
      }
    }
    const refusal = await this.#spendShared(charges, points);
    if (refusal === null) return { allowed: true };
    this.#giveBack(taken, points);
    return refusal;
  }

  close(): void {
    this.shared?.close();
  }

  async #spendShared(charges: readonly Charge[], points: number): Promise<Spent | null> {
    const { shared } = this;
    if (shared === null) return null;
    const asked = await Promise.all(
      charges
        .filter(({ budget }) => budget.shared)
        .map(async (charge) => ({
          charge,
          answer: await shared.take(charge.budget, charge.key, costOf(charge, points)),
        })),
    );
    const over = asked.filter(({ charge, answer }) => answer !== null && answer.consumedPoints > charge.budget.points);
    const [longest] = over.sort((a, b) => (b.answer?.msBeforeNext ?? 0) - (a.answer?.msBeforeNext ?? 0));
    if (longest === undefined) return null;
    for (const { charge, answer } of asked)
      if (answer !== null) shared.giveBack(charge.budget, charge.key, costOf(charge, points));
    return refused(longest.charge.budget, longest.answer?.msBeforeNext ?? 0);
  }

  #giveBack(charges: readonly Charge[], points: number): void {
    for (const charge of charges) void this.#ownOf(charge.budget).reward(charge.key, costOf(charge, points));
  }

  #ownOf(budget: Budget): RateLimiterMemory {
    const known = this.#own.get(budget.name);
    if (known !== undefined) return known;
    const made = new RateLimiterMemory({ keyPrefix: budget.name, points: budget.points, duration: budget.seconds });
    this.#own.set(budget.name, made);
    return made;
  }
}

/** What costs more than a whole budget takes the whole of it: it would wait for ever otherwise. */
const costOf = ({ budget }: Charge, points: number): number => Math.min(Math.max(1, Math.ceil(points)), budget.points);

const refused = (budget: Budget, ms: number): Spent => ({
  allowed: false,
  budget: budget.name,
  retryAfterSeconds: Math.min(Math.max(1, Math.ceil(ms / 1_000)), budget.seconds),
});
