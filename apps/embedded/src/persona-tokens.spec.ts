import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type JWTVerifyGetKey,
} from 'jose';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts } from './issuer/passwords.js';
import { openSigningKeys, type SigningKeys } from './issuer/signing-keys.js';
import { openPersonaIssuer, writePersonas } from './persona-tokens.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'concord-personas-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('openPersonaIssuer', () => {
  it('mints access tokens that its public key verifies', async () => {
    const issuer = await openPersonaIssuer(dataDir);
    expect(issuer.issuer).toMatch(/^urn:concord:embedded:[0-9a-f-]{36}$/);
    expect(issuer.publicKey).not.toHaveProperty('d');
    const token = await issuer.mint('supervisor');
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: issuer.publicKey.kid });
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [issuer.publicKey] }), {
      issuer: issuer.issuer,
      audience: 'concord',
      typ: 'at+jwt',
    });
    expect(payload.sub).toBe('supervisor');
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(30 * 86_400);
    expect(payload.jti).toEqual(expect.any(String));
  });

  it('keeps its key, whoever makes it first', async () => {
    const [one, other] = await Promise.all([openPersonaIssuer(dataDir), openPersonaIssuer(dataDir)]);
    const later = await openPersonaIssuer(dataDir);
    expect([other.issuer, later.issuer]).toEqual([one.issuer, one.issuer]);
    expect([other.publicKey, later.publicKey]).toEqual([one.publicKey, one.publicKey]);
    expect(await readdir(dataDir)).toEqual(['persona-key.json']);
    expect((await stat(join(dataDir, 'persona-key.json'))).mode & 0o777).toBe(0o600);
  });

  it('signs as what it is told, with the key that it has', async () => {
    const before = await openPersonaIssuer(dataDir);
    const moved = await openPersonaIssuer(dataDir, 'http://127.0.0.1:4001');
    const later = await openPersonaIssuer(dataDir);
    expect([moved.issuer, later.issuer]).toEqual(['http://127.0.0.1:4001', 'http://127.0.0.1:4001']);
    expect(later.keys.public).toEqual(before.keys.public);
  });

  it('takes the key of version 0.3, and publishes the one that will sign beside it', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const key = { ...(await exportJWK(privateKey)), kid: 'old' };
    await writeFile(join(dataDir, 'persona-key.json'), JSON.stringify({ issuer: 'urn:concord:embedded:x', key }));
    const issuer = await openPersonaIssuer(dataDir);
    expect(issuer.publicKey.kid).toBe('old');
    expect(issuer.keys.public).toHaveLength(2);
    expect((await openPersonaIssuer(dataDir)).keys.public).toEqual(issuer.keys.public);
  });

  it('changes its key after 90 days to one that was published before, and publishes the old one for as long as its tokens live', async () => {
    const day = 86_400_000;
    const start = Date.parse('2026-01-01T00:00:00Z');
    const at = (days: number) => openSigningKeys(dataDir, undefined, new Date(start + days * day));
    const kids = ({ public: keys }: SigningKeys) => keys.map(({ kid }) => kid);
    const [first, second] = kids(await at(0));
    expect(kids(await at(89))).toEqual([first, second]);
    const [now, next, ...former] = kids(await at(90));
    expect([now, former]).toEqual([second, [first]]);
    expect([first, second]).not.toContain(next);
    expect(kids(await at(120))).toEqual([second, next, first]);
    expect(kids(await at(121))).toEqual([second, next]);
    // Whoever signed no more cannot sign again.
    expect(JSON.parse(await readFile(join(dataDir, 'persona-key.json'), 'utf8')).key.kid).toBe(second);
  });

  it('is believed by the key that signed before, and not by one that never signed', async () => {
    const old = new Date(Date.now() - 91 * 86_400_000);
    await openSigningKeys(dataDir, undefined, old);
    const before = JSON.parse(await readFile(join(dataDir, 'persona-key.json'), 'utf8'));
    const issuer = await openPersonaIssuer(dataDir);
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: before.key.kid })
      .sign(await importJWK(before.key, 'ES256'));
    const find = (await issuer.verificationKey()) as JWTVerifyGetKey;
    await expect(jwtVerify(token, find)).resolves.toBeDefined();
    await expect(jwtVerify(await issuer.mint('supervisor'), find)).resolves.toBeDefined();
    expect(await readFile(join(dataDir, 'persona-key.json'), 'utf8')).not.toContain(before.key.d);
  });

  it('says which file is broken and not what is in it', async () => {
    await writeFile(join(dataDir, 'persona-key.json'), '{"issuer":"secret"');
    await expect(openPersonaIssuer(dataDir)).rejects.toThrow(/persona-key\.json is not a persona key/);
    await expect(openPersonaIssuer(dataDir)).rejects.not.toThrow(/secret/);
  });
});

describe('writePersonas', () => {
  it('writes every persona with its token, for its owner only', async () => {
    await writePersonas(dataDir, await openPersonaIssuer(dataDir));
    await writePersonas(dataDir, await openPersonaIssuer(dataDir));
    const path = join(dataDir, 'personas.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const personas = JSON.parse(await readFile(path, 'utf8'));
    const token = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const password = expect.stringMatching(/^(?:[a-z2-9]{5}-){4}[a-z2-9]{5}$/);
    expect(Object.keys(personas)).toHaveLength(20);
    expect(personas['local-submitter']).toEqual({
      token,
      password,
      agencyOri: 'CA037SYN1',
      level: 'LOCAL',
      roles: ['SUBMITTER'],
    });
    expect(personas['community-partner']).toEqual({
      token,
      password,
      agencyOri: null,
      level: 'COMMUNITY',
      roles: ['ANALYST'],
    });
    expect(personas['system-admin']).toEqual({
      token,
      password,
      agencyOri: null,
      level: null,
      roles: ['SYSTEM_ADMIN'],
    });
    expect(personas.newcomer).toEqual({ token, password, agencyOri: null, level: null, roles: [] });
    expect(await readdir(dataDir)).toEqual(['persona-key.json', 'personas.json']);
  });

  it('tells a password once: it stays while its owner leaves it, and is not told again', async () => {
    const issuer = await openPersonaIssuer(dataDir);
    const path = join(dataDir, 'personas.json');
    const told = await writePersonas(dataDir, issuer);
    expect(await writePersonas(dataDir, issuer)).toEqual(told);
    const personas = JSON.parse(await readFile(path, 'utf8'));
    // Nobody chooses one, and an empty one is none.
    personas.auditor.password = '';
    personas.supervisor.password = 'secret';
    await writeFile(path, JSON.stringify(personas));
    const changed = await writePersonas(dataDir, issuer);
    expect([changed.get('auditor'), changed.get('supervisor')]).toEqual([
      expect.stringMatching(/^[a-z2-9-]{29}$/),
      expect.stringMatching(/^[a-z2-9-]{29}$/),
    ]);

    // From the first try on there is a hash, and a password that is gone from the file is told no more.
    const accounts = await Accounts.open(dataDir, changed, () => undefined);
    await accounts.check('auditor', '');
    await accounts.written();
    await rm(path);
    expect((await writePersonas(dataDir, issuer)).has('auditor')).toBe(false);
    expect(JSON.parse(await readFile(path, 'utf8')).auditor).not.toHaveProperty('password');
  });
});
