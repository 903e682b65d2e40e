import {
  liesInCounty,
  type ConcealmentCode,
  type ConveyanceCode,
  type SettingCode,
  type SharingCode,
  type TlpCode,
} from '@concord/codes';
import type { SubmittedReport } from '@concord/submission';
import { createHash } from 'node:crypto';
import { localTime } from '../../../embedded/src/local-time.js';
import { PUBLISHED_CITIZEN_SHARE } from '../../../embedded/src/published-totals.data.js';
import { SeededRandom } from '../../../embedded/src/seeded-random.js';
import { AFFILIATION_WEIGHTS, ROLE_WEIGHTS } from '../../../embedded/src/synthetic-people.data.js';
import type { CbpArea, Site } from './cbp-areas.js';
import type { CbpRow } from './cbp-row.js';
import { minuteIn, pastPartOf } from './fiscal-calendar.js';
import { agenciesAt, type SyntheticAgency } from './synthetic-agencies.js';
import { splitWeight } from './weight-split.js';

/** Any change of it, or of the model, makes other reports: docs/synthetic-data.md. */
const SEED = 'concord-cbp-1';
/** What every reference begins with. */
export const REFERENCE_PREFIX = 'CBP-';

type Content = Omit<SubmittedReport, 'submitterReference'>;

/** A report of which only what tells it from others is decided: a hundred bytes, where the whole of it has thousands. */
export interface PlannedReport {
  readonly agency: SyntheticAgency;
  readonly reference: string;
  readonly row: CbpRow;
  /** From 1. */
  readonly number: number;
  readonly site: Site;
  readonly milligrams: bigint;
}

/**
 * A row as its reports: as many as it has events, weighing together what it weighs. The same for the same row, whoever
 * asks and in whatever order.
 */
export function* reportsOf(row: CbpRow): Generator<PlannedReport> {
  const random = randomOf(row, 0);
  const weights = splitWeight(row.milligrams, row.events, random);
  const sites = sitesFor(row).map((site) => [site, site.weight] as const);
  for (const [index, milligrams] of weights.entries()) {
    const site = random.weighted(sites);
    const number = index + 1;
    const reference = `${REFERENCE_PREFIX}${row.fiscalYear}-${row.key}-${number}`;
    yield { agency: reporter(row.area, site, random), reference, row, number, site, milligrams };
  }
}

/**
 * The whole of a report, in the month of its row. All else is modelled as docs/synthetic-data.md says. Only in a month
 * that is running does the date depend on the day of `now`.
 */
export function writeReport(planned: PlannedReport, now: Date): ModelledReport {
  return { submitterReference: planned.reference, ...contentOf(planned, now, randomOf(planned.row, planned.number)) };
}

export type ModelledReport = SubmittedReport & { readonly submitterReference: string };

/** One of its own for each report, so that one can be written without those before it. */
function randomOf({ key }: CbpRow, number: number): SeededRandom {
  const digest = createHash('sha256').update(`${SEED}:${key}:${number}`, 'utf8').digest();
  return new SeededRandom(digest.readUInt32BE(0));
}

/** What is counted by land at a port of entry happens at a crossing, and by air, sea or mail elsewhere. */
function sitesFor({ area, land }: CbpRow): readonly Site[] {
  if (area.component === 'U.S. Border Patrol') return area.sites;
  const fitting = area.sites.filter(({ setting }) => (setting === 'PORT_OF_ENTRY') === land);
  return fitting.length > 0 ? fitting : area.sites;
}

/** CBP counted them all; that others report some of it is invented, so that a place has several contributors. */
function reporter(area: CbpArea, site: Site, random: SeededRandom): SyntheticAgency {
  const agencies = agenciesAt(area, site);
  return random.weighted([
    [agencies.area, 61],
    [agencies.bureau, 13],
    [agencies.patrol, 13],
    [agencies.sheriff, 13],
  ]);
}

function contentOf({ row, site, milligrams }: PlannedReport, now: Date, random: SeededRandom): Content {
  const happened = minuteIn(pastPartOf(row.month, site.offsetMinutes, now), random.next());
  const [latitude, longitude] = random.pick(pointsAround(site));
  const [conveyance, concealment] = random.pick(WAYS[site.setting] ?? NO_WAY);
  return {
    occurredAt: localTime(happened, site.offsetMinutes),
    timePrecision: random.chance(0.2) ? 'DAY' : 'WEEK',
    ...sharingOf(random),
    place: {
      ...{ latitude, longitude },
      countyFips: site.countyFips,
      setting: site.setting,
      portOfEntry: site.portOfEntry,
    },
    substances: [substanceOf(row, milligrams, random)],
    conveyance,
    concealment: [concealment],
    route: random.chance(0.5) ? routeOf(row, random) : null,
    people: random.chance(0.6) ? [personOf(random)] : [],
    source: { reliability: random.pick(['A', 'B', 'C']), credibility: random.pick([1, 2, 3]) },
    narrative: random.chance(0.02) ? 'Synthetic: nothing of this happened.' : null,
  };
}

