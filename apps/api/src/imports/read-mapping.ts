import { UNIT_CODES } from '@concord/codes';
import { EMPTY_MAPPING, type ColumnMapping } from '@concord/interpretation';
import type { Issue } from '../graphql/shared.types.js';
import type { ColumnMapping as PresentedMapping, ColumnMappingInput } from './column-mapping.types.js';

const MOST = { columns: 400, ignored: 400, constants: 100, vocabulary: 2_000 } as const;
const LONGEST = 400;

/** A mapping as it was given, or every fault of it. */
export function readMapping(input: ColumnMappingInput, path: string): ColumnMapping | { readonly issues: Issue[] } {
  const issues: Issue[] = [];
  const refuse = (issue: Issue): void => void issues.push({ ...issue, path: `${path}.${issue.path}` });
  const lists = {
    columns: input.columns,
    ignored: input.ignored ?? [],
    constants: input.constants ?? [],
    vocabulary: input.vocabulary ?? [],
  };
  for (const [name, most] of Object.entries(MOST))
    if (lists[name as keyof typeof MOST].length > most)
      refuse({ path: name, code: 'TOO_MANY_ITEMS', message: `At most ${most}.` });
  for (const [name, list] of Object.entries(lists))
    list.forEach((item: string | object, at) => {
      const texts: unknown[] = typeof item === 'string' ? [item] : Object.values(item);
      if (texts.some((text) => typeof text === 'string' && text.length > LONGEST))
        refuse({ path: `${name}.${at}`, code: 'TOO_LONG', message: `At most ${LONGEST} characters.` });
    });
  const headings = new Set<string>();
  lists.columns.forEach(({ heading, unit }, at) => {
    if (headings.has(heading))
      refuse({ path: `columns.${at}.heading`, code: 'GIVEN_TWICE', message: 'A heading is used for one column.' });
    headings.add(heading);
    if (unit !== null && unit !== undefined && !isOneOf(UNIT_CODES, unit))
      refuse({ path: `columns.${at}.unit`, code: 'UNKNOWN_CODE', message: `Give one of ${UNIT_CODES.join(', ')}.` });
  });
  lists.constants.forEach(({ column }, at) => {
    if (NAMING.test(column))
      refuse({
        path: `constants.${at}.column`,
        code: 'NOT_A_CONSTANT',
        message: 'What may name somebody stands in a row, and not in a mapping.',
      });
  });
  const choose = <T extends string>(name: string, given: string | null | undefined, of: readonly T[]): T | null => {
    if (given === null || given === undefined) return null;
    if (isOneOf(of, given)) return given;
    refuse({ path: name, code: 'UNKNOWN_CODE', message: `Give one of ${of.join(', ')}, or nothing.` });
    return null;
  };
  const mapping: ColumnMapping = {
    ...EMPTY_MAPPING,
    columns: lists.columns.map(({ heading, column, unit }) => ({
      ...{ heading, column },
      ...(unit !== null && unit !== undefined && isOneOf(UNIT_CODES, unit) ? { unit } : {}),
    })),
    ignored: lists.ignored,
    constants: Object.fromEntries(lists.constants.map(({ column, value }) => [column, value])),
    vocabulary: lists.vocabulary.map(({ column, text, code }) => ({ column, text, code })),
    dateOrder: choose('dateOrder', input.dateOrder, ['MONTH_FIRST', 'DAY_FIRST']),
    clock: choose('clock', input.clock, ['24_HOUR']),
    midnight: choose('midnight', input.midnight, ['MIDNIGHT', 'NO_TIME']),
    decimal: choose('decimal', input.decimal, ['POINT', 'COMMA']),
    excelDates: choose('excelDates', input.excelDates, ['1900', '1904']),
    sheet: input.sheet ?? null,
  };
  return issues.length > 0 ? { issues } : mapping;
}

/** Columns of the template whose cells may name somebody, or are somebody's own words. */
const NAMING = /^(identifier|narrative|remarks|basis|suspicion|decided)/;

const isOneOf = <T extends string>(codes: readonly T[], given: string): given is T =>
  (codes as readonly string[]).includes(given);

/** As it is kept, as the schema has it. */
export function presentMapping(stored: unknown): PresentedMapping {
  const { version: _, constants, columns, ...rest } = { ...EMPTY_MAPPING, ...(stored as Partial<ColumnMapping>) };
  return {
    ...rest,
    columns: columns.map(({ heading, column, unit }) => ({ heading, column, unit: unit ?? null })),
    constants: Object.entries(constants).map(([column, value]) => ({ column, value })),
  };
}
