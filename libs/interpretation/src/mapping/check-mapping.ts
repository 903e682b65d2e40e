import { UNIT_CODES } from '@concord/codes';
import { MappedRow, compileMapping } from '../rows/mapped-row.js';
import { readReport } from '../rows/read-report.js';
import { readSubstance } from '../rows/read-substance.js';
import { reportContext } from '../rows/report-context.js';
import type { InterpretationSettings } from '../settings.js';
import { findColumn, MOST_NUMBERED, withoutNumber } from '../template.js';
import type { ColumnMapping } from './column-mapping.js';
import { isMeaningOf } from './meaning.js';

/** What may be wrong with a mapping, with what it means. Codes are stable. */
export const MAPPING_FAULTS = {
  WRONG_SHAPE: 'The mapping is not of the form that version 1 has.',
  UNKNOWN_COLUMN_NAME: 'The template has no such column.',
  COLUMN_TWICE: 'Two headings, or a heading and the list of what is left out, claim the same.',
  UNKNOWN_SETTING: 'A setting has a value that it does not take.',
  UNIT_WITHOUT_QUANTITY: 'A unit is named for a heading that is no quantity.',
  CONSTANT_NOT_UNDERSTOOD: 'What is said of every row is not understood.',
  MEANING_NOT_A_CODE: 'A confirmed meaning is not what its column stores.',
  MEANING_TWICE: 'One text has two meanings in one column.',
  NO_REFERENCE: 'No column holds the reference that tells reports apart.',
} as const;

/** One of {@link MAPPING_FAULTS}. */
export type MappingFaultCode = keyof typeof MAPPING_FAULTS;

/** One thing that is wrong with a mapping. */
export interface MappingFault {
  /** Where: `columns.3.column`, `constants.sharing`. */
  readonly path: string;
  readonly code: MappingFaultCode;
  /** What would be right. */
  readonly message: string;
}

