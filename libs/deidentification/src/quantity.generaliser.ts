import type { QuantityView } from './record-view.js';
import type { Tier } from './tier.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidSubstance } from './valid-report.js';

interface Band {
  readonly min: bigint;
  readonly max: bigint;
}

/**
 * OWNER and TASK_FORCE: as measured. PARTNER: the decade band of the weight or count; of a volume, which has neither,
 * the unit alone. A quantity of nothing has no decade: at PARTNER it is absent, like one that was not reported, so that
 * "weighed and found nothing" and "a trace" look the same.
 */
export function generaliseQuantity(substance: ValidSubstance, tier: Tier, log: TransformationLog): QuantityView | null {
  const { quantity, unit, milligrams, units, estimated } = substance;
  if (quantity === null || unit === null) return null;
  if (tier !== 'PARTNER') {
    return { unit, milligrams: exactly(milligrams), units: exactly(units), amount: quantity, estimated };
  }
  if (quantity === 0 || milligrams === 0n || units === 0n) return null;
  const isVolume = milligrams === null && units === null;
  log.note('substances.quantity', 'exact', isVolume ? 'unit only' : 'decade band');
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
