import type { FileFormat } from '../interpreted-entry.js';
import { csvRows } from '../sheet/csv-rows.js';
import { textLines } from '../sheet/json-rows.js';
import { openTable, type Table } from '../sheet/table.js';
import { UnreadableFile } from '../unreadable-file.js';
import { Workbook } from '../workbook/workbook.js';
import { knownHeading } from './heading-words.js';

/** The beginning of a file, for a person to map and for `guessMapping`. */
export interface SheetHeadings {
  readonly headings: readonly string[];
  /** Line of the heading, from 1; 0 where there is none. */
  readonly line: number;
  /** The first rows below, cell by cell in the order of the headings. */
  readonly samples: readonly (readonly string[])[];
  /** Names of a workbook's sheets that have rows; empty for what is no workbook. */
  readonly sheets: readonly string[];
}

/** How many rows a guess is made from. */
export const SAMPLE_ROWS = 1_000;

/**
 * The headings and first rows of a file; reads no further. Of a workbook with several sheets and none named: the names of
 * the sheets, and no headings.
 */
export async function readHeadings(
  format: FileFormat,
  bytes: AsyncIterable<Uint8Array>,
  sheet: string | null = null,
): Promise<SheetHeadings> {
  switch (format) {
    case 'CSV':
      return ofTable(await openTable(csvRows(bytes, headingScore), likeliestHeading));
    case 'JSON_LINES':
      return ofJsonLines(bytes);
    case 'XLSX':
      return ofWorkbook(await Workbook.open(bytes), sheet);
    case 'NIBRS_FLAT':
    case 'NIBRS_XML':
      throw new UnreadableFile('FORMAT_NOT_READ', 'Only CSV, XLSX and JSON_LINES have headings to map.');
  }
}

const headingScore = (cells: readonly string[]): number =>
  cells.filter((cell) => cell.length < 60 && knownHeading(cell) !== null).length;

/** The first line with the most known headings; where there are none, the first with the most cells. */
function likeliestHeading(first: readonly (readonly string[])[]): number {
  const scores = first.map(headingScore);
  const best = Math.max(...scores);
  if (best >= 1) return scores.indexOf(best);
  const widths = first.map((cells) => cells.length);
  return widths.indexOf(Math.max(...widths));
}

async function ofTable({ headings, headingLine, rows }: Table): Promise<SheetHeadings> {
  const samples: string[][] = [];
  for await (const { cells, doubt } of rows) {
    if (doubt === null) samples.push(headings.map((heading) => cells.get(heading) ?? ''));
    if (samples.length >= SAMPLE_ROWS) break;
  }
  return { headings, line: headingLine, samples, sheets: [] };
}

async function ofWorkbook(workbook: Workbook, sheet: string | null): Promise<SheetHeadings> {
  const sheets = await workbook.filledSheets();
  if (sheet === null && sheets.length > 1) return { headings: [], line: 0, samples: [], sheets };
  const rows = workbook.rows(await workbook.chooseSheet(sheet));
  return { ...(await ofTable(await openTable(rows, likeliestHeading))), sheets };
}

async function ofJsonLines(bytes: AsyncIterable<Uint8Array>): Promise<SheetHeadings> {
  const rows: Map<string, string>[] = [];
  for await (const { text } of textLines(bytes)) {
    const row = flatRow(text);
    if (row !== null) rows.push(row);
    if (rows.length >= SAMPLE_ROWS) break;
  }
  const headings = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return { headings, line: 0, samples: rows.map((row) => headings.map((name) => row.get(name) ?? '')), sheets: [] };
}

function flatRow(text: string): Map<string, string> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const entries = Object.entries(value);
    if (entries.some(([, each]) => typeof each === 'object' && each !== null)) return null;
    return new Map(entries.map(([name, each]) => [name, each === null ? '' : String(each)]));
  } catch {
    return null;
  }
}
