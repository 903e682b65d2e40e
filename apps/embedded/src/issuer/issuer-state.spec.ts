import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IssuerState } from './issuer-state.js';

let folder: string;
let path: string;
let now = Date.parse('2026-01-01T00:00:00Z');
let unreadable = 0;
const clock = { now: () => new Date(now) };
const open = () => IssuerState.open(path, clock, () => (unreadable += 1));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concord-state-'));
  path = join(folder, 'issuer-state.json');
  unreadable = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('IssuerState', () => {
  it('keeps sessions, grants and refresh tokens over a restart, and what is over in minutes not', async () => {
    const state = await open();
    for (const kind of ['Session', 'Grant', 'RefreshToken', 'AuthorizationCode', 'Interaction'])
      await state.adapter(kind).upsert(`id of ${kind}`, { jti: `id of ${kind}`, uid: kind, grantId: 'g' }, 60);
    const again = await open();
    expect(again.secret).toEqual(state.secret);
    expect(await again.adapter('RefreshToken').find('id of RefreshToken')).toEqual({
      jti: 'id of RefreshToken',
      uid: 'RefreshToken',
      grantId: 'g',
    });
    expect(await again.adapter('Session').findByUid('Session')).toMatchObject({ uid: 'Session' });
    expect(await again.adapter('Grant').find('id of Grant')).toBeDefined();
    expect(await again.adapter('AuthorizationCode').find('id of AuthorizationCode')).toBeUndefined();
    expect(await again.adapter('Interaction').find('id of Interaction')).toBeUndefined();
    expect(await state.adapter('Interaction').find('id of Interaction')).toBeDefined();
    expect(await again.adapter('Session').find('id of Grant')).toBeUndefined();
  });

  it('has no token in its file, which is for its owner only', async () => {
    const state = await open();
    await state.adapter('RefreshToken').upsert('the-token-itself', { jti: 'the-token-itself', grantId: 'g' }, 60);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).not.toContain('the-token-itself');
  });

  it('forgets what is over, consumes once, revokes what a grant has', async () => {
    const tokens = (await open()).adapter('RefreshToken');
    await tokens.upsert('short', { grantId: 'g' }, 60);
    await tokens.upsert('long', { grantId: 'g' }, 120);
    await tokens.upsert('other', { grantId: 'h' }, 120);
    await tokens.consume('long');
    expect(await tokens.find('long')).toMatchObject({ consumed: now / 1000 });
    now += 60_000;
    expect([await tokens.find('short'), await tokens.find('long')]).toEqual([undefined, expect.anything()]);
    await tokens.revokeByGrantId('g');
    await tokens.destroy('never there');
    const again = (await open()).adapter('RefreshToken');
    expect([await again.find('long'), await again.find('other')]).toEqual([undefined, expect.anything()]);
  });

  it('is not filled by whoever begins and never ends', async () => {
    const state = await open();
    await state.adapter('Session').upsert('mine', { uid: 'u' }, 60);
    const begun = state.adapter('Interaction');
    for (let number = 0; number < 1_100; number += 1) await begun.upsert(`i ${number}`, {}, 60);
    expect([await begun.find('i 99'), await begun.find('i 100')]).toEqual([undefined, expect.anything()]);
    expect(await state.adapter('Session').find('mine')).toBeDefined();
  });

  it('begins anew where the file is broken, and says so', async () => {
    await writeFile(path, '{"secret":');
    await (await open()).adapter('Session').upsert('a', { uid: 'u' }, 60);
    expect(unreadable).toBe(1);
    expect(await (await open()).adapter('Session').find('a')).toBeDefined();
    expect(unreadable).toBe(1);
  });

  it('has written what it says it has, whoever else writes', async () => {
    const state = await open();
    const tokens = state.adapter('RefreshToken');
    await Promise.all(Array.from({ length: 20 }, (_, number) => tokens.upsert(`t ${number}`, {}, 60)));
    const again = (await open()).adapter('RefreshToken');
    for (let number = 0; number < 20; number += 1) expect(await again.find(`t ${number}`)).toBeDefined();
  });
});
