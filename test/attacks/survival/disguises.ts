import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';

/** A way to write something that people still read as the same. */
export type Disguise = (text: string) => string;

const between =
  (mark: string): Disguise =>
  (text) =>
    [...text].join(mark);
const mapped =
  (change: (character: string) => string): Disguise =>
  (text) =>
    [...text].map(change).join('');
const shifted =
  (...ranges: readonly (readonly [from: string, to: string, first: number])[]): Disguise =>
  (text) =>
    mapped((character) => {
      const range = ranges.find(([from, to]) => character >= from && character <= to);
      return range ? String.fromCodePoint(range[2] + character.charCodeAt(0) - range[0].charCodeAt(0)) : character;
    })(text);

const CYRILLIC: Readonly<Record<string, string>> = {
  ...{ A: 'А', B: 'В', C: 'С', E: 'Е', H: 'Н', K: 'К', M: 'М', O: 'О', P: 'Р', T: 'Т', X: 'Х', Y: 'У' },
  ...{ a: 'а', c: 'с', e: 'е', o: 'о', p: 'р', x: 'х', y: 'у', i: 'і', s: 'ѕ' },
};
const LETTERS_FOR_DIGITS: Readonly<Record<string, string>> = { 0: 'O', 1: 'l', 5: 'S', 8: 'B' };
const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** From what anybody types to what only somebody who means to get past us does. */
export const DISGUISES: Readonly<Record<string, Disguise>> = {
  'as written': (text) => text,
  'lower case': (text) => text.toLowerCase(),
  'upper case': (text) => text.toUpperCase(),
  'no punctuation': (text) => text.replace(/[-().,+]/g, ''),
  'split by spaces': between(' '),
  'split by dots': between('.'),
  'split by dashes': between('-'),
  'zero-width spaces': between('\u200B'),
  'soft hyphens': between('\u00AD'),
  'combining marks': mapped((character) => (/\p{L}|\p{N}/u.test(character) ? `${character}\u0332` : character)),
  'full width': shifted(['!', '~', 0xff01]),
  'mathematical bold': shifted(['A', 'Z', 0x1d400], ['a', 'z', 0x1d41a], ['0', '9', 0x1d7ce]),
  'Arabic-Indic digits': shifted(['0', '9', 0x0660]),
  'circled digits': shifted(['1', '9', 0x2460]),
  'Cyrillic look-alikes': mapped((character) => CYRILLIC[character] ?? character),
  'letters for digits': mapped((character) => LETTERS_FOR_DIGITS[character] ?? character),
  'digits in words': mapped((character) => (/\d/.test(character) ? ` ${WORDS[Number(character)] ?? ''} ` : character)),
  reversed: (text) => [...text].reverse().join(''),
  base64: (text) => Buffer.from(text).toString('base64'),
};

/** Invented; the numbers are reserved or of ranges that are not given out. */
export const PLANTS: Readonly<Record<string, (random: SeededRandom) => string>> = {
  phone: (random) => `(619) 555-01${digits(random, 2)}`,
  plate: (random) => `${digit(random)}${letters(random, 3)}${digits(random, 3)}`,
  VIN: (random) => vin(random),
  'e-mail': (random) => `${word(random)}.${word(random)}@example.org`,
  coordinates: (random) => `32.5${digits(random, 4)}, -117.0${digits(random, 4)}`,
  'case number': (random) => `Case No. 26-0${digits(random, 5)}`,
  'name beside a title': (random) => `Sgt. ${capital(word(random))} ${capital(word(random))}`,
  'name alone': (random) => `${capital(word(random))} ${capital(word(random))}`,
};

const digit = (random: SeededRandom): string => String(random.between(0, 9));
const digits = (random: SeededRandom, length: number): string => Array.from({ length }, () => digit(random)).join('');
const letter = (random: SeededRandom): string => 'ABCDEFGHJKLMNPRSTUVWXYZ'[random.between(0, 22)] ?? 'A';
const letters = (random: SeededRandom, length: number): string => Array.from({ length }, () => letter(random)).join('');
const word = (random: SeededRandom): string =>
  [0, 1, 2].map(() => `${letter(random).toLowerCase()}${'aeiou'[random.between(0, 4)] ?? 'a'}`).join('');
const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

const VIN_VALUES = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** With its check digit: 49 CFR 565.15(c). */
function vin(random: SeededRandom): string {
  const open = [...`1HGC${letter(random)}${digits(random, 3)}0${letter(random)}${letter(random)}${digits(random, 6)}`];
  const sum = open.reduce((total, it, at) => total + (VIN_VALUES.indexOf(it) % 10) * (VIN_WEIGHTS[at] ?? 0), 0);
  open[8] = sum % 11 === 10 ? 'X' : String(sum % 11);
  return open.join('');
}
