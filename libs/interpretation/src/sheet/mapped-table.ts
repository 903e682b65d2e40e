import type { ColumnMapping } from '../mapping/column-mapping.js';
import { UnreadableFile } from '../unreadable-file.js';
import type { SheetRow } from './sheet-row.js';
import { openTable, type Table } from './table.js';

/** The table whose heading has every column of the mapping, and none that it does not know. */
export async function openMappedTable(rows: AsyncIterable<SheetRow>, mapping: ColumnMapping): Promise<Table> {
  const needed = [...new Set(mapping.columns.map(({ heading }) => heading))];
  let nearest = needed;
  const table = await openTable(rows, (first) => {
    const missing = first.map((headings) => needed.filter((heading) => !headings.includes(heading)));
    nearest = missing.reduce((best, each) => (each.length < best.length ? each : best), needed);
    return missing.findIndex((each) => each.length === 0);
  }).catch((error: unknown) => {
    if (!(error instanceof UnreadableFile) || error.code !== 'HEADING_NOT_FOUND') throw error;
    throw new UnreadableFile(
      'HEADING_NOT_FOUND',
      `No heading line has every column of the mapping; missing: ${nearest.join(', ')}.`,
    );
  });
  const known = new Set([...needed, ...mapping.ignored]);
  const unknown = table.headings.filter((heading) => !known.has(heading));
  if (unknown.length > 0) {
    const message = `Map these columns, or leave them out by name: ${unknown.join(', ')}.`;
    throw new UnreadableFile('UNKNOWN_COLUMNS', message, table.headingLine);
  }
  return table;
}
