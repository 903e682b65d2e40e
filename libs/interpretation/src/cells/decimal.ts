import type { ColumnMapping } from '../mapping/column-mapping.js';
import { doubted, understood, type Outcome } from '../outcome.js';
import type { ReadingRule } from '../reading-rules.js';

/** A number of at least 0 as its digits: `digits` divided by ten to the `places`. Exact, however long. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

const FRACTION_SIGNS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  '½': [1n, 2n],
  '¼': [1n, 4n],
  '¾': [3n, 4n],
  '⅛': [1n, 8n],
  '⅜': [3n, 8n],
  '⅝': [5n, 8n],
  '⅞': [7n, 8n],
  '⅓': [1n, 3n],
  '⅔': [2n, 3n],
};
const PLAIN = /^(\d+)(?:\.(\d+))?$|^\.(\d+)$/;

export const decimal = (whole: string, fraction = ''): Decimal => ({
  digits: BigInt(whole + fraction),
  places: fraction.length,
});

export function sum(a: Decimal, b: Decimal): Decimal {
  const places = Math.max(a.places, b.places);
  const scaled = ({ digits, places: own }: Decimal): bigint => digits * 10n ** BigInt(places - own);
  return { digits: scaled(a) + scaled(b), places };
}

export const times = ({ digits, places }: Decimal, factor: bigint): Decimal => ({ digits: digits * factor, places });

/** Digits without zeros that say nothing: `12.50` and `012.5` are `12.5`. */
export function plainText({ digits, places }: Decimal): string {
  const text = digits.toString().padStart(places + 1, '0');
  if (places === 0) return text;
  const fraction = text.slice(-places).replace(/0+$/, '');
  return fraction === '' ? text.slice(0, -places) : `${text.slice(0, -places)}.${fraction}`;
}

/** The number that JavaScript keeps for it, unless a digit would be lost. */
export function numberOf(value: Decimal): number | null {
  const text = plainText(value);
  if (text.length > 40) return null;
  const number = Number(text);
  return decimalText(number) === text ? number : null;
}

/** A number as digits without an exponent: the shortest that reads back as the same number. */
export function decimalText(number: number): string {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(number));
  if (!match) return '';
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const power = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return power >= 0
    ? plainText({ digits: digits * 10n ** BigInt(power), places: 0 })
    : plainText({ digits, places: -power });
}

/** A fraction whose denominator divides a power of ten; null for a third. */
function fractionOf(over: bigint, under: bigint): Decimal | null {
  for (let places = 0; places <= 6; places++) {
    const scaled = over * 10n ** BigInt(places);
    if (under !== 0n && scaled % under === 0n) return { digits: scaled / under, places };
  }
  return null;
}

/**
 * A number of at least 0 as people write it: "1,234.5", "2 1/2", "½". What a comma or a point means is the mapping's to
 * say; without it only what has one reading counts.
 */
export function readDecimal(text: string, separator: ColumnMapping['decimal']): Outcome<Decimal> {
  const fraction = readFraction(text);
  if (fraction !== null) return fraction;
  if (/^\d+(\.\d+)?e[+-]?\d+$/i.test(text)) {
    return doubted('TOO_MANY_DIGITS', 'Must be written out: digits are lost in a power of ten.');
  }
  if (!/^[\d.,' ]*\d[\d.,' ]*$/.test(text)) return doubted('NUMBER_NOT_KNOWN', 'Must be one number, like 12.5.');
  return readSeparated(text, separator);
}

function readSeparated(text: string, separator: ColumnMapping['decimal']): Outcome<Decimal> {
  const asPoint = withPoint(text);
  const asComma = withPoint(text.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.')));
  if (separator === 'POINT') return asPoint ?? separatorDoubt(asComma);
  if (separator === 'COMMA') return asComma ?? separatorDoubt(asPoint);
  const readings = [asPoint, asComma].filter((each) => each !== null);
  const texts = [...new Set(readings.map(({ value }) => plainText(value)))];
  // Nobody writes 12,5 for 125: but it may be two numbers, so only the point counts unasked.
  if (asPoint !== null && texts.length === 1) return asPoint;
  return doubted(
    'NUMBER_SEPARATOR',
    'Must be written so that a comma or point can only be one thing, or the mapping must say what parts decimals.',
    texts,
  );
}

const separatorDoubt = (other: ReturnType<typeof withPoint>): Outcome<never> =>
  doubted(
    'NUMBER_SEPARATOR',
    'Must have commas and points where the mapping has them.',
    other === null ? [] : [plainText(other.value)],
  );

/** Read with a point for decimals and commas, blanks or apostrophes in threes for thousands. */
function withPoint(text: string): { value: Decimal; rule: ReadingRule } | null {
  const plain = PLAIN.exec(text);
  if (plain) {
    const [, whole = '0', fraction = '', bare = ''] = plain;
    return { value: decimal(whole, fraction + bare), rule: 'NUMBER_WRITTEN' };
  }
  const grouped = /^(\d{1,3}(?:([,' ])\d{3})(?:\2\d{3})*)(?:\.(\d+))?$/.exec(text);
  if (!grouped) return null;
  const [, whole = '', , fraction = ''] = grouped;
  return { value: decimal(whole.replace(/[,' ]/g, ''), fraction), rule: 'NUMBER_WRITTEN' };
}

function readFraction(text: string): Outcome<Decimal> | null {
  const written = /^(?:(\d+) +)?(\d+) ?[/⁄] ?(\d+)$/.exec(text);
  const sign = /^(\d+)? ?([½¼¾⅛⅜⅝⅞⅓⅔])$/.exec(text);
  if (!written && !sign) return null;
  const [over, under] = written
    ? [BigInt(written[2] ?? '0'), BigInt(written[3] ?? '0')]
    : (FRACTION_SIGNS[sign?.[2] ?? ''] ?? [0n, 0n]);
  const part = fractionOf(over, under);
  // 5/2 is more likely a date or a strength than a half.
  if (part === null || over >= under) {
    return doubted(
      'NUMBER_NOT_KNOWN',
      'Must be written in decimal digits: the fraction is not a whole number of them.',
    );
  }
  return understood(sum(decimal(written?.[1] ?? sign?.[1] ?? '0'), part), 'NUMBER_FRACTION');
}

/** A decimal as the number that is stored, to the last digit. */
export function readNumber(text: string, separator: ColumnMapping['decimal']): Outcome<number> {
  const read = readDecimal(text, separator);
  return 'doubt' in read ? read : asNumber(read.value, read.rule);
}

export function asNumber(value: Decimal, rule: ReadingRule): Outcome<number> {
  const number = numberOf(value);
  if (number !== null) return understood(number, rule);
  return doubted('TOO_MANY_DIGITS', 'Must have at most 15 digits: more are not kept.');
}
