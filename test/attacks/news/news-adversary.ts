import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import type { ReleasedRow, Seizure } from './news-population.js';

const MILLIGRAMS_IN_A_POUND = 453_592.37;
const NEWS_DAYS_OFF = 3;
const NEWS_WEIGHT_OFF = 0.1;

/** What the adversary has read. Ranges hold the truth: he knows how exact news are. */
export interface News {
  readonly firstDay: number;
  /** Exclusive. */
  readonly endDay: number;
  readonly state: string;
  readonly county: string;
  readonly port: string | null;
  readonly cell: string | null;
  readonly substance: string;
  readonly listed: string;
  readonly least: number;
  readonly most: number;
  /** How likely these news are if it weighed so many milligrams, up to a factor. */
  readonly likelihood: (milligrams: number) => number;
  /** Who announced it; null where that is not used. */
  readonly agency: string | null;
}

/** News that say what was reported: the day, and the weight to the milligram. */
export function exactNews({ news }: Seizure, withAgency: boolean): News {
  const { day, milligrams, agency, ...rest } = news;
  return {
    ...rest,
    ...{ firstDay: day, endDay: day + 1, least: milligrams, most: milligrams },
    ...{ likelihood: () => 1, agency: withAgency ? agency : null },
  };
}

/**
 * News as they are: dated by the announcement, up to three days from the seizure, with a weight that is off by up to 10 %
 * and rounded to the pound.
 */
export function inexactNews({ news }: Seizure, random: SeededRandom): News {
  const { day, milligrams, agency: _agency, ...rest } = news;
  const told = day + random.between(-NEWS_DAYS_OFF, NEWS_DAYS_OFF);
  const factor = 1 - NEWS_WEIGHT_OFF + 2 * NEWS_WEIGHT_OFF * random.next();
  const pounds = Math.round((milligrams * factor) / MILLIGRAMS_IN_A_POUND);
  const [low, high] = [(pounds - 0.5) * MILLIGRAMS_IN_A_POUND, (pounds + 0.5) * MILLIGRAMS_IN_A_POUND];
  return {
    ...rest,
    ...{ firstDay: told - NEWS_DAYS_OFF, endDay: told + NEWS_DAYS_OFF + 1 },
    ...{ least: Math.max(0, low / (1 + NEWS_WEIGHT_OFF)), most: high / (1 - NEWS_WEIGHT_OFF) },
    likelihood: (weight) => {
      const [from, to] = [weight * (1 - NEWS_WEIGHT_OFF), weight * (1 + NEWS_WEIGHT_OFF)];
      return to === from ? 1 : Math.max(0, Math.min(high, to) - Math.max(low, from)) / (to - from);
    },
    agency: null,
  };
}

interface Kind {
  /** By `firstDay`. */
  readonly rows: ReleasedRow[];
  longest: number;
}

/** All rows of a tier, found by place, substance and day. */
export class ReleasedRows {
  private readonly byKind = new Map<string, Kind>();
  readonly size: number;

  constructor(rows: readonly ReleasedRow[]) {
    this.size = rows.length;
    for (const row of rows) {
      const name = `${row.place}|${row.substance}`;
      const kind = this.byKind.get(name) ?? { rows: [], longest: 0 };
      this.byKind.set(name, kind);
      kind.rows.push(row);
      kind.longest = Math.max(kind.longest, row.endDay - row.firstDay);
    }
    for (const kind of this.byKind.values()) kind.rows.sort((a, b) => a.firstDay - b.firstDay);
  }

  /** Every row that the news may be about, with how well they go together. */
  candidates(news: News): { readonly row: ReleasedRow; readonly score: number }[] {
    const found: { row: ReleasedRow; score: number }[] = [];
    for (const name of [`${news.county}|${news.substance}`, `${news.state}|${news.listed}`]) {
      const { rows, longest } = this.byKind.get(name) ?? { rows: [], longest: 0 };
      for (let at = firstFrom(rows, news.firstDay - longest); at < rows.length; at++) {
        const row = rows[at];
        if (row === undefined || row.firstDay >= news.endDay) break;
        const score = fit(row, news);
        if (score > 0) found.push({ row, score });
      }
    }
    return found;
  }
}

/** Index of the first row that begins on the day or later. */
function firstFrom(rows: readonly ReleasedRow[], day: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.firstDay ?? 0) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** 0 where the row cannot be it. */
function fit(row: ReleasedRow, news: News): number {
  const days = Math.min(row.endDay, news.endDay) - Math.max(row.firstDay, news.firstDay);
  if (days <= 0) return 0;
  if (row.cell !== null && row.cell !== news.cell) return 0;
  if (row.port !== null && row.port !== news.port) return 0;
  if (news.agency !== null && row.agency !== null && row.agency !== news.agency) return 0;
  if (row.least === null || row.most === null) return news.least === 0 ? days : 0;
  if (row.least > news.most || row.most < news.least) return 0;
  return days * (row.least === row.most ? news.likelihood(row.least) : 1);
}

/** How one seizure fared: the adversary picks one of the rows that fit best, at random among equals. */
export interface Guess {
  readonly candidates: number;
  /** That the row which he picks is the right one. */
  readonly chance: number;
  /** Whether the one that he picked was. */
  readonly right: boolean;
}

/** Of several editions he takes the one that tells most, as if somebody had told him which that is. */
export function guess(editions: readonly ReleasedRows[], news: News, seizure: number, random: SeededRandom): Guess {
  let best: Guess = { candidates: 0, chance: 0, right: false };
  for (const rows of editions) {
    const here = guessIn(rows, news, seizure, random);
    if (here.chance > best.chance || best.candidates === 0) best = here;
  }
  return best;
}

function guessIn(rows: ReleasedRows, news: News, seizure: number, random: SeededRandom): Guess {
  const candidates = rows.candidates(news);
  const best = candidates.reduce((most, { score }) => Math.max(most, score), 0);
  const likeliest = candidates.filter(({ score }) => score === best);
  const contained = likeliest.some(({ row }) => row.seizure === seizure);
  const picked = likeliest[random.between(0, Math.max(0, likeliest.length - 1))];
  return {
    candidates: candidates.length,
    chance: contained ? 1 / likeliest.length : 0,
    right: picked?.row.seizure === seizure,
  };
}
