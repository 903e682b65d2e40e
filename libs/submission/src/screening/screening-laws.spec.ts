import fc from 'fast-check';
import { screenText } from './screen-text.js';
import type { ScreeningCode } from './screening-codes.js';

const REFERENCE = 'REF-2026-X99';
const digits = (least: number, most = least): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });
const letters = (count: number, of = 'ABCDEFGHJKLMNPRSTUVWXYZ'): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...of), minLength: count, maxLength: count });
const high = fc.constantFrom(...'23456789');
const three = fc.tuple(high, digits(2)).map((it) => it.join(''));

/** Sentences as they stand in remarks, with numbers in them that name nobody. */
const phrase = fc.oneof(
  fc.constantFrom(
    'Blue pills, stamp of a scorpion.',
    'Wrapped in brown tape and carbon paper.',
    'Vacuum sealed; odor of vinegar.',
    'Logo of a horse in red ink.',
    'Hidden behind a panel.',
    'Foil twists and glassine bags.',
    'Pressed with M30 on one side.',
    'White, hard, with the mark A215.',
  ),
  fc.integer({ min: 1, max: 60 }).map((n) => `${n} bricks of about a kilo.`),
  fc.integer({ min: 100, max: 9_999 }).map((n) => `Some ${n} pills in ${Math.ceil(n / 100)} bags.`),
  fc.integer({ min: 1_000, max: 99_999 }).map((n) => `Net weight ${(n / 1000).toFixed(3)} kg.`),
  fc
    .tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 12 }))
    .map(([day, month]) => `Like those of 2026-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}.`),
  fc.integer({ min: 1, max: 99 }).map((n) => `Lot ${n} of 2026.`),
  fc.integer({ min: 1, max: 9 }).map((n) => `Purity about ${n}.${n} %.`),
);
const cleanText = fc.array(phrase, { minLength: 0, maxLength: 8 }).map((phrases) => phrases.join(' '));

/** A way to write digits and letters so that a plain search finds neither. */
type Disguise = (plain: string) => string;
const shift = (plain: string, from: number, to: number, by: number): string =>
  [...plain]
    .map((sign) => {
      const code = sign.charCodeAt(0);
      return code >= from && code <= to ? String.fromCodePoint(code + by) : sign;
    })
    .join('');
const TWINS: Readonly<Record<string, string>> = {
  A: 'А',
  B: 'В',
  C: 'С',
  E: 'Е',
  H: 'Н',
  K: 'К',
  M: 'М',
  O: 'О',
  P: 'Р',
  T: 'Т',
  X: 'Х',
  a: 'а',
  c: 'с',
  e: 'е',
  o: 'о',
  p: 'р',
  x: 'х',
};
const DISGUISES: Readonly<Record<string, Disguise>> = {
  plain: (text) => text,
  'full width': (text) => shift(text, 0x21, 0x7e, 0xfee0),
  'Arabic digits': (text) => shift(text, 0x30, 0x39, 0x660 - 0x30),
  'mathematical digits': (text) => shift(text, 0x30, 0x39, 0x1d7ce - 0x30),
  'zero-width spaces': (text) => [...text].join('\u200B'),
  'soft hyphens': (text) => [...text].join('\u00AD'),
  'marks on each': (text) => [...text].map((sign) => `${sign}\u0332`).join(''),
  'Cyrillic twins': (text) => [...text].map((sign) => TWINS[sign] ?? sign).join(''),
  'no-break spaces': (text) => text.replaceAll(' ', '\u00A0'),
  'typographic dashes': (text) => text.replaceAll('-', '–'),
};

const NAMES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const phone = fc
  .tuple(three, three, digits(4), fc.constantFrom('-', '.', ' ', '  ', '_', ' - ', '/', '*', ''))
  .map(([area, exchange, line, by]) => [area, exchange, line].join(by));
const phoneAsWords = fc
  .tuple(three, three, digits(4), fc.constantFrom(' ', '-', ', '))
  .map(([a, b, c, by]) => [...(a + b + c)].map((digit) => NAMES[Number(digit)]).join(by));
const phoneInLetters = fc
  .tuple(three, three, digits(4), fc.constantFrom('-', '.', ' '))
  .map(([a, b, c, by]) => [a, b, `7${c.slice(1)}`].join(by).replaceAll('0', 'O').replaceAll('1', 'l'))
  .filter((text) => text.split(/[-. ]/).every((group) => /\d/.test(group)));
const phoneSplit = fc
  .tuple(three, three, digits(4), fc.constantFrom(' ', '-', '.', ' . '))
  .map(([a, b, c, by]) => [...(a + b + c)].join(by));
const month = fc.integer({ min: 1, max: 12 }).map((n) => String(n).padStart(2, '0'));

