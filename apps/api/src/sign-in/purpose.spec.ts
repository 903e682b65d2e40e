import { describe, expect, it } from '@jest/globals';
import { readPurpose } from './purpose.js';

describe('the purpose header', () => {
  it('is a code and a reference', () => {
    expect(readPurpose('INVESTIGATION; ref=SD-2026-000123')).toEqual({
      code: 'INVESTIGATION',
      reference: 'SD-2026-000123',
    });
    expect(readPurpose(' TASK_FORCE ;ref= BCF 12/2026 ')).toEqual({ code: 'TASK_FORCE', reference: 'BCF 12/2026' });
  });

  it.each([null, undefined, '', '  ', 'INVESTIGATION', 'INVESTIGATION; ref=', 'anything'])(
    'that is missing or names no case is none: %s',
    (text) => {
      expect(readPurpose(text)).toBeNull();
    },
  );

  it.each([
    'CURIOSITY; ref=1',
    'ANALYSIS; ref=John Miller',
    'ANALYSIS; ref=619-555-0100',
    'ANALYSIS; ref=6195550100',
    'ANALYSIS; ref=(619) 555-0100',
    `ANALYSIS; ref=${'9'.repeat(65)}`,
    'ANALYSIS; ref=Миллер',
  ])('that is wrong, or looks like a name or a phone number, is refused: %s', (text) => {
    expect(() => readPurpose(text)).toThrow();
  });
});
