import { CONVEYANCE_CODES, isStateFips, SETTING_CODES } from '@concord/codes';
import type { FilterCondition, FilterExpression, ParsedFilter } from '@concord/records';
import { weightStep } from './weight-step.js';

/** Any place, any substance, any way: the axis on which a rule demands nothing that the index knows. */
export const ANY = '*';

/**
 * Where a view must lie for a rule to be worth a look: at this place, with this substance and in this way. Keys are
 * `county:06073`, `state:06`, `setting:STREET` or `*`; `code:9801`, `category:COCAINE`, `form:POWDER` or `*`;
 * `conveyance:BUS`, `setting:STREET`, `concealment:PARCEL`, `form:POWDER`, `milligrams:21`, `units:9` (at least so much, by weight-step.ts), `lacksCode:9801`,
 * `lacksCategory:COCAINE` (no substance of the view is known to be it) or `*`.
 */
export interface RuleSelector {
  readonly place: string;
  readonly substance: string;
  readonly way: string;
}

const EVERYWHERE: readonly RuleSelector[] = [{ place: ANY, substance: ANY, way: ANY }];

/** A rule with more alternatives than this costs the index more than it saves: it is filed under fewer, wider ones. */
const MOST_ALTERNATIVES = 256;

/**
 * The places in the index under which a rule is filed. One of them is necessary: a view that is at none of them (or
 * may be at none, where it is coarse) makes the filter FALSE. `or` needs one of the alternatives of its branches; a
 * conjunction takes the most selective of its parts on each axis; `not` of a list of codes needs one of the others.
 */
export function selectorsOf(filter: ParsedFilter): readonly RuleSelector[] {
  return necessary(filter.expression);
}

export const placeKey = (kind: 'county' | 'state' | 'setting', code: string): string => `${kind}:${code}`;
export const substanceKey = (kind: 'code' | 'category' | 'form', code: string): string => `${kind}:${code}`;

export type WayKind =
  'conveyance' | 'setting' | 'concealment' | 'form' | 'milligrams' | 'units' | 'lacksCode' | 'lacksCategory';
export const wayKey = (kind: WayKind, code: string): string => `${kind}:${code}`;

function necessary(expression: FilterExpression): readonly RuleSelector[] {
  switch (expression.kind) {
    case 'all':
      return conjunction(expression.of.map(necessary));
    case 'any':
      return either(expression.of.map(necessary));
    case 'county':
    case 'state': {
      const { kind } = expression;
      return expression.wanted.map((fips) => ({ place: placeKey(kind, fips), substance: ANY, way: ANY }));
    }
    case 'substance':
      return ofSubstance(expression);
    case 'setting':
      return settings(expression.wanted);
    case 'conveyance':
    case 'concealment':
      return ways(expression.kind, expression.wanted);
    case 'not':
      return refuted(expression.of);
    case 'reliability':
    case 'credibility':
    case 'occurred':
    case 'released':
      return EVERYWHERE;
  }
}

/** What is necessary for the expression not to be TRUE. */
function refuted(expression: FilterExpression): readonly RuleSelector[] {
  switch (expression.kind) {
    case 'all':
      return either(expression.of.map(refuted));
    case 'any':
      return conjunction(expression.of.map(refuted));
    case 'not':
      return necessary(expression.of);
    case 'state':
      return others(STATES, expression.wanted).map((fips) => ({
        place: placeKey('state', fips),
        substance: ANY,
        way: ANY,
      }));
    case 'conveyance':
      return ways('conveyance', others(CONVEYANCE_CODES, expression.wanted));
    case 'setting':
      return settings(others(SETTING_CODES, expression.wanted));
    case 'substance':
      return lacking(expression);
    case 'county':
    case 'concealment':
    case 'reliability':
    case 'credibility':
    case 'occurred':
    case 'released':
      return EVERYWHERE;
  }
}

const STATES = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0')).filter(isStateFips);

const others = (all: readonly string[], unwanted: readonly string[]): string[] =>
  all.filter((code) => !unwanted.includes(code));

/** Where codes are all it says, a view must lack each of them: it is filed under the lack of the most frequent one. */
function lacking(condition: Extract<FilterCondition, { kind: 'substance' }>): readonly RuleSelector[] {
  const { kind: _, deaCodes, categories, ...more } = condition;
  if (Object.values(more).some((part) => part !== null) || (deaCodes !== null && categories !== null))
    return EVERYWHERE;
  const most = (codes: readonly string[], frequent: readonly string[]) =>
    frequent.find((code) => codes.includes(code)) ?? codes[0];
  const code = deaCodes && most(deaCodes, FREQUENT_CODES);
  if (code) return ways('lacksCode', [code]);
  const category = categories && most(categories, FREQUENT_CATEGORIES);
  return category ? ways('lacksCategory', [category]) : EVERYWHERE;
}

/** What most records are about, first: only which rules are looked at in vain depends on it. */
const FREQUENT_CODES = ['9801', '1105', '9041', '7360', '9200'];
const FREQUENT_CATEGORIES = ['FENTANYL', 'METHAMPHETAMINE', 'COCAINE', 'MARIJUANA', 'HEROIN'];

