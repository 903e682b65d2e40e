import type { Action } from '@concord/access';
import type { Clock } from '@concord/platform/clock';
import { DomainError } from '@concord/platform/errors';
import { newId } from '@concord/platform/ids';
import type { Logger } from '@concord/platform/logging';
import { GraphQLError, OperationTypeNode, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import {
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  makeServer,
  type Server as ProtocolServer,
  type SubscribePayload,
} from 'graphql-ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Pool } from 'pg';
import { WebSocketServer, type WebSocket } from 'ws';
import { clientAddress, networkOf, type TrustedProxies } from '../rates/client-address.js';
import type { Rates } from '../rates/rates.js';
import { CLOSINGS, closingFor } from '../live/closing.js';
import { Handshakes, refuseHandshake } from '../live/handshakes.js';
import { LiveConnection } from '../live/live-connection.js';
import { LIVE_LIMITS, type LiveLimits } from '../live/live-limits.js';
import type { ActivityNotes } from '../sign-in/activity-notes.js';
import { currentActor, mayStill } from '../sign-in/seat.js';
import type { SignedIn, Credentials } from '../sign-in/sign-in.js';
import { toGraphQLError } from './graphql-error.js';
import type { DocumentGate } from './admit-document.js';
import type { RequestContext } from './request-context.js';

const LOOK_EVERY_MS = 1_000;

export interface LiveSocketOptions {
  readonly schema: GraphQLSchema;
  /** The same that HTTP asks. */
  readonly gate: DocumentGate;
  readonly db: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signIn: (credentials: Credentials) => Promise<SignedIn>;
  readonly rates: Rates;
  readonly proxies: TrustedProxies;
  readonly notes: ActivityNotes;
  /** Where they differ from {@link LIVE_LIMITS}. */
  readonly limits?: Partial<LiveLimits>;
}

/** GraphQL over WebSocket (graphql-transport-ws) by graphql-ws's own server, on the HTTP server's upgrade. */
export class LiveSocket {
  readonly #limits: LiveLimits;
  readonly #sockets: WebSocketServer;
  readonly #protocol: ProtocolServer<LiveConnection>;
  readonly #handshakes: Handshakes;
  readonly #connections = new Set<LiveConnection>();
  /** Those of nobody yet, and those of each person: counted at every handshake, so never searched for. */
  readonly #strangers = new Set<LiveConnection>();
  readonly #ofPerson = new Map<string, Set<LiveConnection>>();
  #look: NodeJS.Timeout | null = null;

  constructor(private readonly options: LiveSocketOptions) {
    this.#limits = { ...LIVE_LIMITS, ...options.limits };
    this.#handshakes = new Handshakes(this.#limits.handshakesPerMinute, (request) =>
      networkOf(clientAddress(request, options.proxies)),
    );
    const settings = {
      noServer: true,
      maxPayload: this.#limits.messageBytes,
      // A small frame may not become a large one here.
      perMessageDeflate: false,
      closeTimeout: this.#limits.closeTimeoutMs,
      handleProtocols,
    };
    this.#sockets = new WebSocketServer(settings);
    this.#protocol = this.#speak();
  }

  /** Open sockets, for /metrics. */
  get size(): number {
    return this.#connections.size;
  }

  /** Operations that run on them, for /metrics. */
  get operations(): number {
    return [...this.#connections].reduce((sum, connection) => sum + connection.running, 0);
  }

  /** What their readers have not taken yet, for /metrics. */
  get unreadBytes(): number {
    return [...this.#connections].reduce((sum, connection) => sum + connection.bufferedBytes, 0);
  }

  /** Everybody who is signed in on an open socket, once for each. */
  get signedIn(): readonly SignedIn[] {
    return [...this.#connections].flatMap(({ isOpen, signedIn }) => (isOpen && signedIn !== null ? [signedIn] : []));
  }

  attach(http: Server): void {
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      void this.#upgrade(request, socket, head);
    });
    this.#look = setInterval(() => this.#lookAtAll(), LOOK_EVERY_MS);
    this.#look.unref();
  }

  /**
   * Closes the sockets of whoever the predicate names, and ends what runs on them at once.
   * @returns how many
   */
  closeWhere(predicate: (signedIn: SignedIn) => boolean, code: number, reason: string): number {
    const chosen = [...this.#connections].filter(
      ({ isOpen, signedIn }) => isOpen && signedIn !== null && predicate(signedIn),
    );
    for (const connection of chosen) connection.end({ code, reason });
    return chosen.length;
  }

  async close(): Promise<void> {
    if (this.#look) clearInterval(this.#look);
    for (const connection of this.#connections) connection.end(CLOSINGS.goingAway);
    // Waits for the last socket, and none outlives its closing time-out.
    await new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refusal = await this.#handshakes.refusalOf(request);
    if (refusal !== null) return refuseHandshake(socket, refusal);
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#open(client, request, socket));
  }

  #open(client: WebSocket, request: IncomingMessage, transport: Duplex): void {
    const { log } = this.options;
    const connection = new LiveConnection({ client, request, transport, limits: this.#limits, log });
    const { sockets, socketsPending } = this.#limits;
    const full = this.#connections.size >= sockets || this.#strangers.size >= socketsPending;
    this.#connections.add(connection);
    this.#strangers.add(connection);
    connection.open(this.#protocol, () => this.#forget(connection));
    if (full) connection.end(CLOSINGS.full);
  }

  #speak(): ProtocolServer<LiveConnection> {
    const { schema, log } = this.options;
    return makeServer<Record<string, unknown>, LiveConnection>({
      schema,
      connectionInitWaitTimeout: this.#limits.initTimeoutMs,
      onConnect: ({ extra, connectionParams }) => this.#signIn(extra, connectionParams ?? {}),
      onSubscribe: ({ extra }, id, payload) => this.#prepare(extra, id, payload),
      onError: (_context, _id, _payload, errors) => errors.map((error) => toGraphQLError(error, log).toJSON()),
      onNext: (_context, _id, _payload, _args, { data, errors }) =>
        // Without `data` where nothing was executed (GraphQL, 7.1).
        errors && {
          ...(data === undefined ? {} : { data }),
          errors: errors.map((error) => toGraphQLError(error, log).toJSON()),
        },
    });
  }

  async #signIn(connection: LiveConnection, payload: Record<string, unknown>): Promise<boolean> {
    try {
      const { rates, proxies, signIn } = this.options;
      const credentials = credentialsOf(payload, clientAddress(connection.request, proxies));
      const { authorization, address } = credentials;
      const signedIn = await rates.connect({ authorization, address }, () => signIn(credentials));
      this.options.notes.arrived(signedIn);
      const theirs = this.#socketsOf(signedIn.actor.personId);
      if (openAmong(theirs) < this.#limits.socketsPerPerson) {
        this.#tellOfSocket(signedIn, connection);
        if (!connection.signIn(signedIn)) return false;
        this.#strangers.delete(connection);
        this.#ofPerson.set(signedIn.actor.personId, theirs.add(connection));
        return true;
      }
      connection.end(CLOSINGS.full);
    } catch (error) {
      if (!(error instanceof DomainError)) this.options.log.error({ err: error }, 'socket.sign-in-failed');
      connection.end(closingFor(error));
    }
    return false;
  }

  #socketsOf(personId: string): Set<LiveConnection> {
    return this.#ofPerson.get(personId) ?? new Set();
  }

  #forget(connection: LiveConnection): void {
    this.#connections.delete(connection);
    this.#strangers.delete(connection);
    const personId = connection.signedIn?.actor.personId;
    if (personId === undefined) return;
    const theirs = this.#socketsOf(personId);
    theirs.delete(connection);
    if (theirs.size === 0) this.#ofPerson.delete(personId);
  }

  #tellOfSocket({ actor }: SignedIn, connection: LiveConnection): void {
    const opened = performance.now();
    const log = this.options.log.child({ socketId: newId(), personId: actor.personId, agencyId: actor.agency?.id });
    log.info({}, 'socket.opened');
    connection.onClosed(() => log.info({ durationMs: performance.now() - opened }, 'socket.closed'));
  }

  /**
   * Parses and validates by the same rules as HTTP, looks again at who this is, and gives the operation a context of
   * its own: a socket stays open for hours, and what it was opened with may be over.
   */
  async #prepare(
    connection: LiveConnection,
    id: string,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { schema, db, clock, gate, rates, notes } = this.options;
    const { signedIn } = connection;
    if (signedIn === null) return refusal('UNAUTHENTICATED', 'Sign in first.');
    const most = this.#limits.operationsPerSocket;
    if (connection.running > most)
      return refusal('LIMIT_EXCEEDED', `A socket carries at most ${most} operations at once.`);
    try {
      await rates.arrive(signedIn);
      const admission = gate.admit(payload);
      if ('errors' in admission) return admission.errors;
      const { document, operation, cost } = admission.admitted;
      const actor = await currentActor({ db, clock }, signedIn.credential, signedIn.actor);
      if (actor === null) {
        connection.end(CLOSINGS.sessionOver);
        return refusal('UNAUTHENTICATED', 'Sign in again.');
      }
      // What only receives keeps no session awake, and neither does a client that comes back by itself.
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) notes.asked(signedIn);
      const operationName = operation.name?.value ?? null;
      const variables = payload.variables ?? {};
      const signal = connection.signalOf(id);
      await rates.operateOnSocket(signedIn, { document, operationName, cost, variables }, signal);
      return {
        schema,
        document,
        operationName,
        variableValues: variables,
        contextValue: this.#contextOf(connection, { ...signedIn, actor }, signal),
      };
    } catch (error) {
      return [error instanceof GraphQLError ? error : new GraphQLError('refused', { originalError: error as Error })];
    }
  }

  #contextOf(connection: LiveConnection, { actor, credential }: SignedIn, signal: AbortSignal): RequestContext {
    const stillSeated = async (action: Action): Promise<boolean> => {
      const seated = await mayStill(this.options, credential, actor, action);
      // Before the stream completes: a client that is told that all is well does not come back.
      if (!seated && connection.isOpen) {
        connection.end(CLOSINGS.sessionOver);
        this.options.log.warn({ reason: 'SEAT_ENDED', sockets: 1 }, 'security.sockets-closed');
      }
      return seated;
    };
    return { actor, signal, stillSeated };
  }

  #lookAtAll(): void {
    for (const connection of this.#connections) connection.look();
    const waiting = [...this.#connections]
      .map((connection) => ({ connection, bytes: connection.bufferedBytes }))
      .filter(({ bytes }) => bytes > 0)
      .sort((one, other) => other.bytes - one.bytes);
    let total = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { connection, bytes } of waiting) {
      if (bytes <= this.#limits.bufferedBytes && total <= this.#limits.bufferedBytesInTotal) return;
      total -= bytes;
      connection.end(CLOSINGS.tooSlow);
    }
  }
}

/** A closing one takes no place of the next. */
const openAmong = (connections: ReadonlySet<LiveConnection>): number =>
  [...connections].filter(({ isOpen }) => isOpen).length;

const refusal = (code: string, message: string): readonly GraphQLError[] => [
  new GraphQLError(message, { extensions: { code } }),
];

const credentialsOf = (payload: Record<string, unknown>, address: string) => ({
  authorization: textOf(payload['authorization']),
  purpose: textOf(payload['purpose']),
  agency: textOf(payload['agency']),
  via: 'socket' as const,
  address,
});

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/**
 * Ours where it is offered. Else the first that is offered, so that the handshake succeeds and the client can read the
 * close code 4406: a browser whose offer gets no answer reports nothing but 1006.
 */
function handleProtocols(offered: Set<string>): string | false {
  if (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL)) return GRAPHQL_TRANSPORT_WS_PROTOCOL;
  return [...offered][0] ?? false;
}
