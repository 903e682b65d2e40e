import type { Attack } from './attack.js';
import { runWithStack } from './stack-attack.js';
import { writeReleaseResults, type ReleaseResult } from './release-results.js';

/** `npm run attack -- binary-search [--questions 60] [--worlds 3] [--write 1]`: over real HTTP, in several pairs of worlds. */
export const attack: Attack<{ seed: number; questions: number; worlds: number; write: number }> = {
  adversary:
    'A reader who asks whatever filters, rules, order, cursors, counts, overviews and the live stream answer, and looks for the gram in a band, the minute in a week and what is withheld.',
  options: { seed: 0, questions: 60, worlds: 3, write: 0 },
  async run(options) {
    const result = await runWithStack('binary-search', options);
    const { write, ...said } = options;
    if (write === 1) writeReleaseResults('binary-search', said, result.measured['results'] as readonly ReleaseResult[]);
    return result;
  },
};
