import { latLngToCell } from 'h3-js';
import type { PersonaName } from '../../../apps/embedded/src/personas.js';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { TASK_FORCE_ID } from '../../flows/reports.builder.js';
import { communityWorldOf, type CommunityWorld } from './community-worlds.builder.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const OFFSET_MINUTES = -480;

/** What happened, and who reported it. The views of some tier are the same in two worlds; what is below them is not. */
export interface World {
  readonly name: string;
  readonly reports: readonly { readonly by: PersonaName; readonly input: Record<string, unknown> }[];
  /** Sent as a correction of the first report once all have been read; null: nothing is corrected. */
  readonly correction: Record<string, unknown> | null;
  /** What is reported afterwards, for COMMUNITY: equal there in all worlds of a seed. */
  readonly community: CommunityWorld;
}

/** Below which view the hidden facts of a world are drawn. */
export type Below = 'PARTNER' | 'TASK_FORCE';

/**
 * A world whose views at and above a tier depend on the seed alone; `draw` decides everything that the tier does not show.
 *
 * @param corrects whether the owner corrects a report below the view
 */
export function worldOf(seed: number, below: Below, { draw, corrects }: { draw: number; corrects: boolean }): World {
  const shown = new SeededRandom(seed);
  const hidden = new SeededRandom(seed * 1_000 + draw);
  const bases = [loadOf(shown, 0), pillsOf(shown, 1), liquidOf(shown, 2), withheldOf(shown, 3)];
  const reports = bases.map((base, at) => {
    const { by, ...facts } = below === 'PARTNER' ? hidePartner(base, at, hidden) : hideTaskForce(base, hidden);
    return { by, input: { ...base.input, ...unshared(hidden, at, draw), ...facts } };
  });
  const again = bases[0];
  if (again === undefined) throw new Error('a world has reports');
  const { by: _by, ...corrected } = below === 'PARTNER' ? hidePartner(again, 0, hidden) : hideTaskForce(again, hidden);
  return {
    name: `${below} ${draw}`,
    reports,
    community: communityWorldOf(seed, draw),
    correction: corrects ? { ...reports[0]?.input, ...unshared(hidden, 0, draw), ...corrected } : null,
  };
}

interface Base {
  readonly by: PersonaName;
  readonly input: Record<string, unknown>;
  /** Local midnight of the day, and of the Monday, on which it happened. */
  readonly day: number;
  readonly monday: number;
  readonly point: readonly [number, number];
  readonly timePrecision: 'WEEK' | 'DAY';
}

/** Two weeks ago at least, so that the whole of the week has passed. */
const MONDAY = (Math.floor((Date.now() / DAY_MS + 3) / 7) * 7 - 3 - 14) * DAY_MS - OFFSET_MINUTES * MINUTE_MS;

/** Words that screening does not hold: the worlds are about what is released. */
const MARKS = ['crown', 'eagle', 'moon', 'anchor', 'rose'] as const;
const CUTS = ['caffeine', 'lidocaine', 'mannitol', 'lactose', 'xylazine'] as const;
const WRAPS = ['foil', 'tape', 'wax paper', 'plastic', 'cloth'] as const;

type Point = readonly [latitude: number, longitude: number];
const POINTS: readonly [Point, ...Point[]] = [
  [32.556, -117.047],
  [32.7157, -117.1611],
  [33.12, -117.08],
  [32.84, -116.77],
];

