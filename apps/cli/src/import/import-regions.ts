import { importRegions, type ImportedRegion, type ListedRegion, type RegionImportOutcome } from '@concord/agencies';
import { appendAuditBatch, auditEntry } from '@concord/audit';
import { systemClock } from '@concord/platform/clock';
import { asOperator } from '../as-operator.js';

export type RegionCounts = Readonly<Record<RegionImportOutcome, number>>;

/**
 * Writes the list in one transaction, with an audit entry for each region that is created or changed, in nobody's name.
 *
 * @param url a login that was granted concord_operator, or owns the database
 */
export const storeRegions = (url: string, regions: readonly ListedRegion[]): Promise<RegionCounts> =>
  asOperator(url, async (tx) => {
    const imported = await importRegions(tx, regions);
    await appendAuditBatch(tx, imported.flatMap(entryOf));
    const counts = { created: 0, updated: 0, unchanged: 0, 'by hand': 0 };
    for (const { outcome } of imported) counts[outcome] += 1;
    return counts;
  });

function entryOf({ id, version, outcome }: ImportedRegion) {
  if (outcome !== 'created' && outcome !== 'updated') return [];
  return [
    auditEntry({
      ...{ at: systemClock.now(), personId: null, agencyId: null, roles: [], purpose: null, outcome: 'DONE' },
      action: outcome === 'created' ? 'region.create' : 'region.update',
      subjects: [{ kind: 'region', id, version }],
    }),
  ];
}
