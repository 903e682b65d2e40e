import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { proportionOf } from '../proportion.js';
import type { ReleaseResult } from '../release-results.js';
import { COMMUNITY_RULE, communityRelease, type CommunityRule } from './community-batches.js';
import { exactNews, guess, inexactNews, ReleasedRows, type News } from './news-adversary.js';
import type { ReleasedRow, Seizure } from './news-population.js';

export interface NewsOptions {
  readonly seed: number;
  /** Seizures that the adversary looks for. */
  readonly targets: number;
  /** What COMMUNITY releases; other than ours to see that the attack finds it out. */
  readonly rule?: CommunityRule;
}

export interface NewsMeasures {
  readonly broken: readonly string[];
  readonly results: readonly ReleaseResult[];
}

/** k of COMMUNITY's promise, which is what is checked, whatever rule made the rows. */
const PROMISED = COMMUNITY_RULE.records;

interface Sought {
  readonly seizure: Seizure;
  readonly at: number;
}

interface Table {
  readonly tier: string;
  readonly shown: string;
  /** More than one of COMMUNITY, whose list begins anew each year. */
  readonly editions: readonly ReleasedRows[];
}

/** Plays the adversary against every tier with the same seizures. */
export function measureNews(
  seizures: readonly Seizure[],
  { seed, targets, rule = COMMUNITY_RULE }: NewsOptions,
): NewsMeasures {
  const random = new SeededRandom(seed);
  const sought = sampleOf(seizures, targets, random);
  const weekly = communityRelease(seizures, rule, true);
  const once = communityRelease(seizures, rule, false);
  const tables: Table[] = [
    {
      tier: 'NAIVE',
      shown: 'county, day, exact weight',
      editions: [new ReleasedRows(seizures.map(({ naive }) => naive))],
    },
    { tier: 'TASK_FORCE', shown: 'cell, day, weight', editions: of(seizures, (it) => it.taskForce) },
    { tier: 'PARTNER', shown: 'as owners set it', editions: of(seizures, (it) => it.partner?.AS_SET ?? null) },
    { tier: 'PARTNER', shown: 'week', editions: of(seizures, (it) => it.partner?.WEEK ?? null) },
    { tier: 'PARTNER', shown: 'day', editions: of(seizures, (it) => it.partner?.DAY ?? null) },
    { tier: 'COMMUNITY', shown: 'weekly batches', editions: weekly.editions.map((rows) => new ReleasedRows(rows)) },
    { tier: 'COMMUNITY', shown: 'one release', editions: once.editions.map((rows) => new ReleasedRows(rows)) },
  ];
  const broken: string[] = [];
  const results: ReleaseResult[] = [];
  for (const { tier, shown, editions } of tables) {
    results.push({ tier, measure: `rows (${shown})`, value: sizeOf(editions), of: seizures.length });
    const tell = (news: string, newsOf: (seizure: Seizure) => News): number => {
      const measured = playOn(editions, sought, newsOf, random);
      results.push(...measured.results.map((it) => ({ tier, ...it, measure: `${it.measure} (${shown}; ${news})` })));
      if (tier === 'COMMUNITY' && measured.largest > 1 / PROMISED)
        broken.push(`COMMUNITY (${shown}): a row is found with chance ${measured.largest}, seed ${seed}`);
      return measured.mean;
    };
    const found = tell('exact news', (it) => exactNews(it, false));
    if (tier === 'NAIVE' && found < 0.5)
      broken.push(`the attack finds only ${found} of a naive release: it proves nothing, seed ${seed}`);
    if (tier === 'TASK_FORCE' || tier === 'PARTNER') tell('exact news, agency named', (it) => exactNews(it, true));
    tell('inexact news', (it) => inexactNews(it, random));
  }
  const largest = largestChance(tables[5]?.editions ?? [], seizures);
  results.push(
    {
      tier: 'COMMUNITY',
      measure: 'largest chance of all rows (weekly batches; exact news)',
      ...largest,
      unit: 'share',
    },
    {
      ...{ tier: 'COMMUNITY', measure: 'rows that another contributor of their batch singles out' },
      ...{ value: weekly.singledOutByContributor, of: largest.of },
    },
  );
  if (largest.value > 1 / PROMISED) broken.push(`COMMUNITY: some row is found with chance ${largest.value}`);
  return { broken, results };
}

const of = (seizures: readonly Seizure[], row: (seizure: Seizure) => ReleasedRow | null): ReleasedRows[] => [
  new ReleasedRows(seizures.map(row).filter((it) => it !== null)),
];
const sizeOf = (editions: readonly ReleasedRows[]): number => editions.reduce((sum, { size }) => sum + size, 0);

/** Without repeats, out of those that go to every tier: none is safe because a reader does not have it at all. */
function sampleOf(seizures: readonly Seizure[], targets: number, random: SeededRandom): Sought[] {
  const everywhere = seizures
    .map((seizure, at): Sought => ({ seizure, at }))
    .filter(({ seizure }) => seizure.community !== null && seizure.partner !== null);
  const drawn = Math.min(targets, everywhere.length);
  for (let at = 0; at < drawn; at++) {
    const other = random.between(at, everywhere.length - 1);
    const [one, two] = [everywhere[at], everywhere[other]];
    if (one && two) [everywhere[at], everywhere[other]] = [two, one];
  }
  return everywhere.slice(0, drawn);
}

/** Of every row that COMMUNITY has, not of a sample: the promise is for each. */
function largestChance(editions: readonly ReleasedRows[], seizures: readonly Seizure[]): { value: number; of: number } {
  const random = new SeededRandom(1);
  let value = 0;
  for (const [at, seizure] of seizures.entries())
    if (seizure.community) value = Math.max(value, guess(editions, exactNews(seizure, false), at, random).chance);
  return { value, of: sizeOf(editions) };
}

function playOn(
  editions: readonly ReleasedRows[],
  sought: readonly Sought[],
  newsOf: (seizure: Seizure) => News,
  random: SeededRandom,
): { readonly results: readonly Omit<ReleaseResult, 'tier'>[]; readonly mean: number; readonly largest: number } {
  const guesses = sought.map(({ seizure, at }) => guess(editions, newsOf(seizure), at, random));
  const mean = guesses.reduce((sum, { chance }) => sum + chance, 0) / Math.max(1, guesses.length);
  const alone = guesses.filter(({ candidates, chance }) => candidates === 1 && chance === 1).length;
  const right = guesses.filter((it) => it.right).length;
  return {
    results: [
      { measure: 're-identified', ...proportionOf(right, guesses.length) },
      { measure: 'expected', value: Number(mean.toFixed(5)), of: guesses.length, unit: 'share' },
      { measure: 'only candidate', ...proportionOf(alone, guesses.length) },
    ],
    mean,
    largest: guesses.reduce((most, { chance }) => Math.max(most, chance), 0),
  };
}
