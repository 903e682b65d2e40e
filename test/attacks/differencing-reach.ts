import type { SeededRandom } from '../../apps/embedded/src/seeded-random.js';

/** How much an attacker asks. */
export interface Reach {
  readonly whole?: boolean;
  /** So many hidden cells, drawn; all without. */
  readonly most?: number;
  readonly random?: SeededRandom;
  /** How long cells are asked about; what was not asked by then is not counted. */
  readonly seconds?: number;
}

/** The keys of the cells that are asked about. */
export function drawnFrom(keys: readonly string[], { most, random }: Reach): ReadonlySet<string> {
  if (most === undefined || !random || keys.length <= most) return new Set(keys);
  return new Set(Array.from({ length: most }, () => random.pick(keys as [string, ...string[]])));
}
