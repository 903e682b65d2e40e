import { decide, findActor, type Action, type Actor } from '@concord/access';
import type { Queryable } from '@concord/platform/database';
import type { VerifiedSubject } from './token-verifier.js';

/**
 * The actor of an open socket as it is at this moment: with the roles that it has now, or null when its token has run
 * out or its seat is gone. What was true when the socket was opened counts for nothing.
 */
export async function currentActor(db: Queryable, token: VerifiedSubject, actor: Actor): Promise<Actor | null> {
  if (token.expiresAt <= new Date()) return null;
  const seats = await findActor(db, token.issuer, token.subject);
  const seat = seats.find((candidate) => (candidate.agency?.id ?? null) === (actor.agency?.id ?? null));
  return seat === undefined ? null : { ...actor, agency: seat.agency, roles: new Set(seat.roles) };
}

/** Whether the actor could begin now what it has begun: a role that was taken away ends a stream, though others are left. */
export async function mayStill(db: Queryable, token: VerifiedSubject, actor: Actor, action: Action): Promise<boolean> {
  const current = await currentActor(db, token, actor);
  return current !== null && decide(current, action).allowed;
}