const PLANTED: readonly (readonly [what: string, code: ScreeningCode, of: fc.Arbitrary<string>])[] = [
  ['a phone number', 'TEXT_HOLDS_PHONE', phone],
  ['a phone number in words', 'TEXT_HOLDS_PHONE', phoneAsWords],
  ['a phone number with O and l', 'TEXT_HOLDS_PHONE', phoneInLetters],
  ['a phone number digit by digit', 'TEXT_HOLDS_PHONE', phoneSplit],
  ['a number abroad', 'TEXT_HOLDS_PHONE', fc.tuple(high, digits(9)).map((it) => `+${it.join('')}`)],
  ['a Mexican number', 'TEXT_HOLDS_PHONE', fc.tuple(three, digits(3), digits(4)).map((it) => `+52 ${it.join(' ')}`)],
  ['a Californian plate', 'TEXT_HOLDS_PLATE', fc.tuple(high, letters(3), digits(3)).map((it) => it.join(''))],
  [
    'a plate that is called one',
    'TEXT_HOLDS_PLATE',
    fc.tuple(letters(3), digits(4)).map((it) => `plate ${it.join('')}`),
  ],
  ['a Mexican plate', 'TEXT_HOLDS_PLATE', fc.tuple(letters(3), digits(3), letters(1)).map((it) => it.join('-'))],
  ['a vehicle number', 'TEXT_HOLDS_VIN', fc.tuple(high, letters(8), letters(3), digits(5)).map((it) => it.join(''))],
  ['an e-mail address', 'TEXT_HOLDS_EMAIL', letters(6, 'abcdefgh').map((name) => `${name}@example.com`)],
  ['coordinates', 'TEXT_HOLDS_COORDINATES', fc.tuple(digits(4, 6), digits(4, 6)).map(([a, b]) => `32.${a}, -117.${b}`)],
  ['a case number', 'TEXT_HOLDS_CASE_NUMBER', digits(6).map((n) => `case no 26-${n}`)],
  ['its reference', 'TEXT_HOLDS_CASE_NUMBER', fc.constant(REFERENCE)],
  [
    'a name',
    'TEXT_HOLDS_NAME',
    fc
      .tuple(
        fc.constantFrom('Mr.', 'Det.', 'Officer', 'Sgt', 'Sra.', 'driver'),
        fc.constantFrom('Maria Gomez', 'Juan Perez', 'Robert Smith'),
      )
      .map((it) => it.join(' ')),
  ],
  [
    'a social security number',
    'TEXT_HOLDS_NATIONAL_ID',
    fc
      .tuple(fc.integer({ min: 100, max: 665 }), fc.integer({ min: 10, max: 99 }), fc.integer({ min: 1000, max: 9999 }))
      .map((it) => it.join('-')),
  ],
  [
    'a date of birth',
    'TEXT_HOLDS_BIRTH_DATE',
    fc.tuple(month, month, fc.integer({ min: 1930, max: 2008 })).map(([m, d, y]) => `DOB ${m}/${d}/${y}`),
  ],
  ['an account', 'TEXT_HOLDS_HANDLE', letters(5, 'abcdefgh').map((name) => `@${name}`)],
  [
    'an address',
    'TEXT_HOLDS_ADDRESS',
    fc
      .tuple(fc.integer({ min: 100, max: 9999 }), fc.constantFrom('Main', 'Elm', 'Harbor'))
      .map(([n, street]) => `${n} ${street} St`),
  ],
  ['a link', 'TEXT_HOLDS_URL', letters(6, 'abcdefgh').map((name) => `https://${name}.example.org/x`)],
];

const overlaps = (found: { from: number; to: number }, from: number, to: number): boolean =>
  found.from < to && from < found.to;

describe.each(PLANTED)('%s', (_what, code, planted) => {
  it.each(Object.entries(DISGUISES))('is found wherever it stands, in the disguise: %s', (_disguise, disguise) => {
    fc.assert(
      fc.property(cleanText, planted, cleanText, (before, identifier, after) => {
        const text = `${before} ${disguise(identifier)} ${after}`.trim();
        const from = text.indexOf(disguise(identifier));
        const to = from + disguise(identifier).length;
        const found = screenText(text, { kind: 'PROSE', submitterReference: REFERENCE });
        const hit = found.filter((one) => one.code === code && overlaps(one, from, to));
        expect(hit.map((one) => one.code)).toContain(code);
      }),
      { numRuns: 12 },
    );
  });
});

describe('what names nobody', () => {
  it('is never held', () => {
    fc.assert(
      fc.property(cleanText, fc.constantFrom('MARKS' as const, 'PROSE' as const), (text, kind) => {
        expect(screenText(text, { kind, submitterReference: REFERENCE })).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

it('takes any text, and its places lie in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const { from, to } of screenText(text, { kind: 'PROSE', submitterReference: REFERENCE }))
        expect(0 <= from && from < to && to <= text.length).toBe(true);
    }),
    { numRuns: 500 },
  );
});
