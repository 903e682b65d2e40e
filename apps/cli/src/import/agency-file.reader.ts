import { rowsOf, type RefusedRow } from '../csv-lines.js';
import { readHeader, readRow, type AgencyRow } from './agency-row.js';

/**
 * Reads the FBI's list of agencies, whatever the order of its columns. A line that cannot be used comes as what is wrong
 * with it, and the next one is read. Of two lines with one ORI the second is of no use.
 *
 * @throws Error where the file cannot be read, is empty, or lacks columns
 */
export async function* readAgencyFile(path: string): AsyncGenerator<AgencyRow | RefusedRow> {
  const seen = new Map<string, number>();
  const noHeader = "is it the FBI's list of agencies?";
  for await (const read of rowsOf(path, { noHeader, readHeader, readRow })) yield readOnce(seen, read);
}

function readOnce(seen: Map<string, number>, read: AgencyRow | RefusedRow): AgencyRow | RefusedRow {
  if (!('agency' in read)) return read;
  const before = seen.get(read.agency.ori);
  if (before !== undefined) return { line: read.line, reason: `has the same ORI as line ${before}` };
  seen.set(read.agency.ori, read.line);
  return read;
}
