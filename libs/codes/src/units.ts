import type { UnitCode } from './enumerations.js';

/** Units of weight: the only ones from which grams are ever derived. */
export type WeightUnit = 'KG' | 'GM' | 'LB' | 'OZ';
/** Units of volume. */
export type VolumeUnit = 'LT' | 'ML' | 'GL' | 'FO';
/** What is counted: dosage units and plants. No factor turns them into grams. */
export type CountUnit = 'DU' | 'NP';

/** Millionths of a milligram in one unit, so that the ounce (28,349.523125 mg) is a whole number; by definition exact. */
const NANOGRAMS: Readonly<Record<WeightUnit, bigint>> = {
  KG: 1_000_000_000_000n,
  GM: 1_000_000_000n,
  LB: 453_592_370_000n,
  OZ: 28_349_523_125n,
};
const NANOGRAMS_IN_A_MILLIGRAM = 1_000_000n;

/** Millilitres in one unit; US gallon and fluid ounce, exact by definition. */
const MILLILITRES: Readonly<Record<VolumeUnit, number>> = { LT: 1000, ML: 1, GL: 3785.411784, FO: 29.5735295625 };

/** Whether a quantity in this unit is a weight. */
export function isWeight(unit: UnitCode): unit is WeightUnit {
  return Object.hasOwn(NANOGRAMS, unit);
}

/** Whether a quantity in this unit is a volume. */
export function isVolume(unit: UnitCode): unit is VolumeUnit {
  return Object.hasOwn(MILLILITRES, unit);
}

/** Whether a quantity in this unit is a number of pieces, which never becomes grams. */
export function isCount(unit: UnitCode): unit is CountUnit {
  return unit === 'DU' || unit === 'NP';
}

/**
 * A weight in whole milligrams, exactly: the number is taken as the shortest decimal text that stands for it (what the
 * submitter wrote), multiplied as an integer and rounded once, half to even. So 0.1 LB is 45,359 mg everywhere, for ever.
 * @throws RangeError for what is no finite number, and for less than 0.
 */
export function milligramsOf(quantity: number, unit: WeightUnit): bigint {
  const { digits, exponent } = decimalOf(quantity);
  const nanograms = digits * NANOGRAMS[unit];
  return exponent >= 0
    ? divideHalfEven(nanograms * 10n ** BigInt(exponent), NANOGRAMS_IN_A_MILLIGRAM)
    : divideHalfEven(nanograms, NANOGRAMS_IN_A_MILLIGRAM * 10n ** BigInt(-exponent));
}

/**
 * Whether a weight is written with more digits than a milligram has: the last of them stands for less than one.
 * @throws RangeError for what is no finite number, and for less than 0.
 */
export function isFinerThanMilligram(quantity: number, unit: WeightUnit): boolean {
  const { exponent } = decimalOf(quantity);
  return exponent < 0 && NANOGRAMS[unit] < NANOGRAMS_IN_A_MILLIGRAM * 10n ** BigInt(-exponent);
}

/** A volume in millilitres, in floating point: good for plausibility and display, never stored as what was reported. */
export function millilitresOf(quantity: number, unit: VolumeUnit): number {
  return quantity * MILLILITRES[unit];
}

/** `digits` times ten to the `exponent`: JavaScript's shortest text that reads back as the same number. */
function decimalOf(quantity: number): { digits: bigint; exponent: number } {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(quantity));
  if (!match) throw new RangeError('A weight is a finite number of at least 0.');
  const [, whole = '', fraction = '', exponent = '0'] = match;
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twiceRest = (dividend % divisor) * 2n;
  if (twiceRest < divisor) return quotient;
  return twiceRest > divisor || quotient % 2n === 1n ? quotient + 1n : quotient;
}
