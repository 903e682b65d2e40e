import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openKeySet, type KeysAway, type KeySetTimes } from './key-set.js';
import { verifyToken, type TrustedIssuer } from './token-verifier.js';

/** What the log would call it, or `good`, or `UNAVAILABLE` where nobody can tell. */
type Verdict = string;

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function makeKey(kid: string, alg: 'ES256' | 'RS256' = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

describe('keys that an issuer publishes at a URL', () => {
  let server: Server;
  let url: URL;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let visits: string[];
  let told: (KeysAway | null)[];
  let one: SigningKey;
  let two: SigningKey;

  const keys = (...published: readonly SigningKey[]): typeof answer => {
    const body = JSON.stringify({ keys: published.map(({ jwk }) => jwk) });
    return (_, response) => response.setHeader('content-type', 'application/json').end(body);
  };

  beforeAll(async () => {
    [one, two] = await Promise.all([makeKey('one'), makeKey('two')]);
  });

  beforeEach(async () => {
    [visits, told] = [[], []];
    answer = keys(one);
    server = createServer((request, response) => {
      visits.push(request.url ?? '');
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  });

  afterEach(async () => {
    await away();
  });

  const away = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  const back = (): Promise<void> => new Promise((resolve) => server.listen(Number(url.port), '127.0.0.1', resolve));

  const issuerWith = (times: Partial<KeySetTimes> = {}, algorithm: TrustedIssuer['algorithm'] = 'ES256') => ({
    ...{ issuer: 'https://issuer.test', audience: 'concord', algorithm, session: null },
    key: openKeySet({ url, times, onChange: (reason) => told.push(reason) }),
  });
  const mint = ({ kid, privateKey, jwk }: SigningKey, header: Record<string, unknown> = {}): Promise<string> =>
    new SignJWT({ iss: 'https://issuer.test', sub: 's', aud: 'concord', jti: 'j' })
      .setProtectedHeader({ alg: jwk.alg ?? '', typ: 'at+jwt', kid, ...header })
      .setIssuedAt()
      .setExpirationTime('10 min')
      .sign(privateKey);
  const judge = async (issuer: TrustedIssuer, token: string): Promise<Verdict> => {
    try {
      const verdict = await verifyToken(token, [issuer]);
      return verdict.kind === 'refused' ? verdict.fault : 'good';
    } catch (error) {
      return String(Reflect.get(error as object, 'code'));
    }
  };
  const many = async (issuer: TrustedIssuer, token: string, count = 20): Promise<Verdict[]> => {
    const verdicts = await Promise.all(Array.from({ length: count }, () => judge(issuer, token)));
    return [...new Set(verdicts)];
  };

  it('are fetched when somebody comes, and once for all who come', async () => {
    const issuer = issuerWith();
    expect(visits).toEqual([]);
    expect(await many(issuer, await mint(one))).toEqual(['good']);
    expect(await many(issuer, await mint(one))).toEqual(['good']);
    expect(visits).toEqual(['/jwks']);
  });

  it('follow a rotation: the new key at once, the old one until it is withdrawn', async () => {
    const issuer = issuerWith({ coolDownMs: 0 });
    expect(await judge(issuer, await mint(one))).toBe('good');
    answer = keys(one, two);
    expect(await judge(issuer, await mint(two))).toBe('good');
    expect(await judge(issuer, await mint(one))).toBe('good');
    answer = keys(two);
    expect(await judge(issuer, await mint(one))).toBe('good');
    const withdrawn = issuerWith({ coolDownMs: 0, keepMs: 0 });
    expect(await judge(withdrawn, await mint(one))).toBe('KEY_UNKNOWN');
    expect(await judge(withdrawn, await mint(two))).toBe('good');
  });

  it('are refreshed behind the back of whoever comes', async () => {
    const issuer = issuerWith({ refreshMs: 0, coolDownMs: 60_000 });
    await judge(issuer, await mint(one));
    answer = keys(two);
    expect(await judge(issuer, await mint(one))).toBe('good');
    const next = await mint(two);
    while ((await judge(issuer, next)) === 'KEY_UNKNOWN') await new Promise(setImmediate);
    expect(await judge(issuer, next)).toBe('good');
  });

  it('are not fetched again for every `kid` that strangers make up', async () => {
    const issuer = issuerWith();
    await judge(issuer, await mint(one));
    for (const kid of ['a', 'b', '../c', two.kid])
      expect(await judge(issuer, await mint(two, { kid }))).toBe('KEY_UNKNOWN');
    expect(visits).toEqual(['/jwks']);
  });

  it('outlive an outage; who comes with another key hears that nobody can tell, and it is said once', async () => {
    const issuer = issuerWith({ refreshMs: 0, coolDownMs: 0 });
    await judge(issuer, await mint(one));
    await away();
    expect(await judge(issuer, await mint(one))).toBe('good');
    expect(await judge(issuer, await mint(two))).toBe('UNAVAILABLE');
    expect(await judge(issuer, await mint(one))).toBe('good');
    expect(told).toEqual(['UNREACHABLE']);
    answer = keys(one, two);
    await back();
    expect(await judge(issuer, await mint(two))).toBe('good');
    expect(told).toEqual(['UNREACHABLE', null]);
  });

  it('count no longer when the outage lasts too long, and never where there were none', async () => {
    const outlived = issuerWith({ keepMs: 0, coolDownMs: 0 });
    expect(await judge(outlived, await mint(one))).toBe('good');
    await away();
    expect(await judge(outlived, await mint(one))).toBe('UNAVAILABLE');
    expect(await judge(issuerWith(), await mint(one))).toBe('UNAVAILABLE');
  });

  it('are asked for once in a cool-down while the issuer is away: nobody piles up behind it', async () => {
    const issuer = issuerWith();
    answer = (_, response) => response.writeHead(503).end();
    expect(await many(issuer, await mint(one))).toEqual(['UNAVAILABLE']);
    expect(await many(issuer, await mint(one))).toEqual(['UNAVAILABLE']);
    expect(visits).toEqual(['/jwks']);
  });

  it('of an issuer that hangs are given up in time, with one connection', async () => {
    const issuer = issuerWith({ timeoutMs: 100 });
    answer = () => undefined;
    const since = performance.now();
    expect(await many(issuer, await mint(one))).toEqual(['UNAVAILABLE']);
    expect(performance.now() - since).toBeLessThan(3_000);
    expect([visits, told]).toEqual([['/jwks'], ['TIMEOUT']]);
  });

  it('of an issuer that hangs in the middle of its answer too', async () => {
    answer = (_, response) => response.writeHead(200).write('{"keys":[');
    expect(await judge(issuerWith({ timeoutMs: 100 }), await mint(one))).toBe('UNAVAILABLE');
    expect(told).toEqual(['TIMEOUT']);
  });

  it.each<[string, KeysAway, typeof answer]>([
    ['a redirect', 'REDIRECT', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['a fault', 'STATUS', (_, response) => response.writeHead(500).end('{"keys":[]}')],
    ['nothing', 'STATUS', (_, response) => response.writeHead(204).end()],
    ['a page', 'INVALID', (_, response) => response.end('<html>')],
    ['no key', 'INVALID', (_, response) => response.end('{"keys":[]}')],
    ['a list', 'INVALID', (_, response) => response.end('[]')],
    ['a megabyte', 'INVALID', (_, response) => response.end(`{"keys":[],"x":"${'x'.repeat(1_000_000)}"}`)],
    ['a broken connection', 'UNREACHABLE', (request) => request.socket.destroy()],
  ])('are not taken from %s, and what was known is kept', async (_, reason, wrong) => {
    const issuer = issuerWith({ coolDownMs: 0 });
    expect(await judge(issuer, await mint(one))).toBe('good');
    answer = wrong;
    expect(await judge(issuer, await mint(two))).toBe('UNAVAILABLE');
    expect(await judge(issuer, await mint(one))).toBe('good');
    expect(told).toEqual([reason]);
    expect(visits).not.toContain('/elsewhere');
  });

  it('sign by the issuer’s algorithms alone, whatever else is published', async () => {
    const rsa = await makeKey('rsa', 'RS256');
    const oct: JWK = {
      kty: 'oct',
      kid: 'oct',
      k: Buffer.from('secret-secret-secret-secret-32by').toString('base64url'),
    };
    answer = (_, response) => response.end(JSON.stringify({ keys: [one.jwk, rsa.jwk, oct] }));
    const secret = new TextEncoder().encode('secret-secret-secret-secret-32by');
    const symmetric = await new SignJWT({ iss: 'https://issuer.test', sub: 's', aud: 'concord', jti: 'j' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'oct' })
      .setIssuedAt()
      .setExpirationTime('10 min')
      .sign(secret);
    const [ec, both] = [issuerWith(), issuerWith({}, ['ES256', 'RS256'])];
    expect([await judge(ec, await mint(one)), await judge(both, await mint(one))]).toEqual(['good', 'good']);
    expect([await judge(ec, await mint(rsa)), await judge(both, await mint(rsa))]).toEqual(['ALGORITHM', 'good']);
    expect([await judge(ec, symmetric), await judge(both, symmetric)]).toEqual(['ALGORITHM', 'ALGORITHM']);
    // A key of one kind under the name of another.
    expect(await judge(both, await mint(one, { kid: 'rsa' }))).toBe('KEY_UNKNOWN');
  });
});