const SETTINGS: Readonly<Record<string, readonly unknown[]>> = {
  dateOrder: ['MONTH_FIRST', 'DAY_FIRST', null],
  clock: ['24_HOUR', null],
  midnight: ['MIDNIGHT', 'NO_TIME', null],
  decimal: ['POINT', 'COMMA', null],
  excelDates: ['1900', '1904', null],
};
const MOST_ENTRIES = 5_000;
const MOST_TEXT = 500;

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MOST_TEXT;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf = (value: unknown, fits: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= MOST_ENTRIES && value.every(fits);

/** Every fault of a mapping at once; none: it is one. Takes anything, as it comes from a client or a store. */
export function checkMapping(value: unknown, settings: InterpretationSettings): readonly MappingFault[] {
  const shape = shapeFaults(value);
  if (shape.length > 0) return shape;
  const mapping = value as ColumnMapping;
  return [...columnFaults(mapping), ...constantFaults(mapping, settings), ...vocabularyFaults(mapping)];
}

/** Whether a value is a mapping in form. */
function shapeFaults(value: unknown): MappingFault[] {
  const wrong = (path: string, message: string): MappingFault => ({ path, code: 'WRONG_SHAPE', message });
  if (!isObject(value) || value['version'] !== 1) return [wrong('version', 'Must be a mapping of version 1.')];
  const { columns, ignored, constants, vocabulary, sheet } = value;
  const faults: MappingFault[] = [];
  const isUse = (item: unknown): boolean => isObject(item) && isText(item['heading']) && isText(item['column']);
  const isMeaning = (item: unknown): boolean =>
    isObject(item) && isText(item['column']) && isText(item['text']) && isText(item['code']);
  if (!isListOf(columns, isUse)) faults.push(wrong('columns', 'Must be a list of { heading column }.'));
  if (!isListOf(ignored, isText)) faults.push(wrong('ignored', 'Must be a list of headings.'));
  if (!isObject(constants) || !isListOf(Object.values(constants), isText)) {
    faults.push(wrong('constants', 'Must be texts by column.'));
  }
  if (!isListOf(vocabulary, isMeaning)) faults.push(wrong('vocabulary', 'Must be a list of { column text code }.'));
  if (sheet !== null && !isText(sheet)) faults.push(wrong('sheet', 'Must be the name of a sheet, or null.'));
  for (const [name, allowed] of Object.entries(SETTINGS)) {
    if (allowed.includes(value[name])) continue;
    faults.push({ path: name, code: 'UNKNOWN_SETTING', message: `Must be one of ${allowed.map(String).join(', ')}.` });
  }
  return faults;
}

function columnFaults({ columns, ignored, constants }: ColumnMapping): MappingFault[] {
  const faults: MappingFault[] = [];
  const rule = `Must be a column of the template (docs/import-columns.md); people and identifiers up to number ${MOST_NUMBERED}.`;
  const seen = new Set<string>();
  columns.forEach(({ heading, column, unit }, index) => {
    const at = `columns.${index}`;
    if (findColumn(column) === undefined)
      faults.push({ path: `${at}.column`, code: 'UNKNOWN_COLUMN_NAME', message: rule });
    if (seen.has(column)) {
      faults.push({ path: `${at}.column`, code: 'COLUMN_TWICE', message: 'Must be the column of one heading.' });
    }
    if (ignored.includes(heading)) {
      faults.push({ path: `${at}.heading`, code: 'COLUMN_TWICE', message: 'Must not be left out and used.' });
    }
    seen.add(column);
    if (unit === undefined) return;
    if (column !== 'quantity') {
      faults.push({ path: `${at}.unit`, code: 'UNIT_WITHOUT_QUANTITY', message: 'Must stand with a quantity.' });
    }
    if (!UNIT_CODES.includes(unit)) {
      faults.push({ path: `${at}.unit`, code: 'UNKNOWN_SETTING', message: `Must be one of ${UNIT_CODES.join(', ')}.` });
    }
  });
  for (const column of Object.keys(constants)) {
    if (findColumn(column) === undefined) {
      faults.push({ path: `constants.${column}`, code: 'UNKNOWN_COLUMN_NAME', message: rule });
    }
  }
  // NIBRS has no columns: what such a file is read by are constants and words.
  if (columns.length > 0 && !seen.has('reference')) {
    faults.push({ path: 'columns', code: 'NO_REFERENCE', message: 'Must use a heading for reference.' });
  }
  return faults;
}

/** Questions that another cell of the row may answer. */
const OF_OTHER_CELLS: ReadonlySet<string> = new Set(['UNIT_MISSING', 'UNITS_DISAGREE', 'STATES_DISAGREE']);

/** A constant is read as a cell would be, alone in a row. */
function constantFaults(mapping: ColumnMapping, settings: InterpretationSettings): MappingFault[] {
  const compiled = compileMapping({ ...mapping, columns: [] });
  const row = new MappedRow({ line: 0, cells: new Map(), doubt: null, merged: new Set() }, compiled, 0);
  readReport(row, reportContext(compiled, settings));
  readSubstance(row);
  return row.questions
    .filter(({ code }) => !OF_OTHER_CELLS.has(code))
    .map(({ column, message }) => ({ path: `constants.${column}`, code: 'CONSTANT_NOT_UNDERSTOOD', message }));
}

function vocabularyFaults({ vocabulary }: ColumnMapping): MappingFault[] {
  const faults: MappingFault[] = [];
  const seen = new Map<string, string>();
  vocabulary.forEach(({ column, text, code }, index) => {
    if (!isMeaningOf(column, code)) {
      const message =
        'Must be what the column stores: a code, or for drug a DEA code or class, with or without a form.';
      faults.push({ path: `vocabulary.${index}.code`, code: 'MEANING_NOT_A_CODE', message });
    }
    const key = `${withoutNumber(column)} ${text.trim().toLowerCase()}`;
    if ((seen.get(key) ?? code) !== code) {
      faults.push({ path: `vocabulary.${index}`, code: 'MEANING_TWICE', message: 'Must have one meaning.' });
    }
    seen.set(key, code);
  });
  return faults;
}
