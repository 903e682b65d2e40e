import { COMMUNITY_THRESHOLDS, type CommunityBand } from '@concord/deidentification';
import type { ReleasedRow, Seizure } from './news-population.js';

/** The rule of the weekly batches (docs/adr/0024): at least so many records, of at least so many agencies. */
export interface CommunityRule {
  readonly records: number;
  readonly agencies: number;
}
export const COMMUNITY_RULE: CommunityRule = { records: 5, agencies: 2 };

/** A row of the list that stands, with what no reader is told: whose it is. */
export interface LetOut {
  /** Counts up; never used twice, as the ids of rows. */
  readonly handle: number;
  readonly batch: number;
  readonly kind: string;
  readonly record: number;
}

/** Records that one batch let into a class: what a reader who keeps every week can tell apart. */
export interface Increment {
  readonly kind: string;
  readonly members: readonly { readonly record: number; readonly agency: string }[];
  /** When the class was added to before, in this edition; null: never. */
  readonly since: number | null;
}

export interface Batch {
  readonly number: number;
  /** The Monday, 06:00 UTC. */
  readonly dueAt: number;
  /** The year of it. */
  readonly edition: number;
  readonly increments: readonly Increment[];
}

interface Standing {
  readonly agency: string;
  readonly kinds: readonly string[];
  readonly releasedAt: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05, 06:00 UTC: a Monday. */
const A_MONDAY = 4 * DAY_MS + 6 * HOUR_MS;

/** The Monday, 06:00 UTC, at or before an instant. */
export const dueAt = (at: number): number => A_MONDAY + Math.floor((at - A_MONDAY) / WEEK_MS) * WEEK_MS;

/**
 * What the weekly batches let out, without a database: sets and the rule. That it is what SQL does is no assumption:
 * sequence.attack.flow-spec sends the same histories through both. A `kind` is a class, by any name.
 */
export class CommunityBatches {
  readonly #standing = new Map<number, Standing>();
  /** What stands and is not in the list, by class. */
  #waiting = new Map<string, Set<number>>();
  /** `record|kind` of what was let out in this edition, whether or not it stands any more. */
  readonly #admitted = new Set<string>();
  readonly #since = new Map<string, number>();
  #last: Batch | null = null;
  #handles = 0;
  /** The list as it stands. */
  list: LetOut[] = [];

  constructor(private readonly rule: CommunityRule = COMMUNITY_RULE) {}

