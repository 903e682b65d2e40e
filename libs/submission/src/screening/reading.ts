import { createRequire } from 'node:module';
import type { Place } from './place.js';

const PLAIN = /^[\x20-\x7E\n\t]*$/;
/** What is not seen or only decorates: zero-width characters, marks, selectors, soft hyphens. */
const UNSEEN = /^[\p{Default_Ignorable_Code_Point}\p{M}\p{Cf}\u20E3]$/u;
const SPACE = /^\p{Z}$/u;
const DASH = /^[\p{Pd}\u2212\u2043\u02D7]$/u;
const DIGIT = /^\p{Nd}$/u;
const KEYBOARD = /^[\x20-\x7E]+$/;
/** Digits in a disc have no decomposition, nor have letters in a box. */
const DISCS: readonly (readonly [from: number, to: number, first: string])[] = [
  [0x2776, 0x277e, '1'],
  [0x2780, 0x2788, '1'],
  [0x278a, 0x2792, '1'],
  [0x24f5, 0x24fd, '1'],
  [0x1f1e6, 0x1f1ff, 'A'],
  [0x1f150, 0x1f169, 'A'],
  [0x1f170, 0x1f189, 'A'],
];
const SIGNS = new Map([
  ['\u24FF', '0'],
  ['\u24EA', '0'],
  ['\u{1F10B}', '0'],
  ['\u00B7', '.'],
  ['\u2022', '.'],
  ['\u2027', '.'],
  ['\u3002', '.'],
  ['\u2044', '/'],
  ['\u2215', '/'],
]);

/**
 * How a text reads to the eye, in plain characters, with the way back to where each of them is stored: without what is
 * not seen, full-width and mathematical letters as plain ones, digits of every script as 0 to 9, and letters of other
 * scripts as the Latin ones that they look like.
 */
export interface Reading {
  readonly text: string;
  /** The part of the stored text that a part of `text` was read from. */
  readonly source: (place: Place) => Place;
}

export function readingOf(stored: string): Reading {
  if (PLAIN.test(stored)) return { text: stored, source: (place) => place };
  let text = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const character of stored) {
    const plain = plainOf(character);
    text += plain;
    for (let unit = 0; unit < plain.length; unit += 1) {
      starts.push(at);
      ends.push(at + character.length);
    }
    at += character.length;
  }
  return {
    text,
    source: ({ from, to }) => ({ from: starts[from] ?? stored.length, to: to > from ? (ends[to - 1] ?? 0) : from }),
  };
}

function plainOf(character: string): string {
  if (PLAIN.test(character)) return character;
  const known = readBefore.get(character);
  if (known !== undefined) return known;
  const plain = lookUp(character);
  if (readBefore.size < 5_000) readBefore.set(character, plain);
  return plain;
}

/** A text repeats its characters; the bound keeps a hostile one from filling the memory. */
const readBefore = new Map<string, string>();

function lookUp(character: string): string {
  if (UNSEEN.test(character)) return '';
  const sign = SIGNS.get(character) ?? inDisc(character) ?? looksLike(character);
  if (sign !== undefined) return sign;
  let plain = '';
  for (const part of character.normalize('NFKD')) plain += UNSEEN.test(part) ? '' : (simple(part) ?? part);
  return plain;
}

function simple(part: string): string | undefined {
  if (KEYBOARD.test(part)) return part;
  if (SPACE.test(part)) return ' ';
  if (DASH.test(part)) return '-';
  if (DIGIT.test(part)) return digitOf(part);
  return SIGNS.get(part) ?? looksLike(part);
}

/** Decimal digits of every script stand ten in a row from a code point whose neighbour below is none. */
function digitOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  // The mathematical digits stand fifty in a row, five alphabets of ten; NFKD has made plain ones of them before.
  return String(value);
}

function inDisc(character: string): string | undefined {
  const code = character.codePointAt(0) ?? 0;
  const row = DISCS.find(([from, to]) => code >= from && code <= to);
  return row && String.fromCharCode(row[2].charCodeAt(0) + code - row[0]);
}

let alike: ReadonlyMap<string, string> | undefined;

/** After UTS 39's table of confusables, as the package unhomoglyph carries it; only what looks like one plain letter. */
function looksLike(character: string): string | undefined {
  alike ??= new Map(
    Object.entries(createRequire(import.meta.url)('unhomoglyph/data.json') as Readonly<Record<string, string>>).filter(
      ([sign, like]) => /^[A-Za-z0-9@.+_-]$/.test(like) && !PLAIN.test(sign) && !DIGIT.test(sign),
    ),
  );
  return alike.get(character);
}
