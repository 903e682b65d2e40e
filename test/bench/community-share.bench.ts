import { communityRows } from '@concord/deidentification';
import { validateReport } from '@concord/submission';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@concord/platform/project';
import { readCbpFile } from '../../apps/cli/src/seed/cbp-file.reader.js';
import { reportsOf, writeReport } from '../../apps/cli/src/seed/report.model.js';
import { usableRows } from '../../apps/cli/src/seed/seed-plan.js';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { CommunityReplay, type Arrival } from './community-replay.js';
import { writeReleaseResults, type ReleaseResult } from '../attacks/release-results.js';
import { machineFacts, numberOption, printResult, round } from './measures.js';

/**
 * `npm run bench -- community-share [--lag-days 10] [--write 1]`: how much of CBP's table, expanded into reports, reaches community
 * partners by weekly batches, against one release of everything with k = 5. Reports are submitted when it happened and up
 * to `lag-days` later (drawn evenly): CBP does not say when. No database: the rule of the batches, written down once more.
 */
const LAG_DAYS = numberOption('lag-days', 10);
const WRITE = numberOption('write', 0);
const DAY_MS = 86_400_000;
const NOW = new Date('2026-11-01T00:00:00Z');
const FILE = join(projectRoot(), '..', 'shared', 'data', 'cbp-nationwide-drugs-fy19-fy22.csv');

if (!existsSync(FILE)) {
  process.stderr.write(`${FILE} is not there: nothing to measure.\n`);
  process.exit(2);
}

const random = new SeededRandom(1);
const context = { now: NOW, agreementWidestSharing: 'PARTNERS', memberTaskForceIds: new Set<string>() } as const;
/**
 * As each agency shares in the model, and as if every one shared as widely as can be. Of the model 46 % share with PARTNERS,
 * and of those nine in ten have a TLP that lets partners pass it on (not AMBER+STRICT): 41 % are candidates.
 */
const [asModelled, everybody]: [Arrival[], Arrival[]] = [[], []];
const records = new Map<number, number>();
let record = 0;
for await (const row of usableRows(readCbpFile(FILE, NOW))) {
  for (const planned of reportsOf(row)) {
    const validated = validateReport(writeReport(planned, NOW), context);
    if (!validated.ok) throw new Error(JSON.stringify(validated.issues));
    const { report } = validated;
    record += 1;
    records.set(row.fiscalYear, (records.get(row.fiscalYear) ?? 0) + 1);
    const at = report.occurred.from.getTime() + random.next() * LAG_DAYS * DAY_MS;
    const arrivalsOf = (shared: typeof report): Arrival[] =>
      communityRows(shared).map(({ stateFips, month, substance, band }) => ({
        ...{ record, at, agency: planned.agency.id, fiscalYear: row.fiscalYear },
        name: `${stateFips} ${month} ${substance} ${band}`,
      }));
    asModelled.push(...arrivalsOf(report));
    everybody.push(...arrivalsOf({ ...report, sharing: 'PARTNERS', tlp: 'AMBER' }));
  }
}

const shares = {
  'as modelled': new CommunityReplay(asModelled).result(),
  'everything shared': new CommunityReplay(everybody).result(),
};
if (WRITE === 1) writeReleaseResults('community-share', { 'lag-days': LAG_DAYS }, resultsOf(), 'bench');

printResult({
  machine: machineFacts(),
  lagDays: LAG_DAYS,
  k: 5,
  agencies: 2,
  recordsByFiscalYear: Object.fromEntries(records),
  asModelled: shares['as modelled'],
  everythingSharedWithPartners: shares['everything shared'],
});

function resultsOf(): ReleaseResult[] {
  const result = (measure: string, value: number, of: number): ReleaseResult => ({
    ...{ tier: 'COMMUNITY', measure, value, of },
    unit: 'share',
  });
  return Object.entries(shares).flatMap(([how, { candidates, weeklyBatches, oneRelease }]) => [
    result(`may go to COMMUNITY (${how})`, round(candidates / record, 4), record),
    result(`reach COMMUNITY (${how}; weekly batches)`, weeklyBatches.all, candidates),
    result(`reach COMMUNITY (${how}; one release)`, oneRelease.all, candidates),
  ]);
}
