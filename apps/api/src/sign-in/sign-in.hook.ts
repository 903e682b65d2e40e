import { actsForAgency } from '@concord/access';
import { DomainError } from '@concord/platform/errors';
import type { Logger } from '@concord/platform/logging';
import { GraphQLError } from 'graphql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toGraphQLError } from '../graphql/graphql-error.js';
import type { RequestContext } from '../graphql/request-context.js';
import { MAX_DOCUMENT_LENGTH } from '../graphql/limits.js';
import { PersonTurns } from './person-turns.js';
import type { Credentials, SignedIn } from './sign-in.js';

type Authenticate = (credentials: Credentials) => Promise<SignedIn>;

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  UNAVAILABLE: 503,
};

/**
 * Turns strangers away before their body is read: nobody but a signed-in person has a document parsed or validated,
 * so that validation faults tell a stranger nothing of the schema.
 */
export function installSignIn(fastify: FastifyInstance, authenticate: Authenticate, log: Logger): void {
  const turns = new PersonTurns();
  fastify.addHook('onRequest', async (request, reply) => {
    if (!isGraphQL(request)) return;
    if (request.method !== 'POST') {
      await refuse(
        reply,
        405,
        new GraphQLError('Send operations with POST.', { extensions: { code: 'BAD_USER_INPUT' } }),
        { allow: 'POST' },
      );
      return;
    }
    try {
      const signedIn = await authenticate({
        // Node keeps the first of two and says nothing.
        authorization: request.raw.headersDistinct['authorization'],
        purpose: header(request, 'concord-purpose'),
        agency: header(request, 'concord-agency'),
        via: 'http',
        address: request.raw.socket.remoteAddress,
      });
      const release = await turns.take(signedIn.actor.personId);
      Object.assign(request, { concord: contextOf(request, signedIn), concordTurn: release });
    } catch (error) {
      const answer = toGraphQLError(new GraphQLError('refused', { originalError: asError(error) }), log);
      const status = STATUS[String(answer.extensions['code'])] ?? 500;
      await refuse(
        reply,
        status,
        answer,
        status === 401
          ? { 'www-authenticate': 'Bearer' }
          : status === 503 || status === 429
            ? { 'retry-after': '2' }
            : {},
      );
    }
  });
  fastify.addHook('preValidation', async (request, reply) => {
    if (!isGraphQL(request)) return;
    const problem = problemOfBody(request.body);
    if (problem !== null) await refuse(reply, 400, problem);
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

/** `{ query, variables, operationName, extensions }` and nothing that Mercurius would take for a document of its own. */
function problemOfBody(body: unknown): GraphQLError | null {
  const unreadable = (message: string, code = 'BAD_USER_INPUT'): GraphQLError =>
    new GraphQLError(message, { extensions: { code } });
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return unreadable('Send one JSON object with `query`.');
  // `extensions: null` is valid by GraphQL over HTTP and refused by Mercurius: take it out before it looks.
  if ('extensions' in body && body.extensions === null) delete body.extensions;
  const query: unknown = 'query' in body ? body.query : undefined;
  if (typeof query !== 'string') return unreadable('`query` is the text of a GraphQL document.');
  if (query.length > MAX_DOCUMENT_LENGTH) return unreadable('The document is too large.', 'LIMIT_EXCEEDED');
  // Mercurius reads JSON here as a syntax tree, which no rule has looked at.
  return /^\s*\{\s*["}]/.test(query) ? unreadable('`query` is the text of a GraphQL document, not JSON.') : null;
}

function contextOf(request: FastifyRequest, { actor }: SignedIn): RequestContext {
  const gone = new AbortController();
  request.raw.on('close', () => {
    if (request.raw.destroyed) gone.abort();
  });
  return { actor, signal: gone.signal, stillSeated: () => Promise.resolve(actsForAgency(actor)) };
}

async function refuse(
  reply: FastifyReply,
  status: number,
  error: GraphQLError,
  headers: Record<string, string> = {},
): Promise<void> {
  await reply
    .code(status)
    .headers(headers)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ data: null, errors: [error] }));
}

/** The route and not the text of the URL: `/%67raphql` is the same route. */
const isGraphQL = (request: FastifyRequest): boolean => request.routeOptions.url === '/graphql';
const header = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new DomainError('unavailable', 'INTERNAL', 'unknown');
