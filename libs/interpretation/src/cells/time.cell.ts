import type { ColumnMapping } from '../mapping/column-mapping.js';
import { doubted, understood, type Outcome } from '../outcome.js';
import { isNothing } from './words.js';

/** A time of day; `toTheHour` where no minutes were said. */
export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly toTheHour: boolean;
}

export type TimeContext = Pick<ColumnMapping, 'clock' | 'midnight'>;

const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.0+)?)?\s*(hrs?\.?|hours|h)?\s*(am|pm|a\.m\.|p\.m\.|a|p)?$/i;
const HOUR_ALONE = /^(\d{1,2})\s*(am|pm|a\.m\.|p\.m\.)$/i;
const DIGITS = /^(\d{4})\s*(hrs?\.?|hours|h)?$/i;
const THREE_DIGITS = /^\d{3}$/;
const UNKNOWN = /^(unk|unkn|unknown|not known|\?|tbd)$/i;
const NOT_A_TIME = 'Must be a time of day, like 15:15, 1515 or 3:15 pm.';

/** A time of day as people write it; null where the cell says that it is not known. `isIso`: after a date with its year first. */
export function readTimeOfDay(text: string, context: TimeContext, isIso = false): Outcome<TimeOfDay | null> {
  if (isNothing(text) || UNKNOWN.test(text)) return understood(null, 'TIME_UNKNOWN');
  if (/^noon$/i.test(text)) return understood({ hour: 12, minute: 0, second: 0, toTheHour: false }, 'TIME_12_HOUR');
  const alone = HOUR_ALONE.exec(text);
  if (alone) return halfDay(Number(alone[1]), 0, 0, alone[2] ?? '', true, context);
  const clock = CLOCK.exec(text);
  if (clock) return onClock(clock, context, isIso);
  const digits = DIGITS.exec(text);
  if (digits) {
    const [hour, minute] = [Number(text.slice(0, 2)), Number(text.slice(2, 4))];
    return checked(hour, minute, 0, 'TIME_MILITARY', context);
  }
  if (!THREE_DIGITS.test(text)) return doubted('TIME_NOT_KNOWN', NOT_A_TIME);
  // 0315 that a spreadsheet took for a number.
  if (context.clock === null) return doubted('HALF_OF_DAY', 'Must have four digits.', [`0${text}`]);
  return checked(Number(text.slice(0, 1)), Number(text.slice(1)), 0, 'TIME_MILITARY', context);
}

function onClock(match: RegExpExecArray, context: TimeContext, isIso: boolean): Outcome<TimeOfDay | null> {
  const [, hours = '', minutes = '', seconds = '0', mark, half] = match;
  const [hour, minute, second] = [Number(hours), Number(minutes), Number(seconds)];
  if (half) return mark ? doubted('TIME_NOT_KNOWN', NOT_A_TIME) : halfDay(hour, minute, second, half, false, context);
  const may12 = hour >= 1 && hour <= 12 && !(hours.length === 2 && hour < 10);
  if (may12 && !mark && !isIso && context.clock === null) {
    const [early, late] = [hour % 12, (hour % 12) + 12];
    return doubted('HALF_OF_DAY', 'Must say am or pm, or be on the clock of 24 hours.', [
      `${String(early).padStart(2, '0')}:${minutes}`,
      `${late}:${minutes}`,
    ]);
  }
  return checked(hour, minute, second, 'TIME_24_HOUR', context);
}

function halfDay(
  hour: number,
  minute: number,
  second: number,
  half: string,
  toTheHour: boolean,
  context: TimeContext,
): Outcome<TimeOfDay | null> {
  if (hour < 1 || hour > 12) return doubted('TIME_NOT_KNOWN', NOT_A_TIME);
  const isLate = /^p/i.test(half);
  return checked((hour % 12) + (isLate ? 12 : 0), minute, second, 'TIME_12_HOUR', context, toTheHour);
}

function checked(
  hour: number,
  minute: number,
  second: number,
  rule: 'TIME_24_HOUR' | 'TIME_12_HOUR' | 'TIME_MILITARY',
  { midnight }: TimeContext,
  toTheHour = false,
): Outcome<TimeOfDay | null> {
  if (hour > 23 || minute > 59 || second > 59) return doubted('TIME_NOT_KNOWN', NOT_A_TIME);
  if (hour === 0 && minute === 0 && second === 0) {
    if (midnight === 'NO_TIME') return understood(null, 'TIME_IS_NONE');
    if (midnight === null) {
      return doubted('MIDNIGHT', 'The mapping must say whether midnight is a time here, or stands for none.');
    }
  }
  return understood({ hour, minute, second, toTheHour }, rule);
}
