import { LONGEST_TOKEN_AGE_DAYS, tokenDigest, type TokenClaim } from '@concord/access';
import { systemClock, type Clock } from '@concord/platform/clock';
import { DomainError } from '@concord/platform/errors';
import { decodeJwt, errors, jwtVerify, type CryptoKey, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { SessionRules } from './session-rules.js';

export const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'PS256'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** An issuer whose access tokens are accepted, with the only keys and algorithms that it may use. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** One; several only while the issuer changes from one to the other. */
  readonly algorithm: TokenAlgorithm | readonly TokenAlgorithm[];
  /** A key, or a set of them: `openKeySet` for one behind a URL. */
  readonly key: CryptoKey | JWTVerifyGetKey;
  /** A token that was issued longer ago is refused, whatever it says of its own end. Default a day, at most 400. */
  readonly maxTokenAgeSeconds?: number;
  /** Null for the embedded default's own issuer, which knows nothing but personas: it alone is exempt. */
  readonly session: SessionRules | null;
}

/** Who a token speaks of. Agency and roles come from Concord's database, never from claims. */
export interface VerifiedSubject extends TokenClaim {
  /** The token's own end, the longest age that its issuer is granted, or the end of the session, whichever comes first. */
  readonly expiresAt: Date;
}

/** Why a token is not good. For the log alone: whoever sent it learns that it is not, and never why. */
export type TokenFault =
  | 'TOO_LONG'
  | 'MALFORMED'
  | 'ISSUER_UNKNOWN'
  | 'ALGORITHM'
  | 'KEY_UNKNOWN'
  | 'SIGNATURE'
  | 'TYPE'
  | 'AUDIENCE'
  | 'EXPIRED'
  | 'TOO_OLD'
  | 'FROM_THE_FUTURE'
  | 'CLAIM_MISSING'
  | 'CLAIM_INVALID'
  | 'SECOND_FACTOR_MISSING'
  | 'SESSION_TOO_OLD';

export type TokenVerdict =
  | { readonly kind: 'verified'; readonly subject: VerifiedSubject }
  | {
      readonly kind: 'refused';
      readonly fault: TokenFault;
      /** The issuer that the token names, where it is one that we trust. */
      readonly issuer?: string;
      /** Where the signature was good: what the token is called in logs and books. */
      readonly token?: string;
    };

/** Longer than any token that an issuer should make; a larger one is not even parsed. */
const MAX_TOKEN = 4_096;
const DAY_SECONDS = 86_400;
/** How far the clocks of issuer and service may be apart, in seconds. */
const CLOCK_TOLERANCE = 30;

/** Three parts in base64url, as RFC 7515 writes them: no padding, no other alphabet, no white space. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Text that can be stored and compared: what `sub` and `jti` have to be. */
const name = z
  .string()
  .min(1)
  .max(255)
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  .refine((text) => text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text));

const Claims = z.object({ sub: name, jti: name, exp: z.number(), iat: z.number() });
/** RFC 9068, section 2.2.1: what an access token says of the sign-in behind it. */
const SignInClaims = z.object({
  auth_time: z.number(),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
});

/**
 * Judges a token by the issuer that it names: that issuer's key and algorithm and no others, whatever the header says.
 *
 * @throws DomainError UNAVAILABLE when the issuer's keys cannot be had: that is not the token's fault
 */
export async function verifyToken(
  token: string,
  issuers: readonly TrustedIssuer[],
  clock: Clock = systemClock,
): Promise<TokenVerdict> {
  if (token.length > MAX_TOKEN) return { kind: 'refused', fault: 'TOO_LONG' };
  const claimed = COMPACT.test(token) ? claimedIssuer(token) : null;
  if (claimed === null) return { kind: 'refused', fault: 'MALFORMED' };
  const trusted = issuers.find(({ issuer }) => issuer === claimed);
  return trusted === undefined ? { kind: 'refused', fault: 'ISSUER_UNKNOWN' } : verifyWith(token, trusted, clock);
}

/** Only to choose the key by: nothing of it is believed before the signature is. */
function claimedIssuer(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch {
    return null;
  }
}

