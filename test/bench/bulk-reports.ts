import { counties } from '@concord/codes';
import type { ReferencedReport } from '@concord/submission';

/** PLAIN: coded facts alone, as a file of statistics gives them. IDENTIFIED: with two identifiers, basis and narrative. */
export type ReportKind = 'plain' | 'identified';

const SUBSTANCES = ['9801', '1105', '9041', '9200', '7360', '9821', '1100'];
const CONVEYANCES = ['PASSENGER_VEHICLE', 'COMMERCIAL_TRUCK', 'PEDESTRIAN'];
/** Every other report has a point: de-identification has a cell to find then, and validation a county to look up. */
const POINTS = [
  { countyFips: '06073', latitude: 32.55, longitude: -117.04 },
  { countyFips: '06065', latitude: 33.71, longitude: -116.21 },
  { countyFips: '53033', latitude: 47.6, longitude: -122.3 },
];

const NARRATIVE = 'Invented for a measurement; nobody in it has ever lived. '.repeat(8);

/** `count` reports, the same for the same numbers; references go on from `first`. */
export function bulkReports(kind: ReportKind, first: number, count: number, now: Date): ReferencedReport[] {
  const fips = [...counties().keys()];
  const random = mulberry(first * 2 + (kind === 'plain' ? 0 : 1));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: count }, (_unused, index) => ({
    submitterReference: `bulk-${kind}-${first + index}`,
    occurredAt: new Date(now.getTime() - Math.floor(random() * 4 * 365 * 86_400) * 1_000).toISOString(),
    occurredAtPrecision: 'MONTH',
    sharing: 'PARTNERS',
    tlp: 'AMBER',
    place:
      random() < 0.5 ? { ...jittered(pick(POINTS), random), setting: 'PORT_OF_ENTRY' } : { countyFips: pick(fips) },
    substances: Array.from({ length: random() < 0.2 ? 2 : 1 }, () => ({
      ...{ deaCode: pick(SUBSTANCES), form: 'POWDER', unit: 'GM', laboratoryStatus: 'PRESUMPTIVE' },
      quantity: Math.ceil(random() * 5e6) / 1_000,
    })),
    concealment: ['VEHICLE_COMPARTMENT'],
    conveyance: pick(CONVEYANCES),
    route: { originCountry: 'MX' },
    people: [{ role: 'COURIER', age: 20 + Math.floor(random() * 50), citizenship: 'UNKNOWN', affiliation: 'UNKNOWN' }],
    ...(kind === 'plain' ? {} : identified(index)),
  }));
}

const identified = (index: number): Partial<ReferencedReport> => ({
  identifiers: [
    { kind: 'PHONE', value: `+1 619 555 ${String(index % 10_000).padStart(4, '0')}`, sensitivity: 'OPEN' },
    { kind: 'PERSON', person: { givenName: 'Invented', surName: `Person ${index}`, birthDate: '1980-02-29' } },
  ],
  basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Invented for a measurement.', decidedBy: 'unit 0' },
  narrative: NARRATIVE,
});

function jittered(point: (typeof POINTS)[number], random: () => number): (typeof POINTS)[number] {
  const nearby = (degrees: number): number => Math.round((degrees + (random() - 0.5) / 100) * 1e5) / 1e5;
  return { ...point, latitude: nearby(point.latitude), longitude: nearby(point.longitude) };
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
