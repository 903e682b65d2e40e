import { actsForAgency, decide, type Action, type AgencyActor } from '@concord/access';
import { notFound } from '@concord/platform/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { toGraphQLError } from '../graphql/graphql-error.js';
import { refuse } from '../graphql/http-answer.js';
import { clientAddress, type TrustedProxies } from '../rates/client-address.js';
import type { Rates } from '../rates/rates.js';
import type { ApiServices } from '../services.js';
import type { ActivityNotes } from './activity-notes.js';
import { answered, credentialsOf, HTTP_STATUS } from './sign-in.hook.js';
import type { Credentials, SignedIn } from './sign-in.js';

export interface FileRoutesOptions {
  readonly services: ApiServices;
  readonly authenticate: (credentials: Credentials) => Promise<SignedIn>;
  readonly rates: Rates;
  readonly proxies: TrustedProxies;
  readonly notes: ActivityNotes;
}

/**
 * Lets somebody in as GraphQL does, for what is too large for an operation: the same tokens and keys, the same agency, a
 * rate and a turn of its own. Whoever may not sees what they would see of what is not there.
 */
export async function answerFile(
  options: FileRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  action: Action,
  act: (actor: AgencyActor, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { services, authenticate, rates, proxies, notes } = options;
  try {
    const credentials = credentialsOf(request, clientAddress(request.raw, proxies));
    const arrival = {
      authorization: request.headers.authorization ?? null,
      address: credentials.address,
      signal: answered(request, reply),
    };
    const spending = request.method === 'GET' ? 'reads' : 'writes';
    const signedIn = await rates.letInFile(arrival, () => authenticate(credentials), spending);
    notes.asked(signedIn);
    const { actor } = signedIn;
    if (!decide(actor, action).allowed || !actsForAgency(actor)) throw notFound();
    await act(actor, arrival.signal);
  } catch (error) {
    // Whoever sent it is gone. (The request itself is destroyed as soon as it has been read.)
    if (reply.sent || request.raw.socket.destroyed) return;
    const original = error instanceof Error ? error : new Error('unknown');
    const said = toGraphQLError(
      new GraphQLError('refused', { originalError: original }),
      services.log.child({ requestId: request.id }),
    );
    const status = HTTP_STATUS[String(said.extensions['code'])] ?? 500;
    reply.header('connection', 'close');
    await refuse(reply, status, [said], status === 401 ? { 'www-authenticate': 'Bearer' } : {});
  }
}
