import type { TimePrecision } from '@concord/codes';
import type { ViewContent } from './record-view.js';
import type { Tier } from './tier.js';
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
 * OWNER: as reported. TASK_FORCE: the days that cover it. PARTNER: the ISO weeks that cover it, or the days where the
 * owner chose DAY. Days and weeks are those of the submitted offset's calendar.
 */
export function generaliseTime(
  occurred: Occurred,
  tier: Tier,
  timePrecision: TimePrecision,
  log: TransformationLog,
): ViewContent['occurred'] {
  const { from, to, offsetMinutes, precision } = occurred;
  if (tier === 'OWNER') return { from, to, offsetMinutes };
  const toWeeks = tier === 'PARTNER' && timePrecision === 'WEEK';
  const covering = toWeeks ? isoWeeksCovering(occurred, offsetMinutes) : daysCovering(occurred, offsetMinutes);
  if (covering.from.getTime() !== from.getTime() || covering.to.getTime() !== to.getTime()) {
    log.note('occurred', precision.toLowerCase(), toWeeks ? 'ISO week' : 'day');
  }
  return { ...covering, offsetMinutes };
}

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
