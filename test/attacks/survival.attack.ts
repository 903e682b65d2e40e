import type { Attack } from './attack.js';
import { writeReleaseResults } from './release-results.js';
import { brokenPromises, plantEverywhere, survivalResults } from './survival/survival.js';

/** `npm run attack -- survival [--draws 25] [--write 1]`: docs/attacks.md says what counts as surviving. */
export const attack: Attack<{ seed: number; draws: number; write: number }> = {
  adversary:
    'A submitter who types phone numbers, plates, VINs, e-mails, coordinates, case numbers and names into every field, in every disguise, so that readers of another agency see them.',
  options: { seed: 0, draws: 25, write: 0 },
  run: ({ seed, draws, write }) => {
    const outcomes = plantEverywhere({ seed, draws });
    const results = survivalResults(outcomes);
    if (write === 1) writeReleaseResults('survival', { seed, draws }, results);
    return Promise.resolve({ broken: brokenPromises(outcomes), measured: { planted: outcomes.length, results } });
  },
};
