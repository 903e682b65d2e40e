import type { Moment } from './parsed-filter.js';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
/** Fractions beyond the millisecond only as zeros: views are no finer, and rounding would move a bound. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})0*)?)?(?:Z|([+-])(\d{2}):(\d{2}))$/;
const EARLIEST_YEAR = 1900;
const MINUTE_MS = 60_000;
/** No place on Earth is further from UTC. */
export const WIDEST_OFFSET_MS = 14 * 60 * MINUTE_MS;

/** A date or an instant with its offset; null when it is neither. */
export function parseMoment(text: string): Moment | null {
  const midnight = parseDate(text);
  if (midnight !== null) return { kind: 'date', epochMs: midnight };
  const epochMs = parseInstant(text);
  return epochMs === null ? null : { kind: 'instant', epochMs };
}

/** Milliseconds of midnight in UTC of a day that exists. */
function parseDate(text: string): number | null {
  const parts = DATE.exec(text);
  if (!parts) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (year < EARLIEST_YEAR) return null;
  const midnight = Date.UTC(year, month - 1, day);
  // Date.UTC turns 30 February into 2 March.
  return new Date(midnight).toISOString().startsWith(text) ? midnight : null;
}

/** The last instant with a year of four digits. */
const LAST_INSTANT_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function parseInstant(text: string): number | null {
  const [, date = '', hour, minute, second = '0', fraction = '', sign, offsetHour = '0', offsetMinute = '0'] =
    INSTANT.exec(text) ?? [];
  const midnight = parseDate(date);
  if (midnight === null) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || Number(offsetMinute) > 59) return null;
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * MINUTE_MS;
  if (offsetMs > WIDEST_OFFSET_MS) return null;
  const local = midnight + Number(hour) * 60 * MINUTE_MS + Number(minute) * MINUTE_MS + Number(second) * 1000;
  const instant = local + Number(fraction.padEnd(3, '0')) - (sign === '-' ? -offsetMs : offsetMs);
  return instant <= LAST_INSTANT_MS ? instant : null;
}
