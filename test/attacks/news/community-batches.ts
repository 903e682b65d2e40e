import { COMMUNITY_THRESHOLDS, type CommunityBand } from '@concord/deidentification';
import type { ReleasedRow, Seizure } from './news-population.js';

/** The rule of the weekly batches (docs/adr/0024): at least so many records, of at least so many agencies. */
export interface CommunityRule {
  readonly records: number;
  readonly agencies: number;
}
export const COMMUNITY_RULE: CommunityRule = { records: 5, agencies: 2 };

interface Waiting {
  readonly seizure: number;
  readonly day: number;
  readonly agency: string;
}

/** Records that were let into a class together: what a reader who keeps every week can tell apart. */
interface Increment {
  readonly members: readonly Waiting[];
  readonly firstDay: number;
  readonly endDay: number;
}

export interface CommunityRelease {
  readonly rows: readonly ReleasedRow[];
  /** Records that another contributor of the same increment singles out by knowing its own. */
  readonly singledOutByContributor: number;
}

const DAY_MS = 86_400_000;
const DAYS_IN_WEEK = 7;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY = 4;

/**
 * What COMMUNITY shows of seizures that were submitted on the day on which they happened: the adversary's best case, for
 * then the batch tells most of the day. A reader who keeps every batch sees in which one a row came.
 *
 * @param weekly false: one edition of whole classes, as the first batch of a year makes it
 */
export function communityRelease(
  seizures: readonly Seizure[],
  { records, agencies }: CommunityRule,
  weekly: boolean,
): CommunityRelease {
  const rows: ReleasedRow[] = [];
  let singledOutByContributor = 0;
  for (const [name, waiting] of classesOf(seizures)) {
    const [state = '', month = '', substance = '', band = ''] = name.split('|');
    const [least, most] = weightsOf(band as CommunityBand);
    const admits = (members: readonly Waiting[]): boolean =>
      members.length >= records && new Set(members.map(({ agency }) => agency)).size >= agencies;
    for (const { members, firstDay, endDay } of incrementsOf(waiting, monthOf(month), admits, weekly)) {
      singledOutByContributor += singledOut(members);
      for (const { seizure } of members)
        rows.push({
          ...{ seizure, firstDay, endDay, place: state, cell: null, port: null, substance },
          ...{ least, most, agency: null },
        });
    }
  }
  return { rows, singledOutByContributor };
}

function classesOf(seizures: readonly Seizure[]): Map<string, Waiting[]> {
  const classes = new Map<string, Waiting[]>();
  for (const [seizure, { news, community }] of seizures.entries()) {
    if (community === null) continue;
    const name = [news.state, community.month, news.listed, community.band].join('|');
    const waiting = classes.get(name) ?? [];
    waiting.push({ seizure, day: news.day, agency: news.agency });
    classes.set(name, waiting);
  }
  return classes;
}

function incrementsOf(
  waiting: readonly Waiting[],
  month: { readonly firstDay: number; readonly endDay: number },
  admits: (members: readonly Waiting[]) => boolean,
  weekly: boolean,
): Increment[] {
  if (!weekly) return admits(waiting) ? [{ members: waiting, ...month }] : [];
  const increments: Increment[] = [];
  let [since, left] = [month.firstDay, [...waiting]];
  for (let monday = mondayAfter(month.firstDay); left.length > 0; monday += DAYS_IN_WEEK) {
    const due = left.filter(({ day }) => day < monday);
    if (admits(due)) {
      increments.push({ members: due, firstDay: since, endDay: Math.min(monday, month.endDay) });
      left = left.filter(({ day }) => day >= monday);
      since = monday;
    }
    if (monday >= month.endDay) break;
  }
  return increments;
}

/** Whoever reported all but one of them knows whose the last one is not, and so which it is. */
function singledOut(members: readonly Waiting[]): number {
  const own = new Map<string, number>();
  for (const { agency } of members) own.set(agency, (own.get(agency) ?? 0) + 1);
  return [...own.values()].some((count) => count === members.length - 1) ? 1 : 0;
}

const mondayAfter = (day: number): number =>
  Math.floor((day - FIRST_MONDAY) / DAYS_IN_WEEK) * DAYS_IN_WEEK + DAYS_IN_WEEK + FIRST_MONDAY;

function monthOf(firstOfMonth: string): { readonly firstDay: number; readonly endDay: number } {
  const first = new Date(`${firstOfMonth}T00:00:00Z`);
  const end = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1);
  return { firstDay: first.getTime() / DAY_MS, endDay: end / DAY_MS };
}

/** SMALL_OR_UNKNOWN holds what has no quantity too: from 0. */
function weightsOf(band: CommunityBand): readonly [number, number] {
  const { medium, large } = COMMUNITY_THRESHOLDS.weight;
  if (band === 'LARGE') return [Number(large), Number.MAX_SAFE_INTEGER];
  return band === 'MEDIUM' ? [Number(medium), Number(large) - 1] : [0, Number(medium) - 1];
}
