import { DomainError } from '@concord/platform/errors';
import type { Logger } from '@concord/platform/logging';
import { GraphQLError, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, type SubscribePayload } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { currentActor, mayStill } from '../sign-in/seat.js';
import type { SignedIn, Credentials } from '../sign-in/sign-in.js';
import { toGraphQLError } from './graphql-error.js';
import type { DocumentGate } from './admit-document.js';
import { MAX_BODY_BYTES } from './limits.js';
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
  /** The same that HTTP asks. */
  readonly gate: DocumentGate;
  readonly db: Pool;
  readonly log: Logger;
  readonly signIn: (credentials: Credentials) => Promise<SignedIn>;
}

interface SocketState {
  signedIn?: SignedIn;
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
          const open = new Map<string, AbortController>();
          context.extra.open = open;
          // At once, and not when graphql-ws has waited for every generator to return.
          context.extra.socket.on('close', () => {
            for (const operation of open.values()) operation.abort();
          });
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
    const { schema, db, gate } = this.options;
    const { signedIn, open } = extra;
    if (signedIn === undefined || open === undefined) return refusal('UNAUTHENTICATED', 'Sign in first.');
    if (open.size >= MAX_SUBSCRIPTIONS)
      return refusal('LIMIT_EXCEEDED', `A socket carries at most ${MAX_SUBSCRIPTIONS} operations at once.`);
    const operation = new AbortController();
    open.set(id, operation);
    const failed = (errors: readonly GraphQLError[]): readonly GraphQLError[] => {
      open.delete(id);
      return errors;
    };
    try {
      const admission = gate.admit(payload);
      if ('errors' in admission) return failed(admission.errors);
      const { document, operation: admitted } = admission.admitted;
      const actor = await currentActor(db, signedIn.token, signedIn.actor);
      if (actor === null) {
        extra.socket.close(CloseCode.Forbidden, 'Forbidden');
        return failed(refusal('UNAUTHENTICATED', 'Sign in again.'));
      }
      return {
        schema,
        document,
        operationName: admitted.name?.value ?? null,
        variableValues: payload.variables ?? {},
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
