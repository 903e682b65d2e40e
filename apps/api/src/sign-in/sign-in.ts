import { findActor, findKeySeat, tokenDigest, type Actor, type Seat } from '@concord/access';
import { apiKeyDigest, claimsToBeApiKey } from '@concord/agencies';
import type { Clock } from '@concord/platform/clock';
import { DomainError } from '@concord/platform/errors';
import type { Queryable } from '@concord/platform/database';
import { isIP } from 'node:net';
import { addressClass } from './address-class.js';
import type { Credential } from './credential.js';
import { mayBeNewcomer, NewcomerError } from './newcomer.js';
import { readPurpose } from './purpose.js';
import type { Refusal, RefusedTokens } from './refused-tokens.js';
import { verifyToken, type TokenVerdict, type TrustedIssuer, type VerifiedSubject } from './token-verifier.js';
import type { VerifiedTokens } from './verified-tokens.js';

/** What a client says about itself: HTTP headers, or the payload of connection_init. */
export interface Credentials {
  /** Several where a request has the header more than once: whoever is in front of us may have read another one. */
  readonly authorization: string | readonly string[] | null | undefined;
  readonly purpose: string | null | undefined;
  /** ORI of the agency to act for, where a person belongs to several. */
  readonly agency: string | null | undefined;
  readonly via: 'http' | 'socket';
  /** The connection's other end. */
  readonly address: string | undefined;
}

export interface SignedIn {
  readonly actor: Actor;
  readonly credential: Credential;
}

export interface SignInOptions {
  readonly db: Queryable;
  readonly issuers: readonly TrustedIssuer[];
  readonly clock: Clock;
  readonly refusals: RefusedTokens;
  readonly verified: VerifiedTokens;
}

/** The scheme in any case and one space (RFC 9110, section 11.1), then whatever claims to be a token. */
const BEARER = /^Bearer (\S+)$/i;

const unauthenticated = (): DomainError =>
  new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Sign in first: send a valid access token.');

type Known = Pick<Refusal, 'reason' | 'issuer' | 'token' | 'keyId'>;

/** Somebody who is known: every seat, and by what. */
interface Found {
  readonly kind: 'found';
  readonly credential: Credential;
  readonly seats: readonly [Seat, ...Seat[]];
  readonly key?: NonNullable<Actor['key']>;
}

/**
 * Turns credentials into an actor. Every failure before that is the same UNAUTHENTICATED: a bad token or key, a revoked
 * one, an unknown person, one without a valid membership, an idle session. Only the log says which.
 *
 * @throws DomainError UNAUTHENTICATED, and BAD_USER_INPUT or FORBIDDEN for what somebody who is known asks wrongly
 */
export async function signIn(options: SignInOptions, credentials: Credentials): Promise<SignedIn> {
  const bearer = readBearer(credentials.authorization);
  const found =
    bearer.kind === 'none'
      ? ({ kind: 'refused', reason: bearer.because } as const)
      : claimsToBeApiKey(bearer.token)
        ? await findByKey(options, bearer.token, credentials.address)
        : await findByToken(options, bearer.token);
  if (found.kind === 'refused') {
    const { kind: _, newcomer, ...known } = found;
    options.refusals.report({ ...known, via: credentials.via, from: addressClass(credentials.address) });
    throw newcomer === undefined ? unauthenticated() : new NewcomerError(unauthenticated(), newcomer);
  }
  const seat = chooseSeat(found.seats, credentials.agency);
  return {
    credential: found.credential,
    actor: {
      personId: seat.personId,
      displayName: seat.displayName,
      agency: seat.agency,
      roles: new Set(seat.roles),
      purpose: readPurpose(credentials.purpose),
      ...(found.key === undefined ? {} : { key: found.key }),
    },
  };
}

/** `newcomer`: a good token of somebody who may yet be bound to an invitation. */
type Outcome = Found | ({ readonly kind: 'refused'; readonly newcomer?: VerifiedSubject } & Known);

async function findByToken(options: SignInOptions, text: string): Promise<Outcome> {
  const verdict = await judge(options, text);
  if (verdict.kind === 'refused') {
    const { fault, ...known } = verdict;
    return { ...known, reason: fault };
  }
  const { subject } = verdict;
  const found = await findActor(options.db, subject);
  const because = found.kind === 'unseated' ? found.because : found.idle ? 'SESSION_IDLE' : null;
  if (found.kind === 'seated' && because === null)
    return { kind: 'found', credential: { kind: 'token', ...subject }, seats: found.seats };
  const { issuer, tokenId } = subject;
  const refused = {
    kind: 'refused',
    reason: because ?? 'NO_SEAT',
    issuer,
    token: tokenDigest(issuer, tokenId),
  } as const;
  return found.kind === 'unseated' && mayBeNewcomer(found.because) ? { ...refused, newcomer: subject } : refused;
}

async function findByKey({ db }: SignInOptions, text: string, from: string | undefined): Promise<Outcome> {
  const digest = apiKeyDigest(text);
  if (digest === null) return { kind: 'refused', reason: 'API_KEY_MALFORMED' };
  const claim = { digest, address: asInet(from) };
  const found = await findKeySeat(db, claim);
  if (found.kind === 'unseated')
    return { kind: 'refused', reason: found.because, ...(found.keyId === null ? {} : { keyId: found.keyId }) };
  const { key, seat, expiresAt } = found;
  return { kind: 'found', credential: { kind: 'key', id: key.id, ...claim, expiresAt }, seats: [seat], key };
}

/** As PostgreSQL reads it: without the zone that a link-local address may have. */
function asInet(address: string | undefined): string | null {
  const [plain = ''] = (address ?? '').split('%');
  return isIP(plain) === 0 ? null : plain;
}

/** Whose keys may change while the process runs is asked each time. */
async function judge({ issuers, clock, verified }: SignInOptions, token: string): Promise<TokenVerdict> {
  const known = verified.get(token);
  if (known !== null) return { kind: 'verified', subject: known };
  const verdict = await verifyToken(token, issuers, clock);
  if (verdict.kind === 'verified') {
    const { subject } = verdict;
    const issuer = issuers.find((trusted) => trusted.issuer === subject.issuer);
    if (issuer !== undefined && typeof issuer.key !== 'function') verified.add(token, subject);
  }
  return verdict;
}

type Bearer =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none'; readonly because: 'NO_TOKEN' | 'SEVERAL_TOKENS' | 'NOT_BEARER' };

function readBearer(authorization: Credentials['authorization']): Bearer {
  const values = typeof authorization === 'string' ? [authorization] : (authorization ?? []);
  const [only] = values;
  if (only === undefined || (values.length === 1 && only === '')) return { kind: 'none', because: 'NO_TOKEN' };
  if (values.length > 1) return { kind: 'none', because: 'SEVERAL_TOKENS' };
  const token = BEARER.exec(only)?.[1];
  return token === undefined ? { kind: 'none', because: 'NOT_BEARER' } : { kind: 'token', token };
}

function chooseSeat(seats: readonly [Seat, ...Seat[]], ori: string | null | undefined): Seat {
  if (ori === null || ori === undefined || ori === '') {
    if (seats.length === 1) return seats[0];
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
