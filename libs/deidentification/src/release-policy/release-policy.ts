import type { WithholdCode } from '@concord/codes';
import type { Precision } from '../record-view.js';
import { VIEW_FIELDS, VIEW_PATHS, type ViewPath } from '../view-fields.js';
import {
  AGE_LEVELS,
  CARRIED_LEVELS,
  PLACE_LEVELS,
  PURITY_LEVELS,
  QUANTITY_LEVELS,
  ROUTE_LEVELS,
  TIME_LEVELS,
  type Ladder,
} from './levels.js';

/** What a release policy has a say in. OWNER sees what was reported; PUBLIC has no views. */
export const POLICY_TIERS = ['TASK_FORCE', 'PARTNER', 'COMMUNITY'] as const satisfies readonly Precision[];
export type PolicyTier = (typeof POLICY_TIERS)[number];

interface RuleForm {
  readonly ladder: Ladder;
  /** The finer level that an owner may choose: for a report (`timePrecision: DAY`) or for an agency (cells of resolution 7). */
  readonly choice?: string;
  /** The owner's control that removes it. Partners' views always honour it. */
  readonly control?: WithholdCode;
}

/** Every rule that a policy has, in the order in which it is printed. */
export const POLICY_RULES = {
  occurred: { ladder: TIME_LEVELS, choice: 'DAY' },
  place: { ladder: PLACE_LEVELS, choice: 'H3_7' },
  'place.setting': { ladder: CARRIED_LEVELS },
  'place.portOfEntry': { ladder: CARRIED_LEVELS },
  'substances.form': { ladder: CARRIED_LEVELS },
  'substances.laboratoryStatus': { ladder: CARRIED_LEVELS },
  'substances.quantity': { ladder: QUANTITY_LEVELS },
  'substances.purity': { ladder: PURITY_LEVELS },
  'substances.signature': { ladder: CARRIED_LEVELS, control: 'SIGNATURE' },
  'substances.adulterants': { ladder: CARRIED_LEVELS, control: 'SIGNATURE' },
  concealment: { ladder: CARRIED_LEVELS, control: 'METHOD' },
  conveyance: { ladder: CARRIED_LEVELS, control: 'METHOD' },
  packaging: { ladder: CARRIED_LEVELS, control: 'METHOD' },
  remarks: { ladder: CARRIED_LEVELS },
  route: { ladder: ROUTE_LEVELS },
  'people.role': { ladder: CARRIED_LEVELS },
  'people.age': { ladder: AGE_LEVELS },
  source: { ladder: CARRIED_LEVELS },
  contributor: { ladder: CARRIED_LEVELS, control: 'CONTRIBUTOR' },
} as const satisfies Readonly<Record<string, RuleForm>> & Readonly<Record<NamedRule, RuleForm>>;

/** The rules that the list of a view's fields names: none is missing above, or this does not compile. */
type NamedRule = NonNullable<(typeof VIEW_FIELDS)[ViewPath]['rule']>;
export type PolicyRule = keyof typeof POLICY_RULES & NamedRule;

/** The rules of a tier: of the fields that may exist there. */
export type RuleAt<T extends PolicyTier> = RuleOfPath<ViewPath, T> & PolicyRule;
/** Path by path: of all paths together every tier would have every rule. */
type RuleOfPath<P extends ViewPath, T extends PolicyTier> = P extends ViewPath
  ? T extends (typeof VIEW_FIELDS)[P]['at'][number]
    ? (typeof VIEW_FIELDS)[P]['rule']
    : never
  : never;

export type LevelOf<R extends PolicyRule> = (typeof POLICY_RULES)[R]['ladder'][number];

/** How one tier carries what a rule is about. */
export interface RuleEntry<R extends PolicyRule = PolicyRule> {
  /** ABSENT: not at all. */
  readonly level: LevelOf<R>;
  /** The owner may have it shown this exactly. */
  readonly ownerMayChoose?: LevelOf<R>;
  /** Taken away where the owner withholds this. */
  readonly withheldBy?: WithholdCode;
}

export type TierRules<T extends PolicyTier> = { readonly [R in RuleAt<T>]: RuleEntry<R> };

/**
 * Which fields each audience gets and how exactly: what `deidentify` follows. Data: stored by version, never changed
 * (table `release_policy`). Identifiers, narrative and basis are in no list that it could name.
 */
export interface ReleasePolicy {
  readonly version: number;
  readonly tiers: { readonly [T in PolicyTier]: TierRules<T> };
}

const tiersOfRule = (rule: PolicyRule): readonly Precision[] =>
  VIEW_PATHS.filter((path) => VIEW_FIELDS[path].rule === rule).flatMap(
    (path): readonly Precision[] => VIEW_FIELDS[path].at,
  );

/** The rules that a document must have for a tier: as {@link RuleAt}, for checking documents. */
export function rulesAt(tier: PolicyTier): readonly PolicyRule[] {
  return (Object.keys(POLICY_RULES) as PolicyRule[]).filter((rule) => tiersOfRule(rule).includes(tier));
}

/** The paths that a rule is about, where they may exist at a precision. */
export function pathsOfRule(rule: PolicyRule, precision: Precision): readonly ViewPath[] {
  return VIEW_PATHS.filter((path) => {
    const at: readonly Precision[] = VIEW_FIELDS[path].at;
    return VIEW_FIELDS[path].rule === rule && at.includes(precision);
  });
}

/** A tier's entries by rule, for whoever walks over them. */
export const entriesOf = (policy: ReleasePolicy, tier: PolicyTier): Partial<Readonly<Record<PolicyRule, RuleEntry>>> =>
  policy.tiers[tier];
