import { systemClock, type Clock } from '@concord/platform/clock';
import type { Logger } from '@concord/platform/logging';
import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Interactions } from './issuer/interactions.js';
import { IssuerState } from './issuer/issuer-state.js';
import { KnownBrowsers } from './issuer/known-browser.js';
import { messagePage, STYLE } from './issuer/pages.js';
import { Accounts } from './issuer/passwords.js';
import { openProvider, PAGE_CLIENT } from './issuer/provider.js';
import { SignInGuard } from './issuer/sign-in-guard.js';
import { rememberedIssuer } from './issuer/signing-keys.js';
import { openPersonaIssuer, PERSONA_AUDIENCE, writePersonas, type PersonaIssuer } from './persona-tokens.js';
import { hasErrorCode } from './private-file.js';

export interface EmbeddedIssuerOptions {
  readonly dataDir: string;
  /** Of the API; 0: any free one. */
  readonly apiPort: number;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** The issuer of the embedded mode: tokens for personas, and a sign-in page for them. */
export interface EmbeddedIssuer extends PersonaIssuer {
  /** What the page needs to know to send people here. */
  readonly signIn: { readonly issuer: string; readonly clientId: string };
  /** Lets the page that is served on this port send people here; until then nobody can sign in. */
  admitPage(port: number): void;
  /** Writes `personas.json`. */
  tellPersonas(): Promise<void>;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** From the API's port to the issuer's at the first start. Not the next one: that is where a second Concord goes. */
const PORTS_APART = 10;
/** A sign-in is a handful of small requests: what takes longer is not one. */
const SLOWEST_REQUEST_MS = 10_000;

/**
 * Listens on loopback. Everything behind the key set is loaded at the first request, so that a start costs a socket.
 *
 * Its URL is the `iss` of every token, those of `personas.json` too. A data directory remembers its port, and takes
 * another one only where that is not free: tokens and sessions are those of another issuer then.
 */
export async function openEmbeddedIssuer(options: EmbeddedIssuerOptions): Promise<EmbeddedIssuer> {
  const { dataDir, log } = options;
  const remembered = portOf(await rememberedIssuer(dataDir));
  const front = new Front(log);
  const server = createServer(
    { requestTimeout: SLOWEST_REQUEST_MS, headersTimeout: SLOWEST_REQUEST_MS },
    (request, response) => void front.answer(request, response),
  );
  const port = await listen(server, [
    remembered,
    options.apiPort === 0 ? null : options.apiPort + PORTS_APART,
    randomPort(),
    randomPort(),
    0,
  ]);
  try {
    if (remembered !== null && remembered !== port) log.warn({ port }, 'issuer.moved');
    const url = `http://${LOOPBACK}:${port}`;
    const personas = await openPersonaIssuer(dataDir, url);
    const told = new Map<string, string>();
    front.opens(personas, (pages) => openSignIn(options, personas, pages, told));
    return {
      ...personas,
      signIn: { issuer: url, clientId: PAGE_CLIENT },
      admitPage: (page) => front.admit([`http://${LOOPBACK}:${page}`, `http://localhost:${page}`]),
      async tellPersonas() {
        for (const [name, password] of await writePersonas(dataDir, personas)) told.set(name, password);
      },
      stop: () => close(server),
    };
  } catch (error) {
    await close(server);
    throw error;
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** Accounts, state and oidc-provider: what the first request waits for. */
async function openSignIn(
  { dataDir, log, clock = systemClock }: EmbeddedIssuerOptions,
  { issuer, keys }: PersonaIssuer,
  pages: readonly string[],
  told: ReadonlyMap<string, string>,
): Promise<Handler> {
  const [accounts, state] = await Promise.all([
    Accounts.open(dataDir, told, (err) => log.error({ err }, 'issuer.failed')),
    IssuerState.open(join(dataDir, 'issuer-state.json'), clock, () => log.warn({}, 'issuer.state-unreadable')),
  ]);
  const hasAccount = (name: string): boolean => accounts.has(name);
  const provider = await openProvider({ issuer, keys, state, audience: PERSONA_AUDIENCE, pages, hasAccount, log });
  const guard = new SignInGuard(clock);
  const browsers = new KnownBrowsers(state.secret, () => clock.now());
  const interactions = new Interactions({ issuer, provider, accounts, guard, browsers, log });
  const callback = provider.callback();
  return (request, response) =>
    request.url?.startsWith('/interaction/') === true
      ? interactions.handle(request, response)
      : callback(request, response);
}

/** What stands before oidc-provider: who may ask, what every answer carries, and what needs no oidc-provider. */
class Front {
  #personas: PersonaIssuer | null = null;
  #open: ((pages: readonly string[]) => Promise<Handler>) | null = null;
  #pages: readonly string[] = [];
  #opened: Promise<Handler> | null = null;

  constructor(private readonly log: Logger) {}

  opens(personas: PersonaIssuer, open: (pages: readonly string[]) => Promise<Handler>): void {
    this.#personas = personas;
    this.#open = open;
  }

  admit(pages: readonly string[]): void {
    this.#pages = pages;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response);
    } catch (error) {
      this.#fail(response, error);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const personas = this.#personas;
    const open = this.#open;
    if (personas === null || open === null || this.#pages.length === 0) return void response.writeHead(503).end();
    // A site that had its name resolved to this machine is not this issuer, and neither is a name that is only like it.
    if (`http://${request.headers.host ?? ''}` !== personas.issuer) return void response.writeHead(421).end();
    this.#secure(response);
    if (request.url === '/jwks')
      return send(response, 'application/jwk-set+json', JSON.stringify({ keys: personas.keys.public }));
    if (request.url === '/sign-in.css') return send(response, 'text/css; charset=utf-8', STYLE);
    this.#opened ??= open(this.#pages).catch((error: unknown) => {
      // Tried again by the next request.
      this.#opened = null;
      throw error;
    });
    const handle = await this.#opened;
    await handle(request, response);
  }

  #secure(response: ServerResponse): void {
    response.setHeader(
      'content-security-policy',
      // A form's answer leads back to the page that asked, and browsers hold redirects to the same list.
      `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${this.#pages.join(' ')}; frame-ancestors 'none'; base-uri 'none'`,
    );
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('x-frame-options', 'DENY');
    // With `no-referrer` browsers would send `Origin: null` with our own forms.
    response.setHeader('referrer-policy', 'same-origin');
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cache-control', 'no-store');
  }

  #fail(response: ServerResponse, error: unknown): void {
    const lost = error instanceof Error && error.name === 'SessionNotFound';
    if (!lost) this.log.error({ err: error }, 'issuer.failed');
    if (response.headersSent) return void response.destroy();
    const text = lost
      ? 'This sign-in has expired, or was begun in another browser. Go back to the page you came from and begin again.'
      : 'Something failed on this machine. Try again.';
    response
      .writeHead(lost ? 400 : 500, { 'content-type': 'text/html; charset=utf-8' })
      .end(messagePage('Sign-in cannot go on', text));
  }
}

/** Key set and style change at a start at most. */
function send(response: ServerResponse, type: string, body: string): void {
  response
    .writeHead(200, {
      'content-type': type,
      'cache-control': 'public, max-age=300',
      // Both are for everybody.
      'access-control-allow-origin': '*',
    })
    .end(body);
}

function portOf(issuer: string | null): number | null {
  const port = /^http:\/\/127\.0\.0\.1:(\d+)$/.exec(issuer ?? '')?.[1];
  return port === undefined ? null : Number(port);
}

/** Below those that systems lend to anybody's connections (32768 and up on Linux): it is still free when we come back. */
const randomPort = (): number => randomInt(20_000, 32_000);

/** On the first of the ports that is free. */
async function listen(server: Server, ports: readonly (number | null)[]): Promise<number> {
  for (const port of ports) {
    if (port === null || port > 65_535) continue;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, LOOPBACK, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      server.removeAllListeners('error');
      if (port === 0 || !(hasErrorCode(error, 'EADDRINUSE') || hasErrorCode(error, 'EACCES'))) throw error;
    }
  }
  throw new Error('No port is free.');
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
