import type { LaboratoryResult } from '@concord/submission';
import { interpretFile } from '../interpret-file.js';
import type { InterpretedEntry, SourceRow } from '../interpreted-entry.js';
import { readHeadings } from '../mapping/read-headings.js';
import { isBlank } from '../sheet/sheet-row.js';
import { TEMPLATE_MAPPING } from '../template.js';
import { UnreadableFile } from '../unreadable-file.js';
import { LABORATORY_COLUMNS } from './laboratory-template.js';

/** What is wrong with a cell, and what would be right. */
export interface LaboratoryFault {
  readonly line: number;
  readonly column: string;
  readonly code: string;
  readonly message: string;
  readonly suggestions: readonly string[];
}

/** What a file says of one report: rows with the same reference that follow each other. */
export interface LaboratoryEntry {
  readonly reference: string;
  readonly rows: readonly SourceRow[];
  /** One for each row; `substance` is null where its cell is blank. */
  readonly results: readonly LaboratoryResult[];
  /** Empty: every cell is understood. */
  readonly faults: readonly LaboratoryFault[];
}

export interface LaboratoryFile {
  readonly headings: readonly string[];
  readonly entries: AsyncIterable<LaboratoryEntry>;
}

const SETTINGS = { stateFips: null, countyFips: [], timeZone: null } as const;

/**
 * A file of laboratory results, its cells read as those of a file of reports. `open` begins the file anew.
 *
 * @param passedOver headings that are nothing to it, such as those that a file of refused rows adds
 * @throws UnreadableFile where it is none; also while its entries are read
 */
export async function interpretLaboratory(
  format: 'CSV' | 'XLSX',
  open: () => AsyncIterable<Uint8Array>,
  passedOver: readonly string[] = [],
): Promise<LaboratoryFile> {
  const { headings, sheets } = await readHeadings(format, open());
  if (sheets.length > 1)
    throw new UnreadableFile(
      'SHEET_NOT_CHOSEN',
      'Must have one sheet with rows: save the results as a file of their own.',
    );
  const known = LABORATORY_COLUMNS.map(({ name }) => name).filter((name) => headings.includes(name));
  const missing = ['reference', 'lab_status'].filter((name) => !known.includes(name));
  if (missing.length > 0)
    throw new UnreadableFile('HEADING_NOT_FOUND', `These columns of the template are missing: ${missing.join(', ')}.`);
  const others = headings.filter((name) => !known.includes(name) && !passedOver.includes(name));
  if (others.length > 0)
    throw new UnreadableFile(
      'UNKNOWN_COLUMNS',
      'Leave out columns that `concord template --laboratory` does not have.',
    );
  const columns = known.filter((name) => name !== 'substance').map((name) => ({ heading: name, column: name }));
  const ignored = headings.filter((name) => !columns.some(({ heading }) => heading === name));
  const mapping = { ...TEMPLATE_MAPPING, columns, ignored };
  const entries = interpretFile(format, open(), mapping, { ...SETTINGS, now: new Date(0) });
  return { headings: headings.filter((name) => !passedOver.includes(name)), entries: laboratoryEntries(entries) };
}

async function* laboratoryEntries(entries: AsyncIterable<InterpretedEntry>): AsyncGenerator<LaboratoryEntry> {
  for await (const entry of entries) yield laboratoryEntry(entry);
}

/** Columns that say something of a substance: a row in which all are blank is no result. */
const SAYING = LABORATORY_COLUMNS.filter(({ name }) => name !== 'reference' && name !== 'substance');

function laboratoryEntry({ rows, input, questions, fault: thrown }: InterpretedEntry): LaboratoryEntry {
  if (thrown !== undefined) throw thrown;
  const faults: LaboratoryFault[] = questions.map(({ line, column, code, message, suggestions }) => ({
    ...{ line, column, code, message },
    suggestions: [...suggestions],
  }));
  if (input.submitterReference == null && faults.length === 0)
    faults.push(...rows.map(({ line }) => fault(line, 'reference', 'REQUIRED', 'Must say which report.')));
  const substances = [...(input.substances ?? [])];
  const results = rows.map((row): LaboratoryResult => {
    // As the reader of rows judges it: else the result of one row would go to another.
    const saysNothing = SAYING.every(({ name }) => isBlank(row.cells.get(name) ?? ''));
    if (saysNothing) faults.push(fault(row.line, 'lab_status', 'REQUIRED', 'Must say what the laboratory found.'));
    const { form: _, estimated, signature: __, ...said } = (saysNothing ? undefined : substances.shift()) ?? {};
    // What a laboratory has weighed is no estimate.
    if (estimated === true)
      faults.push(
        fault(
          row.line,
          'quantity',
          'NUMBER_NOT_KNOWN',
          'Must be what was measured, without a sign that it is estimated.',
        ),
      );
    const cut = (row.cells.get('adulterants') ?? '').trim().toLowerCase() === 'none' ? { adulterants: [] } : {};
    return { ...said, ...cut, substance: substanceOf(row, faults) };
  });
  return { reference: input.submitterReference ?? '', rows, results, faults };
}

function substanceOf({ line, cells }: SourceRow, faults: LaboratoryFault[]): number | null {
  const text = (cells.get('substance') ?? '').trim();
  if (text === '') return null;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  faults.push(
    fault(line, 'substance', 'NOT_A_WHOLE_NUMBER', 'Must be the number of the substance in the report, from 0.'),
  );
  return null;
}

const fault = (line: number, column: string, code: string, message: string): LaboratoryFault => ({
  ...{ line, column, code, message },
  suggestions: [],
});
