import type { QuantityView } from './record-view.js';
import type { QuantityLevel } from './release-policy/levels.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidSubstance } from './valid-report.js';

interface Band {
  readonly min: bigint;
  readonly max: bigint;
}

/**
 * As measured, or the decade band of the weight or count; of a volume, which has neither, the unit alone. A quantity of
 * nothing has no decade: it is absent then, like one that was not reported, so that "weighed and found nothing" and "a
 * trace" look the same. At UNIT in what it was measured, and no number. THREE_BANDS are made of many records and not here.
 */
export function generaliseQuantity(
  { quantity, unit, milligrams, units, estimated }: ValidSubstance,
  level: QuantityLevel,
  log: TransformationLog,
): QuantityView | null {
  if (quantity === null || unit === null || level === 'ABSENT' || level === 'THREE_BANDS') return null;
  if (level === 'EXACT')
    return { unit, milligrams: exactly(milligrams), units: exactly(units), amount: quantity, estimated };
  if (quantity === 0 || milligrams === 0n || units === 0n) return null;
  const isBand = level === 'DECADE' && (milligrams !== null || units !== null);
  log.note('substances.quantity', 'exact', isBand ? 'decade band' : 'unit only');
  if (!isBand) return { unit, milligrams: null, units: null, amount: null, estimated };
  return { unit, milligrams: bandOf(milligrams), units: bandOf(units), amount: null, estimated };
}

/** 12_500_000 -> 10_000_000 to 99_999_999, both inclusive; `value` is 1 or more. */
export function decadeBand(value: bigint): Band {
  const decade = 10n ** BigInt(value.toString().length - 1);
  return { min: decade, max: decade * 10n - 1n };
}

function exactly(value: bigint | null): Band | null {
  return value === null ? null : { min: value, max: value };
}

function bandOf(value: bigint | null): Band | null {
  return value === null ? null : decadeBand(value);
}
