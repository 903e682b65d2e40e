import { importAgencies, type ImportedAgency, type ImportOutcome, type ListedAgency } from '@concord/agencies';
import { appendAuditBatch, auditEntry } from '@concord/audit';
import { inTransaction, openPool } from '@concord/platform/database';

/** The whole list is one statement: some seconds, or less. */
const TIMEOUT_MS = 120_000;

export type ImportCounts = Readonly<Record<ImportOutcome, number>>;

/**
 * Writes the list in one transaction, with an audit entry for each agency that is created or changed, in nobody's name:
 * whoever may enter `concord_operator` is known to the machine and not to Concord.
 *
 * @param url a login that was granted concord_operator, or owns the database
 */
export async function storeAgencies(url: string, agencies: readonly ListedAgency[]): Promise<ImportCounts> {
  const pool = openPool({ url, role: 'concord_operator', max: 1, statementTimeoutMs: TIMEOUT_MS });
  try {
    await pool.clock.known;
    return await inTransaction(pool, async (tx) => {
      const imported = await importAgencies(tx, agencies);
      await appendAuditBatch(
        tx,
        imported.flatMap((agency) => entryOf(agency, pool.clock.now())),
      );
      return countsOf(imported);
    });
  } finally {
    await pool.end();
  }
}

function entryOf({ id, version, outcome }: ImportedAgency, at: Date) {
  if (outcome !== 'created' && outcome !== 'updated') return [];
  return [
    auditEntry({
      ...{ at, personId: null, agencyId: null, roles: [], purpose: null, outcome: 'DONE' },
      action: outcome === 'created' ? 'agency.create' : 'agency.update',
      subjects: [{ kind: 'agency', id, version }],
    }),
  ];
}

function countsOf(imported: readonly ImportedAgency[]): ImportCounts {
  const counts = { created: 0, updated: 0, unchanged: 0, 'by hand': 0, left: 0 };
  for (const { outcome } of imported) counts[outcome] += 1;
  return counts;
}
