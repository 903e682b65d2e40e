import type { SettingCode, SubstanceCategory, UnitCode } from '@concord/codes';

/** What one letter of element 20 says in Concord's words: a substance, a class of them, or not enough to be either. */
export type DrugMeaning =
  | { readonly deaCode: string }
  | { readonly category: SubstanceCategory }
  /** What it might be, best first: DEA codes and categories. Never applied by itself. */
  | { readonly suggestions: readonly string[] };

export interface DrugType {
  /** As the FBI's table has it; the name of a substance that is known by its class alone. */
  readonly label: string;
  readonly means: DrugMeaning;
  readonly why: string;
}

/** Element 20, suspected drug type, of NIBRS 2019.1. Suspected: no laboratory has spoken. */
export const DRUG_TYPES: Readonly<Record<string, DrugType>> = {
  A: {
    label: 'Crack Cocaine',
    means: { deaCode: '9041' },
    why: 'Crack is cocaine; the table of the DEA has one code for it. That it was crack is in no field of a report.',
  },
  B: { label: 'Cocaine (all forms except crack)', means: { deaCode: '9041' }, why: 'One substance.' },
  C: {
    label: 'Hashish',
    means: { category: 'CANNABIS' },
    why: 'Resin or oil: 7360 or 7350, which the letter does not tell; cannabis in either case.',
  },
  D: { label: 'Heroin', means: { deaCode: '9200' }, why: 'One substance.' },
  E: { label: 'Marijuana', means: { deaCode: '7360' }, why: 'One substance.' },
  F: { label: 'Morphine', means: { deaCode: '9300' }, why: 'One substance.' },
  G: {
    label: 'Opium',
    means: { category: 'OTHER_OPIOID' },
    why: 'Raw, powder, tincture and others have codes of their own (9600-9650); an opioid in any case.',
  },
  H: {
    label: 'Other Narcotics',
    means: { suggestions: ['9801', '9143', '9193', 'OTHER_OPIOID'] },
    why: 'Fentanyl has no letter of its own and is mostly written H, as are oxycodone, codeine and methadone; FENTANYL is a class of its own here.',
  },
  I: { label: 'LSD', means: { deaCode: '7315' }, why: 'One substance.' },
  J: { label: 'PCP', means: { deaCode: '7471' }, why: 'One substance.' },
  K: {
    label: 'Other Hallucinogens',
    means: { category: 'HALLUCINOGEN' },
    why: 'MDMA, psilocybin and others: a class, and the same as ours.',
  },
  L: {
    label: 'Amphetamines/Methamphetamines',
    means: { suggestions: ['1105', '1100'] },
    why: 'Two classes in one letter: METHAMPHETAMINE and OTHER_STIMULANT.',
  },
  M: {
    label: 'Other Stimulants',
    means: { category: 'OTHER_STIMULANT' },
    why: 'Stimulants but for cocaine and the amphetamines: a class, and the same as ours.',
  },
  N: { label: 'Barbiturates', means: { category: 'DEPRESSANT' }, why: 'A part of our class.' },
  O: { label: 'Other Depressants', means: { category: 'DEPRESSANT' }, why: 'A part of our class.' },
  P: {
    label: 'Other Drugs',
    means: { suggestions: ['OTHER', 'DEPRESSANT', 'OTHER_OPIOID', '9801'] },
    why: 'What the records system had no letter for, which may be anything; OTHER here says that it is in none of the classes.',
  },
  U: {
    label: 'Unknown Drug Type',
    means: { category: 'UNKNOWN' },
    why: 'The report says that it is not known, which can be said here too.',
  },
  X: {
    label: 'Over 3 Drug Types',
    means: { suggestions: ['UNKNOWN'] },
    why: 'Two or more further drugs without name or quantity: how many is not said.',
  },
};

export type Measure = 'weight' | 'capacity' | 'units';

/** Element 22 but for XX. Grams are derived from weights only; no troy ounce is stated anywhere, so OZ is avoirdupois. */
export const MEASUREMENTS: Readonly<Record<string, { readonly unit: UnitCode; readonly measure: Measure }>> = {
  GM: { unit: 'GM', measure: 'weight' },
  KG: { unit: 'KG', measure: 'weight' },
  OZ: { unit: 'OZ', measure: 'weight' },
  LB: { unit: 'LB', measure: 'weight' },
  ML: { unit: 'ML', measure: 'capacity' },
  LT: { unit: 'LT', measure: 'capacity' },
  FO: { unit: 'FO', measure: 'capacity' },
  GL: { unit: 'GL', measure: 'capacity' },
  DU: { unit: 'DU', measure: 'units' },
  NP: { unit: 'NP', measure: 'units' },
};

/** Which drugs are counted as plants: error 367 of the technical specification. */
export const GROWN: readonly string[] = ['E', 'G', 'K'];

