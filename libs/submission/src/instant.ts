import type { OccurredAtPrecision } from '@concord/codes';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** No place on earth is further from UTC. */
export const MAX_OFFSET_MINUTES = 14 * 60;

/** A time as it was written: the instant, and how far the writer's clock is from UTC. */
export interface SubmittedInstant {
  readonly instant: Date;
  /** East positive. */
  readonly offsetMinutes: number;
}

/** The half-open interval that a stated precision leaves open. */
export interface Interval {
  readonly from: Date;
  readonly to: Date;
}

/** Date, clock, fraction of a second, sign and distance of the offset; the date is checked on the calendar. */
const ISO_TIME =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d+))?)?(?:Z|([+-])(\d\d):([0-5]\d))$/;

/** ISO 8601 extended format with an offset; null for anything else and for what is on no calendar or clock. */
export function instantOf(text: string): SubmittedInstant | null {
  const match = ISO_TIME.exec(text);
  if (!match) return null;
  const [
    ,
    date = '',
    hours = '',
    minutes = '',
    seconds = '00',
    fraction = '',
    sign,
    offsetHours = '0',
    offsetRest = '0',
  ] = match;
  const distance = Number(offsetHours) * 60 + Number(offsetRest);
  if (!isDate(date) || distance > MAX_OFFSET_MINUTES) return null;
  const local = Date.parse(`${date}T${hours}:${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  // Clocks differ by quarters of an hour; another offset would be a fingerprint in every view.
  if (distance % 15 !== 0) return null;
  const offsetMinutes = sign === '-' && distance > 0 ? -distance : distance;
  return { instant: new Date(local - offsetMinutes * MINUTE), offsetMinutes };
}

/** Whether the text is YYYY-MM-DD and on the calendar. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // The engine turns 30 February into 2 March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** YYYY-MM-DD on a clock with the offset. */
export function localDate(instant: Date, offsetMinutes: number): string {
  return new Date(instant.getTime() + offsetMinutes * MINUTE).toISOString().slice(0, 10);
}

/** The minute, hour, day or month that holds the instant, in the calendar of the submitted offset. */
export function intervalOf({ instant, offsetMinutes }: SubmittedInstant, precision: OccurredAtPrecision): Interval {
  const shift = offsetMinutes * MINUTE;
  const local = instant.getTime() + shift;
  const [from, to] = precision === 'MONTH' ? monthOf(local) : unitOf(local, { MINUTE, HOUR, DAY }[precision]);
  return { from: new Date(from - shift), to: new Date(to - shift) };
}

function unitOf(local: number, unit: number): [from: number, to: number] {
  const from = Math.floor(local / unit) * unit;
  return [from, from + unit];
}

function monthOf(local: number): [from: number, to: number] {
  const date = new Date(local);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return [Date.UTC(year, month), Date.UTC(year, month + 1)];
}
