import type { FileReader } from '../file-reader.js';
import { joinRows } from '../rows/join-rows.js';
import { csvRows } from './csv-rows.js';
import { openMappedTable } from './mapped-table.js';
import { cleanHeading } from './table.js';

/** A CSV file with a heading line. */
export const readCsv: FileReader = async function* (bytes, mapping, settings) {
  const known = new Set(mapping.columns.map(({ heading }) => heading));
  const rows = csvRows(bytes, (cells) => cells.filter((cell) => known.has(cleanHeading(cell))).length);
  const table = await openMappedTable(rows, mapping);
  yield* joinRows(table.rows, mapping, settings);
};
