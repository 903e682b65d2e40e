import type { WithholdCode } from '@concord/codes';
import type { IdentifierTraces } from './identifier-traces.js';
import type { PolicyRule } from './release-policy/release-policy.js';
import type { Rules } from './release-policy/rules-of-tier.js';
import type { Tier } from './tier.js';

/** What the fields of one view are decided by. */
export interface FieldContext {
  readonly tier: Tier;
  readonly rules: Rules;
  /** What the owner withholds. */
  readonly withhold: readonly WithholdCode[];
  readonly traces: IdentifierTraces;
}

/** Whether a view goes without a field: the policy does not carry it there, or the owner withholds it there. */
export function isWithheld(rule: PolicyRule, { rules, withhold }: Pick<FieldContext, 'rules' | 'withhold'>): boolean {
  const { level, withheldBy } = rules[rule];
  return level === 'ABSENT' || (withheldBy !== undefined && withhold.includes(withheldBy));
}

/**
 * Whether "nothing known" of a field must look like a withheld one: where it may be withheld, else an absent one could
 * only mean that.
 */
export function mayBeWithheld(rule: PolicyRule, { rules }: Pick<FieldContext, 'rules'>): boolean {
  return rules[rule].withheldBy !== undefined;
}
