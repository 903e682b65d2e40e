import { createLogger } from '@concord/platform/logging';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { openEmbeddedIssuer, type EmbeddedIssuer } from './embedded-issuer.js';
import { IssuerClient } from './issuer/issuer-client.builder.js';
import { personId, type PersonaName } from './personas.js';

const PAGE = 'http://127.0.0.1:4999';

let dataDir: string;
let issuer: EmbeddedIssuer;
let said: string;
let passwords: Record<string, { password: string }>;

async function start(): Promise<EmbeddedIssuer> {
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said += chunk.toString();
      done();
    },
  });
  const log = createLogger({ name: 'issuer', level: 'debug', destination });
  const started = await openEmbeddedIssuer({ dataDir, apiPort: 0, log });
  await started.tellPersonas();
  passwords = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as typeof passwords;
  return started;
}

beforeEach(async () => {
  said = '';
  dataDir = await mkdtemp(join(tmpdir(), 'concord-issuer-'));
  issuer = await start();
  issuer.admitPage(4999);
});
afterEach(async () => {
  await issuer.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const browser = (): IssuerClient => new IssuerClient(issuer.issuer, PAGE);
const password = (persona: PersonaName): string => passwords[persona]?.password ?? '';
const events = (): Record<string, unknown>[] =>
  said
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const eventNames = (): unknown[] => events().map(({ event }) => event);

/** No script, nothing from elsewhere, no frame around it, and nowhere to send a form but here and back to the page. */
async function expectSafePage(response: Response): Promise<string> {
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/script-src|unsafe/);
  expect(policy).toContain(`form-action 'self' ${PAGE} `);
  expect(response.headers.get('cache-control')).toContain('no-store');
  const html = await response.text();
  expect(html).not.toMatch(/<script|\son\w+=|style="|https?:\/\/(?!127\.0\.0\.1)/i);
  expect(html).toMatch(/<html lang="en">[\s\S]*<h1>/);
  return html;
}

describe('signing in', () => {
  it('gives an RFC 9068 access token for 15 minutes that says how and when somebody signed in', async () => {
    const client = browser();
    const before = Math.floor(Date.now() / 1000);
    const { status, body } = await client.redeem(await client.code('supervisor', password('supervisor')));
    expect([status, body.expires_in]).toEqual([200, 900]);
    const keys = (await (await fetch(`${issuer.issuer}/jwks`)).json()) as JSONWebKeySet;
    const { payload } = await jwtVerify(body.access_token ?? '', createLocalJWKSet(keys), {
      ...{ issuer: issuer.issuer, audience: 'concord', typ: 'at+jwt', algorithms: ['ES256'] },
    });
    expect(payload).toEqual({
      ...{ iss: issuer.issuer, sub: 'supervisor', aud: 'concord', client_id: 'graphiql' },
      ...{ jti: expect.stringMatching(/^[\w-]{20,}$/), iat: expect.any(Number), exp: Number(payload.iat) + 900 },
      ...{ auth_time: expect.any(Number), amr: ['pwd'], acr: 'urn:concord:embedded:password' },
    });
    expect(payload['auth_time']).toBeGreaterThanOrEqual(before);
    expect(decodeProtectedHeader(body.access_token ?? '').kid).toBe(issuer.publicKey.kid);
    expect(keys.keys.every((key) => !('d' in key))).toBe(true);
    // The tokens of personas.json are the same issuer's, for the same people.
    await expect(jwtVerify(await issuer.mint('supervisor'), createLocalJWKSet(keys))).resolves.toMatchObject({
      payload: { iss: issuer.issuer, sub: 'supervisor' },
    });
    expect(events()).toContainEqual(
      expect.objectContaining({ event: 'sign-in.done', level: 'info', personId: personId('supervisor') }),
    );
  });

  it('says the same in the same words to a wrong password and a name that nobody has, and logs which', async () => {
    const client = browser();
    const page = await client.begin();
    const answers = [];
    for (const name of ['auditor', 'nobody-at-all']) {
      const response = await client.submit(page, name, 'wrong');
      const html = await expectSafePage(response);
      answers.push([response.status, html.replaceAll(name, 'NAME')]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.[0]).toBe(422);
    expect(events().map(({ event, reason, personId: id }) => [event, reason, id])).toEqual([
      ['sign-in.refused', 'PASSWORD', personId('auditor')],
      ['sign-in.refused', 'ACCOUNT_UNKNOWN', undefined],
    ]);
  });

  it('locks after five failures, whether or not somebody has the name, and says for how long', async () => {
    const client = browser();
    const page = await client.begin();
    const locked = [];
    for (const name of ['auditor', 'nobody-at-all']) {
      for (let failure = 0; failure < 5; failure += 1) await client.submit(page, name, 'wrong');
      const response = await client.submit(page, name, name === 'auditor' ? password('auditor') : 'wrong');
      expect(response.headers.get('retry-after')).toMatch(/^(?:900|89\d)$/);
      locked.push([response.status, (await expectSafePage(response)).replaceAll(name, 'NAME')]);
    }
    expect(locked[0]).toEqual(locked[1]);
    expect(locked[0]).toEqual([429, expect.stringContaining('Too many failed attempts. Try again in 15 minutes.')]);
    expect(eventNames().filter((name) => name === 'sign-in.locked')).toHaveLength(2);
    // Others are not.
    expect(await browser().code('supervisor', password('supervisor'))).not.toBe('');
  });

  it('lets a browser in that signed in before, while strangers are locked out', async () => {
    const [known, stranger] = [browser(), browser()];
    await known.code('auditor', password('auditor'));
    const page = await stranger.begin();
    for (let failure = 0; failure < 6; failure += 1) await stranger.submit(page, 'auditor', 'wrong');
    await known.signOut();
    expect(await known.code('auditor', password('auditor'))).not.toBe('');
    expect((await stranger.submit(page, 'auditor', password('auditor'))).status).toBe(429);
  });

  it('is begun and ended in one browser, on this site, with what is typed and nothing else in the page', async () => {
    const client = browser();
    const page = await client.begin({ login_hint: '"><script>alert(1)</script>' });
    expect(await expectSafePage(await client.go(page))).toContain('value="&quot;&gt;&lt;script&gt;');
    const right = ['supervisor', password('supervisor')] as const;
    expect((await client.submit(page, ...right, PAGE)).status).toBe(403);
    expect((await client.go(page, { method: 'POST', body: new URLSearchParams({ name: 'a' }) })).status).toBe(403);
    const other = await browser().submit(page, ...right);
    expect(other.status).toBe(400);
    expect(await expectSafePage(other)).toContain('begun in another browser');
    const long = { name: 'supervisor', password: 'x'.repeat(5_000) };
    const form = { method: 'POST', headers: { origin: issuer.issuer }, body: new URLSearchParams(long) };
    expect((await client.go(page, form)).status).toBe(413);
    expect((await client.follow(await client.submit(page, ...right))).searchParams.get('code')).not.toBeNull();
    expect(said).not.toContain(password('supervisor'));
  });
});

describe('the code', () => {
  it('is not given to whoever goes back without signing in', async () => {
    const client = browser();
    const form = { method: 'POST', headers: { origin: issuer.issuer }, body: new URLSearchParams({ cancel: 'yes' }) };
    const back = await client.follow(await client.go(await client.begin(), form));
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: 'state' });
  });

  it.each([
    ['no PKCE', { code_challenge: null, code_challenge_method: null }],
    ['PKCE in clear', { code_challenge_method: 'plain' }],
    ['a token at once', { response_type: 'id_token' }],
  ])('is not given for %s', async (_, changes) => {
    const client = browser();
    const back = new URL((await client.authorize(changes)).headers.get('location') ?? '');
    expect([back.origin, back.searchParams.has('code')]).toEqual([PAGE, false]);
    expect(back.searchParams.get('error') ?? back.hash).toMatch(/invalid_request|unsupported_response_type/);
  });

  it.each([
    ['another page', { redirect_uri: 'http://127.0.0.1:4998/' }],
    ['another client', { client_id: 'other' }],
  ])('is not sent to %s: the page says so', async (_, changes) => {
    const response = await browser().authorize(changes);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    await expectSafePage(response);
  });

  it('is good once and for whoever began; twice takes back what it gave', async () => {
    const client = browser();
    const stolen = await client.code('supervisor', password('supervisor'));
    expect((await client.redeem(stolen, 'v'.repeat(43))).body).toMatchObject({ error: 'invalid_grant' });
    const code = (await client.follow(await client.authorize())).searchParams.get('code') ?? '';
    const { body } = await client.redeem(code);
    expect((await client.redeem(code)).body.error).toBe('invalid_grant');
    expect((await client.refresh(body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  });

  it('is redeemed by the page alone', async () => {
    const body = new URLSearchParams({ client_id: 'graphiql', grant_type: 'refresh_token', refresh_token: 'x' });
    const ask = (origin: string) => fetch(`${issuer.issuer}/token`, { method: 'POST', headers: { origin }, body });
    expect((await ask(PAGE)).headers.get('access-control-allow-origin')).toBe(PAGE);
    expect((await ask('http://127.0.0.1:4998')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a sign-in', () => {
  it('is renewed by a token that changes each time; one that comes twice ends it', async () => {
    const client = browser();
    const first = await client.redeem(await client.code('supervisor', password('supervisor')));
    const second = await client.refresh(first.body.refresh_token ?? '');
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
    expect(second.body.access_token).not.toBe(first.body.access_token);
    expect((await client.refresh(first.body.refresh_token ?? '')).body.error).toBe('invalid_grant');
    expect((await client.refresh(second.body.refresh_token ?? '')).body.error).toBe('invalid_grant');
    expect(eventNames()).toContain('sign-in.token-used-twice');
  });

  it('outlives a restart: its token is renewed, its browser needs no password, the keys are the same', async () => {
    const client = browser();
    const { body } = await client.redeem(await client.code('supervisor', password('supervisor')));
    const [before, keys] = [issuer.issuer, issuer.keys.public];
    await issuer.stop();
    issuer = await start();
    issuer.admitPage(4999);
    expect([issuer.issuer, issuer.keys.public]).toEqual([before, keys]);
    expect((await client.refresh(body.refresh_token ?? '')).status).toBe(200);
    expect((await client.follow(await client.authorize())).searchParams.get('code')).not.toBeNull();
    expect(eventNames()).not.toContain('issuer.moved');
    const files = (await readdir(dataDir)).filter((name) => name.endsWith('.json'));
    expect(files.sort()).toEqual(['issuer-state.json', 'persona-key.json', 'persona-passwords.json', 'personas.json']);
    for (const name of files) expect([name, (await stat(join(dataDir, name))).mode & 0o777]).toEqual([name, 0o600]);
  });

  it('lasts twelve hours in its browser', async () => {
    const client = browser();
    const response = await client.submit(await client.begin(), 'supervisor', password('supervisor'));
    const resumed = await client.go(response.headers.get('location') ?? '');
    const session = resumed.headers.getSetCookie().find((cookie) => cookie.startsWith('_session=')) ?? '';
    expect(session).toMatch(/httponly/i);
    expect(session).toMatch(/samesite=lax/i);
    const ends = Date.parse(/expires=([^;]+)/.exec(session)?.[1] ?? '') - Date.now();
    expect(Math.abs(ends - 12 * 3_600_000)).toBeLessThan(60_000);
  });

  it('is ended by signing out: its token is worth nothing, its browser asks for a password', async () => {
    const client = browser();
    const { body } = await client.redeem(await client.code('supervisor', password('supervisor')));
    const query = new URLSearchParams({ client_id: 'graphiql', post_logout_redirect_uri: client.redirectUri });
    await expectSafePage(await client.go(`/session/end?${query.toString()}`));
    expect((await client.signOut()).headers.get('location')).toBe(client.redirectUri);
    expect((await client.refresh(body.refresh_token ?? '')).body.error).toBe('invalid_grant');
    expect(await client.begin()).toMatch(/^\/interaction\//);
    expect(eventNames()).toContain('sign-in.ended');
    // Nobody is signed in any more: oidc-provider would answer with a script here.
    expect(await expectSafePage(await client.go(`/session/end?${query.toString()}`))).toContain('Go on</button>');
  });

  it('is ended by taking its token back', async () => {
    const client = browser();
    const { body } = await client.redeem(await client.code('supervisor', password('supervisor')));
    expect((await client.token({ token: body.refresh_token ?? '' }, '/token/revocation')).status).toBe(200);
    expect((await client.refresh(body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  });
});

describe('the issuer', () => {
  it('answers under its own name only', async () => {
    const { port } = new URL(issuer.issuer);
    const statusAs = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path: '/jwks', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await statusAs(`127.0.0.1:${port}`)).toBe(200);
    for (const host of ['evil.example', `evil.example:${port}`, `localhost:${port}`, '127.0.0.1'])
      expect([host, await statusAs(host)]).toEqual([host, 421]);
  });

  it('moves where its port is taken, and says so', async () => {
    const { port } = new URL(issuer.issuer);
    await issuer.stop();
    const other: Server = createServer().listen(Number(port), '127.0.0.1');
    try {
      issuer = await start();
      expect(issuer.issuer).not.toContain(`:${port}`);
      expect(eventNames()).toContain('issuer.moved');
      expect((await fetch(`${issuer.issuer}/jwks`)).status).toBe(503);
    } finally {
      other.close();
    }
  });
});
