import { countyName, findStateByPostalCode, isCountryCode, isCountyFips } from '@concord/codes';
import { doubted, understood, type Doubt, type Outcome } from '../outcome.js';
import type { InterpretationSettings } from '../settings.js';
import {
  countiesByKey,
  countryNames,
  countyKey,
  findCountryByName,
  findState,
  withoutKind,
  type NamedCounty,
} from '../words/place-names.js';
import { closest } from './closest.js';
import { isNothing, wordsOf } from './words.js';

/** What a county's name is read by: the agency, and what another column says of the state. */
export interface CountyContext {
  readonly settings: Pick<InterpretationSettings, 'stateFips' | 'countyFips'>;
  /** Two-digit code; null where no column says it. */
  readonly state: string | null;
  /** What the agency has said that the text means. */
  readonly meaning: string | null;
}

const RULE =
  'Must be the name of a county, with its state where it is not in yours ("King, WA"), or a FIPS code of five digits.';
const MOST_SUGGESTIONS = 5;

/** "San Diego", "San Diego Co.", "County of San Diego, CA", "06073". */
export function readCounty(text: string, context: CountyContext): Outcome<string | null> {
  if (context.meaning !== null) return understood(context.meaning, 'CONFIRMED');
  if (/^\d/.test(text)) return readFips(text, context);
  if (isNothing(text)) return understood(null, 'LEFT_OUT');
  const { name, state: named } = partState(text);
  if (named !== null && context.state !== null && named !== context.state) {
    return doubted('STATES_DISAGREE', 'Must be a county of the state that the row names.');
  }
  const state = named ?? context.state ?? context.settings.stateFips;
  const words = wordsOf(name)
    .replace(/^county of /, '')
    .replace(/ (co|cnty|cty)$/, ' county');
  const kind =
    /^county of /i.test(name.trim()) || / county$/.test(words) ? 'COUNTY' : / city$/.test(words) ? 'CITY' : null;
  const found = lookUp(words, kind);
  const here = found.filter(({ fips }) => state !== null && fips.startsWith(state));
  const [only, ...others] = here;
  if (only !== undefined && others.length === 0) {
    return understood(only.fips, named === null && context.state === null ? agencyRule(found) : 'COUNTY_NAME');
  }
  if (here.length > 1) {
    return doubted(
      'COUNTY_NOT_CLEAR',
      'Must say whether the county or the city is meant, or be a FIPS code.',
      textsOf(here),
    );
  }
  return unknown(words, found, state, context);
}

const agencyRule = (found: readonly NamedCounty[]): 'COUNTY_NAME' | 'COUNTY_OF_STATE' =>
  new Set(found.map(({ fips }) => fips.slice(0, 2))).size > 1 ? 'COUNTY_OF_STATE' : 'COUNTY_NAME';

/** Those called so; with a word for the kind only those of the kind. A city that is none of its own is not a county. */
function lookUp(words: string, kind: 'COUNTY' | 'CITY' | null): readonly NamedCounty[] {
  const whole = countiesByKey().get(countyKey(words));
  // "Carson City" and "James City" are called so whole.
  if (whole !== undefined) return whole;
  if (kind === 'CITY') {
    const name = words.replace(/ city$/, '');
    return (countiesByKey().get(countyKey(name)) ?? []).filter(({ isCity }) => isCity);
  }
  const plain = withoutKind(words);
  if (plain === words) return [];
  return (countiesByKey().get(countyKey(plain)) ?? []).filter(({ isCity }) => !isCity);
}

function unknown(
  words: string,
  found: readonly NamedCounty[],
  state: string | null,
  { settings }: CountyContext,
): { doubt: Doubt } {
  if (found.length > 0) return doubted('COUNTY_NOT_CLEAR', RULE, textsOf(found));
  const plain = withoutKind(words);
  const key = countyKey(plain);
  const own = [...countiesByKey()].flatMap(([name, list]) =>
    list.filter(({ fips }) => state === null || fips.startsWith(state)).map(({ fips }) => ({ name, fips })),
  );
  const initials = own.filter(({ fips }) => initialsOf(fips) === key || settingsFirst(fips, settings, key));
  const near = new Set(
    closest(
      key,
      own.map(({ name }) => name),
    ),
  );
  const close = own.filter(({ name }) => near.has(name));
  return doubted('COUNTY_NOT_KNOWN', RULE, textsOf([...initials, ...close]));
}

