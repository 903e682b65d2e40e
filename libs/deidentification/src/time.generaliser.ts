import type { TimePrecision } from '@concord/codes';
import type { ViewContent } from './record-view.js';
import { LEVEL_WORDS, type TimeLevel } from './release-policy/levels.js';
import type { RuleEntry } from './release-policy/release-policy.js';
import type { TransformationLog } from './transformation-log.js';
import type { Occurred } from './valid-report.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAYS_IN_WEEK = 7;
/** 1970-01-01 was a Thursday: three days after the Monday on which its ISO week began. */
const EPOCH_DAYS_AFTER_MONDAY = 3;

interface Interval {
  readonly from: Date;
  readonly to: Date;
}

/**
 * At MINUTE as reported; else the days, ISO weeks or months that cover it, where the owner chose DAY the days if the rule
 * offers them. All are those of the submitted offset's calendar.
 */
export function generaliseTime(
  occurred: Occurred,
  rule: RuleEntry<'occurred'>,
  timePrecision: TimePrecision,
  log: TransformationLog,
): ViewContent['occurred'] {
  const { from, to, offsetMinutes, precision } = occurred;
  const level = timePrecision === 'DAY' ? (rule.ownerMayChoose ?? rule.level) : rule.level;
  const covering = COVERING[level](occurred, offsetMinutes);
  if (covering.from.getTime() !== from.getTime() || covering.to.getTime() !== to.getTime())
    log.note('occurred', precision.toLowerCase(), LEVEL_WORDS[level] ?? level);
  return { from: covering.from, to: covering.to, offsetMinutes };
}

const COVERING: Readonly<Record<TimeLevel, (interval: Interval, offsetMinutes: number) => Interval>> = {
  MINUTE: ({ from, to }) => ({ from, to }),
  DAY: daysCovering,
  ISO_WEEK: isoWeeksCovering,
  MONTH: monthsCovering,
};

/** The smallest half-open run of whole calendar days at the offset that contains [from, to). */
export function daysCovering(interval: Interval, offsetMinutes: number): Interval {
  const { firstDay, endDay } = localDays(interval, offsetMinutes);
  return { from: startOfDay(firstDay, offsetMinutes), to: startOfDay(endDay, offsetMinutes) };
}

/** The smallest half-open run of whole ISO weeks (Monday to Sunday) at the offset that contains [from, to). */
export function isoWeeksCovering(interval: Interval, offsetMinutes: number): Interval {
  const { firstDay, endDay } = localDays(interval, offsetMinutes);
  const monday = mondayOf(firstDay);
  // The last day inside decides, so that an interval which ends at Monday 00:00 does not take the week after.
  const nextMonday = mondayOf(endDay - 1) + DAYS_IN_WEEK;
  return { from: startOfDay(monday, offsetMinutes), to: startOfDay(nextMonday, offsetMinutes) };
}

/** The smallest half-open run of whole calendar months at the offset that contains [from, to). */
export function monthsCovering(interval: Interval, offsetMinutes: number): Interval {
  const { firstDay, endDay } = localDays(interval, offsetMinutes);
  return {
    from: startOfDay(firstOfMonth(firstDay, 0), offsetMinutes),
    // As with weeks, the last day inside decides.
    to: startOfDay(firstOfMonth(endDay - 1, 1), offsetMinutes),
  };
}

/** The day on which the month of `day` begins, or one that is some months on. */
function firstOfMonth(day: number, monthsOn: number): number {
  const local = new Date(day * DAY_MS);
  return Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + monthsOn) / DAY_MS;
}

/** Days counted from 1970-01-01 at the offset; `endDay` is exclusive and always after `firstDay`. */
function localDays({ from, to }: Interval, offsetMinutes: number): { firstDay: number; endDay: number } {
  const offsetMs = offsetMinutes * MINUTE_MS;
  const firstDay = Math.floor((from.getTime() + offsetMs) / DAY_MS);
  return { firstDay, endDay: Math.max(Math.ceil((to.getTime() + offsetMs) / DAY_MS), firstDay + 1) };
}

function startOfDay(day: number, offsetMinutes: number): Date {
  return new Date(day * DAY_MS - offsetMinutes * MINUTE_MS);
}

function mondayOf(day: number): number {
  return Math.floor((day + EPOCH_DAYS_AFTER_MONDAY) / DAYS_IN_WEEK) * DAYS_IN_WEEK - EPOCH_DAYS_AFTER_MONDAY;
}
