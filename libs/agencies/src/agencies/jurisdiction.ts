import { isCountyFips, isStateFips, type AgencyLevel } from '@concord/codes';
import type { Fault } from '../fault.js';

/** The places that an agency acts for: a set. Several counties are common, none is possible (it then reads its own alone). */
export interface Jurisdiction {
  readonly nation: boolean;
  /** Two-digit FIPS codes. */
  readonly stateFips: readonly string[];
  /** Five-digit FIPS codes. */
  readonly countyFips: readonly string[];
  /** Names of our own for tribes: small letters, digits and hyphens. There is no code list that all agree on. */
  readonly tribes: readonly string[];
}

/** As it is asked for: nothing of it has been looked at. */
export interface JurisdictionInput {
  readonly nation?: boolean | null | undefined;
  readonly stateFips?: readonly string[] | null | undefined;
  readonly countyFips?: readonly string[] | null | undefined;
  readonly tribes?: readonly string[] | null | undefined;
}

type PlaceField = keyof Jurisdiction;

/** What agencies of a level act for; the keys that these places give are in actor_keys(). */
const PLACES_OF_LEVEL: Readonly<Record<AgencyLevel, readonly PlaceField[]>> = {
  FEDERAL: ['nation'],
  STATE: ['stateFips'],
  LOCAL: ['countyFips'],
  TRIBAL: ['countyFips', 'tribes'],
  COMMUNITY: ['stateFips', 'countyFips'],
};

const IN_WORDS: Readonly<Record<PlaceField, string>> = {
  nation: 'the nation',
  stateFips: 'states',
  countyFips: 'counties',
  tribes: 'tribes',
};

/** More counties than any state has; a region of the nation is a region. */
const MOST_PLACES = 300;
const TRIBE = /^[a-z0-9-]{1,60}$/;

/** The set as keys: `nation:us`, `state:06`, `county:06073`, `tribe:…`, each once and in order. */
export function placeKeys(jurisdiction: Jurisdiction): string[] {
  const keys = [
    ...(jurisdiction.nation ? ['nation:us'] : []),
    ...jurisdiction.stateFips.map((fips) => `state:${fips}`),
    ...jurisdiction.countyFips.map((fips) => `county:${fips}`),
    ...jurisdiction.tribes.map((tribe) => `tribe:${tribe}`),
  ];
  return [...new Set(keys)].sort();
}

/** The set that keys stand for. */
export function jurisdictionOf(keys: readonly string[]): Jurisdiction {
  const after = (kind: string): string[] =>
    keys.filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(kind.length + 1));
  return {
    nation: keys.includes('nation:us'),
    stateFips: after('state'),
    countyFips: after('county'),
    tribes: after('tribe'),
  };
}

/** Codes that do not exist, under their places in the input. */
export function checkPlaces(input: JurisdictionInput, faults: Fault[]): Jurisdiction {
  const { nation, stateFips, countyFips, tribes } = input;
  const path = 'jurisdiction';
  for (const field of ['stateFips', 'countyFips', 'tribes'] as const)
    if ((input[field]?.length ?? 0) > MOST_PLACES)
      faults.push({ path: `${path}.${field}`, code: 'TOO_MANY_ITEMS', message: `Give at most ${MOST_PLACES}.` });
  stateFips?.forEach((fips, at) => {
    if (!isStateFips(fips))
      faults.push({
        path: `${path}.stateFips.${at}`,
        code: 'UNKNOWN_STATE',
        message: 'Give the two-digit FIPS code of a state, such as 06.',
      });
  });
  countyFips?.forEach((fips, at) => {
    if (!isCountyFips(fips))
      faults.push({
        path: `${path}.countyFips.${at}`,
        code: 'UNKNOWN_COUNTY',
        message: 'Give the five-digit FIPS code of a county, such as 06073.',
      });
  });
  tribes?.forEach((tribe, at) => {
    if (!TRIBE.test(tribe))
      faults.push({
        path: `${path}.tribes.${at}`,
        code: 'INVALID_FORMAT',
        message: 'Give a name of small letters, digits and hyphens, such as tohono-oodham.',
      });
  });
  return {
    nation: nation ?? false,
    stateFips: stateFips ?? [],
    countyFips: countyFips ?? [],
    tribes: tribes ?? [],
  };
}

/** Places that agencies of this level do not act for. */
export function checkFitsLevel(jurisdiction: Jurisdiction, level: AgencyLevel, faults: Fault[]): void {
  const fitting = PLACES_OF_LEVEL[level];
  for (const field of Object.keys(IN_WORDS) as PlaceField[]) {
    const given = field === 'nation' ? jurisdiction.nation : jurisdiction[field].length > 0;
    if (given && !fitting.includes(field))
      faults.push({
        path: `jurisdiction.${field}`,
        code: 'JURISDICTION_DOES_NOT_FIT',
        message: `${level} agencies act for ${fitting.map((one) => IN_WORDS[one]).join(' or ')}.`,
      });
  }
}

export const isEmpty = (jurisdiction: Jurisdiction): boolean => placeKeys(jurisdiction).length === 0;
