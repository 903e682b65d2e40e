import type { SubstanceView } from './record-view.js';
import type { Tier } from './tier.js';
import type { TransformationLog } from './transformation-log.js';

type PurityBand = NonNullable<SubstanceView['purity']>;

const BAND_PERCENT = 10;
const LAST_BAND_MIN = 90;

/** OWNER and TASK_FORCE: as reported. PARTNER: a band of 10 %. */
export function generalisePurity(percent: number | null, tier: Tier, log: TransformationLog): PurityBand | null {
  if (percent === null) return null;
  if (tier !== 'PARTNER') return { min: percent, max: percent };
  log.note('substances.purity', 'exact', 'band of 10 %');
  return purityBand(percent);
}

/**
 * [0,10) is shown as 0 to 10, and so on: an end that two bands share belongs to the upper one, except that 100 belongs
 * to 90 to 100. `percent` is 0 to 100.
 */
export function purityBand(percent: number): PurityBand {
  const min = Math.min(Math.floor(percent / BAND_PERCENT) * BAND_PERCENT, LAST_BAND_MIN);
  return { min, max: min + BAND_PERCENT };
}
