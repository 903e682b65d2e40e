/** What an answer says of "it is at least this much". */
export type Truth = 'YES' | 'NO' | 'UNKNOWN';

/** What is left of a range after asking. */
export interface Narrowed {
  /** The value is at least this, and below `to`. */
  readonly from: number;
  readonly to: number;
  readonly asked: number;
}

export interface Bisection {
  readonly from: number;
  readonly to: number;
  /** How narrow is narrow enough. */
  readonly step: number;
  /** Questions after which the adversary gives up. */
  readonly most: number;
  /** Draws where to ask next when an answer told nothing: at least 0 and below 1. */
  readonly draw: () => number;
}

/**
 * Halves a range by asking "at least so much?". An answer that tells nothing does not end it: he asks elsewhere, until he
 * has asked as often as he may.
 *
 * @param holds asks in one of several wordings; which one is his choice, `turn` counts up
 */
export async function bisect(
  { from, to, step, most, draw }: Bisection,
  holds: (bound: number, turn: number) => Promise<Truth>,
): Promise<Narrowed> {
  let [low, high, asked] = [from, to, 0];
  let next = middleOf(low, high, step);
  while (high - low > step && asked < most) {
    const truth = await holds(next, asked);
    asked += 1;
    if (truth === 'YES') low = Math.max(low, next);
    if (truth === 'NO') high = Math.min(high, next);
    next = truth === 'UNKNOWN' ? middleOf(low, low + draw() * (high - low) * 2, step) : middleOf(low, high, step);
  }
  return { from: low, to: high, asked };
}

/** On the grid of steps, above `low`. */
const middleOf = (low: number, high: number, step: number): number =>
  low + Math.max(1, Math.round((high - low) / 2 / step)) * step;

/** How much of what the view left open was found out. */
export const bitsLearnt = (before: { readonly from: number; readonly to: number }, after: Narrowed): number =>
  Math.log2((before.to - before.from) / (after.to - after.from));
