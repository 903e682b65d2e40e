import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { counties } from './places.js';
import { countyAt, whereabouts, type GeoPoint, type Whereabouts } from './county-shapes.js';

/** The atlas once more, decoded here from its own description (TopoJSON 1.0), so that no decoder is trusted twice. */
interface RawAtlas {
  readonly transform: { readonly scale: [number, number]; readonly translate: [number, number] };
  readonly arcs: readonly (readonly [number, number])[][];
  readonly objects: {
    readonly counties: {
      readonly geometries: readonly (
        | { readonly id: string; readonly type: 'Polygon'; readonly arcs: number[][] }
        | { readonly id: string; readonly type: 'MultiPolygon'; readonly arcs: number[][][] }
      )[];
    };
  };
}
type Ring = readonly (readonly [longitude: number, latitude: number])[];

const atlas = createRequire(import.meta.url)('us-atlas/counties-10m.json') as RawAtlas;
const arcs = atlas.arcs.map((steps) => {
  let [x, y] = [0, 0];
  const { scale, translate } = atlas.transform;
  return steps.map(([stepX, stepY]): readonly [number, number] => {
    [x, y] = [x + stepX, y + stepY];
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
});
/** Every ring of every county. Odd crossings over all rings of a county are the inside, holes and islands alike. */
const rings: ReadonlyMap<string, readonly Ring[]> = new Map(
  atlas.objects.counties.geometries.map(({ id, ...shape }) => {
    const lists = shape.type === 'Polygon' ? shape.arcs : shape.arcs.flat();
    return [
      id,
      lists.map((list) => list.flatMap((arc) => (arc < 0 ? [...(arcs[~arc] ?? [])].reverse() : (arcs[arc] ?? [])))),
    ];
  }),
);
const FIPS = [...rings.keys()];

function inside({ latitude, longitude }: GeoPoint, fips: string): boolean {
  let crossings = 0;
  for (const ring of rings.get(fips) ?? []) {
    ring.forEach(([toX, toY], index) => {
      const [fromX, fromY] = ring[index === 0 ? ring.length - 1 : index - 1] ?? [toX, toY];
      if (fromY > latitude === toY > latitude) return;
      if (longitude < fromX + ((latitude - fromY) / (toY - fromY)) * (toX - fromX)) crossings += 1;
    });
  }
  return crossings % 2 === 1;
}

/** Great circles, by the haversine formula on the mean radius. */
function haversine(a: GeoPoint, b: GeoPoint): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const part =
    half(a.latitude, b.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(a.longitude, b.longitude);
  return 2 * 6371.0088 * Math.asin(Math.sqrt(part));
}

/** The nearest of the points that lie every 20 m or closer along the border, by great circles. */
function oracleKilometres(point: GeoPoint, fips: string): number {
  const vertices = (rings.get(fips) ?? []).flat();
  let nearest = Math.min(...vertices.map(([longitude, latitude]) => haversine(point, { longitude, latitude })));
  for (const ring of rings.get(fips) ?? []) {
    ring.forEach(([toX, toY], index) => {
      const [fromX, fromY] = ring[index - 1] ?? [toX, toY];
      const [from, to] = [
        { longitude: fromX, latitude: fromY },
        { longitude: toX, latitude: toY },
      ];
      const length = haversine(from, to);
      // A line in degrees is hardly longer than the great circle; what is out of reach is not walked.
      if (haversine(point, from) - 1.1 * length > nearest) return;
      const steps = Math.ceil(length / 0.02) + 1;
      for (let step = 0; step <= steps; step++) {
        const part = step / steps;
        const on = { longitude: fromX + part * (toX - fromX), latitude: fromY + part * (toY - fromY) };
        nearest = Math.min(nearest, haversine(point, on));
      }
    });
  }
  return nearest;
}

/** Rough rectangles, so that not every ring of the nation is walked for one point. */
const extents = FIPS.map((fips) => {
  const latitudes = (rings.get(fips) ?? []).flat().map(([, latitude]) => latitude);
  return { fips, south: Math.min(...latitudes), north: Math.max(...latitudes) };
});

function countyOf(point: GeoPoint): string | null {
  const { latitude } = point;
  const near = extents.filter(({ south, north }) => south <= latitude && latitude <= north);
  return near.find(({ fips }) => inside(point, fips))?.fips ?? null;
}

/** Beside 0, where edge cases gather: a point on a border is in both counties. */
const offset = fc.integer({ min: -1_000, max: 1_000 }).map((thousandths) => (thousandths + 0.37) / 1_000);

/** Somewhere within some kilometres of a vertex of a county's border. */
const nearBorder = fc
  .tuple(fc.constantFrom(...FIPS), fc.nat(), offset, offset, fc.constantFrom(1, 4, 25))
  .map(([fips, vertex, north, east, reach]) => {
    const all = (rings.get(fips) ?? []).flat();
    const [x, y] = all[vertex % all.length] ?? [0, 0];
    const latitude = y + (north * reach) / 111.2;
    const longitude = x + (east * reach) / 111.2 / Math.cos((y * Math.PI) / 180);
    return { fips, point: { latitude, longitude: ((longitude + 540) % 360) - 180 } };
  });

const at = (latitude: number, longitude: number): GeoPoint => ({ latitude, longitude });
const seen = (latitude: number, longitude: number, fips: string): Whereabouts =>
  whereabouts(at(latitude, longitude), fips);

describe('whereabouts', () => {
  it.each<[what: string, latitude: number, longitude: number, fips: string]>([
    ['San Ysidro in San Diego', 32.556, -117.047, '06073'],
    ['Manhattan', 40.78, -73.97, '36061'],
    ['Attu, beyond the date line, in Aleutians West', 52.9, 172.95, '02016'],
    ['Adak, on this side of it', 51.87, -176.63, '02016'],
    ['Fairfax, a city in a hole of its county', 38.853, -77.299, '51600'],
    ['Honolulu', 21.31, -157.86, '15003'],
    ['San Juan', 18.4, -66.06, '72127'],
    ['Hagåtña on Guam', 13.47, 144.75, '66010'],
    ['Saint Thomas', 18.345, -64.93, '78030'],
    ['Tutuila, south of the equator', -14.33, -170.73, '60050'],
    ['Bridgeport, in the old county of Fairfield', 41.19, -73.2, '09001'],
  ])('finds %s', (_what, latitude, longitude, fips) => {
    expect(seen(latitude, longitude, fips)).toEqual({ kind: 'INSIDE' });
    expect(countyAt(at(latitude, longitude))).toBe(fips);
  });

  it('sees the hole in a county', () => {
    expect(seen(38.853, -77.299, '51059')).toMatchObject({ kind: 'OUTSIDE', inside: '51600' });
  });

  it('goes the short way across the date line', () => {
    // Semisopochnoi ends at 179.78 east; the next island of the county in the west is 58 km off.
    const found = seen(51.95, -179.99, '02016');
    expect(found).toMatchObject({ kind: 'OUTSIDE', inside: null });
    expect(found.kind === 'OUTSIDE' && found.kilometres).toBeLessThan(20);
  });

  it('measures along a parallel as the atlas draws it, not along the great circle', () => {
    // The southern border of North Slope follows 68 degrees north for hundreds of kilometres.
    const found = seen(67.99, -152, '02185');
    expect(found).toMatchObject({ kind: 'OUTSIDE', inside: '02290' });
    expect(found.kind === 'OUTSIDE' && found.kilometres).toBeLessThan(1.5);
  });

  it('has nothing to say of the eleven counties without a shape, and of what is no county', () => {
    const without = [...counties().keys()].filter((fips) => !rings.has(fips));
    expect(without).toEqual(['02063', '02066', ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `091${number}0`)]);
    for (const fips of [...without, '99999', '', 'toString']) {
      expect(seen(41.76, -72.68, fips)).toEqual({ kind: 'NO_SHAPE' });
    }
  });

  it.each([
    [0, 0],
    [90, 0],
    [-90, 180],
    [0, 180],
    [0, -180],
    [32, -125],
    [19.43, -99.13],
  ])('knows no county at %d, %d', (latitude, longitude) => {
    expect(countyAt(at(latitude, longitude))).toBeNull();
    const found = seen(latitude, longitude, '06073');
    expect(found.kind === 'OUTSIDE' && Number.isFinite(found.kilometres)).toBe(true);
  });

  it('is inside exactly where the rings say so', () => {
    fc.assert(
      fc.property(nearBorder, ({ fips, point }) => {
        expect(whereabouts(point, fips).kind === 'INSIDE').toBe(inside(point, fips));
      }),
      { numRuns: 1_000 },
    );
  });

  it('names the county that the rings say', () => {
    fc.assert(
      fc.property(nearBorder, ({ point }) => {
        expect(countyAt(point)).toBe(countyOf(point));
      }),
      { numRuns: 500 },
    );
  });

  it('is as far away as great circles to the border say', () => {
    fc.assert(
      fc.property(nearBorder, ({ fips, point }) => {
        const found = whereabouts(point, fips);
        if (found.kind !== 'OUTSIDE') return;
        const kilometres = oracleKilometres(point, fips);
        // Half a step of the oracle, and a hundredth of the way.
        expect(Math.abs(found.kilometres - kilometres)).toBeLessThan(0.02 + kilometres / 100);
      }),
      { numRuns: 100 },
    );
  });
});
