import type { FilterExpression, ParsedFilter } from '@concord/records';

/** Any place, any substance: the axis on which a rule demands nothing that the index knows. */
export const ANY = '*';

/**
 * Where a view must lie for a rule to be worth a look: at this place and with this substance. Keys are
 * `county:06073`, `state:06` or `*`, and `code:9801`, `category:COCAINE` or `*`.
 */
export interface RuleSelector {
  readonly place: string;
  readonly substance: string;
}

const EVERYWHERE: readonly RuleSelector[] = [{ place: ANY, substance: ANY }];

/** A rule with more alternatives than this costs the index more than it saves: it is filed under fewer, wider ones. */
const MOST_ALTERNATIVES = 256;

/**
 * The places in the index under which a rule is filed. One of them is necessary: a view that is at none of them (or
 * may be at none, where it is coarse) makes the filter FALSE. `not` says nothing that can be looked up; `or` needs one
 * of the alternatives of its branches; a conjunction takes the most selective of its parts on each axis.
 */
export function selectorsOf(filter: ParsedFilter): readonly RuleSelector[] {
  return necessary(filter.expression);
}

export const placeKey = (kind: 'county' | 'state', fips: string): string => `${kind}:${fips}`;
export const substanceKey = (kind: 'code' | 'category', code: string): string => `${kind}:${code}`;

function necessary(expression: FilterExpression): readonly RuleSelector[] {
  switch (expression.kind) {
    case 'all':
      return expression.of
        .map(necessary)
        .sort((a, b) => costOf(a) - costOf(b))
        .reduce(both, EVERYWHERE);
    case 'any':
      return either(expression.of.map(necessary));
    case 'county':
    case 'state': {
      const { kind } = expression;
      return expression.wanted.map((fips) => ({ place: placeKey(kind, fips), substance: ANY }));
    }
    case 'substance': {
      const { deaCodes, categories } = expression;
      if (deaCodes) return deaCodes.map((code) => ({ place: ANY, substance: substanceKey('code', code) }));
      if (categories) return categories.map((code) => ({ place: ANY, substance: substanceKey('category', code) }));
      return EVERYWHERE;
    }
    case 'not':
    case 'setting':
    case 'conveyance':
    case 'concealment':
    case 'occurred':
    case 'released':
      return EVERYWHERE;
  }
}

/** Both lists are necessary: on each axis of each pair the narrower of the two, unless that makes too many. */
function both(a: readonly RuleSelector[], b: readonly RuleSelector[]): readonly RuleSelector[] {
  if (a === EVERYWHERE) return costOf(b) < 1 ? b : a;
  if (b === EVERYWHERE) return a;
  if (a.length * b.length <= MOST_ALTERNATIVES) {
    const pairs = a.flatMap((x) =>
      b.map((y) => ({
        place: narrower(x.place, y.place, placeShare),
        substance: narrower(x.substance, y.substance, substanceShare),
      })),
    );
    const distinct = distinctOf(pairs);
    // Two lists of counties would not get shorter, only mixed.
    if (costOf(distinct) < Math.min(costOf(a), costOf(b))) return distinct;
  }
  return costOf(a) <= costOf(b) ? a : b;
}

function either(branches: readonly (readonly RuleSelector[])[]): readonly RuleSelector[] {
  const all = distinctOf(branches.flat());
  const isUseless = all.length > MOST_ALTERNATIVES || all.some((s) => s.place === ANY && s.substance === ANY);
  return isUseless ? EVERYWHERE : all;
}

function distinctOf(selectors: readonly RuleSelector[]): readonly RuleSelector[] {
  return [...new Map(selectors.map((selector) => [`${selector.place} ${selector.substance}`, selector])).values()];
}

const narrower = (x: string, y: string, shareOf: (key: string) => number): string => (shareOf(y) < shareOf(x) ? y : x);

/**
 * Rough shares of the views that lie at a key; only their order of size matters. A county is one of 3,200 and a state
 * one of 56, but seizures crowd in a few of them; fentanyl alone is a fifth of all.
 */
function placeShare(key: string): number {
  if (key === ANY) return 1;
  return key.startsWith('county:') ? 0.002 : 0.03;
}

function substanceShare(key: string): number {
  if (key === ANY) return 1;
  return key.startsWith('code:') ? 0.1 : 0.15;
}

function costOf(selectors: readonly RuleSelector[]): number {
  return selectors.reduce((sum, { place, substance }) => sum + placeShare(place) * substanceShare(substance), 0);
}
