import { parse } from 'csv-parse/sync';
import { createReadStream } from 'node:fs';
import { readHeader, readRow, type CbpRow, type Header, type RefusedRow } from './cbp-row.js';

/** A row of CBP's table has some 150 characters; what is much longer is another file. */
const LONGEST_LINE = 10_000;

/**
 * Reads CBP's table, a row at a time, whatever the order of its columns. A line that cannot be used comes as what is wrong
 * with it, and the next one is read. A quote that is not closed spoils its own line alone: no field here spans two.
 *
 * @param now months that have not begun then are not usable
 * @throws Error where the file cannot be read, is empty, or lacks columns: all that are missing are named
 */
export async function* readCbpFile(path: string, now: Date): AsyncGenerator<CbpRow | RefusedRow> {
  let header: Header | null = null;
  // Twelve digits each: some megabytes for a hundred thousand rows.
  const seen = new Map<string, number>();
  for await (const { line, text } of linesOf(path)) {
    const cells = cellsOf(text);
    if (header === null) {
      if (cells === null) throw new Error("The first line of the file is no CSV: is it CBP's table?");
      header = readHeader(cells);
      continue;
    }
    if (text !== null && text.trim() === '') continue;
    const read: CbpRow | RefusedRow =
      cells === null ? { line, reason: wrongLine(text) } : readRow(line, cells, header, now);
    const before = 'key' in read ? seen.get(read.key) : undefined;
    if (before !== undefined) {
      yield { line, reason: `has the same year, month, place and drug as line ${before}` };
      continue;
    }
    if ('key' in read) seen.set(read.key, line);
    yield read;
  }
  if (header === null) throw new Error('The file is empty.');
}

const wrongLine = (text: string | null): string =>
  text === null ? `is longer than ${LONGEST_LINE} characters` : 'is no CSV: its quotes do not match';

/** Null for a line that is none of CSV. */
function cellsOf(text: string | null): string[] | null {
  if (text === null) return null;
  try {
    return parse(text, { trim: true, relax_column_count: true })[0] ?? [];
  } catch {
    return null;
  }
}

/** Lines with their numbers, from 1; null in place of one that is too long to be kept. */
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
