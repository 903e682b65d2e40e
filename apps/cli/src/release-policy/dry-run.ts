import {
  changesBetween,
  deidentify,
  POLICY_TIERS,
  type ReleasePolicy,
  type RuleChange,
} from '@concord/deidentification';
import type { Queryable } from '@concord/platform/database';
import { countAgenciesOf, findReportsToRelease, findStandingReports, sampleStandingReports } from '@concord/records';
import { reportOf, resolutionOf } from '@concord/submission';

const PAGE = 200;
const EXAMPLES = 3;

export interface DryRunFindings {
  readonly fromVersion: number;
  readonly toVersion: number;
  /** Every standing report was looked at; else a random sample. */
  readonly whole: boolean;
  readonly reports: number;
  /** Records of which some reader would see something else. */
  readonly changedRecords: number;
  readonly changes: readonly RuleCount[];
  /** By tier, whose views they are: keys in the audience of changed views, and the agencies that may carry one of them now. */
  readonly readers: readonly { readonly tier: string; readonly keys: number; readonly agencies: number }[];
}

interface RuleCount extends RuleChange {
  readonly records: number;
  /** Ids of records, for whoever wants to look; nothing of what they say. */
  readonly examples: readonly string[];
}

/**
 * What would change for whom if a policy came after another. Nothing sealed is opened: a text that is left out because it
 * names an identifier is counted as if it were shown.
 *
 * @param sample so many reports; null: all of them
 */
export async function dryRun(
  db: Queryable,
  {
    before,
    after,
    sample,
  }: { readonly before: ReleasePolicy; readonly after: ReleasePolicy; readonly sample: number | null },
): Promise<DryRunFindings> {
  const counts = new Map<string, { change: RuleChange; records: number; examples: string[] }>();
  const keys = new Map<string, Set<string>>(POLICY_TIERS.map((tier) => [tier, new Set()]));
  let reports = 0;
  let changedRecords = 0;
  for await (const ids of sample === null ? everyReport(db) : sampled(db, sample)) {
    for (const stored of await findReportsToRelease(db, ids, null)) {
      reports += 1;
      const report = reportOf(stored);
      const views = (policy: ReleasePolicy) => deidentify(report, { h3Resolution: resolutionOf(stored), policy });
      const now = views(after);
      const changes = views(before).flatMap((view, at) => {
        const next = now[at];
        return next === undefined ? [] : changesBetween({ policy: before, view }, { policy: after, view: next });
      });
      if (changes.length > 0) changedRecords += 1;
      for (const change of changes) {
        const name = `${change.tier} ${change.rule} ${change.to}`;
        const count = counts.get(name) ?? { change, records: 0, examples: [] };
        count.records += 1;
        if (count.examples.length < EXAMPLES) count.examples.push(stored.recordId);
        counts.set(name, count);
        for (const key of stored.keys[change.tier] ?? []) keys.get(change.tier)?.add(key);
      }
    }
  }
  return {
    ...{ fromVersion: before.version, toVersion: after.version, whole: sample === null, reports, changedRecords },
    changes: [...counts.values()].map(({ change, ...count }) => ({ ...change, ...count })),
    readers: await readersOf(db, keys),
  };
}

async function readersOf(
  db: Queryable,
  keys: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<DryRunFindings['readers']> {
  const readers = [];
  for (const [tier, ofTier] of keys)
    if (ofTier.size > 0) readers.push({ tier, keys: ofTier.size, agencies: await countAgenciesOf(db, [...ofTier]) });
  return readers;
}

async function* sampled(db: Queryable, size: number): AsyncGenerator<readonly string[]> {
  const ids = await sampleStandingReports(db, size);
  for (let at = 0; at < ids.length; at += PAGE) yield ids.slice(at, at + PAGE);
}

async function* everyReport(db: Queryable): AsyncGenerator<readonly string[]> {
  for (const agency of await agencyIds(db))
    yield* pagesOf((after) => findStandingReports(db, agency, { after, limit: PAGE }));
}

/** Page by page, each begun after the last id of the one before. */
export async function* pagesOf(
  page: (after: string | null) => Promise<readonly string[]>,
): AsyncGenerator<readonly string[]> {
  for (let ids = await page(null); ids.length > 0; ids = await page(ids.at(-1) ?? null)) yield ids;
}

export async function agencyIds(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select id from agency order by id');
  return rows.map(({ id }) => id);
}
