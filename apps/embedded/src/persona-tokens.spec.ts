import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    expect(Object.keys(personas)).toHaveLength(16);
    expect(personas['local-submitter']).toEqual({
      token,
      agencyOri: 'CA037SYN1',
      level: 'LOCAL',
      roles: ['SUBMITTER'],
    });
    expect(personas['community-partner']).toEqual({ token, agencyOri: null, level: 'COMMUNITY', roles: ['ANALYST'] });
    expect(personas['system-admin']).toEqual({ token, agencyOri: null, level: null, roles: ['SYSTEM_ADMIN'] });
    expect(await readdir(dataDir)).toEqual(['persona-key.json', 'personas.json']);
  });
});
