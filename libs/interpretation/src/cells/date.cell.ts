import type { ColumnMapping } from '../mapping/column-mapping.js';
import { doubted, understood, type Outcome } from '../outcome.js';
import type { ReadingRule } from '../reading-rules.js';

/** A day on the calendar; without a day where only the month is known. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number | null;
}

/** What dates are read by. */
export interface DateContext {
  readonly mapping: Pick<ColumnMapping, 'dateOrder' | 'excelDates'>;
  /** The year that it is. */
  readonly year: number;
}

/** A date, and what stands after it in the cell. */
export interface DateAndRest {
  readonly date: CalendarDay;
  readonly rule: ReadingRule;
  readonly rest: string;
  /** Year first: what follows is on the clock of 24 hours. */
  readonly isIso: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTH =
  '(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december)';
const YEAR = "(\\d{4}|'?\\d{2})(?!\\d)";

const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/;
const EIGHT_DIGITS = /^(\d{4})(\d\d)(\d\d)(?!\d)/;
const NUMBERS = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?![\d/])/;
const DAY_MONTH = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?[ .-]*(?:of +)?${MONTH}\\.?[ ,.-]*${YEAR}`, 'i');
const MONTH_DAY = new RegExp(`^${MONTH}\\.?[ .-]*(\\d{1,2})(?:st|nd|rd|th)?(?: *, *| +|-)${YEAR}`, 'i');
const MONTH_ONLY = new RegExp(`^${MONTH}\\.?[ ,-]+(\\d{4})$`, 'i');
const NUMBER_MONTH_ONLY = /^(\d{1,2})[/-](\d{4})$/;
const WITHOUT_YEAR = new RegExp(
  `^(?:\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}(?:st|nd|rd|th)?[ -]?${MONTH}|${MONTH}[ -]\\d{1,2})(?: .*)?$`,
  'i',
);
const WEEKDAY = /^(sun|mon|tue|wed|thu|fri|sat)[a-z]*[.,]? +/i;
const NOT_A_DATE = 'Must be a date that exists, like 2026-11-20.';

/** Days of Excel's serial numbers in the years that seizures are of. */
const EXCEL_FIRST = 25_000;
const EXCEL_LAST = 75_000;
const DAY_MS = 86_400_000;

/** A date as people write it at the beginning of a cell. */
export function readDatePart(text: string, context: DateContext): Outcome<DateAndRest> {
  const weekday = WEEKDAY.exec(text);
  if (!weekday) return datePart(text, context);
  const read = datePart(text.slice(weekday[0].length), context);
  if ('doubt' in read || read.value.date.day === null) return read;
  const { year, month, day } = read.value.date;
  const falls = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  if (falls === weekday[1]?.toLowerCase()) return read;
  return doubted('DATE_NOT_KNOWN', 'The date does not fall on that day of the week.', [dayText(read.value.date)]);
}

function datePart(text: string, context: DateContext): Outcome<DateAndRest> {
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst) {
    const [all, year = '', , month = '', day = ''] = yearFirst;
    return onCalendar(Number(year), Number(month), Number(day), 'DATE_ISO', text.slice(all.length), true);
  }
  const eight = EIGHT_DIGITS.exec(text);
  if (eight) return runTogether(eight, text);
  const numbers = NUMBERS.exec(text);
  if (numbers) return inOrder(numbers, text, context);
  const named = DAY_MONTH.exec(text) ?? monthFirst(MONTH_DAY.exec(text));
  if (named) {
    const [all = '', day = '', month = '', year = ''] = named;
    const full = fullYear(year.replace("'", ''), context.year);
    if (typeof full !== 'number') return full;
    return onCalendar(full, monthNumber(month), Number(day), 'DATE_MONTH_NAME', text.slice(all.length));
  }
  return ofMonth(text) ?? withoutYear(text, context) ?? excelDate(text, context);
}

const monthFirst = (match: RegExpExecArray | null): readonly string[] | null =>
  match && [match[0], match[2] ?? '', match[1] ?? '', match[3] ?? ''];

const monthNumber = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

function onCalendar(
  year: number,
  month: number,
  day: number,
  rule: ReadingRule,
  rest: string,
  isIso = false,
): Outcome<DateAndRest> {
  if (!exists(year, month, day)) return doubted('DATE_NOT_KNOWN', NOT_A_DATE);
  return understood({ date: { year, month, day }, rule, rest, isIso }, rule);
}

export function exists(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  // Dates are not of the first century; the engine adds 1900 to years below 100.
  return year >= 100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function runTogether(match: RegExpExecArray, text: string): Outcome<DateAndRest> {
  const [all, year = '', month = '', day = ''] = match;
  if (/^(19|20)/.test(year) && exists(Number(year), Number(month), Number(day))) {
    return onCalendar(Number(year), Number(month), Number(day), 'DATE_RUN_TOGETHER', text.slice(all.length), true);
  }
  return doubted('DATE_NOT_KNOWN', `${NOT_A_DATE} Eight digits must begin with the year.`);
}

/** A year of two digits is of this century unless it would lie ahead. */
function fullYear(year: string, now: number): number | { doubt: ReturnType<typeof doubted>['doubt'] } {
  if (year.length === 4) return Number(year);
  const full = 2000 + Number(year);
  if (full <= now) return full;
  return doubted('CENTURY', 'Must have a year of four digits.', [String(full - 100), String(full)]);
}

/** 03/04/26: whatever is possible, and what the mapping says of it. */
function inOrder(match: RegExpExecArray, text: string, context: DateContext): Outcome<DateAndRest> {
  const [all, first = '', , second = '', third = ''] = match;
  const rest = text.slice(all.length);
  const order = context.mapping.dateOrder;
  const year = fullYear(third, context.year);
  const [one, two] = [Number(first), Number(second)];
  if (order !== null) {
    if (typeof year !== 'number') return year;
    const [month, day] = order === 'MONTH_FIRST' ? [one, two] : [two, one];
    if (exists(year, month, day)) {
      return onCalendar(year, month, day, order === 'MONTH_FIRST' ? 'DATE_US' : 'DATE_DAY_FIRST', rest);
    }
    const other = exists(year, day, month) ? [dayText({ year, month: day, day: month })] : [];
    return doubted(
      'DATE_AGAINST_ORDER',
      `Must be a date with its ${order === 'MONTH_FIRST' ? 'month' : 'day'} first.`,
      other,
    );
  }
  const possible: { date: CalendarDay & { day: number }; rule: ReadingRule }[] = [];
  const add = (y: number, month: number, day: number, rule: ReadingRule): void => {
    if (exists(y, month, day)) possible.push({ date: { year: y, month, day }, rule });
  };
  if (typeof year === 'number') {
    add(year, one, two, 'DATE_US');
    if (one !== two) add(year, two, one, 'DATE_DAY_FIRST');
  }
  // Two digits at both ends: the year may stand first.
  const early = 2000 + one;
  if (third.length === 2 && first.length === 2 && early <= context.year) add(early, two, Number(third), 'DATE_ISO');
  if (possible.length === 0) return typeof year === 'number' ? doubted('DATE_NOT_KNOWN', NOT_A_DATE) : year;
  // 11/11/26: the same day however it is read.
  const days = [...new Set(possible.map(({ date }) => dayText(date)))];
  const [only] = possible;
  if (days.length > 1 || only === undefined) {
    return doubted('DATE_ORDER', 'Must be written year first, or the mapping must say which comes first.', days);
  }
  return onCalendar(only.date.year, only.date.month, only.date.day, only.rule, rest);
}

function ofMonth(text: string): Outcome<DateAndRest> | null {
  const named = MONTH_ONLY.exec(text);
  const numbered = NUMBER_MONTH_ONLY.exec(text);
  if (!named && !numbered) return null;
  const month = named ? monthNumber(named[1] ?? '') : Number(numbered?.[1]);
  const year = Number(named?.[2] ?? numbered?.[2]);
  if (month < 1 || month > 12) return doubted('DATE_NOT_KNOWN', NOT_A_DATE);
  return understood(
    { date: { year, month, day: null }, rule: 'DATE_OF_MONTH', rest: '', isIso: false },
    'DATE_OF_MONTH',
  );
}

function withoutYear(text: string, { year }: DateContext): Outcome<DateAndRest> | null {
  if (!WITHOUT_YEAR.test(text)) return null;
  return doubted('NO_YEAR', 'Must have its year.', [`${text} ${year}`]);
}

function excelDate(text: string, { mapping }: DateContext): Outcome<DateAndRest> {
  const match = /^(\d{5})(?:\.(\d+))?$/.exec(text);
  const days = Number(match?.[1]);
  if (!match || days < EXCEL_FIRST || days > EXCEL_LAST) return doubted('DATE_NOT_KNOWN', NOT_A_DATE);
  const read = excelDay(Number(text), mapping.excelDates ?? '1900');
  const suggestion = `${dayText(read.date)}${read.rest}`;
  if (mapping.excelDates !== null) return understood({ ...read, rule: 'DATE_EXCEL', isIso: true }, 'DATE_EXCEL');
  return doubted('EXCEL_DATE', 'Must be written as a date, or the mapping must say from when days are counted.', [
    suggestion,
  ]);
}

/** The day and time that a serial number stands for, to the second; the rest begins with a space. */
export function excelDay(serial: number, system: '1900' | '1904'): { date: CalendarDay; rest: string } {
  // 1900-02-29 was no day, but Excel counts it.
  const epoch = system === '1904' ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  const instant = new Date(epoch + Math.round(serial * 86_400) * 1_000);
  const date = { year: instant.getUTCFullYear(), month: instant.getUTCMonth() + 1, day: instant.getUTCDate() };
  const hasTime = instant.getTime() % DAY_MS !== 0;
  return { date, rest: hasTime ? ` ${instant.toISOString().slice(11, 19)}` : '' };
}

const two = (number: number): string => String(number).padStart(2, '0');

/** `2026-11-20`; `2026-11` without a day. */
export const dayText = ({ year, month, day }: CalendarDay): string =>
  `${String(year).padStart(4, '0')}-${two(month)}${day === null ? '' : `-${two(day)}`}`;

/** Oldest that somebody who is reported may be. */
const OLDEST = 110;

/** A date of birth as YYYY-MM-DD. Two digits of the year count where only one century is possible. */
export function readBirthDate(text: string, context: DateContext): Outcome<string> {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return understood(text, 'EXACT');
  const short = /^(.*\D)(\d{2})$/.exec(text);
  const complete =
    short && !/\d{4}/.test(text) ? (withCentury(short[1] ?? '', short[2] ?? '', context.year) ?? text) : text;
  if (typeof complete !== 'string') return complete;
  const read = readDatePart(complete, context);
  if ('doubt' in read) return read;
  const { date, rest, rule } = read.value;
  // A program's midnight beside a date of birth is no time.
  if (date.day === null || !/^([ T]0?0:00(:00)?|[ T]12:00(:00)? ?am)?$/i.test(rest)) {
    return doubted('DATE_NOT_KNOWN', 'Must be a date of birth, like 1990-05-31.');
  }
  return understood(dayText(date), rule);
}

function withCentury(
  before: string,
  year: string,
  now: number,
): string | { doubt: ReturnType<typeof doubted>['doubt'] } {
  const possible = [2000 + Number(year), 1900 + Number(year)].filter((full) => full <= now && full >= now - OLDEST);
  const [only] = possible;
  if (possible.length === 1 && only !== undefined) return `${before}${only}`;
  return doubted('CENTURY', 'Must have a year of four digits.', possible.map(String));
}
