/**
 * Sorts amounts into steps of one leading digit: what is at least `a` is in the step of `a` or in a higher one. Rules
 * want round amounts and coarse views end where a decade does, so that most of what is too little is in a lower step.
 * 0 is step 0, 1 to 9 are 1 to 9, 10 to 19 are 10, 20 to 29 are 11.
 */
export function weightStep(amount: bigint): number {
  if (amount <= 0n) return 0;
  const digits = amount.toString();
  return (digits.length - 1) * 9 + Number(digits[0]);
}
