import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTVerifyGetKey } from 'jose';
import { verifyToken, type TrustedIssuer } from './token-verifier.js';

const DAY = 86_400;
/** One moment for the whole file: what ends is compared to the second. */
const STARTED = Math.floor(Date.now() / 1000);
const now = (): number => STARTED;

describe('a token of an issuer', () => {
  let privateKey: CryptoKey;
  let publicKey: CryptoKey;
  let issuer: TrustedIssuer;

  beforeAll(async () => {
    ({ privateKey, publicKey } = await generateKeyPair('ES256'));
    issuer = { issuer: 'urn:a', audience: 'concord', algorithm: 'ES256', key: publicKey, session: null };
  });

  const mint = (iat: number, exp: number): Promise<string> =>
    new SignJWT({ iss: 'urn:a', sub: 's', aud: 'concord', jti: 'j', iat, exp })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k' })
      .sign(privateKey);

  it('is looked at whole again when it has ended, is spelled otherwise, or is shown to another issuer’s key', async () => {
    const token = await mint(now(), now() + 60);
    const first = await verifyToken(token, [issuer]);
    expect(first.kind).toBe('verified');
    expect(await verifyToken(token, [issuer])).toEqual(first);
    const cut = token.lastIndexOf('.') + 10;
    const tampered = `${token.slice(0, cut)}${token[cut] === 'A' ? 'B' : 'A'}${token.slice(cut + 1)}`;
    expect(await verifyToken(tampered, [issuer])).toMatchObject({ kind: 'refused', fault: 'SIGNATURE' });
    const { publicKey: otherKey } = await generateKeyPair('ES256');
    expect(await verifyToken(token, [{ ...issuer, key: otherKey }])).toMatchObject({ kind: 'refused' });
    jest.useFakeTimers({
      now: (now() + 3_600) * 1_000,
      doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout'],
    });
    try {
      expect(await verifyToken(token, [issuer])).toMatchObject({ kind: 'refused', fault: 'EXPIRED' });
    } finally {
      jest.useRealTimers();
    }
  });

  it('ends with its own end', async () => {
    const verdict = await verifyToken(await mint(now(), now() + 60), [issuer]);
    expect(verdict).toMatchObject({ kind: 'verified', subject: { issuer: 'urn:a', subject: 's', tokenId: 'j' } });
    expect(endOf(verdict)).toBe(now() + 60);
  });

  it('is a day old at most, whatever it says, unless its issuer is granted more', async () => {
    const token = await mint(now() - 3_600, now() + 30 * DAY);
    expect(endOf(await verifyToken(token, [issuer]))).toBe(now() - 3_600 + DAY);
    expect(endOf(await verifyToken(token, [{ ...issuer, maxTokenAgeSeconds: 90 * DAY }]))).toBe(now() + 30 * DAY);
    const old = await mint(now() - 2 * DAY, now() + 30 * DAY);
    expect(await verifyToken(old, [issuer])).toMatchObject({ kind: 'refused', fault: 'TOO_OLD' });
  });

  it('is never older than a revocation is kept', async () => {
    const generous = { ...issuer, maxTokenAgeSeconds: 4_000 * DAY };
    expect(endOf(await verifyToken(await mint(now(), 1e300), [generous]))).toBe(now() + 400 * DAY);
    const old = await mint(now() - 401 * DAY, now() + DAY);
    expect(await verifyToken(old, [generous])).toMatchObject({ fault: 'TOO_OLD' });
  });

  it('is judged by the key set of the issuer that it names, and no other is asked', async () => {
    const keys = createLocalJWKSet({
      keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }],
    });
    const asked: string[] = [];
    const counted =
      (name: string, find: JWTVerifyGetKey): JWTVerifyGetKey =>
      (header, token) => {
        asked.push(name);
        return find(header, token);
      };
    const other = { ...issuer, issuer: 'urn:b', key: counted('b', keys) };
    const verdict = await verifyToken(await mint(now(), now() + 60), [other, { ...issuer, key: counted('a', keys) }]);
    expect(verdict).toMatchObject({ kind: 'verified' });
    expect(asked).toEqual(['a']);
  });

  it('is refused when the key set does not have its key, and unavailable when there is no answer', async () => {
    const token = await mint(now(), now() + 60);
    const empty = createLocalJWKSet({ keys: [] });
    expect(await verifyToken(token, [{ ...issuer, key: empty }])).toMatchObject({ fault: 'KEY_UNKNOWN' });
    const down: JWTVerifyGetKey = () => Promise.reject(new TypeError('fetch failed'));
    await expect(verifyToken(token, [{ ...issuer, key: down }])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

function endOf(verdict: Awaited<ReturnType<typeof verifyToken>>): number | null {
  return verdict.kind === 'verified' ? Math.round(verdict.subject.expiresAt.getTime() / 1000) : null;
}
