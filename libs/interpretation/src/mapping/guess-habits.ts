import { findColumn, TEMPLATE_MAPPING } from '../template.js';
import type { ColumnMapping, ColumnUse } from './column-mapping.js';

/** A setting that the rows of a file show. */
export interface Evidence {
  readonly setting: 'dateOrder' | 'clock' | 'midnight' | 'decimal';
  readonly value: string;
  /** The column and the cell that shows it; empty where it is the template's own rule. */
  readonly heading: string;
  readonly text: string;
}

type Habits = Pick<ColumnMapping, 'dateOrder' | 'clock' | 'midnight' | 'decimal'>;

interface Sample {
  readonly heading: string;
  readonly text: string;
}

const NUMBER_DATE = /^(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?!\d)/;
const CLOCK_TIME = /(?:^|[T ])(\d{1,2}):\d\d(?::\d\d)?(?:\.\d+)?\s*(am|pm)?$/i;
const MIDNIGHT = /(?:^|[T ])(?:0?0:00(?::00)?(?:\.0+)?|12:00(?::00)? ?am|0000)$/i;
const HAS_TIME = /\d:\d\d|^\d{4}$/;
const POINT = /\d\.\d{1,2}(?!\d)|\d,\d{3}\.\d|\d\.\d{4,}/;
const COMMA = /\d,\d{1,2}(?!\d)|\d\.\d{3},\d|\d,\d{4,}/;

/**
 * How a file writes dates, times and numbers, from rows that can be read in one way only. Where rows speak against each
 * other, nothing is said: then what is unclear is asked about.
 */
export function guessHabits(
  columns: readonly ColumnUse[],
  headings: readonly string[],
  samples: readonly (readonly string[])[],
): { habits: Habits; evidence: readonly Evidence[] } {
  const cellsOf = (...names: string[]): Sample[] =>
    columns
      .filter(({ column }) => names.includes(column))
      .flatMap(({ heading }) => {
        const at = headings.indexOf(heading);
        return samples.flatMap((row) => (row[at]?.trim() ? [{ heading, text: row[at].trim() }] : []));
      });
  const dates = cellsOf('date');
  const times = [...dates, ...cellsOf('time')];
  const numbers = cellsOf('quantity', 'purity_percent');
  const evidence: Evidence[] = [];
  const decide = <T extends string>(
    setting: Evidence['setting'],
    ways: readonly (readonly [T, Sample | undefined])[],
  ): T | null => {
    const shown = ways.filter(([, sample]) => sample !== undefined);
    const [only] = shown;
    if (shown.length !== 1 || only?.[1] === undefined) return null;
    evidence.push({ setting, value: only[0], ...only[1] });
    return only[0];
  };
  // Whoever fills in the template is told how: its page says month first, and decimals with a point.
  if (columns.length > 0 && headings.every((heading) => findColumn(heading) !== undefined)) {
    const { dateOrder, clock, midnight, decimal } = TEMPLATE_MAPPING;
    return { habits: { dateOrder, clock, midnight, decimal }, evidence };
  }
  const habits: Habits = {
    dateOrder: decide('dateOrder', [
      ['MONTH_FIRST', dates.find(({ text }) => isOver12(text, 2) && !isOver12(text, 1))],
      ['DAY_FIRST', dates.find(({ text }) => isOver12(text, 1))],
    ]),
    clock: decide('clock', [
      ['24_HOUR', times.find(({ text }) => hourOf(text) >= 13)],
      // One "pm" shows that the file does not keep to the clock of 24 hours.
    ]),
    midnight: midnightOf(),
    decimal: decide('decimal', [
      ['POINT', numbers.find(({ text }) => POINT.test(text))],
      ['COMMA', numbers.find(({ text }) => COMMA.test(text))],
    ]),
  };
  const twelve = times.some(({ text }) => /\d\s*[ap]\.?m\.?$/i.test(text));
  return {
    habits: twelve ? { ...habits, clock: null } : habits,
    evidence: evidence.filter(({ setting }) => !twelve || setting !== 'clock'),
  };

  /** A program that writes a time to every date writes midnight; one time that is none speaks against it. */
  function midnightOf(): Habits['midnight'] {
    const withTime = times.filter(({ text }) => HAS_TIME.test(text));
    const [first] = withTime;
    if (first === undefined || withTime.length < 2 || !withTime.every(({ text }) => MIDNIGHT.test(text))) return null;
    return decide('midnight', [['NO_TIME', first]]);
  }
}

function isOver12(text: string, part: 1 | 2): boolean {
  const match = NUMBER_DATE.exec(text);
  const [one, two] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  const [value, other] = part === 1 ? [one, two] : [two, one];
  // 26-11-20 may have its year first: only a month beside it makes a day of it, and 31 at most.
  return match !== null && value > 12 && value <= 31 && other >= 1 && other <= 12;
}

function hourOf(text: string): number {
  const match = CLOCK_TIME.exec(text);
  return match === null || match[2] !== undefined ? -1 : Number(match[1]);
}
