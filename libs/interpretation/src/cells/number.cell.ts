import type { ColumnMapping } from '../mapping/column-mapping.js';
import { doubted, understood, type Outcome } from '../outcome.js';
import { asNumber, plainText, readDecimal, readNumber, times } from './decimal.js';
import { isNothing } from './words.js';

const UNKNOWN = /^(unk|unkn|unknown|\?)$/i;

/** Whether a cell is how JavaScript prints a number: as it is stored, whatever the mapping says of commas. */
const isStored = (text: string): boolean => String(Number(text)) === text && Number.isFinite(Number(text));

/** An age in years. "30s" and "adult" are no age; unknown says nothing. */
export function readAge(text: string, separator: ColumnMapping['decimal']): Outcome<number | null> {
  if (isNothing(text) || UNKNOWN.test(text)) return understood(null, 'LEFT_OUT');
  const match = /^(\d{1,3})(?:\.0)?\s*(?:y|yr|yrs|years?|y\/?o|yoa|yrs? old|years? old|years of age)?\.?$/i.exec(text);
  if (match) return understood(Number(match[1]), /[a-z]/i.test(text) ? 'NUMBER_WITH_WORDS' : 'NUMBER_WRITTEN');
  const read = readNumber(text, separator);
  return 'doubt' in read ? doubted('NUMBER_NOT_KNOWN', 'Must be an age in whole years.') : read;
}

/** A percentage. Up to 1 without a sign for it may be a share: only a heading that says percent decides. */
export function readPercent(
  text: string,
  heading: string,
  separator: ColumnMapping['decimal'],
): Outcome<number | null> {
  if (isNothing(text) || UNKNOWN.test(text)) return understood(null, 'LEFT_OUT');
  const saysPercent = /percent|pct|%/i.test(heading);
  if (saysPercent && isStored(text) && Number(text) >= 0) return understood(Number(text), 'EXACT');
  const sign = /^(.*?)\s*(?:%|percent|pct)$/i.exec(text);
  const read = readDecimal((sign?.[1] ?? text).trim(), separator);
  if ('doubt' in read) return read;
  const number = asNumber(read.value, sign ? 'NUMBER_WITH_WORDS' : read.rule);
  if ('doubt' in number || sign || saysPercent || number.value > 1) return number;
  const percent = plainText(times(read.value, 100n));
  return doubted('PERCENT_OR_PART', 'Must have a % sign, or stand in a column whose heading says percent.', [
    `${plainText(read.value)}%`,
    `${percent}%`,
  ]);
}

const DEGREES = /^([NSEW])?\s*([+-])?\s*(\d{1,3}(?:\.\d+)?)\s*°?\s*([NSEW])?$/i;
const SEXAGESIMAL =
  /^([NSEW])?\s*([+-])?\s*(\d{1,3})\s*[°d: ]\s*(\d{1,2}(?:\.\d+)?)\s*['′’m: ]?\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:"|″|”|''|s)?)?\s*([NSEW])?$/i;
/** A tenth of a metre: finer than any receiver in a car. */
const PLACES = 6;

/** Degrees of latitude or longitude: decimal, or with minutes and seconds. A sign that is missing is not put there. */
export function readCoordinate(text: string, axis: 'latitude' | 'longitude'): Outcome<number | null> {
  if (isNothing(text) || UNKNOWN.test(text)) return understood(null, 'LEFT_OUT');
  if (isStored(text)) return understood(Number(text), 'EXACT');
  const doubt = doubted(
    'COORDINATE_NOT_KNOWN',
    `Must be degrees of ${axis}, like ${axis === 'latitude' ? '32.556' : '-117.047'}.`,
  );
  const plain = DEGREES.exec(text);
  const parts = plain ? [plain[1], plain[2], plain[3], '', '', plain[4]] : (SEXAGESIMAL.exec(text)?.slice(1) ?? null);
  if (parts === null) return doubt;
  const [before, sign, degrees = '', minutes, seconds, after] = parts;
  const letter = (before ?? after ?? '').toUpperCase();
  const letters = axis === 'latitude' ? 'NS' : 'EW';
  // A letter of the other axis, two letters, or a letter against a sign.
  if ((before && after) || !letters.includes(letter) || (letter !== '' && sign)) return doubt;
  if (Number(minutes || 0) >= 60 || Number(seconds || 0) >= 60) return doubt;
  const negative = sign === '-' || letter === 'S' || letter === 'W';
  const size = Number(degrees) + Number(minutes || 0) / 60 + Number(seconds || 0) / 3600;
  const value = minutes ? Number(size.toFixed(PLACES)) : Number(degrees);
  return understood(negative ? -value : value, 'COORDINATE');
}

/** Latitude and longitude in one cell, in this order, or told apart by letters. */
export function readCoordinates(text: string): Outcome<{ latitude: number; longitude: number } | null> {
  if (isNothing(text) || UNKNOWN.test(text)) return understood(null, 'LEFT_OUT');
  const doubt = doubted('COORDINATE_NOT_KNOWN', 'Must be latitude and longitude, like 32.556, -117.047.');
  const bare = text.replace(/^\(|\)$/g, '').trim();
  const halves =
    /^([^,;]+)[,;]\s*([^,;]+)$/.exec(bare) ?? /^(.*[NS])\s+(.*[EW])$/i.exec(bare) ?? /^(\S+)\s+(\S+)$/.exec(bare);
  const [first, second] = [halves?.[1]?.trim(), halves?.[2]?.trim()];
  if (first === undefined || second === undefined) return doubt;
  const latitude = readCoordinate(first, 'latitude');
  const longitude = readCoordinate(second, 'longitude');
  if ('doubt' in latitude || 'doubt' in longitude || latitude.value === null || longitude.value === null) return doubt;
  return understood({ latitude: latitude.value, longitude: longitude.value }, 'COORDINATE');
}