  /** Submits a record, or says what has become of it: no kinds where it was recalled, or is shared with others alone. */
  put(record: number, standing: Standing): void {
    for (const kind of this.#standing.get(record)?.kinds ?? []) this.#waiting.get(kind)?.delete(record);
    this.#standing.set(record, standing);
    this.#await(record, standing.kinds);
  }

  /** The batch that is due at an instant; null where it was made. The first of a year begins anew. */
  batch(now: number): Batch | null {
    const due = dueAt(now);
    if (this.#last !== null && due <= this.#last.dueAt) return null;
    const edition = new Date(due).getUTCFullYear();
    const number = (this.#last?.number ?? 0) + 1;
    if (this.#last !== null && edition > this.#last.edition) this.#beginAnew();
    const increments = [...this.#waiting].flatMap(([kind, records]) => this.#increment(kind, records, now));
    for (const { kind, members } of increments) this.#letOut(kind, members, number, due);
    this.#last = { number, dueAt: due, edition, increments };
    return this.#last;
  }

  #await(record: number, kinds: readonly string[]): void {
    for (const kind of kinds) {
      if (this.#admitted.has(`${record}|${kind}`)) continue;
      const waiting = this.#waiting.get(kind) ?? new Set();
      this.#waiting.set(kind, waiting.add(record));
    }
  }

  #beginAnew(): void {
    this.list = [];
    this.#admitted.clear();
    this.#since.clear();
    this.#waiting = new Map();
    for (const [record, { kinds }] of this.#standing) this.#await(record, kinds);
  }

  #increment(kind: string, records: ReadonlySet<number>, now: number): Increment[] {
    if (records.size < this.rule.records) return [];
    const members = [...records].flatMap((record) => {
      const { agency, releasedAt } = this.#standing.get(record) ?? { agency: '', releasedAt: Infinity };
      return releasedAt <= now ? [{ record, agency }] : [];
    });
    const agencies = new Set(members.map(({ agency }) => agency)).size;
    const company = members.length >= this.rule.records && agencies >= this.rule.agencies;
    return company ? [{ kind, members, since: this.#since.get(kind) ?? null }] : [];
  }

  #letOut(kind: string, members: Increment['members'], batch: number, due: number): void {
    this.#since.set(kind, due);
    for (const { record } of members) {
      this.list.push({ handle: (this.#handles += 1), batch, kind, record });
      this.#admitted.add(`${record}|${kind}`);
      this.#waiting.get(kind)?.delete(record);
    }
  }
}

export interface CommunityRelease {
  /** By edition: a row of one and a row of another may be the same record, and nothing says so. */
  readonly editions: readonly (readonly ReleasedRow[])[];
  /** Records that another contributor of the same increment singles out by knowing its own. */
  readonly singledOutByContributor: number;
}

/**
 * What COMMUNITY shows of seizures that were submitted on the day on which they happened: the adversary's best case, for
 * then the batch tells most of the day. A reader who keeps every batch sees in which one a row came.
 *
 * @param weekly false: one release of everything, in whole classes, as the first batch of a year makes it
 */
export function communityRelease(seizures: readonly Seizure[], rule: CommunityRule, weekly: boolean): CommunityRelease {
  const batches = new CommunityBatches(rule);
  const editions = new Map<number, ReleasedRow[]>();
  let singledOutByContributor = 0;
  const make = (now: number): void => {
    const made = batches.batch(now);
    if (made === null) return;
    const rows = editions.get(made.edition) ?? [];
    editions.set(made.edition, rows);
    for (const increment of made.increments) {
      singledOutByContributor += singledOut(increment);
      for (const { record } of increment.members) rows.push(rowOf(record, increment, made.dueAt));
    }
  };
  const submitted = seizures
    .flatMap(({ news, community }, record) => (community === null ? [] : [{ news, community, record }]))
    .sort((a, b) => a.news.day - b.news.day);
  let monday = dueAt(noonOf(submitted[0]?.news.day ?? 0)) + WEEK_MS;
  for (const { news, community, record } of submitted) {
    const at = noonOf(news.day);
    for (; monday <= at; monday += WEEK_MS) if (weekly) make(monday);
    const kind = [news.state, community.month, news.listed, community.band].join('|');
    batches.put(record, { agency: news.agency, kinds: [kind], releasedAt: at });
  }
  make(monday);
  return { editions: [...editions.values()], singledOutByContributor };
}

const noonOf = (day: number): number => day * DAY_MS + DAY_MS / 2;

function rowOf(seizure: number, { kind, since }: Increment, due: number): ReleasedRow {
  const [place = '', month = '', substance = '', band = ''] = kind.split('|');
  const [least, most] = weightsOf(band as CommunityBand);
  const first = new Date(`${month}T00:00:00Z`);
  const end = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1);
  const [from, to] = [Math.max(first.getTime(), since ?? 0), Math.min(end, due)];
  return {
    ...{ seizure, firstDay: Math.floor(from / DAY_MS), endDay: Math.floor(to / DAY_MS) },
    ...{ place, cell: null, port: null, substance, least, most, agency: null },
  };
}

/** Whoever reported all but one of them knows whose the last one is not, and so which it is. */
function singledOut({ members }: Increment): number {
  const own = new Map<string, number>();
  for (const { agency } of members) own.set(agency, (own.get(agency) ?? 0) + 1);
  return [...own.values()].some((count) => count === members.length - 1) ? 1 : 0;
}

/** SMALL_OR_UNKNOWN holds what has no quantity too: from 0. */
function weightsOf(band: CommunityBand): readonly [number, number] {
  const { medium, large } = COMMUNITY_THRESHOLDS.weight;
  if (band === 'LARGE') return [Number(large), Number.MAX_SAFE_INTEGER];
  return band === 'MEDIUM' ? [Number(medium), Number(large) - 1] : [0, Number(medium) - 1];
}
