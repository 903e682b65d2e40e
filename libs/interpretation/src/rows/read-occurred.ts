import { readCode } from '../cells/code.cell.js';
import { readWritten, toInstant, type Instant, type Written } from '../cells/instant.cell.js';
import { readTimeOfDay, type TimeOfDay } from '../cells/time.cell.js';
import { doubted, understood, type Outcome } from '../outcome.js';
import type { ReadingRule } from '../reading-rules.js';
import type { Cell, MappedRow } from './mapped-row.js';
import type { ReportContext } from './report-context.js';

/** When it happened, from one column or two. */
export function readOccurred(
  row: MappedRow,
  { instant }: ReportContext,
): { occurredAt?: string; occurredAtPrecision?: string } {
  const precision = row.read('date_precision', 'occurredAtPrecision', (text) => readCode('date_precision', text));
  const date = row.cell('date');
  const time = row.cell('time');
  if (date === null) {
    if (time !== null) row.ask(time, 'occurredAt', doubted('DATE_NOT_KNOWN', 'Must have a date beside it.').doubt);
    return precision == null ? {} : { occurredAtPrecision: precision };
  }
  const written = readWritten(date.text, instant);
  const ofDay = time === null ? undefined : readTimeOfDay(time.text, instant.mapping);
  if ('doubt' in written) row.ask(date, 'occurredAt', written.doubt);
  if (time !== null && ofDay !== undefined && 'doubt' in ofDay) row.ask(time, 'occurredAt', ofDay.doubt);
  if ('doubt' in written || (ofDay !== undefined && 'doubt' in ofDay)) return {};
  const result = combined(written.value, ofDay?.value, instant);
  if ('doubt' in result) {
    row.ask(time ?? date, 'occurredAt', result.doubt);
    return {};
  }
  return noted(row, { date, time, dateRule: written.rule, timeRule: ofDay?.rule }, result.value, precision ?? null);
}

function combined(
  written: Written,
  time: TimeOfDay | null | undefined,
  instant: ReportContext['instant'],
): Outcome<Instant> {
  if ('exact' in written) {
    if (time == null) return understood({ text: written.exact, precision: null }, 'EXACT');
    return doubted('TIME_TWICE', 'Must be blank where the date has a time and an offset.');
  }
  const { date } = written;
  const both = written.time != null && time != null;
  if (both && (written.time?.hour !== time?.hour || written.time?.minute !== time?.minute)) {
    return doubted('TIME_TWICE', 'Must be the time that the date cell has, or blank.');
  }
  const at = written.time ?? time ?? null;
  if (at !== null && date.day === null)
    return doubted('DATE_NOT_KNOWN', 'Must be a day, where there is a time of day.');
  return toInstant(date, at, instant);
}

interface Noted {
  readonly date: Cell;
  readonly time: Cell | null;
  readonly dateRule: ReadingRule;
  readonly timeRule: ReadingRule | undefined;
}

function noted(
  row: MappedRow,
  { date, time, dateRule, timeRule }: Noted,
  { text, precision }: Instant,
  stated: string | null,
): { occurredAt: string; occurredAtPrecision?: string } {
  row.note(date, 'occurredAt', understood(text, dateRule));
  if (time !== null && timeRule !== undefined) row.note(time, 'occurredAt', understood(text, timeRule));
  if (stated !== null) return { occurredAt: text, occurredAtPrecision: stated };
  if (precision === null) return { occurredAt: text };
  row.note(date, 'occurredAtPrecision', understood(precision, precision === 'MONTH' ? 'DATE_OF_MONTH' : 'DAY_ALONE'));
  return { occurredAt: text, occurredAtPrecision: precision };
}

/** Until when it is kept back: a day alone has a beginning and an end. */
export function readReleaseAfter(row: MappedRow, { instant }: ReportContext): string | undefined {
  return row.read('release_after', 'releaseAfter', (text) => {
    const written = readWritten(text, instant);
    if ('doubt' in written) return written;
    if ('exact' in written.value) return understood(written.value.exact, 'EXACT');
    const { date, time } = written.value;
    if (time == null || date.day === null) {
      return doubted('RELEASE_WITHOUT_TIME', 'Must have a time of day: 2026-12-24 08:00.');
    }
    const at = toInstant(date, time, instant);
    return 'doubt' in at ? at : understood(at.value.text, written.rule);
  });
}
