import { parse } from 'csv-parse/sync';
import { createReadStream } from 'node:fs';

/** Rows of the tables that are read here have some 150 characters; what is much longer is another file. */
const LONGEST_LINE = 10_000;

/** What is wrong with a line that {@link cellsOf} makes nothing of. */
const wrongLine = (text: string | null): string =>
  text === null ? `is longer than ${LONGEST_LINE} characters` : 'is no CSV: its quotes do not match';

/** Null for a line that is none of CSV. A quote that is not closed spoils its own line alone: no field spans two. */
function cellsOf(text: string | null): string[] | null {
  if (text === null) return null;
  // Nearly every line: taken apart by the parser, twenty thousand would be seven seconds.
  if (!text.includes('"') && text !== '') return text.split(',').map((cell) => cell.trim());
  try {
    return parse(text, { trim: true, relax_column_count: true })[0] ?? [];
  } catch {
    return null;
  }
}

/** Lines of a file with their numbers, from 1; null in place of one that is too long to be kept. */
async function* linesOf(path: string): AsyncGenerator<{ line: number; text: string | null }> {
  let [line, rest, tooLong] = [1, '', false];
  const finish = (text: string): { line: number; text: string | null } => {
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    const result = { line, text: tooLong || whole.length > LONGEST_LINE ? null : whole };
    [line, rest, tooLong] = [line + 1, '', false];
    return result;
  };
  let first = true;
  for await (const chunk of createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>) {
    const pieces = (first ? chunk.replace(/^\uFEFF/, '') : chunk).split('\n');
    first = false;
    const last = pieces.pop() ?? '';
    for (const piece of pieces) yield finish(rest + piece);
    rest += last;
    if (rest.length > LONGEST_LINE) [rest, tooLong] = ['', true];
  }
  if (rest !== '' || tooLong) yield finish(rest);
}

/** A line that cannot be used; the others can. */
export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
}

/** How the lines of a table are understood. */
export interface TableReading<Header, Row> {
  /** Said of a first line that is no CSV: what it should be. */
  readonly noHeader: string;
  /** @throws Error where columns are missing */
  readonly readHeader: (cells: readonly string[]) => Header;
  readonly readRow: (line: number, cells: readonly string[], header: Header) => Row | RefusedRow;
}

/**
 * Rows of a table whose first line names the columns. Empty lines are none; a line that cannot be used comes as what is
 * wrong with it, and the next one is read.
 *
 * @throws Error where the file cannot be read, is empty, or lacks columns
 */
export async function* rowsOf<Header extends object, Row>(
  path: string,
  { noHeader, readHeader, readRow }: TableReading<Header, Row>,
): AsyncGenerator<Row | RefusedRow> {
  let header: Header | null = null;
  for await (const { line, text } of linesOf(path)) {
    const cells = cellsOf(text);
    if (header === null) {
      if (cells === null) throw new Error(`The first line of the file is no CSV: ${noHeader}`);
      header = readHeader(cells);
    } else if (text === null || text.trim() !== '')
      yield cells === null ? { line, reason: wrongLine(text) } : readRow(line, cells, header);
  }
  if (header === null) throw new Error('The file is empty.');
}
