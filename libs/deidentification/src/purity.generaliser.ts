import type { SubstanceView } from './record-view.js';
import { bandWidth, type PurityLevel } from './release-policy/levels.js';
import type { TransformationLog } from './transformation-log.js';

type PurityBand = NonNullable<SubstanceView['purity']>;

/** As reported, or the band of so many percent that holds it. */
export function generalisePurity(
  percent: number | null,
  level: PurityLevel,
  log: TransformationLog,
): PurityBand | null {
  if (percent === null || level === 'ABSENT') return null;
  const width = bandWidth(level);
  if (width === null) return { min: percent, max: percent };
  log.note('substances.purity', 'exact', `band of ${width} %`);
  return purityBand(percent, width);
}

/**
 * Of ten: [0,10) is shown as 0 to 10, and so on: an end that two bands share belongs to the upper one, except that 100
 * belongs to the last. `percent` is 0 to 100; `width` divides 100.
 */
export function purityBand(percent: number, width: number): PurityBand {
  const min = Math.min(Math.floor(percent / width) * width, 100 - width);
  return { min, max: min + width };
}
