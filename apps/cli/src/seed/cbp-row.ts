import { milligramsOf } from '@concord/codes';
import { createHash } from 'node:crypto';
import { areaNamed, COMPONENTS, type CbpArea } from './cbp-areas.js';
import { drugNamed, type CbpDrug } from './cbp-drugs.data.js';
import { calendarMonthOf, fiscalYearNamed, hasBegun, type CalendarMonth } from './fiscal-calendar.js';
import { HEAVIEST_EVENT } from './weight-split.js';
import type { RefusedRow } from '../csv-lines.js';

/** The file's columns, by what they are here. */
export const COLUMNS = {
  fiscalYear: 'FY',
  month: 'Month (abbv)',
  component: 'Component',
  region: 'Region',
  landFilter: 'Land Filter',
  area: 'Area of Responsibility',
  drug: 'Drug Type',
  events: 'Count of Event',
  pounds: 'Sum Qty (lbs)',
} as const;
type Column = keyof typeof COLUMNS;

/** Ten times the most that a month of an area has had: more is a mistake, and every event becomes a report. */
export const MOST_EVENTS = 20_000;

/** One line of the file: how much of a drug one area seized in one month. */
export interface CbpRow {
  readonly line: number;
  /** Twelve hexadecimal digits over what makes the row unique: the same in every file that has it. */
  readonly key: string;
  readonly fiscalYear: number;
  readonly month: CalendarMonth;
  readonly area: CbpArea;
  readonly land: boolean;
  readonly drug: CbpDrug;
  /** As this file writes it. */
  readonly drugWording: string;
  /** Each becomes a report. */
  readonly events: number;
  /** The row's pounds, rounded once to the milligram. */
  readonly milligrams: bigint;
}

/** Where each column is, by the file's first line. */
export type Header = Readonly<Record<Column, number>> & { readonly width: number };

/** @throws Error with the names of all columns that are missing, or that are there twice */
export function readHeader(names: readonly string[]): Header {
  const plain = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();
  const found = names.map(plain);
  const columns = Object.entries(COLUMNS);
  const missing = columns.map(([, name]) => name).filter((name) => !found.includes(plain(name)));
  if (missing.length > 0) throw new Error(`The file lacks the columns ${missing.join(', ')}: is it CBP's table?`);
  const twice = columns.map(([, name]) => name).filter((name) => found.filter((one) => one === plain(name)).length > 1);
  if (twice.length > 0) throw new Error(`The file has more than one column ${twice.join(', ')}.`);
  const places = Object.fromEntries(columns.map(([column, name]) => [column, found.indexOf(plain(name))]));
  return { ...(places as Record<Column, number>), width: names.length };
}

/** Why a line is of no use: caught here and nowhere else. */
class Unusable extends Error {}

/** One line as a row, or the reason why it is none. Never throws. */
export function readRow(line: number, cells: readonly string[], header: Header, now: Date): CbpRow | RefusedRow {
  try {
    return rowOf(line, cells, header, now);
  } catch (error) {
    if (error instanceof Unusable) return { line, reason: error.message };
    throw error;
  }
}

function rowOf(line: number, cells: readonly string[], header: Header, now: Date): CbpRow {
  if (cells.length !== header.width)
    throw new Unusable(`has ${cells.length} columns, and the first line names ${header.width}`);
  const text = (column: Column): string => cells[header[column]]?.trim() ?? '';
  const known = <T>(column: Column, found: T | null): T => {
    if (found !== null) return found;
    throw new Unusable(`${COLUMNS[column]} ${quoted(text(column))} is not known`);
  };
  const fiscalYear = known('fiscalYear', fiscalYearNamed(text('fiscalYear')));
  const month = known('month', calendarMonthOf(fiscalYear, text('month')));
  const component = known('component', COMPONENTS.find((one) => one === text('component')) ?? null);
  const area = known('area', areaNamed(component, text('area')));
  const drug = known('drug', drugNamed(text('drug')));
  if (!hasBegun(month, now)) throw new Unusable(`${text('month')} of fiscal year ${fiscalYear} lies in the future`);
  const events = eventsOf(text('events'));
  const milligrams = weightOf(text('pounds'));
  if (milligrams > HEAVIEST_EVENT * BigInt(events))
    throw new Unusable(`${COLUMNS.pounds} ${quoted(text('pounds'))} is more than 100 tonnes an event`);
  const parts = [fiscalYear, month.month, component, text('region'), text('landFilter'), area.name, drug.wording];
  return {
    ...{ line, fiscalYear, month, area, drug, events, milligrams },
    key: createHash('sha256').update(parts.join('\n').toLowerCase(), 'utf8').digest('hex').slice(0, 12),
    land: /^land only$/i.test(text('landFilter')),
    drugWording: text('drug'),
  };
}

function eventsOf(text: string): number {
  const events = /^\d+$/.test(text) ? Number(text) : 0;
  if (events < 1) throw new Unusable(`${COLUMNS.events} ${quoted(text)} is no whole number above 0`);
  if (events > MOST_EVENTS) throw new Unusable(`${COLUMNS.events} ${quoted(text)} is more than ${MOST_EVENTS}`);
  return events;
}

function weightOf(text: string): bigint {
  const pounds = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(pounds)) throw new Unusable(`${COLUMNS.pounds} ${quoted(text)} is no number`);
  if (pounds < 0) throw new Unusable(`${COLUMNS.pounds} ${quoted(text)} is negative`);
  // The text has at most the digits of a double: it is the number's shortest spelling, which is what is multiplied.
  return milligramsOf(pounds + 0, 'LB');
}

/** No more of the file than a terminal should show. */
const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
