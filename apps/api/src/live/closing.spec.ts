import { DomainError } from '@concord/platform/errors';
import fc from 'fast-check';
import { CLOSINGS, closingFor, withinBytes } from './closing.js';

describe('the reason of a close frame', () => {
  test('has at most 123 bytes, whatever it says, and is cut at a word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const reason = withinBytes(text);
        expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
        expect(reason.isWellFormed()).toBe(true);
        if (Buffer.byteLength(text.toWellFormed()) <= 123) expect(reason).toBe(text.toWellFormed());
      }),
    );
    expect(withinBytes('word '.repeat(40))).toBe(`${'word '.repeat(23)}word…`);
  });

  test('every closing of ours fits', () => {
    for (const { reason } of Object.values(CLOSINGS)) expect(withinBytes(reason)).toBe(reason);
  });

  test.each<[unknown, number, string]>([
    [new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Sign in first.'), 4403, 'UNAUTHENTICATED: Sign in first.'],
    [new DomainError('forbidden', 'FORBIDDEN', 'Not yours.'), 4403, 'FORBIDDEN: Not yours.'],
    [new DomainError('invalid', 'BAD_USER_INPUT', 'Name one.'), 4403, 'BAD_USER_INPUT: Name one.'],
    [new DomainError('limit', 'LIMIT_EXCEEDED', 'Later.', 3), 1013, 'LIMIT_EXCEEDED: Later.'],
    [new DomainError('unavailable', 'UNAVAILABLE', 'host db-1 is down'), 1013, CLOSINGS.unavailable.reason],
    [new Error('connect ECONNREFUSED 10.1.2.3:5432'), 1013, CLOSINGS.unavailable.reason],
    ['thrown text', 1013, CLOSINGS.unavailable.reason],
  ])('a refusal says what would be right, an outage says to come back: %s', (error, code, reason) => {
    expect(closingFor(error)).toEqual({ code, reason });
  });
});
