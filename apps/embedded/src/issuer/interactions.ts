import type { Logger } from '@concord/platform/logging';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { isPersonaName, personId } from '../personas.js';
import type { KnownBrowsers } from './known-browser.js';
import { signInPage } from './pages.js';
import type { Accounts } from './passwords.js';
import { SIGNED_IN_BY_PASSWORD } from './provider.js';
import type { SignInGuard, Source } from './sign-in-guard.js';

export interface InteractionOptions {
  readonly issuer: string;
  readonly provider: Provider;
  readonly accounts: Accounts;
  readonly guard: SignInGuard;
  readonly browsers: KnownBrowsers;
  readonly log: Logger;
}

/** Longer than a form of ours can be, in bytes. */
const LONGEST_FORM = 4_096;
/** Passwords that are checked at once; each keeps a thread busy for a tenth of a second and more. */
const MOST_CHECKS = 2;
/** Who may wait for that; more are told to come again. */
const MOST_WAITING = 20;

const WRONG = 'The account name or the password is not right.';

/** The sign-in page: `/interaction/<uid>`, where oidc-provider sends whoever has to sign in. */
export class Interactions {
  readonly #checks = new Turns(MOST_CHECKS, MOST_WAITING);

  constructor(private readonly options: InteractionOptions) {}

  /** @throws SessionNotFound where the browser has not begun this sign-in, or too long ago */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { provider } = this.options;
    // The browser's cookie names the sign-in; the path is only where the cookie is sent.
    const { uid, params } = await provider.interactionDetails(request, response);
    const action = `/interaction/${uid}`;
    if (request.method === 'GET' || request.method === 'HEAD') {
      const hint: unknown = params['login_hint'];
      return send(response, 200, { action, name: typeof hint === 'string' ? hint.slice(0, 100) : '', fault: null });
    }
    if (request.method !== 'POST') return refuse(response, 405);
    // Another site cannot sign anybody in here, not even as somebody it knows the password of.
    if (request.headers.origin !== this.options.issuer) return refuse(response, 403);
    const form = await readForm(request);
    if (form === null) return refuse(response, 413);
    if (form.has('cancel')) {
      const error = { error: 'access_denied', error_description: 'Nobody signed in.' };
      return provider.interactionFinished(request, response, error, { mergeWithLastSubmission: false });
    }
    await this.#signIn(request, response, {
      action,
      name: form.get('name') ?? '',
      password: form.get('password') ?? '',
    });
  }

  async #signIn(
    request: IncomingMessage,
    response: ServerResponse,
    { action, name: typed, password }: { action: string; name: string; password: string },
  ): Promise<void> {
    const { provider, accounts, guard, browsers, log } = this.options;
    const name = typed.trim().slice(0, 100);
    const person = isPersonaName(name) ? { personId: personId(name) } : {};
    const source = this.#sourceOf(request, name);
    const again = (status: number, fault: string): void => send(response, status, { action, name, fault });
    const attempt = guard.begin(name, source);
    if (attempt.kind === 'locked') {
      response.setHeader('retry-after', attempt.retryAfterSeconds);
      return again(429, lockedFor(attempt.retryAfterSeconds));
    }
    const right = await this.#checks
      .take(() => accounts.check(name, password))
      .catch((error: unknown) => {
        attempt.withdrawn();
        throw error;
      });
    if (right === 'busy') {
      attempt.withdrawn();
      response.setHeader('retry-after', 5);
      return again(503, 'Too many people are signing in. Try again in a few seconds.');
    }
    if (!right) {
      const lock = attempt.failed();
      log.warn({ reason: accounts.has(name) ? 'PASSWORD' : 'ACCOUNT_UNKNOWN', ...person }, 'sign-in.refused');
      if (lock !== null) log.warn({ reason: lock, ...person }, 'sign-in.locked');
      return again(422, WRONG);
    }
    attempt.succeeded();
    log.info({ ...person }, 'sign-in.done');
    const { value, maxAgeSeconds } = browsers.issue(name);
    response.setHeader('set-cookie', [
      `${browsers.cookieName(name)}=${value}; Path=/interaction; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`,
    ]);
    const login = { accountId: name, amr: [...SIGNED_IN_BY_PASSWORD.amr], acr: SIGNED_IN_BY_PASSWORD.acr };
    await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }

  #sourceOf(request: IncomingMessage, name: string): Source {
    const { browsers } = this.options;
    const id = browsers.identify(name, cookieOf(request, browsers.cookieName(name)));
    // Loopback, and so IPv4 and no proxy's word: what a header says of the address is not believed.
    return id === null
      ? { kind: 'strange', address: request.socket.remoteAddress ?? '' }
      : { kind: 'known', id: `${name} ${id}` };
  }
}

/** A few at a time, and an end to the queue. */
class Turns {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly most: number,
    private readonly mostWaiting: number,
  ) {}

  async take<T>(work: () => Promise<T>): Promise<T | 'busy'> {
    if (this.#running >= this.most) {
      if (this.#waiting.length >= this.mostWaiting) return 'busy';
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

function lockedFor(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return `Too many failed attempts. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
}

function send(response: ServerResponse, status: number, page: Parameters<typeof signInPage>[0]): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(signInPage(page));
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end();
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) return null;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LONGEST_FORM) return null;
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const prefix = `${name}=`;
  return (request.headers.cookie ?? '')
    .split(/; */)
    .find((cookie) => cookie.startsWith(prefix))
    ?.slice(prefix.length);
}
