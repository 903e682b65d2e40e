import type { KeyRefusal, Unseated } from '@concord/access';
import type { Logger } from '@concord/platform/logging';
import type { AddressClass } from './address-class.js';
import type { TokenFault } from './token-verifier.js';

/** Why somebody was not let in, for the log. */
export type RefusalReason =
  | TokenFault
  | Unseated
  | KeyRefusal
  | 'NO_TOKEN'
  | 'SEVERAL_TOKENS'
  | 'NOT_BEARER'
  | 'SESSION_IDLE'
  | 'API_KEY_MALFORMED';

/** What the log may know of a refusal: no token, no claim, no address. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly via: 'http' | 'socket';
  readonly from: AddressClass;
  /** Named only where it is one of ours. */
  readonly issuer?: string;
  /** Digest of issuer and `jti`, where the signature was good. */
  readonly token?: string;
  /** Of an API key that is known. */
  readonly keyId?: string;
}

const WINDOW_MS = 60_000;
/** Events of one reason that are told one by one within a minute; the rest is a number at its end. */
const TOLD_PER_WINDOW = 20;

interface Window {
  events: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Writes `security.token-refused` for everybody who is not let in. Strangers decide how many there are, so each reason
 * has its share of a minute, and what did not fit is counted in one `security.tokens-refused-unlogged`.
 */
export class RefusedTokens {
  readonly #windows = new Map<RefusalReason, Window>();

  constructor(private readonly log: Logger) {}

  report(refusal: Refusal): void {
    const window = this.#windowOf(refusal.reason);
    window.events += 1;
    if (window.events > TOLD_PER_WINDOW) return;
    // Whoever opens the page before signing in has no token: no attack, and no news.
    if (refusal.reason === 'NO_TOKEN') this.log.info({ ...refusal }, 'security.no-token');
    else this.log.warn({ ...refusal }, 'security.token-refused');
  }

  /** Says what was swallowed so far: the process is going down. */
  close(): void {
    for (const reason of [...this.#windows.keys()]) this.#end(reason);
  }

  #windowOf(reason: RefusalReason): Window {
    const open = this.#windows.get(reason);
    if (open !== undefined) return open;
    const window: Window = { events: 0, timer: setTimeout(() => this.#end(reason), WINDOW_MS).unref() };
    this.#windows.set(reason, window);
    return window;
  }

  #end(reason: RefusalReason): void {
    const window = this.#windows.get(reason);
    if (window === undefined) return;
    clearTimeout(window.timer);
    this.#windows.delete(reason);
    const swallowed = window.events - TOLD_PER_WINDOW;
    if (swallowed > 0) this.log.warn({ reason, swallowed }, 'security.tokens-refused-unlogged');
  }
}
