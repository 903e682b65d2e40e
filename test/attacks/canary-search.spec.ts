import { CanarySearch, formsOf } from './canary-search.js';

const canary = { name: 'secret', text: 'ZqxKanarie' };
const search = new CanarySearch([canary]);
const noise = 'Lorem ipsum 0123456789+/=';

describe('the search for canaries', () => {
  it.each<[string, string | Buffer]>([
    ['plain', `${noise}${canary.text}${noise}`],
    ['plain', `${noise}${canary.text.toUpperCase()}`],
    ['plain', Buffer.concat([Buffer.from([0, 255, 1]), Buffer.from(canary.text), Buffer.from([0])])],
    ['reversed', 'eiranaKxqZ'],
    ['hex', Buffer.from(`x${canary.text}x`).toString('hex')],
    ['hex', `\\x${Buffer.from(canary.text).toString('hex').toUpperCase()}`],
    ['URL-encoded', '%5A%71%78%4B%61%6e%61%72%69%65'],
    ['JSON-escaped', '\\u005a\\u0071\\u0078\\u004B\\u0061\\u006e\\u0061\\u0072\\u0069\\u0065'],
    ['UTF-16LE', Buffer.from(`a${canary.text}b`, 'utf16le')],
    ['UTF-16BE', Buffer.from(`a${canary.text}b`, 'utf16le').swap16()],
  ])('finds it %s', (form, haystack) => {
    expect(search.in('here', haystack).map((sighting) => sighting.form)).toContain(form);
  });

  it.each([0, 1, 2, 3, 4, 5])('finds it in base64 after %i bytes', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const haystack = Buffer.from(`${'?'.repeat(before)}${canary.text}>>>`).toString(encoding);
      expect(search.in('here', haystack)).not.toEqual([]);
    }
  });

  it('finds base64url where it differs', () => {
    const odd = { name: 'odd', text: '???>>>~~~ÿÿÿ' };
    const haystack = Buffer.from(`x${odd.text}x`).toString('base64url');
    expect(new CanarySearch([odd]).in('here', haystack)).not.toEqual([]);
  });

  it('finds nothing where there is nothing, and has no needle so short that chance would find it', () => {
    expect(search.in('here', noise.repeat(1_000))).toEqual([]);
    for (const { text } of formsOf(canary.text)) expect(text.length).toBeGreaterThanOrEqual(9);
  });
});
