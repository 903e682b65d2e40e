import { counties, countryCodes, findStateByPostalCode, stateName } from '@concord/codes';
import { wordsOf } from '../cells/words.js';

/** A county under one of its names. */
export interface NamedCounty {
  readonly fips: string;
  /** Whether it is a city that is no part of a county: from code 510 on. */
  readonly isCity: boolean;
}

const FIRST_CITY = 510;
const KIND =
  / (county|parish|borough|census area|city and borough|municipality|municipio|planning region|island|district)$/;
/** What counties were called before, and what people go on calling them. */
const FORMER: readonly (readonly [state: string, name: string, fips: string])[] = [
  ['12', 'dade', '12086'],
  ['46', 'shannon', '46102'],
  ['02', 'wade hampton', '02158'],
];

/** Words of a county's name; "Saint" in short, and no blanks: DeKalb is "De Kalb" too. */
export const countyKey = (name: string): string =>
  wordsOf(name)
    .replace(/\bsaint(e?)\b/g, 'st$1')
    .replaceAll(' ', '');

export const withoutKind = (words: string): string => words.replace(KIND, '');

let byKey: ReadonlyMap<string, readonly NamedCounty[]> | undefined;

/** Counties of every state by `countyKey` of their name without its kind. */
export function countiesByKey(): ReadonlyMap<string, readonly NamedCounty[]> {
  byKey ??= readCounties();
  return byKey;
}

function readCounties(): ReadonlyMap<string, readonly NamedCounty[]> {
  const found = new Map<string, NamedCounty[]>();
  const add = (key: string, fips: string): void => {
    const isCity = Number(fips.slice(2)) >= FIRST_CITY && fips.slice(0, 2) !== '11';
    found.set(key, [...(found.get(key) ?? []), { fips, isCity }]);
  };
  for (const [fips, { name }] of counties()) add(countyKey(withoutKind(wordsOf(name))), fips);
  for (const [, name, fips] of FORMER) add(countyKey(name), fips);
  return found;
}

const stateCodes = Array.from({ length: 79 }, (_, n) => String(n).padStart(2, '0')).filter((fips) => stateName(fips));
const stateByName: ReadonlyMap<string, string> = new Map(
  stateCodes.map((fips) => [wordsOf(stateName(fips) ?? ''), fips]),
);

/** Two-digit code of a state by its postal code or name; null for neither. */
export function findState(text: string): string | null {
  const words = wordsOf(text);
  return (
    findStateByPostalCode(words.toUpperCase()) ?? stateByName.get(words) ?? (stateCodes.includes(text) ? text : null)
  );
}

const OTHER_COUNTRY_NAMES: Readonly<Record<string, string>> = {
  usa: 'US',
  us: 'US',
  'united states of america': 'US',
  uk: 'GB',
  'great britain': 'GB',
  burma: 'MM',
  holland: 'NL',
  'south korea': 'KR',
  'peoples republic of china': 'CN',
  prc: 'CN',
};

const english = new Intl.DisplayNames(['en'], { type: 'region' });
const countryByName: ReadonlyMap<string, string> = new Map([
  ...countryCodes().map((code) => [wordsOf(english.of(code) ?? code), code] as const),
  ...Object.entries(OTHER_COUNTRY_NAMES),
]);

/** Country by its English name; null for none. */
export const findCountryByName = (words: string): string | null => countryByName.get(words) ?? null;

export const countryNames = (): Iterable<string> => countryByName.keys();
