import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readApiConfig } from './config.js';
import { readIssuers } from './issuers.config.js';

const GOOD = {
  issuer: 'https://login.agency.test/tenant',
  audience: 'concord',
  algorithms: ['ES256'],
  jwksUri: 'https://login.agency.test/keys',
  secondFactor: { amr: ['mfa'] },
};
const read = (...entries: readonly object[]) => readIssuers(JSON.stringify(entries));
const problemsOf = (text: string): readonly string[] => {
  const result = readIssuers(text);
  return 'problems' in result ? result.problems : [];
};

describe('CONCORD_ISSUERS', () => {
  it('is a list of issuers with what CJIS asks for where nothing is said', () => {
    expect(read(GOOD)).toEqual({
      issuers: [
        {
          ...{ ...GOOD, jwksUri: new URL(GOOD.jwksUri), secondFactor: { acr: [], amr: ['mfa'] } },
          ...{ maxTokenAgeSeconds: 86_400, reauthenticateAfterSeconds: 43_200, idleSeconds: 1_800 },
        },
      ],
    });
  });

  it('may be stricter and never more lenient', () => {
    expect(read({ ...GOOD, reauthenticateAfterSeconds: 3_600, idleSeconds: 600 })).toHaveProperty('issuers');
    expect(problemsOf(JSON.stringify([{ ...GOOD, reauthenticateAfterSeconds: 43_201, idleSeconds: 1_801 }]))).toEqual([
      expect.stringMatching(/^\[0\]\.reauthenticateAfterSeconds: /),
      expect.stringMatching(/^\[0\]\.idleSeconds: /),
    ]);
  });

  it('says every fault at once, and where', () => {
    const wrong = {
      ...{
        issuer: 'urn:concord:embedded:1',
        audience: '',
        algorithms: ['HS256'],
        jwksUri: 'http://login.agency.test/keys',
      },
      ...{ maxTokenAgeSeconds: 10, secondFactor: { amr: ['pwd'] }, session: null },
    };
    const places = problemsOf(JSON.stringify([GOOD, wrong])).map((problem) => problem.split(': ')[0]);
    expect(new Set(places)).toEqual(
      new Set([
        ...['[1].issuer', '[1].audience', '[1].algorithms[0]', '[1].jwksUri', '[1].maxTokenAgeSeconds'],
        ...['[1].secondFactor.amr', '[1]'],
      ]),
    );
  });

  it.each([
    ['no second factor at all', [{ ...GOOD, secondFactor: {} }]],
    ['an unknown word', [{ ...GOOD, idelSeconds: 60 }]],
    ['one issuer twice', [GOOD, GOOD]],
    ['a password in the URL', [{ ...GOOD, jwksUri: 'https://a:b@login.test/' }]],
    ['a file for a URL', [{ ...GOOD, jwksUri: 'file:///etc/passwd' }]],
    ['another machine by http', [{ ...GOOD, jwksUri: 'http://127.0.0.1.evil.test/' }]],
    ['an empty list', []],
    ['no list', GOOD],
  ])('is refused with %s', (_, list) => {
    expect(problemsOf(JSON.stringify(list)).length).toBeGreaterThan(0);
  });

  it('takes http on this machine, for tests', () => {
    for (const host of ['127.0.0.1', '[::1]', 'localhost'])
      expect(read({ ...GOOD, jwksUri: `http://${host}:8080/jwks` })).toHaveProperty('issuers');
  });

  it('is read with the rest of the environment, itself or from a file, and all faults come together', () => {
    const folder = mkdtempSync(join(tmpdir(), 'concord-issuers-'));
    try {
      const [key, list] = [join(folder, 'root.key'), join(folder, 'issuers.json')];
      writeFileSync(key, 'ab'.repeat(32));
      writeFileSync(list, JSON.stringify([GOOD]));
      const env = { DATABASE_URL: 'postgresql://x', CONCORD_KEY_FILE: key };
      expect(readApiConfig(env).issuers).toEqual([]);
      for (const CONCORD_ISSUERS of [list, JSON.stringify([GOOD])])
        expect(readApiConfig({ ...env, CONCORD_ISSUERS }).issuers).toMatchObject([{ issuer: GOOD.issuer }]);
      const wrong = (): unknown => readApiConfig({ ...env, PORT: 'x', CONCORD_ISSUERS: '[{}]' });
      expect(wrong).toThrow(ConfigError);
      expect(wrong).toThrow(/PORT: [\s\S]*CONCORD_ISSUERS\[0\]\.issuer: [\s\S]*CONCORD_ISSUERS\[0\]\.jwksUri: /);
      expect(() => readApiConfig({ ...env, CONCORD_ISSUERS: join(folder, 'none.json') })).toThrow(/neither a list/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
