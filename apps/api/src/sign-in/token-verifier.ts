import { LONGEST_TOKEN_AGE_DAYS, tokenDigest } from '@concord/access';
import { DomainError } from '@concord/platform/errors';
import { decodeJwt, errors, jwtVerify, type CryptoKey, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { VerifiedTokens } from './verified-tokens.js';

/** An issuer whose access tokens are accepted, with the only key and algorithm that it may use. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithm: 'EdDSA' | 'ES256' | 'RS256' | 'PS256';
  readonly key: CryptoKey | JWTVerifyGetKey;
  /** A token that was issued longer ago is refused, whatever it says of its own end. Default a day, at most 400. */
  readonly maxTokenAgeSeconds?: number;
}

/** Who a token speaks of. Agency and roles come from Concord's database, never from claims. */
export interface VerifiedSubject {
  readonly issuer: string;
  readonly subject: string;
  readonly tokenId: string;
  /** The token's own end, or the longest age that its issuer is granted, whichever comes first. */
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
  | 'CLAIM_INVALID';

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

/**
 * Judges a token by the issuer that it names: that issuer's key and algorithm and no others, whatever the header says.
 *
 * @throws DomainError UNAVAILABLE when the issuer's keys cannot be had: that is not the token's fault
 */
export async function verifyToken(token: string, issuers: readonly TrustedIssuer[]): Promise<TokenVerdict> {
  if (token.length > MAX_TOKEN) return { kind: 'refused', fault: 'TOO_LONG' };
  const claimed = COMPACT.test(token) ? claimedIssuer(token) : null;
  if (claimed === null) return { kind: 'refused', fault: 'MALFORMED' };
  const trusted = issuers.find(({ issuer }) => issuer === claimed);
  if (trusted === undefined) return { kind: 'refused', fault: 'ISSUER_UNKNOWN' };
  // Of a key set a key may be withdrawn at any moment: only the set knows.
  if (typeof trusted.key === 'function') return verifyWith(token, trusted);
  const remembered = tokensOf(trusted);
  const subject = remembered.find(token);
  if (subject !== undefined) return { kind: 'verified', subject };
  const verdict = await verifyWith(token, trusted);
  if (verdict.kind === 'verified') remembered.add(token, verdict.subject);
  return verdict;
}

const verifiedTokens = new WeakMap<TrustedIssuer, VerifiedTokens<VerifiedSubject>>();

function tokensOf(trusted: TrustedIssuer): VerifiedTokens<VerifiedSubject> {
  const known = verifiedTokens.get(trusted) ?? new VerifiedTokens<VerifiedSubject>();
  verifiedTokens.set(trusted, known);
  return known;
}

/** Only to choose the key by: nothing of it is believed before the signature is. */
function claimedIssuer(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch {
    return null;
  }
}

async function verifyWith(token: string, trusted: TrustedIssuer): Promise<TokenVerdict> {
  const { issuer, audience, algorithm, key } = trusted;
  const maxAge = Math.min(trusted.maxTokenAgeSeconds ?? DAY_SECONDS, LONGEST_TOKEN_AGE_DAYS * DAY_SECONDS);
  const options = {
    issuer,
    audience,
    algorithms: [algorithm],
    typ: 'at+jwt',
    requiredClaims: ['sub', 'jti', 'exp', 'iat'],
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
  const expiresAt = new Date(Math.min(exp, iat + maxAge) * 1000);
  return { kind: 'verified', subject: { issuer, subject: sub, tokenId: jti, expiresAt } };
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
