import { DomainError } from '@concord/platform/errors';
import type { Logger } from '@concord/platform/logging';
import { GraphQLError, specifiedRules, validate, parse, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, type SubscribePayload } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { hasSeat } from '../alerts/alert-stream.js';
import { actsForAgency } from '@concord/access';
import type { SignedIn, Credentials } from '../sign-in/sign-in.js';
import { toGraphQLError } from './graphql-error.js';
import { documentLimits, MAX_BODY_BYTES } from './limits.js';
import type { RequestContext } from './request-context.js';
import type { Pool } from 'pg';

const INIT_TIMEOUT_MS = 5_000;
const PING_MS = 20_000;
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
}

interface SocketState extends Extra {
  signedIn?: SignedIn;
  readonly gone?: AbortController;
  open?: Map<string, AbortController>;
}

/** GraphQL over WebSocket (graphql-transport-ws) by graphql-ws's own server, on the HTTP server's upgrade. */
export class LiveSocket {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  #dispose: (() => Promise<void> | void) | null = null;
  #guard: NodeJS.Timeout | null = null;

  constructor(private readonly options: LiveSocketOptions) {}

  /** Open sockets, for /metrics. */
  get size(): number {
    return this.#server.clients.size;
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
            context.extra.signedIn = await this.options.signIn({
              authorization: textOf(payload['authorization']),
              purpose: textOf(payload['purpose']),
              agency: textOf(payload['agency']),
            });
          } catch (error) {
            if (!(error instanceof DomainError)) log.error({ err: error }, 'socket.sign-in-failed');
            return false;
          }
          context.extra.open = new Map();
          return true;
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
        onDisconnect: (context) => {
          for (const operation of context.extra.open?.values() ?? []) operation.abort();
        },
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

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== '/graphql' || !sameOrigin(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#server.emit('connection', client, request));
  }

  /** Parses and validates by the same rules as HTTP, then gives the operation a context of its own. */
  #prepare(
    extra: Partial<SocketState>,
    id: string,
    payload: SubscribePayload,
  ): ExecutionArgs | readonly GraphQLError[] {
    const { schema } = this.options;
    const { signedIn, open } = extra;
    if (signedIn === undefined || open === undefined)
      return [new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } })];
    if (open.size >= MAX_SUBSCRIPTIONS)
      return [
        new GraphQLError(`A socket carries at most ${MAX_SUBSCRIPTIONS} operations at once.`, {
          extensions: { code: 'LIMIT_EXCEEDED' },
        }),
      ];
    try {
      const document = parse(payload.query, { maxTokens: 4_000 });
      const errors = validate(schema, document, [...specifiedRules, documentLimits]);
      if (errors.length > 0) return errors;
      const operation = new AbortController();
      open.set(id, operation);
      return {
        schema,
        document,
        operationName: payload.operationName ?? null,
        variableValues: payload.variables ?? {},
        contextValue: this.#contextOf(signedIn, operation.signal),
      };
    } catch (error) {
      return [error instanceof GraphQLError ? error : new GraphQLError('The document cannot be read.')];
    }
  }

  #contextOf({ actor, token }: SignedIn, signal: AbortSignal): RequestContext {
    return {
      actor,
      signal,
      stillSeated: async () =>
        token.expiresAt > new Date() &&
        actsForAgency(actor) &&
        hasSeat(this.options.db, token.issuer, token.subject, actor),
    };
  }

  #dropSlowReaders(): void {
    for (const client of this.#server.clients) {
      if (client.bufferedAmount > MAX_BUFFERED_BYTES) drop(client);
    }
  }
}

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
