import type { Match } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import { findMatchableViews, type MatchableView } from '@concord/records';
import { matchView } from './match-view.js';
import type { BookedRule, RuleBook } from './rule-book.js';

/** A rule that fires on a version of a record, judged on the view that its owner may see. */
export interface RuleMatch {
  readonly ruleId: string;
  readonly recordId: string;
  readonly version: number;
  readonly rank: number;
  readonly match: Match;
}

/**
 * Which rules fire on the records. The index names those that might on any view; each of them is then judged on the
 * finest view that its owner's keyring opens now, and on no other.
 */
export async function matchRecords(db: Queryable, book: RuleBook, recordIds: readonly string[]): Promise<RuleMatch[]> {
  if (recordIds.length === 0) return [];
  const views = await findMatchableViews(db, recordIds);
  await book.sync();
  const pairs = [...groupByRecord(views).values()].flatMap((ofRecord) =>
    [...book.index.candidates(ofRecord)].flatMap((id) => {
      const rule = book.find(id);
      return rule === undefined ? [] : [{ rule, ofRecord }];
    }),
  );
  if (pairs.length === 0) return [];
  const rings = await findKeyrings(
    db,
    pairs.map((pair) => pair.rule),
  );
  return pairs.flatMap(({ rule, ofRecord }) => {
    const ring = rings.get(ownerOf(rule));
    // Views come finest first.
    const view = ring && ofRecord.find((candidate) => candidate.audience.some((key) => ring.has(key)));
    if (!view) return [];
    const match = matchView(rule.filter, view);
    return match === null
      ? []
      : [{ ruleId: rule.id, recordId: view.recordId, version: view.version, rank: view.rank, match }];
  });
}

const ownerOf = (rule: BookedRule): string => `${rule.personId}:${rule.agencyId}`;

function groupByRecord(views: readonly MatchableView[]): Map<string, MatchableView[]> {
  const byRecord = new Map<string, MatchableView[]>();
  for (const view of views) {
    const group = byRecord.get(view.recordId);
    if (group) group.push(view);
    else byRecord.set(view.recordId, [view]);
  }
  return byRecord;
}

/** The keyrings of the rules' owners as they are now, one statement for all. */
async function findKeyrings(db: Queryable, rules: readonly BookedRule[]): Promise<Map<string, ReadonlySet<number>>> {
  const owners = [...new Map(rules.map((rule) => [ownerOf(rule), rule])).values()];
  const { rows } = await db.query<{ person: string; agency: string; keys: number[] }>({
    name: 'owner_keyrings',
    text: 'select person, agency, keys from actor_keyrings($1, $2)',
    values: [owners.map((owner) => owner.personId), owners.map((owner) => owner.agencyId)],
  });
  return new Map(rows.map((row) => [`${row.person}:${row.agency}`, new Set(row.keys)]));
}
