/** What the ranks of two samples say about each other. */
export interface RankTest {
  /** Two-sided probability of ranks that differ as much, if both samples are of one distribution. */
  readonly p: number;
  /** Of a pair drawn from both, how often the second is greater; ties count half. 0.5 where nothing tells them apart. */
  readonly likelier: number;
}

/**
 * Mann and Whitney's test (H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is
 * stochastically larger than the other", 1947) by its normal approximation with the correction for ties: for samples of
 * some dozens and more.
 */
export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  const all = [...first.map((value) => ({ value, of: 0 })), ...second.map((value) => ({ value, of: 1 }))];
  all.sort((a, b) => a.value - b.value);
  const n = all.length;
  let [rankSum, ties] = [0, 0];
  for (let from = 0; from < n;) {
    let to = from;
    while (to < n && all[to]?.value === all[from]?.value) to += 1;
    const shared = (from + 1 + to) / 2;
    for (let at = from; at < to; at += 1) if (all[at]?.of === 1) rankSum += shared;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const pairs = first.length * second.length;
  const u = rankSum - (second.length * (second.length + 1)) / 2;
  const deviation = Math.sqrt((pairs / 12) * (n + 1 - ties / (n * (n - 1))));
  const z = deviation === 0 ? 0 : Math.abs(u - pairs / 2) / deviation;
  return { p: 2 * upperTail(z), likelier: pairs === 0 ? 0.5 : u / pairs };
}

/** Of the standard normal distribution: Abramowitz and Stegun, 26.2.17; off by less than 1e-7. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (poly * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
