import { describe, expect, it } from '@jest/globals';
import { KnownBrowsers } from './known-browser.js';

const secret = Buffer.alloc(32, 1);
const at = (time: string, key = secret) => new KnownBrowsers(key, () => new Date(time));
const browsers = at('2026-01-01T00:00:00Z');

describe('KnownBrowsers', () => {
  it('knows what it issued, for the same account and no other', () => {
    const { value, maxAgeSeconds } = browsers.issue('supervisor');
    expect(browsers.identify('supervisor', value)).toMatch(/^[0-9a-f]{32}$/);
    expect(browsers.identify('auditor', value)).toBeNull();
    expect(maxAgeSeconds).toBe(90 * 86_400);
    expect(browsers.cookieName('supervisor')).not.toBe(browsers.cookieName('auditor'));
  });

  it('is another one at each sign-in', () => {
    expect(browsers.issue('a').value).not.toBe(browsers.issue('a').value);
  });

  it('ends after 90 days, which the browser cannot change, and with the secret', () => {
    const { value } = browsers.issue('a');
    expect(at('2026-03-31T23:59:59Z').identify('a', value)).not.toBeNull();
    expect(at('2026-04-01T00:00:00Z').identify('a', value)).toBeNull();
    const [id = '', until = '', mark = ''] = value.split('.');
    expect(browsers.identify('a', `${id}.${Number(until) + 1}.${mark}`)).toBeNull();
    expect(at('2026-01-01T00:00:00Z', Buffer.alloc(32, 2)).identify('a', value)).toBeNull();
  });

  it.each([undefined, '', 'a.b.c', 'é'.repeat(80), `${'0'.repeat(32)}.1.${'A'.repeat(43)}`])('is not %p', (value) => {
    expect(browsers.identify('a', value)).toBeNull();
  });
});
