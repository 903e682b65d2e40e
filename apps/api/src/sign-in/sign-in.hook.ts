import { actsForAgency } from '@concord/access';
import { DomainError } from '@concord/platform/errors';
import type { Logger } from '@concord/platform/logging';
import { GraphQLError } from 'graphql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toGraphQLError } from '../graphql/graphql-error.js';
import type { RequestContext } from '../graphql/request-context.js';
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
  fastify.addHook('onRequest', async (request, reply) => {
    if (pathOf(request) !== '/graphql') return;
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
        authorization: header(request, 'authorization'),
        purpose: header(request, 'concord-purpose'),
        agency: header(request, 'concord-agency'),
      });
      Object.assign(request, { concord: contextOf(request, signedIn) });
    } catch (error) {
      const answer = toGraphQLError(new GraphQLError('refused', { originalError: asError(error) }), log);
      const status = STATUS[String(answer.extensions['code'])] ?? 500;
      await refuse(
        reply,
        status,
        answer,
        status === 401 ? { 'www-authenticate': 'Bearer' } : status === 503 ? { 'retry-after': '2' } : {},
      );
    }
  });
  // `extensions: null` is valid by GraphQL over HTTP and refused by Mercurius: take it out before it looks.
  fastify.addHook('preValidation', async (request) => {
    const { body } = request;
    if (
      pathOf(request) === '/graphql' &&
      typeof body === 'object' &&
      body !== null &&
      'extensions' in body &&
      body.extensions === null
    )
      delete body.extensions;
  });
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
  headers: Record<string, string>,
): Promise<void> {
  await reply
    .code(status)
    .headers(headers)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ data: null, errors: [error] }));
}

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '';
const header = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new DomainError('unavailable', 'INTERNAL', 'unknown');
