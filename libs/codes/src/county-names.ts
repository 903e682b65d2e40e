import { counties } from './places.js';

/** What a county is called after its name: left out, so that "Autauga County" and "AUTAUGA" are one. */
const KIND =
  /\s+(county|parish|borough|census area|city and borough|municipality|municipio|planning region|island|district)$/;

/** Counties under the names that they had before: Miami-Dade until 1997, Oglala Lakota and Kusilvak until 2015. */
const FORMER_NAMES: readonly (readonly [stateFips: string, name: string, countyFips: string])[] = [
  ['12', 'dade', '12086'],
  ['46', 'shannon', '46102'],
  ['02', 'wadehampton', '02158'],
];

/** Independent cities have county codes from 510 on: in Virginia, Maryland, Missouri and Nevada. */
const FIRST_CITY = 510;
const isCity = (countyFips: string): boolean => Number(countyFips.slice(2)) >= FIRST_CITY;

let byName: ReadonlyMap<string, readonly string[]> | undefined;

/**
 * The county of a state that is called so, whatever the case, spaces, dots, accents, "Saint" or "St." and the kind after
 * the name; null where there is none. Where a county and a city share a name, the county, unless the name ends in "city":
 * St. Louis, Baltimore, and Fairfax, Franklin, Richmond and Roanoke in Virginia.
 */
export function findCountyByName(stateFips: string, name: string): string | null {
  const words = wordsOf(name);
  const whole = named(stateFips, words);
  // Carson City is called so whole, and Charles City is a county.
  if (whole.length > 0) return whole.find((fips) => !isCity(fips)) ?? whole[0] ?? null;
  if (words.endsWith(' city')) return named(stateFips, words.slice(0, -' city'.length)).find(isCity) ?? null;
  const plain = words.replace(KIND, '');
  if (plain !== words) return findCountyByName(stateFips, plain);
  const former = FORMER_NAMES.find(([state, was]) => state === stateFips && was === closed(words));
  return former?.[2] ?? null;
}

const named = (stateFips: string, words: string): readonly string[] => {
  byName ??= readNames();
  return byName.get(`${stateFips} ${closed(words)}`) ?? [];
};

function readNames(): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const [fips, { name, stateFips }] of counties()) {
    const key = `${stateFips} ${closed(wordsOf(name).replace(KIND, ''))}`;
    names.set(key, [...(names.get(key) ?? []), fips]);
  }
  return names;
}

/** Small letters without accents, one space between them; saints in short. */
const wordsOf = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\bsaint(e?)\b/g, 'st$1')
    .replace(/\s+/g, ' ')
    .trim();

const closed = (words: string): string => words.replace(/[^a-z0-9]/g, '');
