import { newId } from '@concord/platform/ids';
import type { Queryable } from '@concord/platform/database';
import type { AgencyLevel } from '@concord/codes';
import { listedDigest } from '../listed-digest.js';

/** An agency as a list has it. */
export interface ListedAgency {
  readonly ori: string;
  readonly name: string;
  readonly level: AgencyLevel;
  /** Keys of its places, each once and in order; none where the list does not say. */
  readonly places: readonly string[];
}

/**
 * `unchanged`: the list says what it said the last time. `by hand`: an admin made the agency; `left`: it has left. None of
 * the three is touched.
 */
export type ImportOutcome = 'created' | 'updated' | 'unchanged' | 'by hand' | 'left';

export interface ImportedAgency {
  readonly ori: string;
  readonly id: string;
  readonly version: number;
  readonly outcome: ImportOutcome;
}

/**
 * Writes a whole list in one statement: what is new is made, what the list says anew is changed. Running it again changes
 * nothing. The audit entries of what was created and updated are the caller's, in this transaction.
 */
export async function importAgencies(tx: Queryable, agencies: readonly ListedAgency[]): Promise<ImportedAgency[]> {
  const rows = agencies.map((agency) => ({
    id: newId(),
    ...agency,
    listed: listedDigest(agency.ori, agency.name, agency.level, agency.places),
  }));
  const result = await tx.query<ImportedAgency>('select ori, id, version, outcome from import_agencies($1)', [
    JSON.stringify(rows),
  ]);
  return result.rows;
}