/** There is one substance that meets all of it, so each of its parts is necessary. */
function ofSubstance(condition: Extract<FilterCondition, { kind: 'substance' }>): readonly RuleSelector[] {
  const { deaCodes, categories, forms, minMilligrams, minUnits } = condition;
  const named =
    deaCodes?.map((code) => substanceKey('code', code)) ?? categories?.map((code) => substanceKey('category', code));
  const parts = [
    named?.map((substance) => ({ place: ANY, substance, way: ANY })),
    // On both axes: with a code it is the way, and with a weight it is the substance that weighs so much.
    forms?.map((form) => ({ place: ANY, substance: substanceKey('form', form), way: wayKey('form', form) })),
    minMilligrams && ways('milligrams', [String(weightStep(minMilligrams))]),
    minUnits && ways('units', [String(weightStep(minUnits))]),
  ];
  return conjunction(
    parts.flatMap((part) => (part ? [part] : [])),
    ofOne,
  );
}

/** On both axes: in a county it is the way, and beside a way it is the place. */
const settings = (wanted: readonly string[]): readonly RuleSelector[] =>
  wanted.map((code) => ({ place: placeKey('setting', code), substance: ANY, way: wayKey('setting', code) }));

const ways = (kind: WayKind, wanted: readonly string[]): readonly RuleSelector[] =>
  wanted.map((code) => ({ place: ANY, substance: ANY, way: wayKey(kind, code) }));

/** How two demands are made one on the axes of substance and way. */
type Joined = (x: RuleSelector, y: RuleSelector) => Pick<RuleSelector, 'substance' | 'way'>;

/** Demands on one and the same substance: the narrower of the two on each axis. */
const ofOne: Joined = (x, y) => ({
  substance: narrower(x.substance, y.substance, substanceShare),
  way: narrower(x.way, y.way, wayShare),
});

/**
 * Demands that two different substances may meet: fentanyl, and a kilo of anything. What one of them weighs is not
 * demanded of the other, so either one's are taken as they are, or what is demanded of the view as a whole.
 */
const ofAny: Joined = (x, y) => {
  const share = ({ substance, way }: Pick<RuleSelector, 'substance' | 'way'>): number =>
    substanceShare(substance) * wayShare(way);
  const ofTheView = ofOne({ ...x, way: ofWhole(x.way) }, { ...y, way: ofWhole(y.way) });
  const [best] = [ofTheView, x, y].sort((one, other) => share(one) - share(other));
  const { substance, way } = best ?? ofTheView;
  return { substance, way };
};

/** Ways of which each substance has its own. */
const OF_A_SUBSTANCE: ReadonlySet<string> = new Set<WayKind>(['form', 'milligrams', 'units']);
const ofWhole = (way: string): string => (OF_A_SUBSTANCE.has(way.split(':')[0] ?? '') ? ANY : way);

function conjunction(parts: readonly (readonly RuleSelector[])[], joined: Joined = ofAny): readonly RuleSelector[] {
  return [...parts].sort((a, b) => costOf(a) - costOf(b)).reduce((a, b) => both(a, b, joined), EVERYWHERE);
}

/** Both lists are necessary: of each pair the narrower of the two, unless that makes too many. */
function both(a: readonly RuleSelector[], b: readonly RuleSelector[], joined: Joined): readonly RuleSelector[] {
  if (a === EVERYWHERE) return costOf(b) < 1 ? b : a;
  if (b === EVERYWHERE) return a;
  if (a.length * b.length <= MOST_ALTERNATIVES) {
    const pairs = a.flatMap((x) => b.map((y) => ({ place: narrower(x.place, y.place, placeShare), ...joined(x, y) })));
    const distinct = distinctOf(pairs);
    // Two lists of counties would not get shorter, only mixed.
    if (costOf(distinct) < Math.min(costOf(a), costOf(b))) return distinct;
  }
  return costOf(a) <= costOf(b) ? a : b;
}

function either(branches: readonly (readonly RuleSelector[])[]): readonly RuleSelector[] {
  const all = distinctOf(branches.flat());
  const isUseless = all.length > MOST_ALTERNATIVES || all.some((s) => shareOf(s) === 1);
  return isUseless ? EVERYWHERE : all;
}

function distinctOf(selectors: readonly RuleSelector[]): readonly RuleSelector[] {
  return [...new Map(selectors.map((s) => [`${s.place} ${s.substance} ${s.way}`, s])).values()];
}

const narrower = (x: string, y: string, shareOfKey: (key: string) => number): string =>
  shareOfKey(y) < shareOfKey(x) ? y : x;

/**
 * Rough shares of the views that lie at a key; only their order of size matters. A county is one of 3,200 and a state
 * one of 56, but seizures crowd in a few of them; fentanyl alone is a fifth of all; ten times the weight is half as many.
 */
function placeShare(key: string): number {
  if (key === ANY) return 1;
  if (key.startsWith('setting:')) return 0.08;
  return key.startsWith('county:') ? 0.002 : 0.015;
}

function substanceShare(key: string): number {
  if (key === ANY) return 1;
  if (key.startsWith('form:')) return 0.25;
  return key.startsWith('code:') ? 0.1 : 0.15;
}

function wayShare(key: string): number {
  if (key === ANY) return 1;
  const [kind = '', step] = key.split(':');
  // A step up a decade is nine steps.
  if (kind === 'milligrams') return Math.min(0.9, 2 ** ((28 - Number(step)) / 9));
  if (kind === 'units') return Math.min(0.9, 2 ** ((2 - Number(step)) / 9));
  // Both lie on another axis too, where nothing else of it can.
  if (kind === 'form') return 0.95;
  if (kind === 'setting') return 0.5;
  return kind.startsWith('lacks') ? 0.7 : 0.08;
}

const shareOf = ({ place, substance, way }: RuleSelector): number =>
  placeShare(place) * substanceShare(substance) * wayShare(way);

const costOf = (selectors: readonly RuleSelector[]): number =>
  selectors.reduce((sum, selector) => sum + shareOf(selector), 0);
