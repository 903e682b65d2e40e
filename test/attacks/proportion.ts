/** A share that was measured on a sample, with the interval that holds the true one 95 times of 100. */
export interface Proportion {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
  readonly of: number;
  readonly unit: 'share';
}

/** The 0.975 quantile of the standard normal distribution. */
const Z = 1.959964;

/**
 * Wilson's score interval: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
 * (1927), 209-212. Unlike the textbook interval it means something at 0 and at `of` hits too.
 *
 * @param hits whole, at most `of`
 */
export function proportionOf(hits: number, of: number): Proportion {
  if (of === 0) return { value: 0, interval: [0, 1], of, unit: 'share' };
  const share = hits / of;
  const spread = 1 + Z ** 2 / of;
  const middle = (share + Z ** 2 / (2 * of)) / spread;
  const half = (Z / spread) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  const low = hits === 0 ? 0 : middle - half;
  const high = hits === of ? 1 : middle + half;
  return { value: inFull(share), interval: [inFull(low), inFull(high)], of, unit: 'share' };
}

const inFull = (share: number): number => Number(share.toFixed(5));
