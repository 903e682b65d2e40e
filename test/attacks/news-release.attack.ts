import { readCbpFile } from '../../apps/cli/src/seed/cbp-file.reader.js';
import type { CbpRow } from '../../apps/cli/src/seed/cbp-row.js';
import { usableRows } from '../../apps/cli/src/seed/seed-plan.js';
import { round } from '../bench/measures.js';
import type { Attack } from './attack.js';
import { cbpFile } from './news/cbp-file.config.js';
import { measureNews } from './news/news-measures.js';
import { seizuresOf } from './news/news-population.js';
import { writeReleaseResults } from './release-results.js';

/**
 * `CONCORD_CBP_FILE=… npm run attack -- news-release [--targets 2000] [--fiscal-year 2021] [--write 1]`. Uniqueness is a
 * matter of who else is there, so the population is every event of the table (282,492), or of one whole year, never a
 * thin sample. docs/attacks.md says what is assumed.
 */
export const attack: Attack<{ seed: number; targets: number; 'fiscal-year': number; write: number }> = {
  adversary:
    'A reader of every row of a tier who has read of 2,000 seizures in the news (day, port or town, substance, weight) and looks for the row of each.',
  options: { seed: 0, targets: 2_000, 'fiscal-year': 0, write: 0 },
  async run(options) {
    const file = cbpFile();
    if (file === null)
      return { broken: [], measured: {}, skipped: ["CBP's table is not here: set CONCORD_CBP_FILE to its path"] };
    const began = performance.now();
    const rows: CbpRow[] = [];
    for await (const row of usableRows(readCbpFile(file, new Date())))
      if (options['fiscal-year'] === 0 || row.fiscalYear === options['fiscal-year']) rows.push(row);
    const seizures = seizuresOf(rows);
    const readSeconds = round((performance.now() - began) / 1_000, 1);
    const { broken, results } = measureNews(seizures, options);
    const { write, ...said } = options;
    if (write === 1) writeReleaseResults('news-release', said, results);
    return { broken, measured: { seizures: seizures.length, readSeconds, results } };
  },
};
