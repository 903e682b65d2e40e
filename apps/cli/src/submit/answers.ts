import { findColumn, meaningFor } from '@concord/interpretation';
import { UsageError } from '../command.js';
import type { Mapping } from './column-mappings.js';

/** What may be said of how a file is read, as options: each may be given several times. */
export interface AnswerOptions {
  readonly set?: readonly string[] | undefined;
  readonly column?: readonly string[] | undefined;
  readonly means?: readonly string[] | undefined;
  readonly reads?: readonly string[] | undefined;
}

const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  dateOrder: ['MONTH_FIRST', 'DAY_FIRST'],
  clock: ['24_HOUR'],
  midnight: ['MIDNIGHT', 'NO_TIME'],
  decimal: ['POINT', 'COMMA'],
  excelDates: ['1900', '1904'],
};

/** One thing that somebody has said of how a file is read; a mapping in, that mapping with it out. */
export type Answer = (mapping: Mapping) => Mapping;

/** @throws UsageError, which repeats nothing of what was typed: it may stand in the file */
export function readAnswers({ set = [], column = [], means = [], reads = [] }: AnswerOptions): readonly Answer[] {
  return [...set.map(constantOf), ...column.map(columnOf), ...reads.map(settingOf), ...means.map(meaningIn)];
}

function constantOf(text: string): Answer {
  const [, column, value] = /^([a-z_0-9]+)=(.+)$/.exec(text) ?? [];
  if (column === undefined || value === undefined)
    throw new UsageError('--set has a column of the template and what holds for every row: sharing=STATE.');
  return (mapping) => ({
    ...mapping,
    constants: [...mapping.constants.filter((one) => one.column !== column), { column, value }],
  });
}

function columnOf(text: string): Answer {
  const [, heading, column] = /^(.+)=([a-z_0-9]+)$/.exec(text) ?? [];
  if (heading === undefined || column === undefined || findColumn(column) === undefined)
    throw new UsageError("--column has a heading of the file and a column of the template: 'Case No=reference'.");
  return (mapping) => withColumn(mapping, heading, column);
}

/** The heading is that column from now on, and no other heading is. */
export function withColumn(mapping: Mapping, heading: string, column: string): Mapping {
  const others = mapping.columns.filter((use) => use.heading !== heading);
  return {
    ...mapping,
    columns: [...others.filter((use) => use.column !== column), { heading, column }],
    ignored: [
      ...mapping.ignored.filter((one) => one !== heading),
      ...others.filter((use) => use.column === column).map((use) => use.heading),
    ],
  };
}

function settingOf(text: string): Answer {
  const [, name = '', value = ''] = /^(\w+)=(\w+)$/.exec(text) ?? [];
  if (!Object.hasOwn(SETTINGS, name) || !SETTINGS[name]?.includes(value)) {
    const known = Object.entries(SETTINGS).map(([setting, values]) => `${setting}=${values.join('|')}`);
    throw new UsageError(`--reads is one of ${known.join(', ')}.`);
  }
  return withSetting(name, value);
}

export const withSetting =
  (name: string, value: string): Answer =>
  (mapping) => ({ ...mapping, [name]: value });

function meaningIn(text: string): Answer {
  const [, column, word, said] = /^([a-z_0-9]+):(.+)=([^=]+)$/s.exec(text) ?? [];
  if (column === undefined || word === undefined || said === undefined)
    throw new UsageError("--means has a column, a text of the file and what it means: 'drug:blues=9801 PILL_TABLET'.");
  const code = meaningFor(column, said);
  if (code === null) throw new UsageError(`--means ${column}: what it means must be a code that this column stores.`);
  return withMeaning(column, word, code);
}

export const withMeaning =
  (column: string, text: string, code: string): Answer =>
  (mapping) => {
    const same = (one: { readonly column: string; readonly text: string }): boolean =>
      one.column === column && one.text.trim().toLowerCase() === text.trim().toLowerCase();
    const others = mapping.vocabulary.filter((one) => !same(one));
    return { ...mapping, vocabulary: [...others, { column, text: text.trim(), code }] };
  };
