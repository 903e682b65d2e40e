import { z } from 'zod';
import { mayExist, type ViewPath } from '../view-fields.js';
import { isFiner, LEVEL_CARRIES, LEVEL_WORDS, nestEitherWay, type Ladder } from './levels.js';
import { RELEASE_POLICY_1 } from './release-policy-1.js';
import { entriesOf, POLICY_RULES, POLICY_TIERS, rulesAt } from './release-policy.js';
import type { PolicyRule, PolicyTier, ReleasePolicy, RuleEntry } from './release-policy.js';

export type PolicyIssueCode =
  | 'INVALID_FORMAT'
  | 'VERSION_NOT_NEXT'
  | 'NEVER_SHARED'
  | 'UNKNOWN_RULE'
  | 'RULE_MISSING'
  | 'INVALID_RULE'
  | 'NOT_AT_THIS_PRECISION'
  | 'FINER_THAN_TIER_ABOVE'
  | 'CHOICE_NOT_OFFERED'
  | 'CONTROL_REMOVED'
  | 'COMMUNITY_FIXED'
  | 'NOT_NESTED';

export interface PolicyIssue {
  /** `PARTNER.occurred`; empty: the document as a whole. */
  readonly path: string;
  readonly code: PolicyIssueCode;
  readonly message: string;
}

export type CheckedPolicy =
  | { readonly ok: true; readonly policy: ReleasePolicy }
  | { readonly ok: false; readonly issues: readonly PolicyIssue[] };

/** 28 CFR Part 23 attaches to these: they are sealed, and no view has a place for them. */
const NEVER_SHARED = ['identifiers', 'narrative', 'basis', 'submitterReference'];

const documentForm = z.strictObject({
  version: z.int().min(2),
  tiers: z.strictObject({
    TASK_FORCE: z.record(z.string(), z.unknown()),
    PARTNER: z.record(z.string(), z.unknown()),
    COMMUNITY: z.record(z.string(), z.unknown()),
  }),
});

type Entries = ReadonlyMap<PolicyRule, RuleEntry>;

/**
 * A document that is to become the next release policy, with every fault at once.
 *
 * @param published every version so far, the first one first: what readers have seen already. A level that does not nest
 *   with one that its field had before is refused: who saw a record under both would know more than either tells.
 */
export function checkReleasePolicy(document: unknown, published: readonly ReleasePolicy[]): CheckedPolicy {
  const form = documentForm.safeParse(document);
  if (!form.success)
    return {
      ok: false,
      issues: form.error.issues.map(({ path, message }) => ({ path: path.join('.'), code: 'INVALID_FORMAT', message })),
    };
  const issues: PolicyIssue[] = [];
  const next = Math.max(...published.map(({ version }) => version)) + 1;
  if (form.data.version !== next)
    issues.push({ path: 'version', code: 'VERSION_NOT_NEXT', message: `The next version is ${next}.` });
  const read = (tier: PolicyTier): Entries => readTier(tier, form.data.tiers[tier], issues);
  const tiers = { TASK_FORCE: read('TASK_FORCE'), PARTNER: read('PARTNER'), COMMUNITY: read('COMMUNITY') };
  issues.push(
    ...POLICY_TIERS.flatMap((tier) => [...tiers[tier]].flatMap(([rule, entry]) => ofEntry(tier, rule, entry))),
    ...tooFine(tiers.TASK_FORCE, tiers.PARTNER, 'PARTNER'),
    ...communityIssues(tiers),
    ...POLICY_TIERS.flatMap((tier) => choiceTaken(tier, tiers[tier], published)),
    ...POLICY_TIERS.flatMap((tier) => notNested(tier, tiers[tier], published)),
  );
  // Complete and of known levels: what was just read is the form of the type.
  return issues.length > 0 ? { ok: false, issues } : { ok: true, policy: form.data as unknown as ReleasePolicy };
}

