import fc from 'fast-check';
import { toNfc } from './index.js';

describe('toNfc', () => {
  it('is NFC, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('a', 'e\u0301', '\u0315', '\u0300') }),
        (any, marked) => {
          for (const text of [any, marked])
            if (!/\p{M}{31}/u.test(text)) expect(toNfc(text)).toBe(text.normalize('NFC'));
        },
      ),
    );
    expect(toNfc(`e${'\u0301'.repeat(30)}`)).toBe(`\u00e9${'\u0301'.repeat(29)}`);
  });

  // Found by an attack: 17 s, in which nobody else was served.
  it.each(['\u0315\u0300', '\u0300\u0315', '\u0315'.repeat(30) + '\u0300'.repeat(30)])(
    'takes no longer for marks out of order',
    (marks) => {
      const text = `a${marks.repeat(128_000 / marks.length)}`;
      const began = performance.now();
      expect(toNfc(text)).toBe(text);
      expect(toNfc(`a${'\u0315\u0300'.repeat(15)}`.repeat(4_000))).toHaveLength(4_000 * 30);
      expect(performance.now() - began).toBeLessThan(1_000);
    },
  );
});
