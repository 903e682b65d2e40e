import { rowsOf, type RefusedRow } from '../csv-lines.js';
import { readHeader, readRow, type CbpRow, type Header } from './cbp-row.js';

/**
 * Reads CBP's table, a row at a time, whatever the order of its columns. A line that cannot be used comes as what is wrong
 * with it, and the next one is read. A quote that is not closed spoils its own line alone: no field here spans two.
 *
 * @param now months that have not begun then are not usable
 * @throws Error where the file cannot be read, is empty, or lacks columns: all that are missing are named
 */
export async function* readCbpFile(path: string, now: Date): AsyncGenerator<CbpRow | RefusedRow> {
  // Twelve digits each: some megabytes for a hundred thousand rows.
  const seen = new Map<string, number>();
  const rows = rowsOf(path, {
    noHeader: "is it CBP's table?",
    readHeader,
    readRow: (line, cells, header: Header) => readRow(line, cells, header, now),
  });
  for await (const read of rows) {
    const before = 'key' in read ? seen.get(read.key) : undefined;
    if (before !== undefined) {
      yield { line: read.line, reason: `has the same year, month, place and drug as line ${before}` };
      continue;
    }
    if ('key' in read) seen.set(read.key, read.line);
    yield read;
  }
}
