import type { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { COUNTIES } from './counties.data.js';
import type { AgencyFact, RecordFact, Sharing, SubstanceFact, World } from './world.facts.js';

const SHARINGS: readonly Sharing[] = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** The first so many are submitted over HTTP, one after the other, and raise alerts. */
export const BY_HTTP = 24;

const CODED = [
  ['9801', 'FENTANYL'],
  ['9200', 'HEROIN'],
  ['9041', 'COCAINE'],
  ['1105', 'METHAMPHETAMINE'],
] as const;

/** What many would see, were its embargo not kept: in every world, however small. */
const isWideAndHeld = (n: number): boolean => n % 17 === 5;

/** Records of every agency that can submit, as widely shared as its agreement lets it. */
export function generateRecords(world: World, count: number, random: SeededRandom): RecordFact[] {
  return Array.from({ length: count }, (_, n) => generateRecord(world, n, random));
}

function generateRecord(world: World, n: number, random: SeededRandom): RecordFact {
  const agency = pick(
    random,
    // The first of their levels share as widely as can be.
    isWideAndHeld(n) ? world.agencies.slice(0, 3) : world.agencies.filter((it) => it.level !== 'COMMUNITY'),
  );
  const submitter = world.seats.find(
    (it) => it.agencyId === agency.id && it.roles.some((role) => role === 'ANALYST' || role === 'SUBMITTER'),
  );
  if (submitter === undefined) throw new Error(`nobody submits for ${agency.name}`);
  const sharings = SHARINGS.slice(0, SHARINGS.indexOf(widestOf(world, agency)) + 1);
  const sharing = isWideAndHeld(n) || random.chance(0.5) ? (sharings.at(-1) ?? 'AGENCY') : pick(random, sharings);
  const narrow = SHARINGS.indexOf(sharing) <= SHARINGS.indexOf('TASK_FORCES');
  const place = pick(random, COUNTIES);
  const embargo = isWideAndHeld(n)
    ? 'IN_FORCE'
    : random.weighted([
        ['NONE', 85],
        ['IN_FORCE', 10],
        ['LAPSES', 5],
      ] as const);
  const before = pick(random, sharings);
  const recalled = agency.status === 'LEFT' || (!isWideAndHeld(n) && random.chance(0.08));
  return {
    n,
    recordId: '',
    agencyId: agency.id,
    submitterId: submitter.personId,
    by: n < BY_HTTP ? 'HTTP' : random.chance(0.6) ? 'LOAD' : 'INSIDE',
    sharing,
    // What says the same is no correction.
    sharedBefore: !recalled && embargo === 'NONE' && before !== sharing && random.chance(0.12) ? before : null,
    taskForceIds: taskForcesOf(world, agency, sharing, random),
    tlp: narrow && random.chance(0.3) ? 'RED' : pick(random, ['CLEAR', 'GREEN', 'AMBER', 'AMBER_STRICT'] as const),
    withhold: (['CONTRIBUTOR', 'METHOD', 'SIGNATURE'] as const).filter(() => random.chance(0.25)),
    timePrecision: random.chance(0.3) ? 'DAY' : 'WEEK',
    embargo,
    recalled,
    occurredAt: {
      ms:
        Math.floor((Date.now() - random.between(1, 40) * DAY_MS) / DAY_MS) * DAY_MS +
        random.between(0, 1_439) * MINUTE_MS,
      offsetMinutes: pick(random, [-480, -420, -360, 0, 330]),
    },
    place: {
      ...place,
      stateFips: place.countyFips.slice(0, 2),
      setting: pick(random, ['PORT_OF_ENTRY', 'HIGHWAY', 'RESIDENCE', 'PARCEL_FACILITY']),
      portOfEntry: random.chance(0.5) ? `INVENTED PORT ${n}` : null,
    },
    substances: Array.from({ length: random.chance(0.3) ? 2 : 1 }, (__, s) => substance(random, n, s)),
    concealment: pick(random, [['VEHICLE_COMPARTMENT'], ['ON_PERSON', 'LUGGAGE'], ['UNKNOWN'], ['PARCEL']]),
    conveyance: pick(random, ['PASSENGER_VEHICLE', 'PEDESTRIAN', 'BUS', 'UNKNOWN']),
    packaging: random.chance(0.5) ? `Tape of colour ${n}` : null,
    remarks: random.chance(0.5) ? `Same press mark as lot ${n}.` : null,
    route: random.chance(0.6)
      ? {
          originCountry: 'MX',
          originCountyFips: random.chance(0.5) ? pick(random, COUNTIES).countyFips : null,
          destinationCountyFips: random.chance(0.7) ? pick(random, COUNTIES).countyFips : null,
        }
      : null,
    people: random.chance(0.6)
      ? [
          {
            role: pick(random, ['COURIER', 'ORGANIZER', 'BUYER']),
            age: random.chance(0.8) ? random.between(18, 79) : null,
            citizenship: pick(random, ['US_CITIZEN', 'NON_CITIZEN', 'UNKNOWN']),
            affiliation: pick(random, ['INDIVIDUAL', 'FOREIGN_ORGANIZATION']),
          },
        ]
      : [],
    source: random.chance(0.7)
      ? { reliability: pick(random, ['A', 'B', 'F']), credibility: random.between(1, 6) }
      : null,
    secret: {
      narrative: `Zephyrine${n} Quagmire told the unit in confidence.`,
      phone: `+1 619 555 ${String(n % 10_000).padStart(4, '0')}`,
      suspicion: `Watched for weeks by neighbour Quagmire${n}.`,
    },
  };
}

/** "Sharing never goes wider than the agency's agreement": of those that it is party to, as it was when it submitted. */
function widestOf(world: World, agency: AgencyFact): Sharing {
  const widest = world.agreements
    .filter((it) => it.parties.includes(agency.id))
    .map((it) => SHARINGS.indexOf(it.widest));
  return SHARINGS[Math.max(0, ...widest)] ?? 'AGENCY';
}

function taskForcesOf(world: World, agency: AgencyFact, sharing: Sharing, random: SeededRandom): string[] {
  if (sharing === 'AGENCY') return [];
  const own = world.taskForces.filter((it) => it.agencies.some((part) => part.agencyId === agency.id));
  return own.filter(() => random.chance(sharing === 'TASK_FORCES' ? 0.6 : 0.3)).map((it) => it.id);
}

function substance(random: SeededRandom, n: number, s: number): SubstanceFact {
  const [deaCode, category] = pick(random, CODED);
  const [form, unit, quantity] = pick(random, [
    ['POWDER', 'KG', random.between(1, 60_000) / 1_000],
    ['POWDER', 'GM', random.between(1, 90_000) / 100],
    ['CRYSTAL', 'GM', 1_000],
    ['PILL_TABLET', 'DU', random.between(1, 40_000)],
    ['LIQUID', 'ML', random.between(1, 900)],
    ['POWDER', null, null],
  ] as const);
  const coded = random.chance(0.9);
  return {
    ...(coded
      ? { deaCode, name: null, category }
      : { deaCode: null, name: `invented cut ${n}`, category: 'ADULTERANT' }),
    ...{ form, unit, quantity, estimated: random.chance(0.2) },
    laboratoryStatus: pick(random, ['NONE', 'PRESUMPTIVE', 'CONFIRMED']),
    purityPercent: random.chance(0.6) ? pick(random, [0, 4.1, 10, 33.3, 89.9, 90, 100]) : null,
    signature: random.chance(0.5) ? `stamp: invented ${n} ${s}` : null,
    adulterants: random.chance(0.4) ? [`invented adulterant ${n}`] : [],
  };
}

function pick<T>(random: SeededRandom, items: readonly T[]): T {
  const item = items[random.between(0, items.length - 1)];
  if (item === undefined) throw new RangeError('there is nothing to choose from');
  return item;
}
