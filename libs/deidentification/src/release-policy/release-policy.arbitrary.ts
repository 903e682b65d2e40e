import fc from 'fast-check';
import { checkReleasePolicy } from './check-release-policy.js';
import { RELEASE_POLICY_1 } from './release-policy-1.js';
import { entriesOf, POLICY_RULES, POLICY_TIERS, rulesAt } from './release-policy.js';
import type { PolicyRule, PolicyTier, ReleasePolicy } from './release-policy.js';

type Tiers = Record<PolicyTier, Record<string, unknown>>;

/** Version 2 with some entries of some tiers put otherwise, whether that may be published or not. */
const changed: fc.Arbitrary<ReleasePolicy> = fc
  .array(
    fc
      .constantFrom<PolicyTier>('TASK_FORCE', 'PARTNER')
      .chain((tier) =>
        fc.tuple(fc.constant(tier), fc.constantFrom(...rulesAt(tier)), fc.nat({ max: 6 }), fc.boolean()),
      ),
    { maxLength: 5 },
  )
  .map((changes) => {
    const tiers = structuredClone(RELEASE_POLICY_1.tiers) as unknown as Tiers;
    for (const [tier, rule, step, choice] of changes) tiers[tier][rule] = entry(tier, rule, step, choice);
    return { version: 2, tiers } as unknown as ReleasePolicy;
  });

function entry(tier: PolicyTier, rule: PolicyRule, step: number, choice: boolean): object {
  const { ladder, ...form }: { ladder: readonly string[]; choice?: string; control?: string } = POLICY_RULES[rule];
  const level = ladder[step % ladder.length] ?? 'ABSENT';
  return {
    level,
    ...(choice && form.choice !== undefined ? { ownerMayChoose: form.choice } : {}),
    ...(tier === 'PARTNER' && form.control !== undefined && level !== 'ABSENT' ? { withheldBy: form.control } : {}),
  };
}

/** Checked once: most of what is drawn may not be published. */
const publishable = fc
  .sample(changed, { numRuns: 3_000, seed: 20261127 })
  .filter((policy) => checkReleasePolicy(policy, [RELEASE_POLICY_1]).ok);

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
