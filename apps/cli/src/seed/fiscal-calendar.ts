const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** CBP's abbreviations, in the order of the calendar. */
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
/** A fiscal year begins in the October before the January that it is named after. */
const FIRST_MONTH = 10;
const YEARS = { first: 1971, last: 2100 };

/** A month on the calendar, not of the fiscal year: January is 1. */
export interface CalendarMonth {
  readonly year: number;
  readonly month: number;
}

/** Instants in milliseconds: the first, and the first after the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** `2021`, and `2026 (FYTD)` for the year that is running; null for what is neither. */
export function fiscalYearNamed(text: string): number | null {
  const year = Number(/^(\d{4})(?:\s*\(FYTD\))?$/i.exec(text.trim())?.[1] ?? Number.NaN);
  return year >= YEARS.first && year <= YEARS.last ? year : null;
}

/** `OCT` of fiscal year 2022 is October 2021; null for no month. */
export function calendarMonthOf(fiscalYear: number, abbreviation: string): CalendarMonth | null {
  const month = MONTHS.indexOf(abbreviation.trim().toUpperCase()) + 1;
  if (month === 0) return null;
  return { year: month >= FIRST_MONTH ? fiscalYear - 1 : fiscalYear, month };
}

/** The fiscal year of an instant, on a clock so many minutes east of UTC. */
export function fiscalYearOf(instant: Date, offsetMinutes: number): number {
  const local = new Date(instant.getTime() + offsetMinutes * MINUTE_MS);
  return local.getUTCFullYear() + (local.getUTCMonth() + 1 >= FIRST_MONTH ? 1 : 0);
}

/**
 * The part of a month in which something may have happened: it lies in the month on the place's clock and in UTC, so that
 * whoever counts by either finds it in the month in which it was counted, and before the day of `now`.
 */
export function pastPartOf(month: CalendarMonth, offsetMinutes: number, now: Date): Span {
  const [from, to] = [Date.UTC(month.year, month.month - 1), Date.UTC(month.year, month.month)];
  const shift = offsetMinutes * MINUTE_MS;
  return { from: Math.max(from, from - shift), to: Math.min(to, to - shift, startOfDay(now)) };
}

/** Whether a whole day of the month has passed, in UTC: then some of it has passed everywhere. */
export function hasBegun({ year, month }: CalendarMonth, now: Date): boolean {
  return startOfDay(now) >= Date.UTC(year, month - 1) + DAY_MS;
}

const startOfDay = (now: Date): number => Math.floor(now.getTime() / DAY_MS) * DAY_MS;

/** A whole minute of a span. @param share at least 0 and below 1 */
export function minuteIn({ from, to }: Span, share: number): number {
  return from + Math.floor((share * (to - from)) / MINUTE_MS) * MINUTE_MS;
}
