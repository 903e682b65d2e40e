import { countyAtlas } from './county-atlas.js';
import { STATES } from './states.data.js';

/** A county or what stands in its place: parish, borough, census area, planning region, independent city, island. */
export interface County {
  readonly name: string;
  readonly stateFips: string;
}

/** A state, the District of Columbia or a territory. */
export interface State {
  readonly name: string;
  /** Two letters: CA. */
  readonly postalCode: string;
}

/**
 * Newer than the atlas: Alaska split Valdez-Cordova in 2019, Connecticut's planning regions took the place of its eight
 * counties in 2022. The old codes stay valid, because older data and slower systems still use them.
 * Names from NIEM 6.0, NIEMOpen, OASIS Open Project, CC BY 4.0.
 */
const NEWER_THAN_THE_ATLAS: readonly (readonly [fips: string, name: string])[] = [
  ['02063', 'Chugach Census Area'],
  ['02066', 'Copper River Census Area'],
  ['09110', 'Capitol Planning Region'],
  ['09120', 'Greater Bridgeport Planning Region'],
  ['09130', 'Lower Connecticut River Valley Planning Region'],
  ['09140', 'Naugatuck Valley Planning Region'],
  ['09150', 'Northeastern Connecticut Planning Region'],
  ['09160', 'Northwest Hills Planning Region'],
  ['09170', 'South Central Connecticut Planning Region'],
  ['09180', 'Southeastern Connecticut Planning Region'],
  ['09190', 'Western Connecticut Planning Region'],
];

const states: ReadonlyMap<string, State> = new Map(
  STATES.map(([fips, postalCode, name]) => [fips, { name, postalCode }]),
);

let loadedCounties: ReadonlyMap<string, County> | undefined;

/** Every county by its five-digit FIPS code. Loaded at the first call: parsing the atlas takes tens of milliseconds. */
export function counties(): ReadonlyMap<string, County> {
  loadedCounties ??= loadCounties();
  return loadedCounties;
}

/** Whether the text is the five-digit FIPS code of a county. */
export function isCountyFips(text: string): boolean {
  return counties().has(text);
}

/** Name of a county by its FIPS code ('06073' is San Diego), without the state; null for an unknown code. */
export function countyName(countyFips: string): string | null {
  return counties().get(countyFips)?.name ?? null;
}

/** Whether the text is the two-digit FIPS code of a state, of the District of Columbia or of a territory. */
export function isStateFips(text: string): boolean {
  return states.has(text);
}

/** The two-digit FIPS code of every state, of the District of Columbia and of the territories, in their order. */
export function stateFipsCodes(): readonly string[] {
  return STATES.map(([fips]) => fips);
}

/** Name of a state by its FIPS code ('06' is California); null for an unknown code. */
export function stateName(stateFips: string): string | null {
  return states.get(stateFips)?.name ?? null;
}

/** Two-letter postal code of a state by its FIPS code ('06' is CA); null for an unknown code. */
export function statePostalCode(stateFips: string): string | null {
  return states.get(stateFips)?.postalCode ?? null;
}

/** FIPS code of a state by its two-letter postal code ('CA' is 06); null for an unknown code. */
export function findStateByPostalCode(postalCode: string): string | null {
  return STATES.find(([, code]) => code === postalCode)?.[0] ?? null;
}

function loadCounties(): ReadonlyMap<string, County> {
  const named = [
    ...[...countyAtlas().counties].map(([fips, { properties }]) => [fips, properties.name] as const),
    ...NEWER_THAN_THE_ATLAS,
  ];
  return new Map(named.map(([fips, name]) => [fips, { name, stateFips: fips.slice(0, 2) }]));
}
