import type { PersonaName } from '../../../apps/embedded/src/personas.js';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';

/** A report, and what its owner does to it later. */
export interface CommunityReport {
  readonly by: PersonaName;
  readonly input: Record<string, unknown>;
  /** Before January: what no longer stands then. Either leaves the list as it is until then, and the same afterwards. */
  readonly withdrawn: 'RECALLED' | 'NARROWED' | null;
  /** After the batch: the same class, another day and gram. */
  readonly corrected: Record<string, unknown> | null;
}

/** What is reported before each of the batches. Worlds of one seed are equal at COMMUNITY, and nowhere below it. */
export interface CommunityWorld {
  readonly batches: readonly (readonly CommunityReport[])[];
}

interface Shown {
  readonly month: string;
  readonly substance: Record<string, unknown>;
  readonly band: keyof typeof GRAMS;
  readonly records: number;
  readonly withdrawn: number;
}

const AGENCIES = ['local-submitter', 'neighbour-analyst', 'other-local-submitter'] as const;
const GRAMS = { SMALL_OR_UNKNOWN: [1, 99], MEDIUM: [100, 999], LARGE: [1_000, 99_999] } as const;
const CODED = ['9801', '9200', '9041'].map((deaCode) => ({ deaCode }));
const UNCODED = { name: 'tranq', category: 'ADULTERANT' };
type Place = readonly [latitude: number, longitude: number, countyFips: string];
const PLACES: readonly [Place, ...Place[]] = [
  [32.556, -117.047, '06073'],
  [33.71, -116.21, '06065'],
  [38.58, -121.49, '06067'],
];
const MONTHS = ['2025-11', '2025-12', '2026-01'] as const;

/** @param draw decides everything that COMMUNITY does not show */
export function communityWorldOf(seed: number, draw: number): CommunityWorld {
  const shown = new SeededRandom(seed);
  const hidden = new SeededRandom(seed * 1_000 + 500 + draw);
  const batches = [3, 2].map((classes, batch) => {
    const letOut = Array.from({ length: classes }, (_, at): Shown => {
      const withdrawn = batch === 0 ? shown.between(0, 1) : 0;
      const substance = at === 2 ? UNCODED : (CODED[at] ?? UNCODED);
      const band = shown.pick(['SMALL_OR_UNKNOWN', 'MEDIUM', 'LARGE'] as const);
      return { month: shown.pick(MONTHS), substance, band, records: shown.between(5, 7) + withdrawn, withdrawn };
    });
    return shuffled([...letOut.flatMap((it) => companyOf(it, hidden)), ...withoutCompany(batch, draw, hidden)], hidden);
  });
  return { batches };
}

/** Of two agencies at least, also when some are withdrawn. */
function companyOf(shown: Shown, hidden: SeededRandom): CommunityReport[] {
  const [one, two] = shuffled([...AGENCIES], hidden);
  return Array.from({ length: shown.records }, (_, at) => {
    const by = at < 4 ? (at % 2 === 0 ? one : two) : hidden.pick(AGENCIES);
    const input = reportOf(by ?? AGENCIES[0], shown, hidden);
    const again = reportOf(by ?? AGENCIES[0], shown, hidden);
    return {
      ...{ by: by ?? AGENCIES[0], input },
      withdrawn: at < shown.withdrawn ? hidden.pick(['RECALLED', 'NARROWED'] as const) : null,
      corrected:
        at >= shown.withdrawn && hidden.chance(0.2)
          ? { ...again, submitterReference: input['submitterReference'] }
          : null,
    };
  });
}

/** What waits for company that does not come, and what is not for COMMUNITY: as many as there happen to be. */
function withoutCompany(batch: number, draw: number, hidden: SeededRandom): CommunityReport[] {
  const report = (by: PersonaName, substance: string, change: Record<string, unknown> = {}): CommunityReport => {
    const band = hidden.pick(['MEDIUM', 'LARGE'] as const);
    const shown: Shown = { month: '2026-02', substance: { deaCode: substance }, band, records: 0, withdrawn: 0 };
    return { by, input: { ...reportOf(by, shown, hidden), ...change }, withdrawn: null, corrected: null };
  };
  const several = (most: number, make: () => CommunityReport): CommunityReport[] =>
    Array.from({ length: hidden.between(0, most) }, make);
  return [
    // Two batches of two: four at most, and of one agency any number.
    ...several(2, () => report(hidden.pick(AGENCIES), '9200')),
    // As many as no other world has: what lets rows out alone tells every world from every other, whatever was drawn.
    ...Array.from({ length: batch === 0 ? draw : 0 }, () => report('local-submitter', '9250')),
    ...several(6, () => report('local-submitter', batch === 0 ? '9801' : '9041')),
    ...several(6, () => report(hidden.pick(AGENCIES), '9801', { sharing: 'NATION' })),
    ...several(6, () => report(hidden.pick(AGENCIES), '9801', { tlp: 'AMBER_STRICT' })),
    ...several(5, () => report(hidden.pick(AGENCIES), '9801', { holdUntilReleased: true })),
  ];
}

let references = 0;

function reportOf(by: PersonaName, { month, substance, band }: Shown, hidden: SeededRandom): Record<string, unknown> {
  references += 1;
  const two = (least: number, most: number): string => String(hidden.between(least, most)).padStart(2, '0');
  const [day, hour, minute] = [two(1, 28), two(0, 23), two(0, 59)];
  const [least, most] = GRAMS[band];
  const unknown = band === 'SMALL_OR_UNKNOWN' && hidden.chance(0.3);
  const [latitude, longitude, countyFips] = hidden.pick(PLACES);
  return {
    submitterReference: `COMMUNITY-${by}-${references}`,
    occurredAt: `${month}-${day}T${hour}:${minute}:00-08:00`,
    ...{
      sharing: 'PARTNERS',
      tlp: hidden.pick(['CLEAR', 'GREEN', 'AMBER']),
      timePrecision: hidden.pick(['DAY', 'WEEK']),
    },
    withhold: ['CONTRIBUTOR', 'METHOD', 'SIGNATURE'].filter(() => hidden.chance(0.3)),
    place: { latitude, longitude, countyFips, setting: hidden.pick(['HIGHWAY', 'RESIDENCE']) },
    substances: [
      {
        ...{ ...substance, form: hidden.pick(['POWDER', 'CRYSTAL']), purityPercent: hidden.between(1, 99) },
        ...(unknown ? { quantityReason: 'TRACE' } : { quantity: hidden.between(least, most), unit: 'GM' }),
        ...(substance['name'] === undefined ? {} : { name: `tranq ${hidden.pick(['a', 'b'])}` }),
        ...{ laboratoryStatus: hidden.pick(['PRESUMPTIVE', 'CONFIRMED']), estimated: hidden.chance(0.5) },
        signature: `stamp: ${hidden.pick(['crown', 'moon', 'rose'])}`,
      },
    ],
    ...{ conveyance: hidden.pick(['BUS', 'VESSEL']), concealment: [hidden.pick(['ON_PERSON', 'LUGGAGE'])] },
    packaging: `wrapped in ${hidden.pick(['foil', 'tape'])}`,
    narrative: hidden.chance(0.5) ? `Told by ${hidden.next()}.` : null,
    people: hidden.chance(0.5) ? [{ role: 'COURIER', age: hidden.between(19, 64) }] : [],
  };
}

function shuffled<T>(items: T[], random: SeededRandom): T[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = random.between(0, at);
    const [one, two] = [items[at], items[other]];
    if (one !== undefined && two !== undefined) [items[at], items[other]] = [two, one];
  }
  return items;
}
