import { actsForAgency } from '@concord/access';
import { DomainError } from '@concord/platform/errors';
import type { Logger } from '@concord/platform/logging';
import { GraphQLError } from 'graphql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toGraphQLError } from '../graphql/graphql-error.js';
import { isGraphQL, refuse } from '../graphql/http-answer.js';
import { problemOfHeaders } from '../graphql/http-requests.hook.js';
import { MAX_STRANGER_BODY_BYTES } from '../graphql/limits.js';
import type { NewcomerContext, RequestContext, StrangerContext } from '../graphql/request-context.js';
import { clientAddress, type TrustedProxies } from '../rates/client-address.js';
import type { Rates } from '../rates/rates.js';
import type { ActivityNotes } from './activity-notes.js';
import { isAcceptance, mayHoldAcceptance, NewcomerError } from './newcomer.js';
import type { Credentials, SignedIn } from './sign-in.js';
import { isTrusted, type TrustedDocuments } from './trusted-documents.js';

type Authenticate = (credentials: Credentials) => Promise<SignedIn>;

export interface SignInOptions {
  readonly rates: Rates;
  readonly proxies: TrustedProxies;
  readonly notes: ActivityNotes;
  /** What may be sent by whoever names no credential. */
  readonly trusted: TrustedDocuments;
}

/** A request that names no credential at all. */
export interface StrangerRequest {
  readonly concordStranger?: {
    /** The one answer that a stranger gets to whatever is not a trusted document. */
    readonly refuse: () => Promise<void>;
  };
}

/** A request with a good token of somebody who has no seat here. */
interface NewcomerRequest {
  readonly concordNewcomer?: {
    /** What such a request is answered that does anything but accept an invitation. */
    readonly refuse: () => Promise<void>;
  };
}

/** Of a refusal's code; 500 for what is none of these. */
export const HTTP_STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  NOT_FOUND: 404,
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
  { rates, proxies, trusted, notes }: SignInOptions,
  log: Logger,
): void {
  const refuseWith = async (request: FastifyRequest, reply: FastifyReply, error: unknown): Promise<void> => {
    const answer = toGraphQLError(
      new GraphQLError('refused', { originalError: asError(error) }),
      log.child({ requestId: request.id }),
    );
    const status = HTTP_STATUS[String(answer.extensions['code'])] ?? 500;
    await refuse(reply, status, [answer], status === 401 ? { 'www-authenticate': 'Bearer' } : {});
  };
  const signInOrRefuse = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    try {
      const address = clientAddress(request.raw, proxies);
      const credentials = credentialsOf(request, address);
      const arrival = { authorization: header(request, 'authorization'), address, signal: answered(request, reply) };
      const signedIn = await rates.letIn(arrival, () => authenticate(credentials));
      notes.asked(signedIn);
      Object.assign(request, { concord: contextOf(request, signedIn), concordSignedIn: signedIn });
    } catch (error) {
      const refuse = (): Promise<void> => refuseWith(request, reply, error);
      if (!(error instanceof NewcomerError) || !mayHoldAcceptance(request)) return refuse();
      Object.assign(request, {
        concord: { newcomer: error.subject, signal: signalOf(request) },
        concordNewcomer: { refuse },
      } satisfies NewcomerRequest & { concord: NewcomerContext });
    }
  };
  fastify.addHook('preValidation', async (request: FastifyRequest & NewcomerRequest) => {
    if (request.concordNewcomer !== undefined && !isAcceptance(request.body)) await request.concordNewcomer.refuse();
  });
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
  fastify.addHook('preValidation', async (request: FastifyRequest & StrangerRequest, reply) => {
    if (request.concordStranger === undefined) return;
    if (!isTrusted(request.body, trusted)) return request.concordStranger.refuse();
    try {
      await rates.stranger(clientAddress(request.raw, proxies));
    } catch (error) {
      await refuseWith(request, reply, error);
    }
  });
}

/** What a request says of who sends it. */
export const credentialsOf = (request: FastifyRequest, address: string) => ({
  // Node keeps the first of two and says nothing.
  authorization: request.raw.headersDistinct['authorization'],
  purpose: header(request, 'concord-purpose'),
  agency: header(request, 'concord-agency'),
  via: 'http' as const,
  address,
});

/** Said by every request that ends: without a reason each would make an error of its own, with a stack that nobody reads. */
const OVER = 'answered';

/** Aborted when the answer has been sent, or nobody is there any more to take it. */
export function answered(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const over = new AbortController();
  const { socket } = request.raw;
  const end = (): void => {
    socket.off('close', end);
    over.abort(OVER);
  };
  if (socket.destroyed) over.abort(OVER);
  else {
    reply.raw.once('close', end);
    // Of requests that were sent one behind the other, an answer that never had the connection never closes.
    socket.setMaxListeners(0).once('close', end);
  }
  return over.signal;
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