function readTier(tier: PolicyTier, given: Readonly<Record<string, unknown>>, issues: PolicyIssue[]): Entries {
  const known = rulesAt(tier);
  const entries = new Map<PolicyRule, RuleEntry>();
  for (const [name, entry] of Object.entries(given)) {
    const path = `${tier}.${name}`;
    const rule = known.find((it) => it === name);
    if (rule === undefined) issues.push(unknownRule(path, name, known));
    else {
      const { ladder } = POLICY_RULES[rule];
      const read = entryForm(ladder).safeParse(entry);
      if (read.success) entries.set(rule, read.data as RuleEntry);
      else
        issues.push({
          path,
          code: 'INVALID_RULE',
          message: `It has a level (${ladder.join(', ')}), and may have ownerMayChoose and withheldBy; nothing else.`,
        });
    }
  }
  for (const rule of known)
    if (!(rule in given))
      issues.push({ path: `${tier}.${rule}`, code: 'RULE_MISSING', message: 'Say how it is carried, or ABSENT.' });
  return entries;
}

/** Made once a ladder: zod takes long to make one. */
const entryForms = new Map<Ladder, z.ZodType>();

function entryForm(ladder: Ladder): z.ZodType {
  const made = entryForms.get(ladder);
  if (made !== undefined) return made;
  const level = z.enum(ladder as readonly [string, ...string[]]);
  const form = z.strictObject({
    level,
    ownerMayChoose: level.optional(),
    withheldBy: z.enum(['CONTRIBUTOR', 'METHOD', 'SIGNATURE']).optional(),
  });
  entryForms.set(ladder, form);
  return form;
}

function unknownRule(path: string, name: string, known: readonly string[]): PolicyIssue {
  if (NEVER_SHARED.some((it) => name === it || name.startsWith(`${it}.`)))
    return { path, code: 'NEVER_SHARED', message: 'It is the owner’s and sealed: no policy shares it.' };
  if (name in POLICY_RULES || name.startsWith('people.'))
    return {
      path,
      code: 'NOT_AT_THIS_PRECISION',
      message: 'No record of this precision has it, whatever a policy says.',
    };
  return { path, code: 'UNKNOWN_RULE', message: `There are ${known.join(', ')}.` };
}

interface RuleForm {
  readonly ladder: Ladder;
  readonly choice?: string;
  readonly control?: string;
}

/** What is wrong with one entry, whatever the others say. */
function ofEntry(tier: PolicyTier, rule: PolicyRule, entry: RuleEntry): PolicyIssue[] {
  const path = `${tier}.${rule}`;
  const form: RuleForm = POLICY_RULES[rule];
  const levels = entry.ownerMayChoose === undefined ? [entry.level] : [entry.level, entry.ownerMayChoose];
  return [
    ...levels.flatMap((level) => ofLevel(path, tier, rule, level)),
    ...ofChoice(path, form, entry),
    ...ofControl(path, tier, form, entry),
  ];
}

function ofLevel(path: string, tier: PolicyTier, rule: PolicyRule, level: string): PolicyIssue[] {
  const carried = LEVEL_CARRIES[rule]?.[level];
  if (carried !== undefined && !mayExist(carried as ViewPath, tier))
    return [{ path, code: 'NOT_AT_THIS_PRECISION', message: `${level} would carry ${carried}, which ends before.` }];
  // What is computed over many records at once is no level of one.
  if (level === 'THREE_BANDS' && tier !== 'COMMUNITY')
    return [{ path, code: 'NOT_AT_THIS_PRECISION', message: 'THREE_BANDS is how COMMUNITY counts.' }];
  return [];
}

function ofChoice(path: string, form: RuleForm, { level, ownerMayChoose: choice }: RuleEntry): PolicyIssue[] {
  if (choice === undefined || (choice === form.choice && isFiner(form.ladder, choice, level))) return [];
  const message =
    form.choice === undefined ? 'Owners have no choice here.' : `Owners may choose ${form.choice}, as the finer.`;
  return [{ path, code: 'CHOICE_NOT_OFFERED', message }];
}

