import type { Clock } from '@concord/platform/clock';

/** CJIS Security Policy, AC-7: so many failures within so long a time, and the account is locked. */
export const MOST_FAILURES = 5;
const WINDOW_MS = 15 * 60_000;
/** How long a lock lasts from the failure that set it; what is tried meanwhile is refused unseen and does not prolong it. */
const LOCK_MS = 15 * 60_000;
/**
 * Failures of all strange sources together after which an account is closed to strange sources. Twice as many as one
 * source can cause: nobody alone can close an account to anybody but themselves.
 */
const MOST_FAILURES_OF_STRANGERS = 2 * MOST_FAILURES;
/** Failures of one source over all accounts: whoever goes through names is refused before whoever has them. */
const MOST_FAILURES_OF_A_SOURCE = 4 * MOST_FAILURES;
/** Counters that are kept; beyond it the one that has been quiet for longest goes. */
const MOST_COUNTERS = 10_000;

/** Where an attempt comes from. */
export type Source =
  /** A browser in which this account has signed in before (known-browser.ts). */
  | { readonly kind: 'known'; readonly id: string }
  /** Everybody else, by network address. */
  | { readonly kind: 'strange'; readonly address: string };

/** What is locked: this source for this account, the account for strangers, or the source for all accounts. */
export type LockScope = 'ACCOUNT_FROM_HERE' | 'ACCOUNT_FOR_STRANGERS' | 'SOURCE';

export type Admission =
  | { readonly kind: 'locked'; readonly retryAfterSeconds: number }
  | {
      readonly kind: 'admitted';
      /** The password was right: the attempt is no failure, and neither are those before it. */
      succeeded(): void;
      /** The password was wrong. @returns what is locked because of it */
      failed(): LockScope | null;
      /** Nothing was checked. */
      withdrawn(): void;
    };

interface Counter {
  failures: number[];
  lockedUntil: number;
}

interface Limit {
  readonly key: string;
  readonly scope: LockScope;
  readonly most: number;
}

/**
 * Counts failed sign-ins and locks. An attempt counts as failed from its beginning until it has succeeded, so that a
 * hundred at once are no more guesses than a hundred one after the other.
 *
 * Names are counted whether or not somebody has them: a lock tells nothing about who exists. Held in memory: a restart,
 * which only the owner of the machine can do, releases every lock.
 */
export class SignInGuard {
  readonly #counters = new Map<string, Counter>();

  constructor(private readonly clock: Clock) {}

  begin(account: string, source: Source): Admission {
    const now = this.clock.now().getTime();
    const limits = limitsOf(account, source);
    const lockedUntil = Math.max(...limits.map(({ key }) => this.#counters.get(key)?.lockedUntil ?? 0));
    if (lockedUntil > now) return { kind: 'locked', retryAfterSeconds: Math.ceil((lockedUntil - now) / 1000) };
    const locks = limits.map((limit) => ({ limit, locked: this.#count(limit, now) }));
    const [own] = limits;
    return {
      kind: 'admitted',
      succeeded: () => {
        for (const { key } of limits) this.#uncount(key, now);
        this.#counters.delete(own.key);
      },
      failed: () => locks.find(({ locked }) => locked)?.limit.scope ?? null,
      withdrawn: () => {
        for (const { key } of limits) this.#uncount(key, now);
      },
    };
  }

  /** @returns whether this failure is the one that locks */
  #count({ key, most }: Limit, now: number): boolean {
    const known = this.#counters.get(key);
    const failures = known === undefined || known.lockedUntil > 0 ? [] : known.failures;
    const counter: Counter = { failures: [...failures.filter((at) => at > now - WINDOW_MS), now], lockedUntil: 0 };
    const locks = counter.failures.length >= most;
    if (locks) counter.lockedUntil = now + LOCK_MS;
    this.#counters.delete(key);
    this.#counters.set(key, counter);
    const [quietest] = this.#counters.keys();
    if (this.#counters.size > MOST_COUNTERS && quietest !== undefined) this.#counters.delete(quietest);
    return locks;
  }

  /** Takes one attempt back, and with it the lock that it may have set. */
  #uncount(key: string, at: number): void {
    const counter = this.#counters.get(key);
    if (counter === undefined) return;
    const index = counter.failures.indexOf(at);
    if (index >= 0) counter.failures.splice(index, 1);
    if (counter.lockedUntil === at + LOCK_MS) counter.lockedUntil = 0;
    if (counter.failures.length === 0 && counter.lockedUntil === 0) this.#counters.delete(key);
  }
}

function limitsOf(account: string, source: Source): readonly [Limit, ...Limit[]] {
  const from = source.kind === 'known' ? `browser ${source.id}` : `address ${source.address}`;
  const own: Limit = { key: JSON.stringify([account, from]), scope: 'ACCOUNT_FROM_HERE', most: MOST_FAILURES };
  if (source.kind === 'known') return [own];
  return [
    own,
    { key: JSON.stringify(['strangers', account]), scope: 'ACCOUNT_FOR_STRANGERS', most: MOST_FAILURES_OF_STRANGERS },
    { key: JSON.stringify(['source', from]), scope: 'SOURCE', most: MOST_FAILURES_OF_A_SOURCE },
  ];
}
