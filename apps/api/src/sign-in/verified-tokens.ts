import { createHash } from 'node:crypto';

/** So many tokens of an issuer, and each for so long: then its signature is looked at again. */
const MOST = 10_000;
const REMEMBERED_MS = 60_000;

/**
 * Tokens of an issuer's one key that were found good a moment ago, to the last character: their signature is not
 * computed for every request. Whether the token was revoked, and who the person is now, is asked every time.
 */
export class VerifiedTokens<Subject extends { readonly expiresAt: Date }> {
  readonly #found = new Map<string, { readonly subject: Subject; readonly untilMs: number }>();

  find(token: string): Subject | undefined {
    const key = keyOf(token);
    const found = this.#found.get(key);
    if (found === undefined) return undefined;
    const now = Date.now();
    if (now < found.untilMs && now < found.subject.expiresAt.getTime()) return found.subject;
    this.#found.delete(key);
    return undefined;
  }

  add(token: string, subject: Subject): void {
    const [oldest] = this.#found.keys();
    if (this.#found.size >= MOST && oldest !== undefined) this.#found.delete(oldest);
    this.#found.set(keyOf(token), { subject, untilMs: Date.now() + REMEMBERED_MS });
  }
}

/** No token is kept that somebody could use. */
const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
