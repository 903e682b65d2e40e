import type { Queryable } from '@concord/platform/database';
import { listedDigest } from '../listed-digest.js';

/** A region as a list has it. */
export interface ListedRegion {
  readonly id: string;
  readonly name: string;
  /** Five-digit FIPS codes, each once and in order. */
  readonly countyFips: readonly string[];
}

/** `unchanged`: the list says what it said the last time. `by hand`: an admin made the region, and it is left alone. */
export type RegionImportOutcome = 'created' | 'updated' | 'unchanged' | 'by hand';

export interface ImportedRegion {
  readonly id: string;
  readonly version: number;
  readonly outcome: RegionImportOutcome;
}

/**
 * Writes a whole list in one statement: what is new is made, what the list says anew is changed. Running it again changes
 * nothing. The audit entries of what was created and updated are the caller's, in this transaction.
 */
export async function importRegions(tx: Queryable, regions: readonly ListedRegion[]): Promise<ImportedRegion[]> {
  const rows = regions.map((region) => ({
    id: region.id,
    name: region.name,
    counties: region.countyFips,
    listed: listedDigest(region.id, region.name, region.countyFips),
  }));
  const result = await tx.query<ImportedRegion>('select id, version, outcome from import_regions($1)', [
    JSON.stringify(rows),
  ]);
  return result.rows;
}
