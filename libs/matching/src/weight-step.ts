/**
 * Sorts amounts into steps of powers of two: what is at least `a` is in the step of `a` or in a higher one. 0 is step 0,
 * 1 is 1, 2 and 3 are 2, a kilo in milligrams is 20. The 63 bits of int8 are the most.
 */
export function weightStep(amount: bigint): number {
  let step = 0;
  let rest = amount;
  while (rest > 0xffff_ffffn) {
    rest >>= 32n;
    step += 32;
  }
  return step + 32 - Math.clz32(Number(rest));
}
