import type { FileReader } from '../file-reader.js';
import { joinRows } from '../rows/join-rows.js';
import { openMappedTable } from '../sheet/mapped-table.js';
import { Workbook } from './workbook.js';

/** One sheet of a workbook with a heading row. */
export const readXlsx: FileReader = async function* (bytes, mapping, settings) {
  const workbook = await Workbook.open(bytes);
  const sheet = await workbook.chooseSheet(mapping.sheet);
  const table = await openMappedTable(workbook.rows(sheet), mapping);
  yield* joinRows(table.rows, mapping, settings);
};
