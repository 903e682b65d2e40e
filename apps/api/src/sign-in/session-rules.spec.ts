import fc from 'fast-check';
import { generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { LONGEST_IDLE_SECONDS, LONGEST_SESSION_SECONDS } from './session-rules.js';
import { verifyToken, type TokenVerdict, type TrustedIssuer } from './token-verifier.js';

const NOW = Math.floor(Date.now() / 1000);
const clock = { now: (): Date => new Date(NOW * 1000) };
const HOUR = 3_600;

describe('the sign-in behind a token', () => {
  let privateKey: CryptoKey;
  let issuer: TrustedIssuer;

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256');
    ({ privateKey } = pair);
    issuer = {
      ...{ issuer: 'https://issuer.test', audience: 'concord', algorithm: 'ES256', key: pair.publicKey },
      session: {
        secondFactor: { acr: ['urn:test:aal2'], amr: ['mfa', 'hwk'] },
        reauthenticateAfterSeconds: LONGEST_SESSION_SECONDS,
        idleSeconds: LONGEST_IDLE_SECONDS,
      },
    };
  });

  const judge = async (claims: Record<string, unknown>, by: TrustedIssuer = issuer): Promise<TokenVerdict> => {
    const standard = { iss: by.issuer, sub: 's', aud: 'concord', jti: 'j', iat: NOW, exp: NOW + 20 * HOUR };
    const token = await new SignJWT({ ...standard, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
      .sign(privateKey);
    return verifyToken(token, [by], clock);
  };
  const fault = async (claims: Record<string, unknown>): Promise<string> => {
    const verdict = await judge(claims);
    return verdict.kind === 'refused' ? verdict.fault : 'good';
  };
  const strong = { auth_time: NOW, acr: 'urn:test:aal2' };

  it('had a second factor, by one of the values that the issuer’s configuration names', async () => {
    expect(await fault(strong)).toBe('good');
    expect(await fault({ auth_time: NOW, amr: ['pwd', 'hwk'] })).toBe('good');
    expect(await fault({ auth_time: NOW, acr: 'other', amr: ['mfa'] })).toBe('good');
    for (const weak of [
      {},
      { acr: '' },
      { acr: 'urn:test:aal1', amr: ['pwd'] },
      { acr: 'URN:TEST:AAL2' },
      { acr: 'mfa', amr: ['urn:test:aal2'] },
      { amr: [] },
      { amr: ['pwd', 'pin', 'MFA', ' mfa'] },
    ])
      expect(await fault({ auth_time: NOW, ...weak })).toBe('SECOND_FACTOR_MISSING');
    for (const unread of [{ acr: ['urn:test:aal2'] }, { acr: 2 }, { amr: 'mfa' }, { amr: [['mfa']] }, { amr: null }])
      expect(await fault({ auth_time: NOW, ...unread })).toBe('CLAIM_INVALID');
  });

  it('says when it was, and is good for twelve hours, however young the token is', async () => {
    expect(await fault({ acr: 'urn:test:aal2' })).toBe('CLAIM_MISSING');
    for (const unread of [null, String(NOW), true, [NOW]])
      expect(await fault({ ...strong, auth_time: unread })).toBe('CLAIM_INVALID');
    expect(await fault({ ...strong, auth_time: NOW + 29 })).toBe('good');
    expect(await fault({ ...strong, auth_time: NOW + 31 })).toBe('FROM_THE_FUTURE');
    expect(await fault({ ...strong, auth_time: NOW - 12 * HOUR + 1 })).toBe('good');
    expect(await fault({ ...strong, auth_time: NOW - 12 * HOUR })).toBe('SESSION_TOO_OLD');
    expect(await fault({ ...strong, auth_time: 0 })).toBe('SESSION_TOO_OLD');
  });

  it('ends the token with it: the first of the two ends counts, always', async () => {
    const age = fc.integer({ min: 0, max: 12 * HOUR - 1 });
    const life = fc.integer({ min: 60, max: 20 * HOUR });
    await fc.assert(
      fc.asyncProperty(age, life, async (since, lives) => {
        const verdict = await judge({ ...strong, auth_time: NOW - since, exp: NOW + lives });
        if (verdict.kind === 'refused') throw new Error(verdict.fault);
        const ends = Math.min(NOW + lives, NOW - since + 12 * HOUR);
        expect(verdict.subject.expiresAt).toEqual(new Date(ends * 1000));
        expect(verdict.subject.session).toEqual({
          authenticatedAt: new Date((NOW - since) * 1000),
          idleSeconds: LONGEST_IDLE_SECONDS,
        });
      }),
      { numRuns: 50 },
    );
  });

  it('is nobody’s concern where the issuer is exempt, and everybody’s where nothing was said', async () => {
    expect(await judge({}, { ...issuer, session: null })).toMatchObject({
      kind: 'verified',
      subject: { session: null },
    });
    const { session: _, ...silent } = issuer;
    await expect(judge({}, silent as TrustedIssuer)).resolves.toMatchObject({ kind: 'refused' });
  });
});
