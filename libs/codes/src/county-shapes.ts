import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import { feature } from 'topojson-client';
import { countyAtlas, type AtlasCounty } from './county-atlas.js';

/** A place on earth in degrees, WGS 84. */
export interface GeoPoint {
  readonly latitude: number;
  readonly longitude: number;
}

/** How a point lies to a county. */
export type Whereabouts =
  /** The atlas has no shape of the county, or of what has its code now: nothing can be said. */
  | { readonly kind: 'NO_SHAPE' }
  /** In the county or on its border. */
  | { readonly kind: 'INSIDE' }
  | {
      readonly kind: 'OUTSIDE';
      /** To the nearest point of the county's border; good to a hundredth up to some 50 km. */
      readonly kilometres: number;
      /** FIPS code of the county that the point is in; null at sea and abroad. */
      readonly inside: string | null;
    };

/** Polygons of rings of longitude and latitude: the first ring is the outline, the others are holes. */
interface Shape {
  readonly type: 'MultiPolygon';
  readonly coordinates: number[][][][];
}

interface Box {
  readonly fips: string;
  west: number;
  south: number;
  east: number;
  north: number;
}

const EARTH_RADIUS_KM = 6371.0088;
const KM_PER_DEGREE = (EARTH_RADIUS_KM * Math.PI) / 180;

const shapes = new Map<string, Shape>();
let loadedBoxes: readonly Box[] | undefined;

/**
 * Where a point lies, seen from a county. Shapes are decoded one county at a time, when they are first needed, and kept:
 * all of them are 6 MB.
 */
export function whereabouts(point: GeoPoint, countyFips: string): Whereabouts {
  const shape = shapeOf(countyFips);
  if (shape === null) return { kind: 'NO_SHAPE' };
  if (isInside(point, shape)) return { kind: 'INSIDE' };
  return { kind: 'OUTSIDE', kilometres: kilometresToBorder(point, shape), inside: countyAt(point) };
}

/** Whether a point lies in a county or on its border; false where the atlas has no shape of it. */
export function liesInCounty(point: GeoPoint, countyFips: string): boolean {
  const shape = shapeOf(countyFips);
  return shape !== null && isInside(point, shape);
}

/** FIPS code of the county that a point lies in; null for a point in none: at sea, on a great lake or abroad. */
export function countyAt(point: GeoPoint): string | null {
  const { latitude, longitude } = point;
  for (const { fips, west, south, east, north } of boxes()) {
    if (longitude < west || longitude > east || latitude < south || latitude > north) continue;
    const shape = shapeOf(fips);
    if (shape !== null && isInside(point, shape)) return fips;
  }
  return null;
}

function isInside({ latitude, longitude }: GeoPoint, shape: Shape): boolean {
  return booleanPointInPolygon([longitude, latitude], shape);
}

function shapeOf(fips: string): Shape | null {
  let shape = shapes.get(fips);
  if (shape === undefined) {
    const county = countyAtlas().counties.get(fips);
    // What is not in the atlas is not remembered: the map must not grow with what people send.
    if (county === undefined) return null;
    shape = decode(county);
    shapes.set(fips, shape);
  }
  return shape;
}

function decode(county: AtlasCounty): Shape {
  const { topology } = countyAtlas();
  const coordinates =
    county.type === 'Polygon'
      ? [feature(topology, county).geometry.coordinates]
      : feature(topology, county).geometry.coordinates;
  return { type: 'MultiPolygon', coordinates };
}

/**
 * In the plane that touches the earth at the point. The lines of the atlas are straight in degrees, as the test for
 * inside takes them; measured to great circles, as @turf/point-to-polygon-distance does, the long parallels of Alaska
 * would be kilometres away. Takes the short way across the date line.
 */
function kilometresToBorder(point: GeoPoint, shape: Shape): number {
  const kmPerDegreeEast = KM_PER_DEGREE * Math.cos((point.latitude * Math.PI) / 180);
  let nearest = Infinity;
  for (const ring of shape.coordinates.flat()) {
    let [fromX, fromY] = [NaN, NaN];
    for (const [longitude = NaN, latitude = NaN] of ring) {
      const x = degreesEast(point.longitude, longitude) * kmPerDegreeEast;
      const y = (latitude - point.latitude) * KM_PER_DEGREE;
      // The first vertex ends no segment: comparing with NaN is false.
      const distance = squareToSegment(fromX, fromY, x, y);
      if (distance < nearest) nearest = distance;
      [fromX, fromY] = [x, y];
    }
  }
  return Math.sqrt(nearest);
}

function degreesEast(from: number, to: number): number {
  const degrees = to - from;
  return degrees > 180 ? degrees - 360 : degrees < -180 ? degrees + 360 : degrees;
}

/** Square of the distance from the origin to a segment. */
function squareToSegment(fromX: number, fromY: number, toX: number, toY: number): number {
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const length = alongX * alongX + alongY * alongY;
  const part = length === 0 ? 0 : Math.min(1, Math.max(0, -(fromX * alongX + fromY * alongY) / length));
  const [x, y] = [fromX + part * alongX, fromY + part * alongY];
  return x * x + y * y;
}

/** The rectangle around each county, from the arcs: no shape is decoded for it. */
function boxes(): readonly Box[] {
  loadedBoxes ??= readBoxes();
  return loadedBoxes;
}

function readBoxes(): Box[] {
  const { topology, counties } = countyAtlas();
  const { scale, translate } = topology.transform ?? { scale: [1, 1], translate: [0, 0] };
  const arcs = topology.arcs.map((arc) => {
    const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
    const here = { west: 0, south: 0, east: 0, north: 0 };
    // Each position of a quantized arc is a step from the one before.
    for (const [x = 0, y = 0] of arc) {
      here.west = here.east = topology.transform === undefined ? x : here.west + x;
      here.south = here.north = topology.transform === undefined ? y : here.south + y;
      widen(box, here);
    }
    return box;
  });
  return [...counties].map(([fips, county]) => {
    const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
    const rings = county.type === 'Polygon' ? county.arcs : county.arcs.flat();
    for (const index of rings.flat()) {
      // A negative number is the arc of its complement, walked backwards.
      const arc = arcs[index < 0 ? ~index : index];
      if (arc !== undefined) widen(box, arc);
    }
    return {
      fips,
      west: box.west * scale[0] + translate[0],
      south: box.south * scale[1] + translate[1],
      east: box.east * scale[0] + translate[0],
      north: box.north * scale[1] + translate[1],
    };
  });
}

function widen(box: Omit<Box, 'fips'>, other: Omit<Box, 'fips'>): void {
  box.west = Math.min(box.west, other.west);
  box.south = Math.min(box.south, other.south);
  box.east = Math.max(box.east, other.east);
  box.north = Math.max(box.north, other.north);
}
