import type { Tier } from '../tier.js';
import { entriesOf, POLICY_RULES, type PolicyRule, type ReleasePolicy, type RuleEntry } from './release-policy.js';

/** Every rule as it holds for one tier. */
export type Rules = { readonly [R in PolicyRule]: RuleEntry<R> };

const RULES = Object.keys(POLICY_RULES) as readonly PolicyRule[];
const rulesFrom = (entryOf: (rule: PolicyRule) => RuleEntry): Rules =>
  Object.fromEntries(RULES.map((rule) => [rule, entryOf(rule)])) as unknown as Rules;

/** The owner sees what was reported, whatever the policy. */
const OWNER_RULES = rulesFrom((rule) => ({ level: POLICY_RULES[rule].ladder[0] }));
const ABSENT: RuleEntry = { level: 'ABSENT' };

const known = new WeakMap<ReleasePolicy, Partial<Record<Tier, Rules>>>();

/** What the policy says of a tier; what it has no say in there is absent there. Made once a policy. */
export function rulesOf(policy: ReleasePolicy, tier: Tier): Rules {
  if (tier === 'OWNER') return OWNER_RULES;
  const made = known.get(policy) ?? {};
  known.set(policy, made);
  const entries = entriesOf(policy, tier);
  return (made[tier] ??= rulesFrom((rule) => entries[rule] ?? ABSENT));
}
