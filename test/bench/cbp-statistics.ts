import { SEIZURE_STATISTICS, type Fact } from '@concord/disclosure';
import { categoryOf } from '@concord/codes';
import { projectRoot } from '@concord/platform/project';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCbpFile } from '../../apps/cli/src/seed/cbp-file.reader.js';
import type { CbpRow } from '../../apps/cli/src/seed/cbp-row.js';
import { usableRows } from '../../apps/cli/src/seed/seed-plan.js';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';

const FILE = join(projectRoot(), '..', 'shared', 'data', 'cbp-nationwide-drugs-fy19-fy22.csv');
/** An area's events fall to so many stations, unevenly: CBP does not say who seized. */
const STATIONS = 6;

/**
 * CBP's seizures of these months as facts of SEIZURE_STATISTICS. Substance, component and area are CBP's; setting, state
 * and station are drawn as in docs/synthetic-data.md; group, method, conveyance and route are not in its table.
 */
export async function cbpStatistics(months: readonly string[]): Promise<readonly Fact[]> {
  if (!existsSync(FILE)) throw new Error(`${FILE} is not there: nothing to measure`);
  const random = new SeededRandom(1);
  const facts: Fact[] = [];
  for await (const row of usableRows(readCbpFile(FILE, new Date('2026-11-01T00:00:00Z')))) {
    const month = `${row.month.year}-${String(row.month.month).padStart(2, '0')}`;
    if (!months.includes(month)) continue;
    const milligrams = Math.floor(Number(row.milligrams) / row.events);
    for (let event = 0; event < row.events; event++) {
      const site = random.weighted(row.area.sites.map((each) => [each, each.weight] as const));
      facts.push({
        ...{ month, events: 1, milligrams },
        agency: `${row.area.component} ${row.area.name} ${Math.floor(STATIONS * random.next() ** 2)}`,
        values: { ...valuesOf(row), setting: site.setting, state: site.countyFips.slice(0, 2) },
      });
    }
  }
  return facts;
}

function valuesOf({ drug: { kind }, area }: CbpRow): Record<string, string> {
  const substances = SEIZURE_STATISTICS.dimensions.find(({ name }) => name === 'substance')?.values ?? [];
  const code = kind.deaCode ?? '';
  return {
    substance: substances.includes(code) ? code : (kind.category ?? categoryOf(code)),
    component: area.component === 'U.S. Border Patrol' ? 'CBP_BORDER_PATROL' : 'CBP_FIELD_OPERATIONS',
    ...{ group: 'UNKNOWN', method: 'UNKNOWN', conveyance: 'UNKNOWN', origin: 'UNKNOWN', destination: 'UNKNOWN' },
  };
}
