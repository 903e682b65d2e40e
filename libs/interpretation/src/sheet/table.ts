import type { Doubt } from '../outcome.js';
import { doubted } from '../outcome.js';
import { UnreadableFile } from '../unreadable-file.js';
import { isBlank, type SheetRow } from './sheet-row.js';

/** How many lines may stand above the heading: titles, dates of printing, blank ones. */
const LINES_ABOVE = 30;
const MAX_COLUMNS = 1_000;

/** A row with its cells by column, or with what keeps its cells from being told apart. */
export interface TableRow {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
  readonly doubt: Doubt | null;
  /** Columns whose cells are merged with those of other rows. */
  readonly merged: ReadonlySet<string>;
}

/** What stands below a heading. */
export interface Table {
  readonly headings: readonly string[];
  readonly headingLine: number;
  readonly rows: AsyncIterable<TableRow>;
}

/**
 * Headings as columns are named by: without space around them, with one space between words; a second "Drug" is
 * "Drug (2)", an empty one "column 7".
 */
export function nameHeadings(cells: readonly string[]): string[] {
  let last = cells.length;
  while (last > 0 && isBlank(cells[last - 1] ?? '')) last--;
  const taken = new Set<string>();
  return cells.slice(0, last).map((cell, index) => {
    const plain = isBlank(cell) ? `column ${index + 1}` : cleanHeading(cell);
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain} (${n})`;
    taken.add(name);
    return name;
  });
}

export const cleanHeading = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\u200B-\u200D\u2060\uFEFF]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** Finds the heading among the first lines and gives what is below. `fits` says which row it is, given all of them. */
export async function openTable(
  rows: AsyncIterable<SheetRow>,
  choose: (first: readonly (readonly string[])[]) => number,
): Promise<Table> {
  const iterator = rows[Symbol.asyncIterator]();
  const first: SheetRow[] = [];
  while (first.length < LINES_ABOVE) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
  }
  if (!first.some(({ cells }) => !cells.every(isBlank))) {
    throw new UnreadableFile('EMPTY_FILE', 'There must be a heading line and a row below it.');
  }
  const index = choose(first.map(({ cells }) => nameHeadings(cells)));
  const heading = first[index];
  if (heading === undefined) throw new UnreadableFile('HEADING_NOT_FOUND', 'There must be a line with the headings.');
  const headings = nameHeadings(heading.cells);
  const width = heading.cells.length;
  if (headings.length > MAX_COLUMNS) {
    throw new UnreadableFile('TOO_MANY_COLUMNS', `There must be at most ${MAX_COLUMNS} columns.`, heading.line);
  }
  return { headings, headingLine: heading.line, rows: below() };

  async function* below(): AsyncGenerator<TableRow> {
    try {
      for (const row of first.slice(index + 1)) if (!row.cells.every(isBlank)) yield tableRow(row, headings, width);
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        if (!next.value.cells.every(isBlank)) yield tableRow(next.value, headings, width);
      }
    } finally {
      await iterator.return?.();
    }
  }
}

/** There must be as many cells as the heading has, blank ones included: otherwise they may have shifted. */
function tableRow(row: SheetRow, headings: readonly string[], width: number): TableRow {
  const { line, cells, merged } = row;
  const named = new Map(headings.map((heading, index) => [heading, cells[index] ?? '']));
  const extra = cells.slice(headings.length);
  extra.forEach((cell, index) => {
    if (!isBlank(cell)) named.set(`column ${headings.length + index + 1}`, cell);
  });
  return {
    line,
    cells: named,
    doubt: doubtOf(row, headings.length, width),
    merged: new Set([...(merged ?? [])].map((index) => headings[index] ?? '')),
  };
}

function doubtOf({ cells, isPositioned, isHidden }: SheetRow, columns: number, width: number): Doubt | null {
  if (isHidden === true) {
    return doubted('HIDDEN_ROW', 'Must be shown or taken out: whoever looks at the sheet does not see it.').doubt;
  }
  // A heading that ends in blanks has them in every row, or in none.
  const fits = isPositioned === true || cells.length === width || cells.length === columns;
  if (!fits || cells.slice(columns).some((cell) => !isBlank(cell))) {
    const message = `Must have ${columns} cells, as the heading has: look for a comma in a cell without quotation marks.`;
    return doubted('RAGGED_ROW', message).doubt;
  }
  // A quotation mark that is closed only further down makes one cell of the rows between.
  if (cells.some((cell) => swallows(cell, columns))) {
    const message = 'A cell must not hold further rows: look for a quotation mark that is missing or too many.';
    return doubted('SWALLOWED_LINES', message).doubt;
  }
  return null;
}

function swallows(cell: string, columns: number): boolean {
  if (!/[\r\n]/.test(cell)) return false;
  const least = columns < 6 ? columns : columns / 2 + 1;
  return cell.split(/[\r\n]+/).some((line) => [',', ';', '\t', '|'].some((mark) => line.split(mark).length >= least));
}
