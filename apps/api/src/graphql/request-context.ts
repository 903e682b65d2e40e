import type { Action, Actor } from '@concord/access';
import { DomainError } from '@concord/platform/errors';
import type { FastifyRequest } from 'fastify';
import type { TokenSubject } from '@concord/agencies';

/** What every resolver gets: who asks. Made per request, and per operation on a socket. */
export interface RequestContext {
  readonly actor: Actor;
  /** Whether the actor may still do what the stream is for; asked before it tells what it has read. */
  readonly stillSeated: (action: Action) => Promise<boolean>;
  /** Aborted when the request or socket is gone. */
  readonly signal: AbortSignal;
}

/** What resolvers get when the trusted document of a stranger runs: nobody, whom every policy refuses. */
export interface StrangerContext {
  readonly actor?: never;
  readonly signal: AbortSignal;
}

/** What the acceptance of an invitation gets with a good token of somebody who has no seat here: no actor either. */
export interface NewcomerContext {
  readonly actor?: never;
  readonly newcomer: TokenSubject;
  readonly signal: AbortSignal;
}

/** Whoever gets here without having been let in by the sign-in hook is turned away as a whole. */
export function contextOf(
  request: FastifyRequest & { concord?: RequestContext | StrangerContext | NewcomerContext },
): RequestContext | StrangerContext | NewcomerContext {
  if (request.concord === undefined) throw new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Sign in first.');
  return request.concord;
}
