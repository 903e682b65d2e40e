import { decide, findActor, findKeySeat, RECEIVING_ROLE, type Action, type Actor } from '@concord/access';
import type { Clock } from '@concord/platform/clock';
import type { Queryable } from '@concord/platform/database';
import type { Credential, KeyCredential, TokenCredential } from './credential.js';

export interface SeatServices {
  readonly db: Queryable;
  readonly clock: Clock;
}

/** Whether somebody asks for something, or only goes on receiving what was asked for. */
type Doing = 'asks' | 'receives';

/**
 * The actor of an open socket as it is at this moment: with the roles that it has now, or null when its credential has
 * run out or was revoked, its session was idle for too long, or its seat is gone. What was true when the socket was
 * opened counts for nothing.
 */
export async function currentActor(
  services: SeatServices,
  credential: Credential,
  actor: Actor,
  doing: Doing = 'asks',
): Promise<Actor | null> {
  if (hasExpired(credential, services.clock)) return null;
  return credential.kind === 'key' ? ofKey(services, credential, actor) : ofToken(services, credential, actor, doing);
}

async function ofToken(
  { db }: SeatServices,
  token: TokenCredential,
  actor: Actor,
  doing: Doing,
): Promise<Actor | null> {
  const found = await findActor(db, token);
  if (found.kind === 'unseated') return null;
  const seat = found.seats.find((candidate) => (candidate.agency?.id ?? null) === (actor.agency?.id ?? null));
  if (seat === undefined) return null;
  if (found.idle && !(doing === 'receives' && seat.roles.includes(RECEIVING_ROLE))) return null;
  return { ...actor, agency: seat.agency, roles: new Set(seat.roles) };
}

async function ofKey({ db }: SeatServices, claim: KeyCredential, actor: Actor): Promise<Actor | null> {
  const found = await findKeySeat(db, claim);
  if (found.kind === 'unseated') return null;
  const { seat, key } = found;
  return { ...actor, agency: seat.agency, roles: new Set(seat.roles), key };
}

/** Whether the actor could begin now what it has begun: a role that was taken away ends a stream, though others are left. */
export async function mayStill(
  services: SeatServices,
  credential: Credential,
  actor: Actor,
  action: Action,
): Promise<boolean> {
  const current = await currentActor(services, credential, actor, 'receives');
  return current !== null && decide(current, action).allowed;
}

/** Without the leeway that a request is given: a stream ends when its credential does. */
export const hasExpired = ({ expiresAt }: Credential, clock: Clock): boolean => expiresAt <= clock.now();
