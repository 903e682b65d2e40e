import { cellsOf, linesOf, wrongLine } from '../csv-lines.js';
import { readHeader, readRow, type CbpRow, type Header, type RefusedRow } from './cbp-row.js';

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
