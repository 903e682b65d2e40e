import type { RuleMatch } from '@concord/matching';

export type { RuleMatch };

/** Matches as the database's functions take them. */
export const matchRows = (matches: readonly RuleMatch[]): string =>
  JSON.stringify(
    matches.map((m) => ({
      rule_id: m.ruleId,
      record_id: m.recordId,
      version: m.version,
      rank: m.rank,
      match: m.match,
    })),
  );
