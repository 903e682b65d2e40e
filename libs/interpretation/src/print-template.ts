import type { SubmittedReport } from '@concord/submission';
import { decimalText } from './cells/decimal.js';
import { joinList } from './cells/lists.js';
import { findColumn, MOST_NUMBERED, TEMPLATE_COLUMNS, type TemplateColumn } from './template.js';

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell;

/** A line of CSV (RFC 4180). To the letter: a cell that looks like a formula stays what it is. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`;

/** The template as a CSV file: the headings and two example rows, which are one report. */
export function printTemplate(): string {
  const examples = ([0, 1] as const).map((row) => csvLine(TEMPLATE_COLUMNS.map(({ examples: cells }) => cells[row])));
  return csvLine(TEMPLATE_COLUMNS.map(({ name }) => name)) + examples.join('');
}

/** A report as a CSV file with the template's headings, a row for each substance: read again, it is the same report. */
export function printReport(report: SubmittedReport): string {
  const columns = reportColumns(report.people?.length ?? 0, report.identifiers?.length ?? 0);
  const rows = reportRows(report, columns).map(csvLine);
  return csvLine(columns.map(({ name }) => name)) + rows.join('');
}

/** Columns of the template by which reports with so many people and identifiers are written, each fact in one place. */
export function reportColumns(people: number, identifiers: number): TemplateColumn[] {
  const more = (group: string, printed: readonly string[], count: number): TemplateColumn[] =>
    Array.from({ length: Math.min(count, MOST_NUMBERED) }, (_, index) => index + 1).flatMap((n) =>
      printed.flatMap((name) => findColumn(`${group}_${n}_${name}`) ?? []),
    );
  const own = TEMPLATE_COLUMNS.filter(
    ({ name }) => !/^(person|identifier)_|^drug$|^time$|^state$|^coordinates$/.test(name),
  );
  return [
    ...own,
    ...more('person', ['role', 'age', 'citizenship', 'affiliation'], people),
    ...more('identifier', ['kind', 'value', 'given_name', 'surname', 'birth_date', 'sensitivity'], identifiers),
  ];
}

/** A report as rows, one for each substance and at least one, by these columns. */
export function reportRows(report: SubmittedReport, columns: readonly TemplateColumn[]): string[][] {
  const substances = report.substances?.length ? report.substances : [null];
  return substances.map((_, index) => columns.map((column) => cellOf(report, column, index)));
}

function cellOf(report: SubmittedReport, { path }: TemplateColumn, substance: number): string {
  let value: unknown = report;
  for (const part of path.replace('#', String(substance)).split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return joinList(value.map(String));
  if (typeof value === 'number') return `${value < 0 ? '-' : ''}${decimalText(Math.abs(value))}`;
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : '';
}
