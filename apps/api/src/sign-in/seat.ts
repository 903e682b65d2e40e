import { decide, findActor, type Action, type Actor } from '@concord/access';
import type { Clock } from '@concord/platform/clock';
import type { Queryable } from '@concord/platform/database';
import type { VerifiedSubject } from './token-verifier.js';

export interface SeatServices {
  readonly db: Queryable;
  readonly clock: Clock;
}

/**
 * The actor of an open socket as it is at this moment: with the roles that it has now, or null when its token has run
 * out or was revoked, or its seat is gone. What was true when the socket was opened counts for nothing.
 */
export async function currentActor(
  { db, clock }: SeatServices,
  token: VerifiedSubject,
  actor: Actor,
): Promise<Actor | null> {
  if (hasExpired(token, clock)) return null;
  const found = await findActor(db, token);
  if (found.kind === 'unseated') return null;
  const seat = found.seats.find((candidate) => (candidate.agency?.id ?? null) === (actor.agency?.id ?? null));
  return seat === undefined ? null : { ...actor, agency: seat.agency, roles: new Set(seat.roles) };
}

/** Whether the actor could begin now what it has begun: a role that was taken away ends a stream, though others are left. */
export async function mayStill(
  services: SeatServices,
  token: VerifiedSubject,
  actor: Actor,
  action: Action,
): Promise<boolean> {
  const current = await currentActor(services, token, actor);
  return current !== null && decide(current, action).allowed;
}

/** Without the leeway that a request is given: a stream ends when its token does. */
export const hasExpired = (token: VerifiedSubject, clock: Clock): boolean => token.expiresAt <= clock.now();
