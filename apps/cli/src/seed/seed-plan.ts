import type { CbpDrug } from './cbp-drugs.data.js';
import type { RefusedRow } from '../csv-lines.js';
import type { CbpRow } from './cbp-row.js';
import { Totals } from './totals.js';

/** What a file asks for, known before anything is stored. */
export interface SeedPlan {
  /** Of the rows that can be used. */
  readonly rows: number;
  readonly refused: number;
  readonly totals: Totals;
  readonly rowKeys: ReadonlySet<string>;
  /** How this file writes each drug. */
  readonly wordings: ReadonlyMap<CbpDrug, string>;
}

/** Reads a file once from end to end; it is read again to be loaded, so that it is never held as a whole. */
export async function planOf(
  file: AsyncIterable<CbpRow | RefusedRow>,
  onRefused: (row: RefusedRow) => void,
): Promise<SeedPlan> {
  const totals = new Totals();
  const rowKeys = new Set<string>();
  const wordings = new Map<CbpDrug, string>();
  let refused = 0;
  for await (const row of file) {
    if (isUsable(row)) {
      totals.add(row);
      rowKeys.add(row.key);
      if (!wordings.has(row.drug)) wordings.set(row.drug, row.drugWording);
    } else {
      refused += 1;
      onRefused(row);
    }
  }
  return { rows: rowKeys.size, refused, totals, rowKeys, wordings };
}

/** The rows of a file that can be used; the others have been told of before. */
export async function* usableRows(file: AsyncIterable<CbpRow | RefusedRow>): AsyncGenerator<CbpRow> {
  for await (const row of file) if (isUsable(row)) yield row;
}

const isUsable = (row: CbpRow | RefusedRow): row is CbpRow => 'key' in row;
