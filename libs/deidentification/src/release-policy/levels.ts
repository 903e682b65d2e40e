/** How exactly something is carried, from the finest to the coarsest. A level never tells more than one before it. */
export const TIME_LEVELS = ['MINUTE', 'DAY', 'ISO_WEEK', 'MONTH'] as const;
/** Each carries the ones after it too: whoever gets the cell gets county and state. */
export const PLACE_LEVELS = ['POINT', 'H3_7', 'H3_6', 'COUNTY', 'STATE'] as const;
/** THREE_BANDS is COMMUNITY's. UNIT: in what it was measured, and no number. */
export const QUANTITY_LEVELS = ['EXACT', 'DECADE', 'THREE_BANDS', 'UNIT', 'ABSENT'] as const;
/** Bands of so many percent. */
export const PURITY_LEVELS = ['EXACT', 'BAND_5', 'BAND_10', 'BAND_20', 'BAND_25', 'BAND_50', 'ABSENT'] as const;
/** Bands of so many years. */
export const AGE_LEVELS = ['EXACT', 'BAND_5', 'BAND_10', 'BAND_20', 'ABSENT'] as const;
export const ROUTE_LEVELS = ['COUNTY', 'STATE', 'COUNTRY', 'ABSENT'] as const;
/** Of what cannot be coarsened: codes and texts. */
export const CARRIED_LEVELS = ['AS_REPORTED', 'ABSENT'] as const;

export type TimeLevel = (typeof TIME_LEVELS)[number];
export type PlaceLevel = (typeof PLACE_LEVELS)[number];
export type QuantityLevel = (typeof QUANTITY_LEVELS)[number];
export type PurityLevel = (typeof PURITY_LEVELS)[number];
export type AgeLevel = (typeof AGE_LEVELS)[number];
export type RouteLevel = (typeof ROUTE_LEVELS)[number];
export type CarriedLevel = (typeof CARRIED_LEVELS)[number];

export type Ladder = readonly string[];

/** How wide a band is, in its field's unit; null where the level is no band. */
export function bandWidth(level: string): number | null {
  const width = /^BAND_(\d+)$/.exec(level)?.[1];
  return width === undefined ? null : Number(width);
}

/** Pairs, the finer one first, of which neither can be computed from the other; of bands, their widths tell. */
const APART: readonly (readonly [string, string])[] = [
  ['ISO_WEEK', 'MONTH'],
  // Seven of the finer cells cover one of the coarser only nearly: 7 of 100 points lie in another than their cell's parent.
  ['H3_7', 'H3_6'],
];

/**
 * Whether what the coarser level shows follows from what the finer one shows, for every report: who has seen the finer
 * one then learns nothing from the coarser. False for two levels whose borders cross: who has seen both knows where
 * they overlap, which is more than either tells.
 */
export function nests(ladder: Ladder, finer: string, coarser: string): boolean {
  if (ladder.indexOf(finer) > ladder.indexOf(coarser)) return false;
  if (APART.some(([one, other]) => one === finer && other === coarser)) return false;
  const [narrow, wide] = [bandWidth(finer), bandWidth(coarser)];
  return narrow === null || wide === null || wide % narrow === 0;
}

/** Whether one of the two follows from the other, whichever came first. */
export const nestEitherWay = (ladder: Ladder, one: string, other: string): boolean =>
  nests(ladder, one, other) || nests(ladder, other, one);

export const isFiner = (ladder: Ladder, one: string, other: string): boolean =>
  ladder.indexOf(one) < ladder.indexOf(other);

/** The paths that a level carries and a coarser one does not: where one may not exist, neither may the level. */
export const LEVEL_CARRIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  place: { POINT: 'place.latitude', H3_7: 'place.h3', H3_6: 'place.h3', COUNTY: 'place.countyFips' },
  'substances.quantity': { EXACT: 'substances.quantity.amount' },
  route: { COUNTY: 'route.originCountyFips', STATE: 'route.originStateFips' },
};

/** In words, for whoever asks what was done to a field and for the agency's lawyer. */
export const LEVEL_WORDS: Readonly<Record<string, string>> = {
  MINUTE: 'as reported',
  DAY: 'day',
  ISO_WEEK: 'ISO week',
  MONTH: 'month',
  POINT: 'point',
  H3_7: 'H3 cell, resolution 7',
  H3_6: 'H3 cell, resolution 6',
  COUNTY: 'county',
  STATE: 'state',
  COUNTRY: 'country',
  EXACT: 'exact',
  DECADE: 'decade band',
  THREE_BANDS: 'one of three bands',
  UNIT: 'unit only',
  AS_REPORTED: 'as reported',
  ABSENT: 'not carried',
};