async function verifyWith(token: string, trusted: TrustedIssuer, clock: Clock): Promise<TokenVerdict> {
  const { issuer, audience, key } = trusted;
  const maxAge = Math.min(trusted.maxTokenAgeSeconds ?? DAY_SECONDS, LONGEST_TOKEN_AGE_DAYS * DAY_SECONDS);
  const options = {
    issuer,
    audience,
    algorithms: [trusted.algorithm].flat(),
    typ: 'at+jwt',
    requiredClaims: ['sub', 'jti', 'exp', 'iat'],
    currentDate: clock.now(),
    clockTolerance: CLOCK_TOLERANCE,
    // Also refuses a token that was issued in the future.
    maxTokenAge: maxAge,
  };
  const refused = (fault: TokenFault, claims?: JWTPayload): TokenVerdict => ({
    kind: 'refused',
    fault,
    issuer,
    ...(typeof claims?.jti === 'string' ? { token: tokenDigest(issuer, claims.jti) } : {}),
  });
  let payload: JWTPayload;
  try {
    ({ payload } =
      typeof key === 'function'
        ? await jwtVerify(token, orUnavailable(key), options)
        : await jwtVerify(token, key, options));
  } catch (error) {
    if (error instanceof DomainError) throw error;
    return refused(faultOf(error), claimsOf(error));
  }
  // A token that is meant for others too is in their hands: they could use it here.
  if (Array.isArray(payload.aud) && payload.aud.length !== 1) return refused('AUDIENCE', payload);
  const claims = Claims.safeParse(payload);
  if (!claims.success) return refused('CLAIM_INVALID', payload);
  const { sub, jti, exp, iat } = claims.data;
  const signedIn = trusted.session === null ? EXEMPT : judgeSignIn(payload, trusted.session, clock);
  if (typeof signedIn === 'string') return refused(signedIn, payload);
  const expiresAt = new Date(Math.min(exp, iat + maxAge, signedIn.ends) * 1000);
  return { kind: 'verified', subject: { issuer, subject: sub, tokenId: jti, expiresAt, session: signedIn.session } };
}

interface SignInVerdict {
  readonly session: VerifiedSubject['session'];
  /** When the person has to sign in again, in seconds since 1970. */
  readonly ends: number;
}

const EXEMPT: SignInVerdict = { session: null, ends: Number.POSITIVE_INFINITY };

/** Whether the sign-in behind a token was strong enough and is young enough, whatever the age of the token. */
function judgeSignIn(payload: JWTPayload, rules: SessionRules, clock: Clock): SignInVerdict | TokenFault {
  if (payload['auth_time'] === undefined) return 'CLAIM_MISSING';
  const claims = SignInClaims.safeParse(payload);
  if (!claims.success) return 'CLAIM_INVALID';
  const { auth_time: authenticated, acr, amr = [] } = claims.data;
  const { secondFactor, reauthenticateAfterSeconds, idleSeconds } = rules;
  const strong =
    (acr !== undefined && secondFactor.acr.includes(acr)) || amr.some((method) => secondFactor.amr.includes(method));
  if (!strong) return 'SECOND_FACTOR_MISSING';
  const now = clock.now().getTime() / 1000;
  if (authenticated > now + CLOCK_TOLERANCE) return 'FROM_THE_FUTURE';
  const ends = authenticated + reauthenticateAfterSeconds;
  if (ends <= now) return 'SESSION_TOO_OLD';
  return { session: { authenticatedAt: new Date(authenticated * 1000), idleSeconds }, ends };
}

/** A key set that does not answer is an outage; one without the token's key is the token's fault. */
function orUnavailable(find: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new DomainError('unavailable', 'UNAVAILABLE', 'Tokens cannot be checked at the moment. Try again.', 2);
    }
  };
}

/** Errors about claims come after the signature was found good. */
const claimsOf = (error: unknown): JWTPayload | undefined =>
  error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired ? error.payload : undefined;

function faultOf(error: unknown): TokenFault {
  if (error instanceof errors.JWTExpired) return error.claim === 'exp' ? 'EXPIRED' : 'TOO_OLD';
  if (error instanceof errors.JWTClaimValidationFailed) return claimFault(error.claim, error.reason);
  if (error instanceof errors.JOSEAlgNotAllowed) return 'ALGORITHM';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'SIGNATURE';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'KEY_UNKNOWN';
  return 'MALFORMED';
}

function claimFault(claim: string, reason: string): TokenFault {
  if (reason === 'missing') return 'CLAIM_MISSING';
  if (reason === 'invalid') return 'CLAIM_INVALID';
  if (claim === 'typ') return 'TYPE';
  if (claim === 'aud') return 'AUDIENCE';
  return claim === 'nbf' || claim === 'iat' ? 'FROM_THE_FUTURE' : 'CLAIM_INVALID';
}