function ofControl(path: string, tier: PolicyTier, form: RuleForm, entry: RuleEntry): PolicyIssue[] {
  const mustHonour = tier === 'PARTNER' && form.control !== undefined && entry.level !== 'ABSENT';
  if (!mustHonour && entry.withheldBy === undefined) return [];
  if (entry.withheldBy === form.control) return [];
  const message =
    form.control === undefined
      ? 'No control of the owner is about this.'
      : `Owners withhold it by ${form.control}, and reports were submitted under that promise.`;
  return [{ path, code: 'CONTROL_REMOVED', message }];
}

/** The finest that anybody may get by an entry. */
const finest = ({ level, ownerMayChoose }: RuleEntry): string => ownerMayChoose ?? level;

/** Where a tier, at its default or by the owner's choice, would show more than the one above it. */
function tooFine(above: Entries, below: Entries, tier: PolicyTier): PolicyIssue[] {
  return [...below].flatMap(([rule, entry]) => {
    const upper = above.get(rule);
    const { ladder } = POLICY_RULES[rule];
    const isTooFine =
      upper !== undefined &&
      (isFiner(ladder, entry.level, upper.level) || isFiner(ladder, finest(entry), finest(upper)));
    if (!isTooFine) return [];
    const message = `${tier} would show more than the tier above, which has ${upper.level}.`;
    return [{ path: `${tier}.${rule}`, code: 'FINER_THAN_TIER_ABOVE' as const, message }];
  });
}

/** COMMUNITY's precision is part of its k: rows of two precisions are no class (design.md section 6). */
function communityIssues(tiers: Readonly<Record<PolicyTier, Entries>>): PolicyIssue[] {
  const fixed = entriesOf(RELEASE_POLICY_1, 'COMMUNITY');
  const changed = [...tiers.COMMUNITY].filter(([rule, entry]) => JSON.stringify(entry) !== JSON.stringify(fixed[rule]));
  return [
    ...changed.map(([rule]) => ({
      path: `COMMUNITY.${rule}`,
      code: 'COMMUNITY_FIXED' as const,
      message: `It is ${fixed[rule]?.level ?? 'ABSENT'} and stays so: what was released is never coarsened again.`,
    })),
    ...(changed.length > 0 ? [] : tooFine(tiers.PARTNER, tiers.COMMUNITY, 'COMMUNITY')),
  ];
}

/** An owner who could have had it shown more exactly and did not was promised the coarser level. */
function choiceTaken(tier: PolicyTier, entries: Entries, published: readonly ReleasePolicy[]): PolicyIssue[] {
  return [...entries].flatMap(([rule, entry]) => {
    const promised = published.find((before) => {
      const was = entriesOf(before, tier)[rule];
      return was?.ownerMayChoose !== undefined && isFiner(POLICY_RULES[rule].ladder, entry.level, was.level);
    });
    if (promised === undefined) return [];
    const message = `Version ${promised.version} left it to owners to have it shown so exactly, and some did not choose it.`;
    return [{ path: `${tier}.${rule}`, code: 'CONTROL_REMOVED' as const, message }];
  });
}

/** Levels that a field had in the tier before, at its default or where the owner chose, against those that it shall have. */
function notNested(tier: PolicyTier, entries: Entries, published: readonly ReleasePolicy[]): PolicyIssue[] {
  return [...entries].flatMap(([rule, entry]) => {
    const { ladder } = POLICY_RULES[rule];
    for (const before of published) {
      const was = entriesOf(before, tier)[rule];
      if (was === undefined) continue;
      for (const [old, now] of [
        [was.level, entry.level],
        [finest(was), finest(entry)],
      ] as const) {
        if (nestEitherWay(ladder, old, now)) continue;
        const message =
          `It was ${LEVEL_WORDS[old] ?? old} in version ${before.version}. The borders of ${LEVEL_WORDS[now] ?? now} cross those of that one: ` +
          'whoever has seen a record under both knows where they overlap, which is finer than either.';
        return [{ path: `${tier}.${rule}`, code: 'NOT_NESTED' as const, message }];
      }
    }
    return [];
  });
}
