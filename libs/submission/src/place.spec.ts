import { describe, expect, it } from '@jest/globals';
import { counties, countyAt, whereabouts } from '@concord/codes';
import fc from 'fast-check';
import { CONTEXT, SMALLEST } from './example-report.fixture.js';
import { validateReport } from './validate-report.js';

const FIPS = [...counties().keys()];

/** Everything that is said about a point that is filed under a county. */
function said(latitude: number, longitude: number, countyFips: string) {
  const result = validateReport({ ...SMALLEST, place: { latitude, longitude, countyFips } }, CONTEXT);
  return [...(result.ok ? [] : result.issues), ...result.warnings];
}
const codes = (latitude: number, longitude: number, countyFips: string): string[] =>
  said(latitude, longitude, countyFips).map(({ path, code }) => `${path} ${code}`);

const REFUSED = 'place PLACE_OUTSIDE_COUNTY';
const NEAR = 'place PLACE_NEAR_COUNTY';
const NOWHERE = 'place PLACE_IN_NO_COUNTY';

describe('a place', () => {
  it.each<[what: string, latitude: number, longitude: number, fips: string, found?: string]>([
    ['in its county', 32.556, -117.047, '06073'],
    ['in the county next door', 33.71, -116.21, '06073', REFUSED],
    ['half a kilometre into the county next door', 33.435, -117.2, '06073', NEAR],
    ['in Fairfax, filed under the county around it', 38.853, -77.299, '51059', NEAR],
    ['in Fairfax', 38.853, -77.299, '51600'],
    ['on an island of its county', 33.39, -118.42, '06037'],
    ['in Shemya, beyond the date line', 52.72, 174.11, '02016'],
    ['in Shemya, filed under Aleutians East', 52.72, 174.11, '02013', REFUSED],
    ['on the quay of San Diego, off the simplified shore', 32.7, -117.28, '06073'],
    ['15 km out at sea', 32.6, -117.4, '06073'],
    ['100 km out at sea', 32.3, -118.3, '06073', NOWHERE],
    ['in the middle of the Pacific', 5, -105, '06073', NOWHERE],
    ['in the middle of Lake Michigan', 43.3, -87.1, '55079', NOWHERE],
    ['in Tijuana', 32.5, -117.02, '06073'],
    ['in Mexico City', 19.43, -99.13, '06073', NOWHERE],
    ['without the sign', 32.556, 117.047, '06073', REFUSED],
    ['with the sign at the wrong number', -32.556, 117.047, '06073', REFUSED],
    ['the wrong way round', -74.07, 40.73, '34017', REFUSED],
    ['the wrong way round, without the sign', 74.07, 40.73, '34017', REFUSED],
    ['south of the equator, where its county is', -14.33, -170.73, '60050'],
    ['at 0, 0', 0, 0, '06073', REFUSED],
    ['at -0, 0', -0, 0, '12087', REFUSED],
    ['in Hartford, under the old county', 41.76, -72.68, '09003'],
    ['in Hartford, under the planning region, which has no shape', 41.76, -72.68, '09110'],
    ['in San Diego, under a county without a shape', 32.556, -117.047, '02063'],
    ['in Hartford, under another old county', 41.76, -72.68, '09001', REFUSED],
    ['in Valdez, under what was split', 61.13, -146.35, '02261'],
    ['in Valdez, under what it is now', 61.13, -146.35, '02063'],
  ])('%s', (_what, latitude, longitude, fips, ...found) => {
    expect(codes(latitude, longitude, fips)).toEqual(found);
  });

  it('is told which county it lies in, and what would be right, without the coordinates', () => {
    const [issue] = said(33.71, -116.21, '06073');
    expect(issue?.message).toBe(
      'Must lie in San Diego, CA (06073) or at most 2 km from it: it lies in Riverside, CA (06065).',
    );
    for (const [latitude, longitude] of [
      [33.4521, -117.2347],
      [32.5567, 117.0474],
      [5.4321, -105.1234],
    ] as const) {
      const text = JSON.stringify(said(latitude, longitude, '06073'));
      expect(text).toContain('06073');
      expect(text).not.toMatch(/33\.4521|117\.2347|32\.5567|117\.0474|5\.4321|105\.1234/);
    }
  });

  it('is not held against its county where one of the two is at fault', () => {
    const place = { latitude: 33.71, longitude: -116.21 };
    const found = (change: object) => {
      const result = validateReport({ ...SMALLEST, place: { ...place, ...change } }, CONTEXT);
      return result.ok ? [] : result.issues.map(({ path, code }) => `${path} ${code}`);
    };
    expect(found({ countyFips: '06999' })).toEqual(['place.countyFips UNKNOWN_COUNTY']);
    expect(found({ countyFips: '06073', longitude: null })).toEqual(['place.longitude COORDINATES_INCOMPLETE']);
    expect(found({ countyFips: '06073', longitude: 181 })).toEqual(['place.longitude OUT_OF_RANGE']);
  });

  const anywhere = fc.record({
    latitude: fc.double({ min: -20, max: 72, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  });
  /** Where most counties are, so that most points lie in one. */
  const inTheStates = fc.record({
    latitude: fc.double({ min: 30, max: 48, noNaN: true }),
    longitude: fc.double({ min: -122, max: -78, noNaN: true }),
  });

  it('is accepted without a word in the county that it lies in', () => {
    fc.assert(
      fc.property(fc.oneof(inTheStates, anywhere), ({ latitude, longitude }) => {
        const fips = countyAt({ latitude, longitude });
        if (fips !== null) expect(codes(latitude, longitude, fips)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused in another county beyond 2 km, warned of within, and at sea never refused', () => {
    // The answer to "how far, and in which" is measured against great circles in libs/codes.
    fc.assert(
      fc.property(fc.oneof(inTheStates, anywhere), fc.constantFrom(...FIPS), ({ latitude, longitude }, fips) => {
        // 0, 0 is nowhere in a way of its own: a field that was left out.
        fc.pre(latitude !== 0 || longitude !== 0);
        const found = codes(latitude, longitude, fips);
        const seen = whereabouts({ latitude, longitude }, fips);
        if (seen.kind !== 'OUTSIDE') expect(found).toEqual([]);
        else if (seen.inside !== null) expect(found).toEqual([seen.kilometres > 2 ? REFUSED : NEAR]);
        else expect([[], [NOWHERE]]).toContainEqual(found);
      }),
      { numRuns: 500 },
    );
  });
});
