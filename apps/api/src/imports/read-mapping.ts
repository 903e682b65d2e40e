import { checkMapping, EMPTY_MAPPING, type ColumnMapping, type InterpretationSettings } from '@concord/interpretation';
import type { Issue } from '../graphql/shared.types.js';
import type { ColumnMapping as PresentedMapping, ColumnMappingInput } from './column-mapping.types.js';

const MOST = { columns: 400, ignored: 400, constants: 100, vocabulary: 2_000 } as const;
const LONGEST = 400;

/**
 * A mapping as it was given, or every fault of it: what a mapping may be, libs/interpretation says; how much of it may be
 * sent and kept, and what must not be, is said here.
 */
export function readMapping(
  input: ColumnMappingInput,
  path: string,
  settings: InterpretationSettings,
): ColumnMapping | { readonly issues: Issue[] } {
  const lists = {
    columns: input.columns,
    ignored: input.ignored ?? [],
    constants: input.constants ?? [],
    vocabulary: input.vocabulary ?? [],
  };
  const issues = [...sizeFaults(lists), ...keepingFaults(lists)];
  const mapping = {
    ...EMPTY_MAPPING,
    columns: lists.columns.map(({ heading, column, unit }) => ({ heading, column, ...(unit ? { unit } : {}) })),
    ignored: lists.ignored,
    constants: Object.fromEntries(lists.constants.map(({ column, value }) => [column, value])),
    vocabulary: lists.vocabulary.map(({ column, text, code }) => ({ column, text, code })),
    dateOrder: input.dateOrder ?? null,
    clock: input.clock ?? null,
    midnight: input.midnight ?? null,
    decimal: input.decimal ?? null,
    excelDates: input.excelDates ?? null,
    sheet: input.sheet ?? null,
  };
  // What is too long is not read.
  const faults = issues.length > 0 ? [] : checkMapping(mapping, settings);
  const at = (column: string): number => lists.constants.findIndex((each) => each.column === column);
  const all = [
    ...issues,
    ...faults.map((fault) => ({
      ...fault,
      path: fault.path.replace(/^constants\.(.+)$/, (_, of: string) => `constants.${at(of)}`),
    })),
  ];
  return all.length > 0
    ? { issues: all.map((issue) => ({ ...issue, path: `${path}.${issue.path}` })) }
    : (mapping as ColumnMapping);
}

type Lists = { readonly [K in keyof typeof MOST]: NonNullable<ColumnMappingInput[K]> };

function sizeFaults(lists: Lists): Issue[] {
  const issues: Issue[] = [];
  for (const [name, most] of Object.entries(MOST))
    if (lists[name as keyof typeof MOST].length > most)
      issues.push({ path: name, code: 'TOO_MANY_ITEMS', message: `At most ${most}.` });
  for (const [name, list] of Object.entries(lists))
    list.forEach((item: string | object, at) => {
      const texts: unknown[] = typeof item === 'string' ? [item] : Object.values(item);
      if (texts.some((text) => typeof text === 'string' && text.length > LONGEST))
        issues.push({ path: `${name}.${at}`, code: 'TOO_LONG', message: `At most ${LONGEST} characters.` });
    });
  return issues;
}

/** What the form of a kept mapping cannot say: a heading or constant given twice, and what may name somebody. */
function keepingFaults({ columns, constants }: Lists): Issue[] {
  const issues: Issue[] = [];
  const headings = new Set<string>();
  columns.forEach(({ heading }, at) => {
    if (headings.has(heading))
      issues.push({ path: `columns.${at}.heading`, code: 'GIVEN_TWICE', message: 'A heading is used for one column.' });
    headings.add(heading);
  });
  const named = new Set<string>();
  constants.forEach(({ column }, at) => {
    if (named.has(column))
      issues.push({ path: `constants.${at}.column`, code: 'GIVEN_TWICE', message: 'A column has one constant.' });
    named.add(column);
    if (NAMING.test(column) && !CODES_BESIDE.test(column))
      issues.push({
        path: `constants.${at}.column`,
        code: 'NOT_A_CONSTANT',
        message: 'What may name somebody stands in a row, and not in a mapping.',
      });
  });
  return issues;
}

/** Columns of the template whose cells may name somebody, or are somebody's own words. */
const NAMING = /^(identifier|narrative|remarks|basis|suspicion|decided)/;

/** Codes beside them name nobody: which kind of identifier a column of numbers holds. */
const CODES_BESIDE = /^(identifier_\d+_(kind|sensitivity)|basis_activity)$/;

/** As it is kept, as the schema has it. */
export function presentMapping(stored: unknown): PresentedMapping {
  const { version: _, constants, columns, ...rest } = { ...EMPTY_MAPPING, ...(stored as Partial<ColumnMapping>) };
  return {
    ...rest,
    columns: columns.map(({ heading, column, unit }) => ({ heading, column, unit: unit ?? null })),
    constants: Object.entries(constants).map(([column, value]) => ({ column, value })),
  };
}
