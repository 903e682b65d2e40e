import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, isOurs, newPassword } from './passwords.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'concord-passwords-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('newPassword', () => {
  it('is long, never the same, and of letters and digits that look like no other', () => {
    const made = Array.from({ length: 50 }, newPassword);
    expect(new Set(made).size).toBe(50);
    for (const password of made) {
      expect(isOurs(password)).toBe(true);
      expect(password).not.toMatch(/[01ilo]/);
    }
    for (const chosen of ['', 'password', '-----']) expect(isOurs(chosen)).toBe(false);
  });
});

const open = (told: ReadonlyMap<string, string> = new Map()): Promise<Accounts> =>
  Accounts.open(dataDir, told, (error) => {
    throw error;
  });

describe('Accounts', () => {
  it('keeps a salted hash of a password and not the password, for its owner only', async () => {
    const same = newPassword();
    const accounts = await open(new Map(['a', 'b'].map((name) => [name, same])));
    expect([await accounts.check('a', same), await accounts.check('b', 'wrong')]).toEqual([true, false]);
    await accounts.written();
    const path = join(dataDir, 'persona-passwords.json');
    const text = await readFile(path, 'utf8');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(text).not.toContain(same);
    const { a, b } = JSON.parse(text) as Record<string, { salt: string; hash: string; iterations: number }>;
    expect(a?.salt).toMatch(/^[0-9a-f]{32}$/);
    expect([b?.salt === a?.salt, b?.hash === a?.hash]).toEqual([false, false]);
    expect(a?.iterations).toBeGreaterThanOrEqual(210_000);
    expect(await readdir(dataDir)).toEqual(['persona-passwords.json']);
  });

  it('takes the right password of the right account, also when it opens again and is told nothing', async () => {
    const [one, other] = [newPassword(), newPassword()];
    const told = new Map([
      ['a', one],
      ['b', other],
    ]);
    const before = await open(told);
    // The first try, which makes the hash, and the ones after it.
    expect([await before.check('a', other), await before.check('a', one)]).toEqual([false, true]);
    expect([await before.check('b', other), await before.check('b', other)]).toEqual([true, true]);
    await before.written();
    const again = await open(new Map([['a', newPassword()]]));
    expect([await again.check('a', one), await again.check('b', other)]).toEqual([true, true]);
    for (const [name, password] of [
      ['a', other],
      ['a', ''],
      ['a', `${one} `],
      ['A', one],
      ['nobody', one],
      ['__proto__', one],
      ['a', 'x'.repeat(10_000)],
    ] as const)
      expect([name, await again.check(name, password)]).toEqual([name, false]);
    expect([again.has('a'), again.has('nobody')]).toEqual([true, false]);
  });

  it('works as hard for a name that nobody has', async () => {
    const accounts = await open(new Map(['a', 'b', 'c', 'd'].map((name) => [name, newPassword()])));
    await accounts.check('a', 'x');
    const cpuOf = async (...names: string[]): Promise<number> => {
      const before = process.cpuUsage();
      for (const name of names) await accounts.check(name, 'x');
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    // Processor time, which the machine's other work does not change: without the check it would be a thousandth.
    const known = await cpuOf('a', 'a', 'a');
    expect((await cpuOf('nobody', '', '__proto__')) / known).toBeGreaterThan(0.5);
    expect((await cpuOf('b', 'c', 'd')) / known).toBeLessThan(2);
    await accounts.written();
  });

  it('says which file is broken and not what is in it', async () => {
    await writeFile(join(dataDir, 'persona-passwords.json'), '{"a":{"hash":"secret"}}');
    await expect(open()).rejects.toThrow(/persona-passwords\.json holds no passwords/);
    await expect(open()).rejects.not.toThrow(/secret/);
  });
});
