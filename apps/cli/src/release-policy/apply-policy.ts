import type { ReleasePolicy } from '@concord/deidentification';
import { countReportsLeft, findReportsLeft, notePolicyApplied } from '@concord/records';
import { rereleaseReports, type RereleaseServices } from '@concord/submission';
import { agencyIds, pagesOf } from './dry-run.js';

export interface AppliedCounts {
  readonly version: number;
  readonly records: number;
  readonly changedViews: number;
  /** Reports whose identifiers do not open; their views stay as they were. */
  readonly unopened: readonly string[];
  /** No view of an older version is left. */
  readonly applied: boolean;
}

/** A report that was being stored by what had been read before comes by the way: looked for again, and then left to the next run. */
const PASSES = 3;

/**
 * Brings every view to a policy, agency by agency, batch by batch, each batch in a transaction of its own. Killed at any
 * line it is begun again and finds what is left; beside corrections, which go first; twice it does nothing.
 */
export async function applyPolicy(
  services: RereleaseServices,
  policy: ReleasePolicy,
  {
    batch,
    onStart,
    onBatch,
  }: {
    readonly batch: number;
    /** So many reports have something left to do. */
    readonly onStart: (reports: number) => void;
    readonly onBatch: (records: number) => void;
  },
): Promise<AppliedCounts> {
  const unopened = new Set<string>();
  let records = 0;
  let changedViews = 0;
  let applied = false;
  onStart(await countReportsLeft(services.db, policy.version));
  for (let pass = 1; pass <= PASSES && !applied; pass += 1) {
    for (const agency of await agencyIds(services.db))
      for await (const ids of left(services, agency, policy.version, batch)) {
        const done = await rereleaseReports(services, policy, ids);
        records += done.records;
        changedViews += done.changedViews;
        for (const id of done.unopened) unopened.add(id);
        onBatch(records);
      }
    applied = await notePolicyApplied(services.db, policy.version);
    if (unopened.size > 0) break;
  }
  return { version: policy.version, records, changedViews, unopened: [...unopened], applied };
}

const left = ({ db }: RereleaseServices, agencyId: string, version: number, limit: number) =>
  pagesOf((after) => findReportsLeft(db, agencyId, version, { after, limit }));
