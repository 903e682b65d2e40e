import type { Match } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import { findMatchableViews, type FilterableView, type MatchableView } from '@concord/records';
import { matchView } from './match-view.js';
import type { BookedRule, RuleBook } from './rule-book.js';
import type { RuleIndex } from './rule-index.js';

/** A rule that fires on a version of a record, judged on the view that its owner may see. */
export interface RuleMatch {
  readonly ruleId: string;
  readonly recordId: string;
  readonly version: number;
  readonly rank: number;
  readonly match: Match;
}

/** Rules that fire on one view of a record or another, and how on each, in the order of the views. */
export interface Finding<Rule> {
  readonly rules: readonly Rule[];
  readonly matches: readonly (Match | null)[];
}

/**
 * Which rules fire on the records. The index names those that might on any view; each of them is then judged on the
 * finest view that its owner's keyring opens now, and on no other.
 */
export async function matchRecords(db: Queryable, book: RuleBook, recordIds: readonly string[]): Promise<RuleMatch[]> {
  if (recordIds.length === 0) return [];
  const views = await findMatchableViews(db, recordIds);
  await book.sync();
  const found = [...groupByRecord(views).values()].flatMap((ofRecord) =>
    findingsOf(book.index, ofRecord).map((finding) => ({ ...finding, ofRecord })),
  );
  if (found.length === 0) return [];
  const rings = await findKeyrings(
    db,
    found.flatMap(({ rules }) => rules),
  );
  return found.flatMap(({ rules, matches, ofRecord }) =>
    rules.flatMap((rule) => {
      const ring = rings.get(ownerOf(rule));
      // Views come finest first.
      const at = ring ? ofRecord.findIndex((candidate) => candidate.audience.some((key) => ring.has(key))) : -1;
      const view = ofRecord[at];
      const match = matches[at] ?? null;
      return view === undefined || match === null
        ? []
        : [{ ruleId: rule.id, recordId: view.recordId, version: view.version, rank: view.rank, match }];
    }),
  );
}

/** What the views of one record meet, before it is asked who may see which: each question is judged once a view. */
export function findingsOf<Rule extends { readonly id: string }>(
  index: RuleIndex<Rule>,
  views: readonly FilterableView[],
): Finding<Rule>[] {
  return index.candidates(views).flatMap(({ filter, rules }) => {
    const matches = views.map((view) => matchView(filter, view));
    return matches.some((match) => match !== null) ? [{ rules: [...rules], matches }] : [];
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
