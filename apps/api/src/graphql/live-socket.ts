import { DomainError } from '@concord/platform/errors';
import { newId } from '@concord/platform/ids';
import type { Logger } from '@concord/platform/logging';
import { GraphQLError, specifiedRules, validate, parse, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, type SubscribePayload } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { clientAddress, type TrustedProxies } from '../rates/client-address.js';
import type { Rates } from '../rates/rates.js';
import { currentActor, mayStill } from '../sign-in/seat.js';
import type { SignedIn, Credentials } from '../sign-in/sign-in.js';
import { toGraphQLError } from './graphql-error.js';
import { documentLimits, MAX_BODY_BYTES, MAX_TOKENS } from './limits.js';
import type { RequestContext } from './request-context.js';
import type { Pool } from 'pg';

const INIT_TIMEOUT_MS = 5_000;
const PING_MS = 20_000;
const CLOSE_GRACE_MS = 1_000;
const MAX_SUBSCRIPTIONS = 20;
/** RFC 6455 registry: the server is overloaded for this client; come back. */
const TRY_AGAIN_LATER = 1013;
/** A reader that lets this much pile up is dropped; its cursor brings it back to where it was. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

export interface LiveSocketOptions {
  readonly schema: GraphQLSchema;
  readonly db: Pool;
  readonly log: Logger;
  readonly signIn: (credentials: Credentials) => Promise<SignedIn>;
  readonly rates: Rates;
  readonly proxies: TrustedProxies;
}

type OpenOperations = Map<string, AbortController>;

interface SocketState {
  signedIn?: SignedIn;
  open?: OpenOperations;
}

/** GraphQL over WebSocket (graphql-transport-ws) by graphql-ws's own server, on the HTTP server's upgrade. */
export class LiveSocket {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  readonly #signedIn = new Map<WebSocket, { readonly signedIn: SignedIn; readonly open: OpenOperations }>();
  #dispose: (() => Promise<void> | void) | null = null;
  #guard: NodeJS.Timeout | null = null;

  constructor(private readonly options: LiveSocketOptions) {}

  /** Open sockets, for /metrics. */
  get size(): number {
    return this.#server.clients.size;
  }

