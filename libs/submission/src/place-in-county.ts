import { countyName, liesInCounty, statePostalCode, whereabouts, type GeoPoint } from '@concord/codes';
import type { Section } from './section.js';

/** What the simplified outlines and a hand-held receiver may be off by. */
const TOLERANCE_KM = 2;
/** 12 nautical miles: the territorial sea. */
const TERRITORIAL_SEA_KM = 22.224;

/**
 * Holds a point against the county that was given. A point that lies in no county is on water, or abroad: a seizure at
 * sea is filed under a county of the coast, so it is not refused however far out, and near the coast nothing is said at
 * all (the outlines end at the shore). What cannot be the sea is refused there too: 0, 0, and a point that would lie in
 * its county with another sign or with latitude and longitude exchanged. Counties that the atlas has no shape of are
 * not checked. Messages never repeat the coordinates.
 */
export function judgePlace(report: Section, point: GeoPoint, countyFips: string): void {
  const found = whereabouts(point, countyFips);
  if (found.kind !== 'OUTSIDE') return;
  const { inside, kilometres } = found;
  const rule = `Must lie in ${nameOf(countyFips)} or at most ${TOLERANCE_KM} km from it`;
  if (inside !== null && kilometres > TOLERANCE_KM) {
    report.refuse('place', 'PLACE_OUTSIDE_COUNTY', `${rule}: it lies in ${nameOf(inside)}.`);
  } else if (inside !== null) {
    const message = `Lies in ${nameOf(inside)}, at most ${TOLERANCE_KM} km from ${nameOf(countyFips)}: check which is right.`;
    report.warn('place', 'PLACE_NEAR_COUNTY', message);
  } else if (point.latitude === 0 && point.longitude === 0) {
    report.refuse(
      'place',
      'PLACE_OUTSIDE_COUNTY',
      `${rule}: 0, 0 is nowhere. Leave out both where they are not known.`,
    );
  } else if (mistaken(point).some((other) => liesInCounty(other, countyFips))) {
    const hint = 'check the signs, and that latitude and longitude are not exchanged. West of Greenwich is negative';
    report.refuse('place', 'PLACE_OUTSIDE_COUNTY', `${rule}: ${hint}.`);
  } else if (kilometres > TERRITORIAL_SEA_KM) {
    const message = `Lies in no county, and further than 12 nautical miles from ${nameOf(countyFips)}: right only at sea or abroad.`;
    report.warn('place', 'PLACE_IN_NO_COUNTY', message);
  }
}

/** The points that were meant if signs were lost or the two numbers exchanged. */
function mistaken({ latitude, longitude }: GeoPoint): GeoPoint[] {
  const orders = [
    { latitude, longitude },
    ...(Math.abs(longitude) <= 90 ? [{ latitude: longitude, longitude: latitude }] : []),
  ];
  return orders.flatMap((point) => [
    point,
    { latitude: point.latitude, longitude: -point.longitude },
    { latitude: -point.latitude, longitude: point.longitude },
    { latitude: -point.latitude, longitude: -point.longitude },
  ]);
}

/** `San Diego, CA (06073)`. */
function nameOf(countyFips: string): string {
  return `${countyName(countyFips) ?? ''}, ${statePostalCode(countyFips.slice(0, 2)) ?? ''} (${countyFips})`;
}
