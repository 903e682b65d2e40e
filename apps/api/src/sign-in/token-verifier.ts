import { jwtVerify, type CryptoKey, type JWTVerifyGetKey } from 'jose';

/** An issuer whose access tokens are accepted, with the only key and algorithm that it may use. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithm: 'EdDSA' | 'ES256' | 'RS256' | 'PS256';
  readonly key: CryptoKey | JWTVerifyGetKey;
}

/** Who a token speaks of. Agency and roles come from Concord's database, never from claims. */
export interface VerifiedSubject {
  readonly issuer: string;
  readonly subject: string;
  readonly tokenId: string;
  readonly expiresAt: Date;
}

/** Longer than any token that an issuer should make; a larger one is not even parsed. */
const MAX_TOKEN = 4_096;

/** Whether the token is good, by each trusted issuer in turn; null for anything else, and never why. */
export async function verifyToken(token: string, issuers: readonly TrustedIssuer[]): Promise<VerifiedSubject | null> {
  if (token.length > MAX_TOKEN) return null;
  for (const trusted of issuers) {
    const subject = await verifyWith(token, trusted);
    if (subject !== null) return subject;
  }
  return null;
}

async function verifyWith(token: string, trusted: TrustedIssuer): Promise<VerifiedSubject | null> {
  const options = {
    issuer: trusted.issuer,
    audience: trusted.audience,
    algorithms: [trusted.algorithm],
    typ: 'at+jwt',
    requiredClaims: ['sub', 'jti', 'exp', 'iat'],
    clockTolerance: 30,
    // Also refuses a token that was issued in the future.
    maxTokenAge: '400 days',
  };
  try {
    const { payload } =
      typeof trusted.key === 'function'
        ? await jwtVerify(token, trusted.key, options)
        : await jwtVerify(token, trusted.key, options);
    const { sub, jti, exp } = payload;
    if (sub === undefined || jti === undefined || exp === undefined) return null;
    return { issuer: trusted.issuer, subject: sub, tokenId: jti, expiresAt: new Date(exp * 1000) };
  } catch {
    return null;
  }
}
