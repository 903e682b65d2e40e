import { isoText, type LocalTime, type ZoneClock } from '../cells/zone-clock.js';

/**
 * ISO 8601 with its offset of a full hour by the clocks of the agency; null where they showed that hour twice, not at all
 * or in part, and for what is on no calendar.
 */
export function onClock(date: string, hour: string, clock: ZoneClock): string | null {
  const on = dayOf(date);
  if (on === null) return null;
  const { year, month, day } = on;
  const local: LocalTime = { year, month, day, hour: Number(hour), minute: 0, second: 0 };
  const [begins, ends] = [clock.offsetsAt(local), clock.offsetsAt({ ...local, minute: 59, second: 59 })];
  const [offset] = begins;
  const isOne = offset !== undefined && begins.length === 1 && ends.length === 1 && ends[0] === offset;
  return isOne ? isoText(local, offset) : null;
}

/** What stands for the whole day; null for what is on no calendar. */
export function noonOn(date: string, clock: ZoneClock): string | null {
  const on = dayOf(date);
  return on === null ? null : clock.middleOf(on);
}

function dayOf(date: string): { readonly year: number; readonly month: number; readonly day: number } | null {
  const parsed = Date.parse(`${date}T12:00:00Z`);
  if (Number.isNaN(parsed) || new Date(parsed).toISOString().slice(0, 10) !== date) return null;
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return { year, month, day };
}
