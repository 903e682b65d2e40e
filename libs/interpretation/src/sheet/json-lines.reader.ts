import type { SubmittedReport } from '@concord/submission';
import type { FileReader } from '../file-reader.js';
import type { InterpretedEntry } from '../interpreted-entry.js';
import type { ColumnMapping } from '../mapping/column-mapping.js';
import { doubted } from '../outcome.js';
import { RowJoiner } from '../rows/join-rows.js';
import { textLines } from './json-rows.js';
import type { TableRow } from './table.js';

/** The column of a line that is a report as the API takes it, or no JSON: the line itself. */
const WHOLE_LINE = 'json';
/** What only a report of the API has, and no column of a file is called. */
const API_FIELDS = ['submitterReference', 'substances', 'occurredAt'];

interface Line {
  readonly line: number;
  readonly text: string;
}

/**
 * One JSON object a line: a report as the API takes it, which goes on as it is, or columns with a value each, which are
 * read as the cells of a sheet.
 */
export const readJsonLines: FileReader = async function* (bytes, mapping, settings) {
  const joiner = new RowJoiner(mapping, settings);
  for await (const line of textLines(bytes)) {
    const parsed = parse(line.text);
    if (isReport(parsed)) {
      const ended = joiner.end();
      if (ended !== null) yield ended;
      yield joiner.whole({ ...entryOf(line), input: parsed });
    } else {
      const ended = joiner.push(rowOf(line, parsed, mapping));
      if (ended !== null) yield ended;
    }
  }
  const last = joiner.end();
  if (last !== null) yield last;
};

const entryOf = ({ line, text }: Line): Omit<InterpretedEntry, 'ordinal' | 'input'> => ({
  rows: [{ line, cells: new Map([[WHOLE_LINE, text]]) }],
  readings: [],
  questions: [],
});

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

const isReport = (value: Record<string, unknown> | null): value is Record<string, unknown> & SubmittedReport =>
  value !== null && API_FIELDS.some((field) => Object.hasOwn(value, field));

/** The cells of a flat object. Numbers are taken as they are written, not as a computer keeps them. */
function rowOf({ line, text }: Line, value: Record<string, unknown> | null, mapping: ColumnMapping): TableRow {
  const known = new Set([...mapping.columns.map(({ heading }) => heading), ...mapping.ignored]);
  const entries = Object.entries(value ?? {});
  const isFlat = value !== null && entries.every(([, each]) => each === null || typeof each !== 'object');
  const unknown = entries.filter(([name, each]) => !known.has(name) && each !== null && each !== '');
  const doubt = !isFlat
    ? doubted('NOT_JSON', 'Must be one JSON object: a report as the API takes it, or a text or number a column.').doubt
    : losesDigits(text)
      ? doubted('TOO_MANY_DIGITS', 'Must have numbers of at most 15 digits, or numbers as text.').doubt
      : unknown.length > 0
        ? doubted('UNKNOWN_COLUMN', 'Must have no column that the mapping does not use or leave out by name.').doubt
        : null;
  const cells = isFlat ? entries.map(([name, each]) => [name, textOf(each)] as const) : [[WHOLE_LINE, text] as const];
  return { line, cells: new Map(cells), doubt, merged: new Set() };
}

const textOf = (value: unknown): string =>
  value === null
    ? ''
    : typeof value === 'string'
      ? value
      : typeof value === 'boolean'
        ? String(value)
        : JSON.stringify(value);

/** Whether a number outside of texts has more digits than are surely kept. */
const losesDigits = (text: string): boolean =>
  (text.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/\d[\d.]*/g) ?? []).some(
    (digits) => digits.replace('.', '').length > 15,
  );
