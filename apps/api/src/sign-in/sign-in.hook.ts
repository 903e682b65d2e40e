import { actsForAgency } from '@concord/access';
import { DomainError } from '@concord/platform/errors';
import type { Logger } from '@concord/platform/logging';
import { GraphQLError } from 'graphql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toGraphQLError } from '../graphql/graphql-error.js';
import { isGraphQL, refuse } from '../graphql/http-answer.js';
import { problemOfHeaders } from '../graphql/http-requests.hook.js';
import { MAX_STRANGER_BODY_BYTES } from '../graphql/limits.js';
import type { RequestContext, StrangerContext } from '../graphql/request-context.js';
import { PersonTurns } from './person-turns.js';
import type { Credentials, SignedIn } from './sign-in.js';
import { isTrusted, type TrustedDocuments } from './trusted-documents.js';

type Authenticate = (credentials: Credentials) => Promise<SignedIn>;

/** A request that names no credential at all. */
export interface StrangerRequest {
  readonly concordStranger?: {
    /** The one answer that a stranger gets to whatever is not a trusted document. */
    readonly refuse: () => Promise<void>;
  };
}

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  LIMIT_EXCEEDED: 429,
  UNAVAILABLE: 503,
};

/**
 * Turns strangers away before a document of theirs is parsed or validated, so that validation faults tell them nothing
 * of the schema. Who sends no credential may send a trusted document, which is known by its digest and executed as
 * nobody; anything else of a stranger gets one answer, the same to the byte.
 */
export function installSignIn(
  fastify: FastifyInstance,
  authenticate: Authenticate,
  trusted: TrustedDocuments,
  log: Logger,
): void {
  const turns = new PersonTurns();
  const signInOrRefuse = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    try {
      const signedIn = await authenticate({
        authorization: header(request, 'authorization'),
        purpose: header(request, 'concord-purpose'),
        agency: header(request, 'concord-agency'),
      });
      const release = await turns.take(signedIn.actor.personId);
      Object.assign(request, { concord: contextOf(request, signedIn), concordTurn: release });
    } catch (error) {
      const answer = toGraphQLError(new GraphQLError('refused', { originalError: asError(error) }), log);
      const status = STATUS[String(answer.extensions['code'])] ?? 500;
      await refuse(reply, status, [answer], status === 401 ? { 'www-authenticate': 'Bearer' } : {});
    }
  };
  fastify.addHook('onRequest', async (request, reply) => {
    if (!isGraphQL(request)) return;
    if (request.method !== 'POST') {
      await refuse(reply, 405, [sendByPost()], { allow: 'POST' });
      return;
    }
    if (!mayHoldTrusted(request)) return signInOrRefuse(request, reply);
    Object.assign(request, {
      concord: { signal: signalOf(request) } satisfies StrangerContext,
      concordStranger: { refuse: () => signInOrRefuse(request, reply) },
    } satisfies StrangerRequest & { concord: StrangerContext });
  });
  fastify.addHook('preValidation', async (request: FastifyRequest & StrangerRequest) => {
    if (request.concordStranger !== undefined && !isTrusted(request.body, trusted))
      await request.concordStranger.refuse();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    leave(request);
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    leave(request);
    done();
  });
}

/** Gives the person's turn to the next of its requests; doing it twice changes nothing. */
function leave(request: FastifyRequest & { concordTurn?: () => void }): void {
  request.concordTurn?.();
}

/**
 * Whether the body of a stranger is worth reading: small, and of a length that is known. A request that names a
 * credential is no stranger's: a bad one is refused, not overlooked.
 */
function mayHoldTrusted(request: FastifyRequest): boolean {
  const { authorization, 'content-length': length, 'transfer-encoding': coding } = request.headers;
  if (authorization !== undefined || length === undefined || coding !== undefined) return false;
  return Number(length) <= MAX_STRANGER_BODY_BYTES && problemOfHeaders(request) === null;
}

function contextOf(request: FastifyRequest, { actor }: SignedIn): RequestContext {
  return { actor, signal: signalOf(request), stillSeated: () => Promise.resolve(actsForAgency(actor)) };
}

function signalOf(request: FastifyRequest): AbortSignal {
  const gone = new AbortController();
  request.raw.on('close', () => {
    if (request.raw.destroyed) gone.abort();
  });
  return gone.signal;
}

const sendByPost = (): GraphQLError =>
  new GraphQLError('Send operations with POST.', { extensions: { code: 'BAD_USER_INPUT' } });

const header = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new DomainError('unavailable', 'INTERNAL', 'unknown');