  /** Everybody who is signed in on an open socket, once for each. */
  get signedIn(): readonly SignedIn[] {
    return [...this.#signedIn.values()].map(({ signedIn }) => signedIn);
  }

  /**
   * Closes every socket whose holder fits and ends its operations at once: after this nothing more is sent on it.
   *
   * @returns how many were closed
   */
  closeWhere(predicate: (signedIn: SignedIn) => boolean, code: number, reason: string): number {
    let closed = 0;
    for (const [socket, { signedIn, open }] of this.#signedIn) {
      if (!predicate(signedIn)) continue;
      this.#signedIn.delete(socket);
      socket.close(code, reason);
      for (const operation of open.values()) operation.abort();
      // A peer that does not answer the close frame is cut off.
      setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
      closed += 1;
    }
    return closed;
  }

  attach(http: Server): void {
    const { schema, log } = this.options;
    const cleanup = useServer<Record<string, unknown>, Partial<SocketState>>(
      {
        schema,
        connectionInitWaitTimeout: INIT_TIMEOUT_MS,
        onConnect: async (context) => {
          const payload: Record<string, unknown> = context.connectionParams ?? {};
          try {
            const credentials = {
              authorization: textOf(payload['authorization']),
              purpose: textOf(payload['purpose']),
              agency: textOf(payload['agency']),
              via: 'socket' as const,
              address: clientAddress(context.extra.request, this.options.proxies),
            };
            const { rates, signIn } = this.options;
            const { authorization, address } = credentials;
            context.extra.signedIn = await rates.connect({ authorization, address }, () => signIn(credentials));
          } catch (error) {
            // One that may come back is told so; graphql-ws would close with 4403.
            if (error instanceof DomainError && error.retryAfterSeconds !== undefined)
              context.extra.socket.close(TRY_AGAIN_LATER, `Try again in ${error.retryAfterSeconds} s`);
            if (!(error instanceof DomainError)) log.error({ err: error }, 'socket.sign-in-failed');
            return false;
          }
          const open = new Map<string, AbortController>();
          context.extra.open = open;
          const { socket, signedIn } = context.extra;
          this.#signedIn.set(socket, { signedIn, open });
          this.#tellOfSocket(signedIn, socket);
          // At once, and not when graphql-ws has waited for every generator to return.
          socket.on('close', () => {
            this.#signedIn.delete(socket);
            for (const operation of open.values()) operation.abort();
          });
          return socket.readyState === socket.OPEN;
        },
        onSubscribe: (context, id, payload) => this.#prepare(context.extra, id, payload),
        onComplete: (context, id) => {
          context.extra.open?.get(id)?.abort();
          context.extra.open?.delete(id);
        },
        onError: (_context, _id, _payload, errors) => errors.map((error) => toGraphQLError(error, log).toJSON()),
        onNext: (_context, _id, _payload, _args, result) =>
          result.errors
            ? { data: result.data ?? null, errors: result.errors.map((error) => toGraphQLError(error, log).toJSON()) }
            : undefined,
      },
      this.#server,
      PING_MS,
    );
    this.#dispose = () => cleanup.dispose();
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
    this.#guard = setInterval(() => this.#dropSlowReaders(), 1_000);
    this.#guard.unref();
  }

  async close(): Promise<void> {
    if (this.#guard) clearInterval(this.#guard);
    await this.#dispose?.();
    this.#server.close();
  }

  #tellOfSocket({ actor }: SignedIn, socket: WebSocket): void {
    const opened = performance.now();
    const log = this.options.log.child({ socketId: newId(), personId: actor.personId, agencyId: actor.agency?.id });
    log.info({}, 'socket.opened');
    socket.once('close', () => log.info({ durationMs: performance.now() - opened }, 'socket.closed'));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    // Compared as text: a stranger's request line may be anything, and parsing it may throw.
    if (request.url?.split('?')[0] !== '/graphql' || !sameOrigin(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#server.emit('connection', client, request));
  }

  /**
   * Parses and validates by the same rules as HTTP, looks again at who this is, and gives the operation a context of
   * its own: a socket stays open for hours, and what it was opened with may be over.
   */
  async #prepare(
    extra: Extra & Partial<SocketState>,
    id: string,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[] | undefined> {
    const { schema, db } = this.options;
    const { signedIn, open } = extra;
    if (signedIn === undefined || open === undefined) return refusal('UNAUTHENTICATED', 'Sign in first.');
    if (open.size >= MAX_SUBSCRIPTIONS)
      return refusal('LIMIT_EXCEEDED', `A socket carries at most ${MAX_SUBSCRIPTIONS} operations at once.`);
    const operation = new AbortController();
    open.set(id, operation);
    const failed = (errors: readonly GraphQLError[]): readonly GraphQLError[] => {
      operation.abort();
      open.delete(id);
      return errors;
    };
    const { rates } = this.options;
    try {
      await rates.arrive(signedIn);
      const document = parse(payload.query, { maxTokens: MAX_TOKENS });
      const errors = validate(schema, document, [...specifiedRules, documentLimits]);
      if (errors.length > 0) return failed(errors);
      const actor = await currentActor(db, signedIn.token, signedIn.actor);
      if (actor === null) {
        extra.socket.close(CloseCode.Forbidden, 'Forbidden');
        return failed(refusal('UNAUTHENTICATED', 'Sign in again.'));
      }
      const operationName = payload.operationName ?? null;
      const variables = payload.variables ?? {};
      await rates.operateOnSocket(signedIn, { document, operationName, variables }, operation.signal);
      return {
        schema,
        document,
        operationName,
        variableValues: variables,
        contextValue: this.#contextOf({ ...signedIn, actor }, operation.signal),
      };
    } catch (error) {
      const known =
        error instanceof GraphQLError ? error : new GraphQLError('refused', { originalError: error as Error });
      return failed([known]);
    }
  }

  #contextOf({ actor, token }: SignedIn, signal: AbortSignal): RequestContext {
    return { actor, signal, stillSeated: () => mayStill(this.options.db, token, actor, 'alert.read') };
  }

  #dropSlowReaders(): void {
    for (const client of this.#server.clients) {
      if (client.bufferedAmount > MAX_BUFFERED_BYTES) drop(client);
    }
  }
}

const refusal = (code: string, message: string): readonly GraphQLError[] => [
  new GraphQLError(message, { extensions: { code } }),
];

function drop(client: WebSocket): void {
  client.close(TRY_AGAIN_LATER, 'Too slow; reconnect with your last cursor');
  client.terminate();
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A browser says where a page comes from; another site's page may not use this one's address. Other clients say nothing. */
function sameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
