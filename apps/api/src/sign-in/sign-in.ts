import { findActor, type Actor, type Seat } from '@concord/access';
import { DomainError } from '@concord/platform/errors';
import type { Queryable } from '@concord/platform/database';
import { readPurpose } from './purpose.js';
import { verifyToken, type TrustedIssuer, type VerifiedSubject } from './token-verifier.js';

/** What a client says about itself: HTTP headers, or the payload of connection_init. */
export interface Credentials {
  readonly authorization: string | null | undefined;
  readonly purpose: string | null | undefined;
  /** ORI of the agency to act for, where a person belongs to several. */
  readonly agency: string | null | undefined;
}

export interface SignedIn {
  readonly actor: Actor;
  readonly token: VerifiedSubject;
}

const unauthenticated = (): DomainError =>
  new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Sign in first: send a valid access token.');

/**
 * Turns credentials into an actor. Every failure before that is the same UNAUTHENTICATED: a bad token, an unknown
 * person, one without a valid membership.
 */
export async function signIn(
  db: Queryable,
  issuers: readonly TrustedIssuer[],
  credentials: Credentials,
): Promise<SignedIn> {
  const bearer = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(credentials.authorization ?? '')?.[1];
  const token = bearer === undefined ? null : await verifyToken(bearer, issuers);
  if (token === null) throw unauthenticated();
  const seats = await findActor(db, token.issuer, token.subject);
  if (seats.length === 0) throw unauthenticated();
  const seat = chooseSeat(seats, credentials.agency);
  return {
    token,
    actor: {
      personId: seat.personId,
      displayName: seat.displayName,
      agency: seat.agency,
      roles: new Set(seat.roles),
      purpose: readPurpose(credentials.purpose),
    },
  };
}

function chooseSeat(seats: readonly Seat[], ori: string | null | undefined): Seat {
  const [only] = seats;
  if (ori === null || ori === undefined || ori === '') {
    if (only !== undefined && seats.length === 1) return only;
    throw new DomainError(
      'invalid',
      'BAD_USER_INPUT',
      'You belong to several agencies: name one by its ORI in `concord-agency` (on a socket: `agency`).',
    );
  }
  const chosen = seats.find((seat) => seat.agency?.ori === ori);
  if (chosen === undefined)
    throw new DomainError('forbidden', 'FORBIDDEN', 'You do not act for an agency with that ORI.');
  return chosen;
}
