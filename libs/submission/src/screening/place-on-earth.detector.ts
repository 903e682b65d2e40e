import { placeOf, type Place } from './place.js';

const SIGN = '[+-]?';
const BETWEEN = String.raw`[\s,;/|)(]{1,4}(?:(?:and|y|by|lon(?:g(?:itude)?|gitud)?|lng)[\s.:=]{1,3})?`;
const FORMS: readonly RegExp[] = [
  // 32.5560, -117.0470: four decimals on both sides, or three with a sign
  new RegExp(
    String.raw`(?<![\d.])${SIGN}\d{1,2}\.\d{4,12}[°]?\s?[NSns]?${BETWEEN}${SIGN}\d{1,3}\.\d{4,12}[°]?(?:\s?[EWOewo]\b)?(?!\d)`,
    'g',
  ),
  /(?<![\d.])[+-]?\d{1,2}\.\d{2,12}[\s,;/|)(]{1,4}-\s?\d{2,3}\.\d{2,12}(?!\d)/g,
  // 32.556 N 117.047 W, N32.556 W117.047, also in minutes: N32 33.36 W117 02.82
  /(?<![\d.A-Za-z])\d{1,2}(?:\.\d{1,12})?\s?[°º]?\s?(?:\d{1,2}(?:\.\d{1,6})?\s?['’′]?\s?)?(?:\d{1,2}(?:\.\d{1,6})?\s?["”″]?\s?)?[NSns][\s,;/]{0,3}\d{1,3}(?:\.\d{1,12})?\s?[°º]?\s?(?:\d{1,2}(?:\.\d{1,6})?\s?['’′]?\s?)?(?:\d{1,2}(?:\.\d{1,6})?\s?["”″]?\s?)?[EWOewo]\b/g,
  /\b[NSns]\s?\d{1,2}(?:\.\d{1,12})?\s?[°º]?\s?(?:\d{1,2}(?:\.\d{1,6})?\s?['’′]?\s?)?(?:\d{1,2}(?:\.\d{1,6})?\s?["”″]?\s?)?[\s,;/]{0,3}[EWOewo]\s?\d{1,3}(?:\.\d{1,12})?\s?[°º]?(?:\s?\d{1,2}(?:\.\d{1,6})?\s?['’′]?)?(?:\s?\d{1,2}(?:\.\d{1,6})?\s?["”″]?)?/g,
  // Degrees and minutes, whatever follows: one of the two is enough
  /(?<!\d)\d{1,3}\s?[°º]\s?\d{1,2}(?:\.\d{1,6})?\s?['’′]/g,
  /\b(?:lat(?:itude|itud)?|lon(?:g(?:itude|itud)?)?|lng)\b[\s.:=]{1,4}[+-]?\d{1,3}(?:[.,]\d{1,12})?/gi,
  // MGRS: zone, band, 100 km square, an even number of digits
  /(?<![A-Za-z0-9])(?:[1-9]|[1-5]\d|60)\s?[C-HJ-NP-X]\s?[A-HJ-NP-Z][A-HJ-NP-V]\s?(?:\d{10}|\d{8}|\d{6}|\d{5}\s\d{5}|\d{4}\s\d{4}|\d{3}\s\d{3})(?![A-Za-z0-9])/gi,
  // UTM: zone, easting of six and northing of seven digits
  /(?<![A-Za-z0-9])(?:[1-9]|[1-5]\d|60)\s?[C-HJ-NP-X]?[\s,]{1,3}\d{6}(?:\.\d{1,4})?\s?(?:m\s?)?E?[\s,]{1,3}\d{7}(?:\.\d{1,4})?\s?(?:m\s?)?N?/gi,
  // Plus codes, H3 cells, three words
  /(?<![A-Za-z0-9])[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9])8[0-9a-f]{14}(?![A-Za-z0-9])/gi,
  /\/\/\/\s?[a-z]{3,24}\.[a-z]{3,24}\.[a-z]{3,24}/gi,
];

/** Coordinates: decimal degrees, degrees and minutes, UTM, MGRS, plus codes, H3 cells. */
export const coordinatesIn = (text: string): Place[] =>
  FORMS.flatMap((form) => [...text.matchAll(form)].map(placeOf)).filter(({ from, to }) =>
    /\d|\/\/\//.test(text.slice(from, to)),
  );

const KIND =
  'st|street|str|ave?|avenue|blvd|boulevard|rd|road|dr|drive|ln|lane|ct|court|pl|place|ter|terrace|cir|circle|hwy|highway|pkwy|parkway|trl|trail|way|aly|alley|loop|sq|square';
const NUMBERED = new RegExp(
  String.raw`(?<![\w.,/$-])\d{1,6}(?:-?[A-Z])?\s{1,2}(?:(?:[NSEW]|[NS][EW]|north|south|east|west)\b\.?\s{1,2})?(?:[A-Za-z0-9'’.-]{1,24}\s{1,2}){1,3}(?:${KIND})\b\.?`,
  'gi',
);
const NO_STREET =
  /\b(?:kg|kilos?|kilograms?|g|grams?|gm|lbs?|pounds?|oz|ounces?|mg|ml|l|pills?|tablets?|bags?|bricks?|bundles?|packages?|parcels?|boxes|box|bottles?|vials?|units?|pieces?|of|in|on|at|to|the|a|an|and|or|with|from|for|by|along|hidden|found|inside|under|miles?|feet|ft|meters?|km|hours?|hrs?|minutes?|days?|people|persons|agents?|officers?|were|was|per|each|mm|cm|inch(?:es)?|percent|wrapped|layers?|times)\b/i;
const BOX = /\bp\.?\s?o\.?\s?box\s{0,2}#?\s?\d{1,8}|\bapartado\s(?:postal\s)?\d{1,8}/gi;
const SPANISH =
  /\b(?:calle|avenida|av\.|ave\.|blvd\.?|bulevar|boulevard|calzada|carretera|privada|callej[oó]n|prolongaci[oó]n|c\/)\s{0,2}(?:[\p{L}0-9.'’-]{1,24}[\s,]{1,2}){1,5}?(?:(?:#|no\.?|n[uú]m\.?|n[uú]mero|int\.?|ext\.?)\s?)?\d{1,5}(?!\d)/giu;
const UNIT =
  /\b(?:apt|apartment|unit|suite|ste|depto|departamento|rm|room|habitaci[oó]n)\.?\s{0,2}(?:#\s?)?\d{1,5}[A-Z]?\b/gi;

/** Street addresses: a number and a street, a post office box, a Mexican street with its number, a room of a house. */
export function addressesIn(text: string): Place[] {
  const found = [BOX, SPANISH, UNIT].flatMap((form) => [...text.matchAll(form)].map(placeOf));
  const search = new RegExp(NUMBERED.source, NUMBERED.flags);
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const [whole] = match;
    // A count before the number of the house is no reason to pass it over.
    search.lastIndex = match.index + (/^\d+/.exec(whole)?.[0].length ?? 1);
    const words = whole.replace(/^\S+\s+/, '').replace(/\s+\S+$/, '');
    if (NO_STREET.test(words)) continue;
    const named = /(?:^|\s)(?:[A-Z]|\d{1,3}(?:st|nd|rd|th)\b)/.test(words);
    if (named || /^\d{3,6}\b/.test(whole)) found.push(placeOf(match));
  }
  return found;
}
