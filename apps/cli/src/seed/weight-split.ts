import type { SeededRandom } from '../../../embedded/src/seeded-random.js';

/** What a submission may weigh, in milligrams (100 t): see docs/issue-codes.md, QUANTITY_IMPLAUSIBLE. */
export const HEAVIEST_EVENT = 100_000_000_000n;
/** How finely the sizes of two events are told apart. */
const STEPS = 1_000_000;

/**
 * Splits a weight over events so that the parts add up to it to the milligram. Many are small and few are large
 * (log-normal, cut at 1/20 and 20 of the median); nobody gets nothing unless there are more events than milligrams.
 *
 * @param milligrams at least 0
 * @param events at least 1
 */
export function splitWeight(milligrams: bigint, events: number, random: SeededRandom): bigint[] {
  const enough = milligrams >= BigInt(events);
  const least = enough ? 1n : 0n;
  const parts = shareOut(
    enough ? milligrams - BigInt(events) : milligrams,
    Array.from({ length: events }, () => BigInt(Math.round(random.size() * STEPS))),
  ).map((part) => part + least);
  if (parts.every((part) => part <= HEAVIEST_EVENT)) return parts;
  return shareOut(
    milligrams,
    parts.map(() => 1n),
  );
}

/** Each part ends where its share of the sum of the sizes ends, rounded down: what one loses the next one has. */
function shareOut(whole: bigint, sizes: readonly bigint[]): bigint[] {
  const sum = sizes.reduce((total, size) => total + size, 0n);
  let [reached, before] = [0n, 0n];
  return sizes.map((size) => {
    reached += size;
    const end = (whole * reached) / sum;
    const part = end - before;
    before = end;
    return part;
  });
}