function substanceOf({ drug }: CbpRow, milligrams: bigint, random: SeededRandom) {
  const { purity } = drug;
  const tested = random.chance(0.5);
  return {
    ...drug.kind,
    form: random.weighted(drug.forms),
    // Three digits after the point are read back as the same milligrams.
    ...(milligrams === 0n ? { quantityReason: 'TRACE' } : { quantity: Number(milligrams) / 1000, unit: 'GM' }),
    laboratoryStatus: tested ? 'CONFIRMED' : 'PRESUMPTIVE',
    purityPercent: tested && purity !== null ? random.between(...purity) : null,
  };
}

function sharingOf(random: SeededRandom): Pick<SubmittedReport, 'sharing' | 'tlp' | 'withhold'> {
  return {
    sharing: random.weighted<SharingCode>([
      ['NATION', 46],
      ['PARTNERS', 46],
      ['STATE', 5],
      ['AGENCY', 3],
    ]),
    tlp: random.weighted<TlpCode>([
      ['AMBER', 60],
      ['GREEN', 25],
      ['AMBER_STRICT', 10],
      ['CLEAR', 5],
    ]),
    withhold: random.chance(0.03) ? ['CONTRIBUTOR'] : [],
  };
}

function routeOf({ area }: CbpRow, random: SeededRandom) {
  const [first] = area.sites;
  const inland = first?.setting === 'PARCEL_FACILITY' || first?.setting === 'AIRPORT' || first?.setting === 'SEAPORT';
  return {
    originCountry: inland
      ? random.pick(['CN', 'MX', 'CO', 'CA', 'NL', 'GB'])
      : (first?.latitude ?? 0) > 40
        ? 'CA'
        : 'MX',
    destinationCountyFips: random.pick(['06037', '53033', '36061', '17031', '48201', '13121', '04013']),
  };
}

/** Drawn at the published share of persons sentenced, whatever the weight: CBP's table says nothing of people. */
function personOf(random: SeededRandom) {
  const citizen = random.chance(PUBLISHED_CITIZEN_SHARE.share);
  return {
    role: random.weighted(ROLE_WEIGHTS),
    age: random.between(19, 64),
    citizenship: random.chance(0.7) ? (citizen ? 'US_CITIZEN' : 'NON_CITIZEN') : 'UNKNOWN',
    affiliation: random.weighted(AFFILIATION_WEIGHTS),
  };
}

type Point = readonly [latitude: number, longitude: number];
const POINTS = 24;
const drawnPoints = new Map<Site, readonly [Point, ...Point[]]>();

/** Points within half a kilometre that lie in the county: drawn once a site, for looking costs more than drawing. */
function pointsAround(site: Site): readonly [Point, ...Point[]] {
  const known = drawnPoints.get(site);
  if (known !== undefined) return known;
  const random = new SeededRandom(Number(site.countyFips));
  const near = (degrees: number): number => Math.round((degrees + (random.next() - 0.5) * 0.008) * 10_000) / 10_000;
  const drawn = Array.from({ length: POINTS }, (): Point => [near(site.latitude), near(site.longitude)]);
  const inside = drawn.filter(([latitude, longitude]) => liesInCounty({ latitude, longitude }, site.countyFips));
  const points: readonly [Point, ...Point[]] = [[site.latitude, site.longitude], ...inside];
  drawnPoints.set(site, points);
  return points;
}

type Way = readonly [conveyance: ConveyanceCode, concealment: ConcealmentCode];
type Ways = readonly [Way, ...Way[]];
const NO_WAY: Ways = [['UNKNOWN', 'UNKNOWN']];

/** How loads travel and hide at each kind of place. Invented, after what agencies describe in words. */
const WAYS: Readonly<Partial<Record<SettingCode, Ways>>> = {
  PORT_OF_ENTRY: [
    ['PASSENGER_VEHICLE', 'VEHICLE_COMPARTMENT'],
    ['PASSENGER_VEHICLE', 'VEHICLE_COMPARTMENT'],
    ['PASSENGER_VEHICLE', 'VEHICLE_CARGO'],
    ['COMMERCIAL_TRUCK', 'COMMERCIAL_FREIGHT'],
    ['PEDESTRIAN', 'ON_PERSON'],
    ['PEDESTRIAN', 'IN_BODY'],
  ],
  AIRPORT: [
    ['AIRCRAFT', 'LUGGAGE'],
    ['AIRCRAFT', 'LUGGAGE'],
    ['AIRCRAFT', 'IN_BODY'],
  ],
  SEAPORT: [
    ['VESSEL', 'COMMERCIAL_FREIGHT'],
    ['VESSEL', 'VESSEL'],
  ],
  PARCEL_FACILITY: [
    ['PARCEL_SERVICE', 'PARCEL'],
    ['PARCEL_SERVICE', 'HIDDEN_IN_GOODS'],
  ],
  BETWEEN_PORTS: [
    ['PEDESTRIAN', 'BACKPACK'],
    ['PEDESTRIAN', 'BACKPACK'],
    ['DRONE', 'AIRCRAFT_DRONE'],
  ],
  CHECKPOINT: [
    ['PASSENGER_VEHICLE', 'VEHICLE_COMPARTMENT'],
    ['PASSENGER_VEHICLE', 'ON_PERSON'],
    ['BUS', 'LUGGAGE'],
  ],
  HIGHWAY: [
    ['PASSENGER_VEHICLE', 'VEHICLE_CARGO'],
    ['COMMERCIAL_TRUCK', 'VEHICLE_COMPARTMENT'],
  ],
};