const initialsOf = (fips: string): string =>
  wordsOf(countyName(fips) ?? '')
    .split(' ')
    .map((word) => word[0] ?? '')
    .join('');

const settingsFirst = (fips: string, { countyFips }: CountyContext['settings'], key: string): boolean =>
  countyFips.includes(fips) && countyKey(countyName(fips) ?? '').startsWith(key) && key.length > 2;

const textsOf = (found: readonly { fips: string }[]): string[] =>
  [...new Set(found.map(({ fips }) => fips))].slice(0, MOST_SUGGESTIONS);

/** "San Diego, CA", "San Diego County California": the state at the end, if one is there. */
function partState(text: string): { name: string; state: string | null } {
  const comma = /^(.+),\s*([^,]+)$/.exec(text);
  if (comma) {
    const state = findState(comma[2] ?? '');
    return state === null ? { name: text, state: null } : { name: comma[1] ?? '', state };
  }
  const postal = /^(.+)\s\(?([A-Z]{2})\)?$/.exec(text);
  const state = postal ? findStateByPostalCode(postal[2] ?? '') : null;
  // CO is Colorado and short for county: only after a comma is it the state.
  if (postal && state !== null && postal[2] !== 'CO') return { name: postal[1] ?? '', state };
  return { name: text, state: null };
}

function readFips(text: string, { state, settings }: CountyContext): Outcome<string> {
  const known = state ?? settings.stateFips;
  if (/^\d{5}$/.test(text)) {
    if (!isCountyFips(text)) return doubted('COUNTY_NOT_KNOWN', RULE);
    if (state !== null && !text.startsWith(state)) {
      return doubted('STATES_DISAGREE', 'Must be a county of the state that the row names.');
    }
    return understood(text, 'EXACT');
  }
  const padded = `0${text}`;
  if (/^\d{4}$/.test(text) && isCountyFips(padded)) {
    if (known !== null && padded.startsWith(known)) return understood(padded, 'COUNTY_LOST_ZERO');
    return doubted('COUNTY_NOT_KNOWN', RULE, [padded]);
  }
  const inState = `${known ?? ''}${text.padStart(3, '0')}`;
  return doubted('COUNTY_NOT_KNOWN', RULE, /^\d{1,3}$/.test(text) && isCountyFips(inState) ? [inState] : []);
}

/** A state by its postal code or name, as its two digits. */
export function readState(text: string): Outcome<string | null> {
  if (isNothing(text)) return understood(null, 'LEFT_OUT');
  const state = findState(text);
  return state === null ? doubted('CODE_NOT_KNOWN', 'Must be a state, like CA.') : understood(state, 'SYNONYM');
}

/** A country by its code or English name. CA is Canada only where the heading says that it is a country. */
export function readCountry(text: string, heading: string): Outcome<string | null> {
  const isCountry = /country/i.test(heading);
  if (isCountryCode(text)) {
    if (isCountry || findStateByPostalCode(text) === null) return understood(text, 'EXACT');
    return doubted('COUNTRY_OR_STATE', 'Must be the name of a country: the code is one of a state too.', [
      nameOf(text),
    ]);
  }
  if (isNothing(text) || /^(unk|unknown|\?)$/i.test(text)) return understood(null, 'LEFT_OUT');
  const words = wordsOf(text);
  const found = findCountryByName(words);
  if (found !== null && findState(text) === null) return understood(found, 'COUNTRY_NAME');
  if (found !== null) return doubted('COUNTRY_OR_STATE', 'Must be a country code: a state is called so too.', [found]);
  const near = closest(words, countryNames()).flatMap((name) => findCountryByName(name) ?? []);
  return doubted('COUNTRY_NOT_KNOWN', 'Must be a country, like MX or Mexico.', [...new Set(near)]);
}

const nameOf = (code: string): string => new Intl.DisplayNames(['en'], { type: 'region' }).of(code) ?? code;
