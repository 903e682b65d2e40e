import type { PersonaName } from '../../../apps/embedded/src/personas.js';
import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { TASK_FORCE_ID } from '../../flows/reports.builder.js';

/** Who reports, each for an agency of its own. */
export const SUBMITTERS = ['local-submitter', 'neighbour-analyst', 'other-local-submitter'] as const;

/** A report as the history knows it, without asking the service. */
export interface RealRecord {
  readonly by: (typeof SUBMITTERS)[number] & PersonaName;
  readonly reportId: string;
  readonly recordId: string;
  readonly releaseAfter: Date | null;
  input: RealInput;
  version: number;
  recalled: boolean;
  /** Counts corrections of what happened: readings of two of them are about two different facts. */
  epoch: number;
}

export interface RealInput extends Record<string, unknown> {
  readonly occurredAt: string;
  readonly sharing: string;
  readonly tlp: string;
  readonly substances: readonly Record<string, unknown>[];
}

const SUBSTANCES = [{ deaCode: '9801' }, { deaCode: '9200' }, { name: 'tranq of Zephyrine', category: 'ADULTERANT' }];
/** Grams in each band of COMMUNITY (100 g, 1 kg), several in one decade. */
const GRAMS = { SMALL_OR_UNKNOWN: [20, 35, 99.9], MEDIUM: [100, 250, 999], LARGE: [1_000, 2_500, 45_678] } as const;
export type Band = keyof typeof GRAMS;
const SHARING = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'] as const;

let references = 0;

/** What happened, drawn: few months, substances and bands, so that classes fill. */
export function drawReport(random: SeededRandom, by: PersonaName): RealInput {
  references += 1;
  const [month, day] = [random.pick(['03', '04']), String(random.between(8, 21)).padStart(2, '0')];
  const band = random.weighted<Band>([
    ['LARGE', 5],
    ['MEDIUM', 3],
    ['SMALL_OR_UNKNOWN', 2],
  ]);
  return {
    submitterReference: `HISTORY-${String(references).padStart(5, '0')}`,
    occurredAt: `2026-${month}-${day}T0${random.between(1, 9)}:15:00-07:00`,
    ...{ sharing: 'PARTNERS', tlp: random.chance(0.1) ? 'AMBER_STRICT' : 'AMBER', timePrecision: 'WEEK', withhold: [] },
    taskForceIds: by === 'local-submitter' ? [TASK_FORCE_ID] : [],
    place: {
      ...{ latitude: 32.556, longitude: -117.047, countyFips: '06073' },
      ...{ setting: 'PORT_OF_ENTRY', portOfEntry: 'SAN YSIDRO' },
    },
    substances: [
      {
        ...{ form: 'POWDER', unit: 'GM', purityPercent: random.between(0, 99), signature: 'stamp: scorpion' },
        ...{ adulterants: ['xylazine'], laboratoryStatus: 'PRESUMPTIVE', quantity: random.pick(GRAMS[band]) },
        ...SUBSTANCES[
          random.weighted([
            [0, 4],
            [1, 2],
            [2, 1],
          ])
        ],
      },
    ],
    ...{ concealment: ['VEHICLE_COMPARTMENT'], conveyance: 'PASSENGER_VEHICLE', packaging: 'vacuum bags' },
    route: { originCountry: 'MX', destinationCountyFips: '53033' },
    people: [{ role: 'COURIER', age: random.between(18, 70), citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
    source: { reliability: 'B', credibility: 2 },
  };
}

/** The owner changes their mind about who sees it and how exactly, and about nothing that happened. */
export const otherControls = (random: SeededRandom): Record<string, unknown> => ({
  timePrecision: random.pick(['DAY', 'WEEK']),
  withhold: ['CONTRIBUTOR', 'METHOD', 'SIGNATURE'].filter(() => random.chance(0.3)),
  sharing: random.chance(0.6) ? 'PARTNERS' : random.pick(SHARING),
});

/** What no view but the owner's has: the minute, and the narrative. */
export function belowTheViews(random: SeededRandom, { occurredAt }: RealInput): Record<string, unknown> {
  const minute = String(random.between(16, 59));
  return { occurredAt: occurredAt.replace(/:\d\d:00-/, `:${minute}:00-`), narrative: `Seen ${random.next()}.` };
}

/** What happened was another thing: another weight. */
export const otherFacts = (random: SeededRandom, { substances }: RealInput): Record<string, unknown> => ({
  substances: substances.map((it) => ({
    ...it,
    quantity: random.pick(GRAMS[random.pick(['MEDIUM', 'LARGE'] as const)]),
  })),
});

/** The classes of COMMUNITY that it falls into, said without the service: docs/community.md. */
export function kindsOf({ input, recalled }: RealRecord): string[] {
  if (recalled || input.sharing !== 'PARTNERS' || input.tlp === 'AMBER_STRICT') return [];
  return input.substances.map((it) => {
    const grams = Number(it['quantity']);
    const band = grams >= 1_000 ? 'LARGE' : grams >= 100 ? 'MEDIUM' : 'SMALL_OR_UNKNOWN';
    const { deaCode } = it as { deaCode?: string };
    return ['06', input.occurredAt.slice(0, 7), deaCode ?? `name:${String(it['category'])}`, band].join('|');
  });
}
