import { createHmac, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a browser is remembered after the last sign-in in it, in seconds: 90 days. */
const REMEMBERED_SECONDS = 90 * 86_400;

/**
 * Browsers in which an account has signed in before. Such a browser is a source of its own, so that the failures of
 * strangers, who may share its address, do not lock its owner out. What it carries opens nothing: without the password it
 * is worth no more than five tries.
 */
export class KnownBrowsers {
  readonly #key: Buffer;

  /** @param secret of this issuer; whoever has it can make its cookies */
  constructor(
    secret: Buffer,
    private readonly now: () => Date,
  ) {
    this.#key = createHmac('sha256', secret).update('concord/known-browser').digest();
  }

  /** The name of the cookie of an account: a browser may know several. */
  cookieName(account: string): string {
    return `_known_${createHash('sha256').update(account).digest('hex').slice(0, 16)}`;
  }

  /** A value for the cookie: a new one at each sign-in. */
  issue(account: string): { readonly value: string; readonly maxAgeSeconds: number } {
    const id = randomBytes(16).toString('hex');
    const until = String(Math.floor(this.now().getTime() / 1000) + REMEMBERED_SECONDS);
    return { value: `${id}.${until}.${this.#mark(account, id, until)}`, maxAgeSeconds: REMEMBERED_SECONDS };
  }

  /** Which browser it is, or null where it has not signed in with this account. */
  identify(account: string, value: string | undefined): string | null {
    const [, id, until, mark] = /^([0-9a-f]{32})\.(\d{1,12})\.([\w-]{43})$/.exec(value ?? '') ?? [];
    if (id === undefined || until === undefined || mark === undefined) return null;
    if (!timingSafeEqual(Buffer.from(mark), Buffer.from(this.#mark(account, id, until)))) return null;
    return Number(until) * 1000 > this.now().getTime() ? id : null;
  }

  #mark(account: string, id: string, until: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([account, id, until]))
      .digest('base64url');
  }
}
