import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import type { Attack } from './attack.js';
import { writeReleaseResults, type ReleaseResult } from './release-results.js';
import { crossingBorders } from './sequence/crossing-borders.js';
import { OUR_VIEWS, READERS, seenBy, versionsOf, type MakeViews } from './sequence/histories.js';
import { knowledgeOf, sharpened } from './sequence/knowledge.js';
import { runWithStack } from './stack-attack.js';

/** A history in which all releases together tell more of a field than the finest one. */
export interface Told {
  readonly reader: string;
  readonly seed: number;
  readonly path: string;
}

/** Plays one history, and lets every kind of reader put together what they saw. */
export function toldBySequence(seed: number, make: MakeViews = OUR_VIEWS): Told[] {
  const versions = versionsOf(new SeededRandom(seed));
  return Object.entries(READERS).flatMap(([reader, tiers]) =>
    sharpened(seenBy(tiers, versions, make).map(knowledgeOf)).map(({ path }) => ({ reader, seed, path })),
  );
}

/**
 * `npm run attack -- sequence [--histories 20000] [--records 5000] [--steps 120] [--write 1]`: drawn versions by themselves,
 * and one history of so many steps in the whole service (sequence.attack.flow-spec; 0: none).
 */
export const attack: Attack<{ seed: number; histories: number; records: number; steps: number; write: number }> = {
  adversary:
    'Readers of each tier who keep every version, alert, event and row of COMMUNITY that they ever saw and put them together, field by field and batch by batch.',
  options: { seed: 0, histories: 20_000, records: 5_000, steps: 120, write: 0 },
  run: async ({ seed, histories, records, steps, write }) => {
    const told = Array.from({ length: histories }, (_, at) => toldBySequence(seed * 1_000_000 + at)).flat();
    const results: ReleaseResult[] = Object.keys(READERS).map((reader) => ({
      tier: reader,
      measure: 'histories whose releases together tell more of a field than the finest one',
      value: new Set(told.filter((it) => it.reader === reader).map((it) => it.seed)).size,
      of: histories,
    }));
    results.push(...crossingBorders(new SeededRandom(seed), records));
    const broken = told.slice(0, 5).map(({ reader, path, seed: at }) => `${reader} learns ${path} (history ${at})`);
    if (steps > 0) {
      const real = await runWithStack('sequence', { seed, steps });
      results.push(...(real.measured['results'] as readonly ReleaseResult[]));
      broken.push(...real.broken);
    }
    if (write === 1) writeReleaseResults('sequence', { seed, histories, records, steps }, results);
    return { broken, measured: { results } };
  },
};
