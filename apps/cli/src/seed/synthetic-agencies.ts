import type { AgencyActor } from '@concord/access';
import { countyName, stateName, statePostalCode, type AgencyLevel, type Role } from '@concord/codes';
import { seedId } from '../../../embedded/src/personas.js';
import { CBP_AREAS, type CbpArea, type Site } from './cbp-areas.js';

/** An agency that exists for synthetic reports alone: well-formed, invented, and marked so in its name, ORI and row. */
export interface SyntheticAgency {
  readonly id: string;
  /** The FBI gives no ORI with SYN in it. */
  readonly ori: string;
  readonly name: string;
  readonly level: AgencyLevel;
  /** Its jurisdiction, as a key. */
  readonly place: string;
}

/** Who submits for all of them. No issuer is trusted under this name, so nobody can sign in as it. */
export const LOADER = {
  id: seedId('person', 'cbp-loader'),
  issuer: 'urn:concord:synthetic',
  subject: 'cbp-loader',
  displayName: 'Loader of synthetic reports',
} as const;

const areaAgencies = new Map(CBP_AREAS.map((area) => [area, federalAgency(area)]));
const sites = CBP_AREAS.flatMap((area) => area.sites);
const states = [...new Set(sites.map(({ countyFips }) => countyFips.slice(0, 2)))].sort();
const counties = [...new Set(sites.map(({ countyFips }) => countyFips))].sort();
const bureaus = new Map(states.map((state) => [state, stateAgency(state, 'BND', 'State Bureau of Narcotics')]));
const patrols = new Map(states.map((state) => [state, stateAgency(state, 'HWP', 'State Highway Patrol')]));
let namedSheriffs: ReadonlyMap<string, SyntheticAgency> | undefined;

/** Every agency of the model: one an area, two a state, and one a county where something may be seized. */
export const syntheticAgencies = (): readonly SyntheticAgency[] => [
  ...areaAgencies.values(),
  ...bureaus.values(),
  ...patrols.values(),
  ...sheriffs().values(),
];

export interface ReportingAgencies {
  readonly area: SyntheticAgency;
  readonly bureau: SyntheticAgency;
  readonly patrol: SyntheticAgency;
  readonly sheriff: SyntheticAgency;
}

/** Who may report what is seized at a site of an area. */
export function agenciesAt(area: CbpArea, { countyFips }: Site): ReportingAgencies {
  const state = countyFips.slice(0, 2);
  const [federal, bureau, patrol, sheriff] = [
    areaAgencies.get(area),
    bureaus.get(state),
    patrols.get(state),
    sheriffs().get(countyFips),
  ];
  if (!federal || !bureau || !patrol || !sheriff) throw new Error(`the model has agencies for ${countyFips}`);
  return { area: federal, bureau, patrol, sheriff };
}

/** The loader as it submits for an agency. */
export function loaderOf({ id, ori, name, level }: SyntheticAgency): AgencyActor {
  return {
    personId: LOADER.id,
    displayName: LOADER.displayName,
    agency: { id, ori, name, level },
    roles: new Set<Role>(['SUBMITTER']),
    purpose: null,
  };
}

/** Named after counties, whose names are read from the atlas at the first call. */
function sheriffs(): ReadonlyMap<string, SyntheticAgency> {
  namedSheriffs ??= new Map(
    counties.map((fips) => {
      const state = statePostalCode(fips.slice(0, 2)) ?? 'US';
      const name = `Synthetic Sheriff, ${countyName(fips) ?? fips}, ${state}`;
      return [fips, agency(`${state}${fips.slice(2)}SYNX`, name, 'LOCAL', `county:${fips}`)];
    }),
  );
  return namedSheriffs;
}

function federalAgency({ component, name, number }: CbpArea): SyntheticAgency {
  const [letter, kind] = component === 'U.S. Border Patrol' ? ['B', 'Border Patrol'] : ['F', 'Field Operations'];
  const ori = `US${letter}${String(number).padStart(2, '0')}SYNX`;
  return agency(ori, `Synthetic ${kind}, ${titled(name)}`, 'FEDERAL', 'nation:us');
}

function stateAgency(state: string, letters: string, kind: string): SyntheticAgency {
  const postal = statePostalCode(state) ?? 'US';
  return agency(
    `${postal}${letters}SYNX`,
    `Synthetic ${kind}, ${stateName(state) ?? state}`,
    'STATE',
    `state:${state}`,
  );
}

function agency(ori: string, name: string, level: AgencyLevel, place: string): SyntheticAgency {
  return { id: seedId('agency', ori), ori, name, level, place };
}

function titled(name: string): string {
  return name.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
