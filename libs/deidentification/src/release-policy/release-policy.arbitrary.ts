import fc from 'fast-check';
import { checkReleasePolicy } from './check-release-policy.js';
import { RELEASE_POLICY_1 } from './release-policy-1.js';
import { entriesOf, POLICY_RULES, POLICY_TIERS, rulesAt } from './release-policy.js';
import type { PolicyRule, PolicyTier, ReleasePolicy } from './release-policy.js';

type Tiers = Record<PolicyTier, Record<string, unknown>>;

interface Change {
  readonly tier: PolicyTier;
  readonly rule: PolicyRule;
  readonly entry: object;
}

/** Every entry that a tier could have in place of its own. */
const CHANGES: readonly Change[] = (['TASK_FORCE', 'PARTNER'] as const).flatMap((tier) =>
  rulesAt(tier).flatMap((rule) =>
    POLICY_RULES[rule].ladder.flatMap((_level, step) =>
      [true, false].map((choice): Change => ({ tier, rule, entry: entry(tier, rule, step, choice) })),
    ),
  ),
);

/** Version 2, with some entries put otherwise. */
function policyWith(changes: readonly Change[]): ReleasePolicy {
  const tiers = structuredClone(RELEASE_POLICY_1.tiers) as unknown as Tiers;
  for (const { tier, rule, entry: put } of changes) tiers[tier][rule] = put;
  return { version: 2, tiers } as unknown as ReleasePolicy;
}

const mayBePublished = (policy: ReleasePolicy): boolean => checkReleasePolicy(policy, [RELEASE_POLICY_1]).ok;

function entry(tier: PolicyTier, rule: PolicyRule, step: number, choice: boolean): object {
  const { ladder, ...form }: { ladder: readonly string[]; choice?: string; control?: string } = POLICY_RULES[rule];
  const level = ladder[step % ladder.length] ?? 'ABSENT';
  return {
    level,
    ...(choice && form.choice !== undefined ? { ownerMayChoose: form.choice } : {}),
    ...(tier === 'PARTNER' && form.control !== undefined && level !== 'ABSENT' ? { withheldBy: form.control } : {}),
  };
}

/** Checked once: most of what could be written may not be published. What may alone is combined, so that all of it is met often. */
const alone = CHANGES.filter((change) => mayBePublished(policyWith([change])));
const publishable = fc
  .sample(
    fc.uniqueArray(fc.constantFrom(...alone), { selector: ({ tier, rule }) => `${tier} ${rule}`, maxLength: 14 }),
    {
      numRuns: 600,
      seed: 20261127,
    },
  )
  .map(policyWith)
  .concat(alone.map((change) => policyWith([change])))
  .filter(mayBePublished);

/** Policies that may be published after version 1: the language as far as it goes. */
export const releasePolicyArbitrary: fc.Arbitrary<ReleasePolicy> = fc.constantFrom(...publishable);

/** Each level of each rule that one of them has. */
export function levelsMet(): ReadonlySet<string> {
  return new Set(
    publishable.flatMap((policy) =>
      POLICY_TIERS.flatMap((tier) =>
        rulesAt(tier).map((rule) => `${tier}.${rule} ${entriesOf(policy, tier)[rule]?.level ?? ''}`),
      ),
    ),
  );
}
