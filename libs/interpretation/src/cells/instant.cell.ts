import type { OccurredAtPrecision } from '@concord/codes';
import type { ColumnMapping } from '../mapping/column-mapping.js';
import { doubted, understood, type Outcome } from '../outcome.js';
import { readDatePart, type CalendarDay } from './date.cell.js';
import { readTimeOfDay, type TimeOfDay } from './time.cell.js';
import { isoText, type LocalTime, type ZoneClock } from './zone-clock.js';

/** What dates and times are read by. */
export interface InstantContext {
  readonly mapping: ColumnMapping;
  readonly year: number;
  readonly clock: ZoneClock | null;
}

/** A time as it is stored. */
export interface Instant {
  /** ISO 8601 with an offset. */
  readonly text: string;
  /** Null: as exactly as it is written. */
  readonly precision: OccurredAtPrecision | null;
}

/** A date cell taken apart: a time with its offset, or a day with or without a time. */
export type Written =
  { readonly exact: string } | { readonly date: CalendarDay; readonly time: TimeOfDay | null | undefined };

const WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** What a date cell says. `time` is undefined where the cell has none, null where it says that it is not known. */
export function readWritten(text: string, context: InstantContext): Outcome<Written> {
  if (WITH_OFFSET.test(text)) return understood({ exact: text }, 'EXACT');
  const read = readDatePart(text, context);
  if ('doubt' in read) return read;
  const { date, rest, rule, isIso } = read.value;
  const after = /^(?:,?\s+at\s+|[T ,@]+|\s*-\s+)(.+)$/i.exec(rest);
  if (rest.trim() === '') return understood({ date, time: undefined }, rule);
  if (!after) return doubted('DATE_NOT_KNOWN', 'Must be a date, with or without a time of day after a space.');
  const time = readTimeOfDay((after[1] ?? '').trim(), context.mapping, isIso);
  return 'doubt' in time ? time : understood({ date, time: time.value }, rule);
}

/** The instant of a local day and time. Without a time: the noon of the day, or the middle of the month. */
export function toInstant(
  date: CalendarDay,
  time: TimeOfDay | null,
  { clock }: Pick<InstantContext, 'clock'>,
): Outcome<Instant> {
  if (clock === null) {
    return doubted(
      'NO_TIME_ZONE',
      'Must have an offset, like 2026-11-20T15:15:00-08:00: the agency has no time zone set.',
    );
  }
  const { year, month, day } = date;
  if (time === null || day === null)
    return understood({ text: clock.middleOf(date), precision: day === null ? 'MONTH' : 'DAY' }, 'DATE_ISO');
  const { hour, minute, second } = time;
  const local: LocalTime = { year, month, day, hour, minute, second };
  const offsets = clock.offsetsAt(local);
  const texts = offsets.map((offset) => isoText(local, offset));
  const [text] = texts;
  if (text === undefined) return doubted('CLOCK_WENT_FORWARD', 'Must be a time that the clock showed on that day.');
  if (texts.length > 1)
    return doubted('CLOCK_WENT_BACK', 'Must have an offset: the clock showed this time twice.', texts);
  return understood({ text, precision: time.toTheHour ? 'HOUR' : null }, 'DATE_ISO');
}
