/**
 * Kleene's three truth values. UNKNOWN is a condition finer than the view: the record may meet it, and nothing is told
 * (design.md section 6). SQL says the same with NULL.
 */
export type Truth = 'TRUE' | 'FALSE' | 'UNKNOWN';

export const truthOf = (value: boolean): Truth => (value ? 'TRUE' : 'FALSE');

export function negate(truth: Truth): Truth {
  if (truth === 'UNKNOWN') return 'UNKNOWN';
  return truth === 'TRUE' ? 'FALSE' : 'TRUE';
}

/** Kleene AND over all items; stops at the first FALSE. No items: TRUE. */
export function every<Item>(items: Iterable<Item>, evaluate: (item: Item) => Truth): Truth {
  let result: Truth = 'TRUE';
  for (const item of items) {
    const truth = evaluate(item);
    if (truth === 'FALSE') return 'FALSE';
    if (truth === 'UNKNOWN') result = 'UNKNOWN';
  }
  return result;
}

/** Kleene OR over all items; stops at the first TRUE. No items: FALSE. */
export function some<Item>(items: Iterable<Item>, evaluate: (item: Item) => Truth): Truth {
  let result: Truth = 'FALSE';
  for (const item of items) {
    const truth = evaluate(item);
    if (truth === 'TRUE') return 'TRUE';
    if (truth === 'UNKNOWN') result = 'UNKNOWN';
  }
  return result;
}
