import type { RecordView } from '../record-view.js';
import { isFiner } from './levels.js';
import { entriesOf, pathsOfRule, POLICY_RULES, rulesAt } from './release-policy.js';
import type { PolicyRule, PolicyTier, ReleasePolicy } from './release-policy.js';

/** What another policy makes of one rule in one view. */
export interface RuleChange {
  readonly tier: PolicyTier;
  readonly rule: PolicyRule;
  /** COARSER also where it is gone. */
  readonly to: 'FINER' | 'COARSER';
}

/**
 * Where the view of a report under one policy says something else than under another: by rule, in their order. Both are of
 * the same report and tier; a rule that is changed and makes no difference for this report is not named.
 */
export function changesBetween(
  before: { readonly policy: ReleasePolicy; readonly view: RecordView },
  after: { readonly policy: ReleasePolicy; readonly view: RecordView },
): RuleChange[] {
  const tier = before.view.precision;
  if (tier === 'OWNER') return [];
  const [old, now] = [entriesOf(before.policy, tier), entriesOf(after.policy, tier)];
  return rulesAt(tier)
    .filter((rule) => saidOf(rule, before.view) !== saidOf(rule, after.view))
    .map((rule) => {
      const { ladder } = POLICY_RULES[rule];
      const [was, is] = [old[rule], now[rule]].map((it) => it?.ownerMayChoose ?? it?.level ?? 'ABSENT');
      const finer = isFiner(ladder, now[rule]?.level ?? 'ABSENT', old[rule]?.level ?? 'ABSENT');
      return {
        tier,
        rule,
        to: finer || isFiner(ladder, is ?? '', was ?? '') ? ('FINER' as const) : ('COARSER' as const),
      };
    });
}

/** Everything that a view says under a rule, as text that can be compared. */
function saidOf(rule: PolicyRule, view: RecordView): string {
  return JSON.stringify(
    pathsOfRule(rule, view.precision).map((path) => path.split('.').reduce(partOf, view)),
    (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  );
}

function partOf(from: unknown, step: string): unknown {
  if (Array.isArray(from)) return from.map((item: unknown) => partOf(item, step));
  return typeof from === 'object' && from !== null ? ((from as Readonly<Record<string, unknown>>)[step] ?? null) : null;
}