export interface LocationType {
  readonly label: string;
  readonly setting: SettingCode;
  /** Why there is no better counterpart; without it, it is one. */
  readonly why?: string;
}

const NONE = 'None of our settings.';

/**
 * Element 9. OTHER: surely none of ours. UNKNOWN: it may be one of several. PORT_OF_ENTRY, BETWEEN_PORTS, CHECKPOINT and
 * PARCEL_FACILITY never come from NIBRS, which does not know them.
 */
export const LOCATION_TYPES: Readonly<Record<string, LocationType>> = {
  '01': { label: 'Air/Bus/Train Terminal', setting: 'UNKNOWN', why: 'AIRPORT, RAIL or a bus station.' },
  '02': { label: 'Bank/Savings and Loan', setting: 'BUSINESS' },
  '03': { label: 'Bar/Nightclub', setting: 'BUSINESS' },
  '04': { label: 'Church/Synagogue/Temple/Mosque', setting: 'OTHER', why: NONE },
  '05': { label: 'Commercial/Office Building', setting: 'BUSINESS' },
  '06': { label: 'Construction Site', setting: 'OTHER', why: NONE },
  '07': { label: 'Convenience Store', setting: 'BUSINESS' },
  '08': { label: 'Department/Discount Store', setting: 'BUSINESS' },
  '09': { label: "Drug Store/Doctor's Office/Hospital", setting: 'UNKNOWN', why: 'BUSINESS or a hospital.' },
  10: { label: 'Field/Woods', setting: 'OTHER', why: NONE },
  11: { label: 'Government/Public Building', setting: 'OTHER', why: NONE },
  12: { label: 'Grocery/Supermarket', setting: 'BUSINESS' },
  13: { label: 'Highway/Road/Alley/Street/Sidewalk', setting: 'UNKNOWN', why: 'HIGHWAY or STREET.' },
  14: { label: 'Hotel/Motel/Etc.', setting: 'BUSINESS' },
  15: { label: 'Jail/Prison/Penitentiary/Corrections Facility', setting: 'DETENTION' },
  16: { label: 'Lake/Waterway/Beach', setting: 'OTHER', why: NONE },
  17: { label: 'Liquor Store', setting: 'BUSINESS' },
  18: { label: 'Parking/Drop Lot/Garage', setting: 'OTHER', why: NONE },
  19: { label: 'Rental Storage Facility', setting: 'BUSINESS' },
  20: { label: 'Residence/Home', setting: 'RESIDENCE' },
  21: { label: 'Restaurant', setting: 'BUSINESS' },
  22: { label: 'School/College', setting: 'OTHER', why: NONE },
  23: { label: 'Service/Gas Station', setting: 'BUSINESS' },
  24: { label: 'Specialty Store', setting: 'BUSINESS' },
  25: { label: 'Other/Unknown', setting: 'UNKNOWN', why: 'OTHER or UNKNOWN, in one code.' },
  37: { label: 'Abandoned/Condemned Structure', setting: 'OTHER', why: NONE },
  38: { label: 'Amusement Park', setting: 'BUSINESS' },
  39: { label: 'Arena/Stadium/Fairgrounds/Coliseum', setting: 'OTHER', why: NONE },
  40: { label: 'ATM Separate from Bank', setting: 'OTHER', why: NONE },
  41: { label: 'Auto Dealership New/Used', setting: 'BUSINESS' },
  42: { label: 'Camp/Campground', setting: 'OTHER', why: NONE },
  44: { label: 'Daycare Facility', setting: 'OTHER', why: NONE },
  45: { label: 'Dock/Wharf/Freight/Modal Terminal', setting: 'UNKNOWN', why: 'SEAPORT, RAIL or a freight yard.' },
  46: { label: 'Farm Facility', setting: 'OTHER', why: NONE },
  47: { label: 'Gambling Facility/Casino/Race Track', setting: 'BUSINESS' },
  48: { label: 'Industrial Site', setting: 'BUSINESS' },
  49: { label: 'Military Installation', setting: 'OTHER', why: NONE },
  50: { label: 'Park/Playground', setting: 'OTHER', why: NONE },
  51: { label: 'Rest Area', setting: 'OTHER', why: 'Beside a highway, not on it.' },
  52: { label: 'School-College/University', setting: 'OTHER', why: NONE },
  53: { label: 'School-Elementary/Secondary', setting: 'OTHER', why: NONE },
  54: { label: 'Shelter-Mission/Homeless', setting: 'OTHER', why: NONE },
  55: { label: 'Shopping Mall', setting: 'BUSINESS' },
  56: { label: 'Tribal Lands', setting: 'UNKNOWN', why: 'Whose land it is, not what kind of place.' },
  57: { label: 'Community Center', setting: 'OTHER', why: NONE },
  58: { label: 'Cyberspace', setting: 'OTHER', why: NONE },
};
