import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { readRevokeConfig } from './revoke.config.js';

const PERSON = '00000000-0000-4000-8000-000000000000';
const TOKEN = ['--token-id', 'a', '--issuer', 'b'];

describe('what concord revoke is asked for', () => {
  it('is a token of an issuer, with a reason or without', () => {
    const target = { kind: 'token', tokenId: 'a', issuer: 'b' };
    expect(readRevokeConfig(TOKEN, {}).target).toEqual({ ...target, reason: null });
    expect(readRevokeConfig([...TOKEN, '--reason', 'lost'], {}).target).toEqual({ ...target, reason: 'lost' });
  });

  it('or a person', () => {
    expect(readRevokeConfig(['--person', PERSON, '--json'], {})).toMatchObject({
      target: { kind: 'person', personId: PERSON },
      json: true,
    });
  });

  it('or an API key', () => {
    expect(readRevokeConfig(['--api-key', PERSON], {}).target).toEqual({ kind: 'api-key', keyId: PERSON });
  });

  it.each<[string, string[], Record<string, string>, unknown]>([
    ['the working directory', [], {}, { kind: 'directory', dataDir: resolve('.concord') }],
    ['its variable', [], { CONCORD_DATA_DIR: '/d' }, { kind: 'directory', dataDir: '/d' }],
    ['DATABASE_URL', [], { DATABASE_URL: 'u', CONCORD_DATA_DIR: '/d' }, { kind: 'url', url: 'u' }],
    ['--database-url', ['--database-url', 'o'], { DATABASE_URL: 'u' }, { kind: 'url', url: 'o' }],
    ['--data', ['--data', '/x'], { DATABASE_URL: 'u' }, { kind: 'directory', dataDir: '/x' }],
  ])('in the database of %s', (_, args, env, database) => {
    expect(readRevokeConfig([...TOKEN, ...args], env).database).toEqual(database);
  });

  it.each<[string, string[], RegExp]>([
    ['nothing', [], /Revoke what/],
    ['a token without an issuer', ['--token-id', 'a'], /Revoke what/],
    ['an issuer alone', ['--issuer', 'a'], /Revoke what/],
    ['a person that is no id', ['--person', 'agent'], /a UUID/],
    ['both', [...TOKEN, '--person', PERSON], /or --person alone/],
    ['a token and a key', [...TOKEN, '--api-key', PERSON], /or --api-key alone/],
    ['a person and a key', ['--person', PERSON, '--api-key', PERSON], /or --api-key alone/],
    ['a reason for a key', ['--api-key', PERSON, '--reason', 'd'], /or --api-key alone/],
    ['the text of a key', ['--api-key', 'cck_x'], /a UUID/],
    ['a reason for a person', ['--person', PERSON, '--reason', 'd'], /or --person alone/],
    ['an empty token', ['--token-id', '', '--issuer', 'b'], /1 to 255/],
    ['an endless issuer', ['--token-id', 'a', '--issuer', 'b'.repeat(256)], /1 to 255/],
    ['a token with a line break', ['--token-id', 'a\nb', '--issuer', 'b'], /no control characters/],
    ['an endless reason', [...TOKEN, '--reason', 'x'.repeat(201)], /1 to 200/],
    ['two databases', [...TOKEN, '--data', 'd', '--database-url', 'u'], /not both/],
    ['an empty directory', [...TOKEN, '--data', ''], /want a value/],
    ['an unknown option', ['--token', 'a'], /--token/],
    ['a word too many', [...TOKEN, 'now'], /one too many/],
  ])('is refused: %s', (_, args, message) => {
    expect(() => readRevokeConfig(args, {})).toThrow(message);
  });
});
