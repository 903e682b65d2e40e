import { cellsOf, linesOf, wrongLine } from '../csv-lines.js';
import { readHeader, readRow, type AgencyRow, type Header, type RefusedRow } from './agency-row.js';

/**
 * Reads the FBI's list of agencies, whatever the order of its columns. A line that cannot be used comes as what is wrong
 * with it, and the next one is read. Of two lines with one ORI the second is of no use.
 *
 * @throws Error where the file cannot be read, is empty, or lacks columns
 */
export async function* readAgencyFile(path: string): AsyncGenerator<AgencyRow | RefusedRow> {
  let header: Header | null = null;
  const seen = new Map<string, number>();
  for await (const { line, text } of linesOf(path)) {
    const cells = cellsOf(text);
    if (header === null) {
      if (cells === null) throw new Error("The first line of the file is no CSV: is it the FBI's list of agencies?");
      header = readHeader(cells);
      continue;
    }
    if (text !== null && text.trim() === '') continue;
    yield cells === null ? { line, reason: wrongLine(text) } : readOnce(seen, readRow(line, cells, header));
  }
  if (header === null) throw new Error('The file is empty.');
}

function readOnce(seen: Map<string, number>, read: AgencyRow | RefusedRow): AgencyRow | RefusedRow {
  if (!('agency' in read)) return read;
  const before = seen.get(read.agency.ori);
  if (before !== undefined) return { line: read.line, reason: `has the same ORI as line ${before}` };
  seen.set(read.agency.ori, read.line);
  return read;
}