function baseOf(shown: SeededRandom, at: number, by: PersonaName, change: Record<string, unknown>): Base {
  const monday = MONDAY - 7 * at * DAY_MS;
  const day = monday + shown.between(0, 6) * DAY_MS;
  const point = POINTS[at % POINTS.length] ?? POINTS[0];
  const timePrecision = at === 1 ? 'DAY' : 'WEEK';
  const input = {
    ...{ sharing: 'PARTNERS', tlp: 'AMBER', timePrecision, taskForceIds: at === 3 ? [] : [TASK_FORCE_ID] },
    occurredAt: localTime(day + 12 * 60 * MINUTE_MS),
    place: placeOf(point, 'SAN YSIDRO'),
    ...{ concealment: ['VEHICLE_COMPARTMENT'], conveyance: 'PASSENGER_VEHICLE' },
    route: { originCountry: 'MX', destinationCountyFips: '53033' },
    people: [{ role: 'COURIER', age: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
    source: { reliability: 'B', credibility: 2 },
    ...change,
  };
  return { by, input, day, monday, point, timePrecision };
}

const substance = (change: Record<string, unknown>): Record<string, unknown> => ({
  ...{
    deaCode: '9801',
    form: 'POWDER',
    laboratoryStatus: 'PRESUMPTIVE',
    purityPercent: 43,
    signature: 'stamp: scorpion',
  },
  ...{ adulterants: ['xylazine'], ...change },
});

const loadOf = (shown: SeededRandom, at: number): Base =>
  baseOf(shown, at, 'local-submitter', { substances: [substance({ quantity: 45_678, unit: 'GM' })] });
const pillsOf = (shown: SeededRandom, at: number): Base =>
  baseOf(shown, at, 'local-submitter', {
    withhold: ['SIGNATURE'],
    remarks: 'Counted twice.',
    route: { originCountyFips: '06037', destinationCountry: 'CA' },
    substances: [substance({ form: 'PILL_TABLET', quantity: 4_321, unit: 'DU' })],
  });
const liquidOf = (shown: SeededRandom, at: number): Base =>
  baseOf(shown, at, 'local-submitter', {
    ...{ withhold: ['METHOD'], packaging: 'tape' },
    substances: [substance({ form: 'LIQUID', quantity: 750, unit: 'ML' })],
  });
const withheldOf = (shown: SeededRandom, at: number): Base =>
  baseOf(shown, at, 'local-submitter', {
    withhold: ['CONTRIBUTOR'],
    substances: [substance({ deaCode: '9041', quantity: 7_654, unit: 'GM', purityPercent: null })],
  });

/** Below PARTNER: the gram, the piece, the millilitre, the minute, the point, the port, the percent, and what is withheld. */
function hidePartner(base: Base, at: number, hidden: SeededRandom): { by: PersonaName } & Record<string, unknown> {
  const [from, days] = base.timePrecision === 'DAY' ? [base.day, 1] : [base.monday, 7];
  const [first] = base.input['substances'] as readonly Record<string, unknown>[];
  const quantity = at === 0 ? hidden.between(10_000, 99_999) : hidden.between(1_000, 9_999);
  return {
    by: at === 3 ? hidden.pick<PersonaName>(['local-submitter', 'other-local-submitter']) : base.by,
    occurredAt: localTime(from + hidden.between(0, days * 24 * 60 - 1) * MINUTE_MS),
    place: placeOf(hidden.pick(POINTS), hidden.pick(['SAN YSIDRO', 'OTAY MESA', 'TECATE'])),
    substances: [
      {
        ...first,
        quantity,
        ...(first?.['purityPercent'] === null ? {} : { purityPercent: 40 + hidden.between(0, 99) / 10 }),
        ...(at === 1 ? { signature: `stamp: ${hidden.pick(MARKS)}`, adulterants: [hidden.pick(CUTS)] } : {}),
      },
    ],
    ...(at === 2
      ? { conveyance: hidden.pick(['BUS', 'VESSEL', 'DRONE']), packaging: `wrapped in ${hidden.pick(WRAPS)}` }
      : {}),
    ...(at === 2 ? { concealment: hidden.pick([['ON_PERSON'], ['BACKPACK', 'LUGGAGE']]) } : {}),
    route:
      at === 1
        ? { originCountyFips: hidden.pick(['06037', '06059']), destinationCountry: 'CA' }
        : { originCountry: 'MX', destinationCountyFips: hidden.pick(['53033', '53061', '53053']) },
    people: [peopleOf(hidden, [19, 64])],
  };
}

/** Below TASK_FORCE: the minute of the day, the point in the cell, the year of an age band. */
function hideTaskForce(base: Base, hidden: SeededRandom): { by: PersonaName } & Record<string, unknown> {
  return {
    by: base.by,
    occurredAt: localTime(base.day + hidden.between(0, 24 * 60 - 1) * MINUTE_MS),
    place: placeOf(inSameCell(base.point, hidden), 'SAN YSIDRO'),
    people: [peopleOf(hidden, [30, 39])],
  };
}

/** What no view but the owner's has. */
function unshared(hidden: SeededRandom, at: number, draw: number): Record<string, unknown> {
  return {
    submitterReference: `WORLD-${draw}-${at}`,
    narrative: hidden.chance(0.5) ? `Told by ${hidden.next()}.` : null,
    ...(hidden.chance(0.5)
      ? {
          identifiers: [{ kind: 'PHONE', value: `+1 619 555 0${hidden.between(100, 199)}`, sensitivity: 'OPEN' }],
          basis: { activity: 'TRAFFICKING', reasonableSuspicion: `Seen ${hidden.next()}.`, decidedBy: 'unit 4' },
        }
      : { identifiers: [], basis: null }),
  };
}

const peopleOf = (hidden: SeededRandom, ages: readonly [number, number]): Record<string, unknown> => ({
  ...{ role: 'COURIER', age: hidden.between(...ages) },
  citizenship: hidden.pick(['US_CITIZEN', 'NON_CITIZEN', 'UNKNOWN']),
  affiliation: hidden.pick(['INDIVIDUAL', 'UNKNOWN']),
});

const placeOf = ([latitude, longitude]: readonly [number, number], portOfEntry: string): Record<string, unknown> => ({
  ...{ latitude, longitude, countyFips: '06073', setting: 'PORT_OF_ENTRY', portOfEntry },
});

function inSameCell([latitude, longitude]: readonly [number, number], hidden: SeededRandom): readonly [number, number] {
  const cell = latLngToCell(latitude, longitude, 6);
  for (let tries = 0; tries < 100; tries++) {
    const near = (degrees: number): number => Math.round((degrees + (hidden.next() - 0.5) * 0.02) * 10_000) / 10_000;
    const [north, east] = [near(latitude), near(longitude)];
    if (latLngToCell(north, east, 6) === cell) return [north, east];
  }
  return [latitude, longitude];
}

const localTime = (instant: number): string =>
  `${new Date(instant + OFFSET_MINUTES * MINUTE_MS).toISOString().slice(0, 19)}-08:00`;
