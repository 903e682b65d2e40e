import type { Clock } from '@concord/platform/clock';
import { createHash } from 'node:crypto';
import type { VerifiedSubject } from './token-verifier.js';

/** Tokens that are remembered at once; the one that was looked at first goes first. */
const MOST = 1_000;
/** How long a signature that was found good is not checked again: the same bytes under the same key are as good. */
const LONGEST_MS = 60_000;

interface Verified {
  readonly subject: VerifiedSubject;
  readonly until: number;
}

/**
 * What the signatures of tokens said. Nothing but that is remembered, and under a digest: an end that has come is
 * judged by the whole check, and whether the token was revoked and who sits behind it is asked of the database each time.
 */
export class VerifiedTokens {
  readonly #known = new Map<string, Verified>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.#known.size;
  }

  get(token: string): VerifiedSubject | null {
    const digest = digestOf(token);
    const verified = this.#known.get(digest);
    if (verified === undefined) return null;
    if (verified.until > this.clock.now().getTime()) return verified.subject;
    this.#known.delete(digest);
    return null;
  }

  add(token: string, subject: VerifiedSubject): void {
    const digest = digestOf(token);
    this.#known.delete(digest);
    this.#known.set(digest, {
      subject,
      until: Math.min(this.clock.now().getTime() + LONGEST_MS, subject.expiresAt.getTime()),
    });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Of the whole token, its signature too. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64');
