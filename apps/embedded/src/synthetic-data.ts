import type { SharingCode, TlpCode } from '@concord/codes';
import type { SubmittedReport } from '@concord/submission';
import { localTime } from './local-time.js';
import { TASK_FORCE, type PersonaName } from './personas.js';
import { PUBLISHED_CITIZEN_SHARE } from './published-totals.data.js';
import { SeededRandom } from './seeded-random.js';
import { AFFILIATION_WEIGHTS, ROLE_WEIGHTS } from './synthetic-people.data.js';
import { METHODS, SYNTHETIC_PLACES, type SyntheticPlace } from './synthetic-places.data.js';
import { planSeizures, type PlannedSeizure } from './synthetic-quantities.js';

export { PUBLISHED_TOTALS, SOURCES } from './published-totals.data.js';

/** Any change of it, or of the model, makes another data set. */
const SEED = 0x0c0c0d;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAYS = 365;

/** A report and who submits it. */
export interface SyntheticReport {
  readonly persona: PersonaName;
  readonly report: SubmittedReport & { readonly submitterReference: string };
}

/**
 * The synthetic data set: invented reports whose weights add up to published totals. What is published and what is
 * modelled:
 * - weights: for each drug and component (at or between ports of entry), the grams of all its reports add up to the
 *   newest published total in {@link PUBLISHED_TOTALS} times count / 30,000 (1 in 100 for 300 reports);
 * - trend: over the year the size of fentanyl seizures falls at the published rate from FY2024 to FY2025;
 * - citizenship: drawn at the published share of persons sentenced, whatever the quantity;
 * - all else is invented: how many reports a drug has, towns, methods, pills, purity, sharing.
 *
 * Pure: the same for the same UTC day of `now` and the same `count`. Everything happened in the 365 days before that day.
 */
export function syntheticReports(now: Date, count: number): SyntheticReport[] {
  const random = new SeededRandom(SEED);
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  return planSeizures(random, count, DAYS).map((seizure, index) => {
    const places = SYNTHETIC_PLACES.filter(({ setting }) => METHODS[setting].component === seizure.component);
    const drawn = random.weighted(places.map((place) => [place, place.weight] as const));
    // The first is San Diego's whatever is drawn: that it is stored tells that the set was loaded.
    const place = index === 0 ? (places[0] ?? drawn) : drawn;
    const content = contentOf(random, place, seizure, midnight);
    return { persona: place.persona, report: { ...content, submitterReference: `SYN-${index + 1}` } };
  });
}

function contentOf(
  random: SeededRandom,
  place: SyntheticPlace,
  seizure: PlannedSeizure,
  midnight: number,
): SubmittedReport {
  const [conveyance, concealment] = random.pick(METHODS[place.setting].ways);
  const happened = midnight - seizure.daysAgo * DAY_MS + random.between(0, 1_439) * MINUTE_MS;
  const crossed = METHODS[place.setting].component === 'PORTS';
  return {
    occurredAt: localTime(happened, place.offsetMinutes),
    ...sharingOf(random, place.persona),
    timePrecision: random.chance(0.2) ? 'DAY' : 'WEEK',
    place: {
      latitude: jitter(random, place.latitude),
      longitude: jitter(random, place.longitude),
      countyFips: place.countyFips,
      setting: place.setting,
      portOfEntry: place.portOfEntry,
    },
    substances: [seizure.substance],
    conveyance,
    concealment: [concealment],
    route: random.chance(0.6)
      ? {
          originCountry: crossed ? 'MX' : 'US',
          destinationCountyFips: random.pick(['06037', '53033', '36061', '17031']),
        }
      : null,
    people: random.chance(0.7) ? [personOf(random)] : [],
    source: { reliability: random.pick(['A', 'B', 'C']), credibility: random.pick([1, 2, 3]) },
    narrative: random.chance(0.1) ? 'Synthetic: nothing of this happened.' : null,
  };
}

/** Mostly to the nation and to partners; task forces only by those who are in one. */
function sharingOf(
  random: SeededRandom,
  persona: PersonaName,
): Pick<SubmittedReport, 'sharing' | 'tlp' | 'taskForceIds' | 'withhold'> {
  const joined = persona === 'local-submitter' || persona === 'taskforce-analyst';
  const sharing = random.weighted<SharingCode>([
    ['NATION', 42],
    ['PARTNERS', 38],
    ['STATE', 8],
    [joined ? 'TASK_FORCES' : 'STATE', 6],
    ['AGENCY', 6],
  ]);
  const narrow = sharing === 'AGENCY' || sharing === 'TASK_FORCES';
  const tlp = random.weighted<TlpCode>([
    ['AMBER', 60],
    ['GREEN', 25],
    ['AMBER_STRICT', 10],
    [narrow ? 'RED' : 'CLEAR', 5],
  ]);
  const named = joined && sharing !== 'AGENCY' && (sharing === 'TASK_FORCES' || random.chance(0.4));
  return {
    sharing,
    tlp,
    taskForceIds: named ? [TASK_FORCE.id] : [],
    withhold: random.chance(0.05) ? ['CONTRIBUTOR'] : [],
  };
}

function personOf(random: SeededRandom): NonNullable<NonNullable<SubmittedReport['people']>[number]> {
  const known = random.chance(0.9);
  const citizen = random.chance(PUBLISHED_CITIZEN_SHARE.share);
  return {
    role: random.weighted(ROLE_WEIGHTS),
    age: random.between(19, 64),
    citizenship: known ? (citizen ? 'US_CITIZEN' : 'NON_CITIZEN') : 'UNKNOWN',
    affiliation: random.weighted(AFFILIATION_WEIGHTS),
  };
}

/** Within half a kilometre of the town. */
function jitter(random: SeededRandom, degrees: number): number {
  return Math.round((degrees + (random.next() - 0.5) * 0.008) * 10_000) / 10_000;
}
