import type { Measure } from '@concord/disclosure';
import type { ContributorCount } from './differencing-contributor.js';
import type { ReleaseResult } from './release-results.js';

/** Hidden cells, and what was found out of them. */
export interface Count {
  cells: number;
  shown: number;
  sensitive: number;
  complementary: number;
  asked: number;
  /** To the unit. */
  exact: number;
  /** Of these, cells that may not be shown by themselves. */
  exactSensitive: number;
  /** Cells of 1 to 10 for which what was shown earlier leaves less than the full protection. */
  relaxed: number;
  /** Within what is to be protected, the exact ones included. */
  tooClose: number;
}

export const none = (): Count => ({
  ...{ cells: 0, shown: 0, sensitive: 0, complementary: 0 },
  ...{ asked: 0, exact: 0, exactSensitive: 0, relaxed: 0, tooClose: 0 },
});

/** What is measured of random tables, or of CBP's. */
export interface Measured {
  readonly ours: Readonly<Record<Measure, Count>>;
  readonly thresholdOnly: Readonly<Record<Measure, Count>>;
  readonly contributor: Readonly<Record<Measure, ContributorCount>>;
}

/** What docs/release.md may print of it. */
export function differencingResults(of: string, { ours, thresholdOnly, contributor }: Measured): ReleaseResult[] {
  return (['EVENTS', 'MILLIGRAMS'] as const).flatMap((measure) => {
    const where = `(${of}, ${measure.toLowerCase()})`;
    const knowing = contributor[measure];
    return [
      ...[
        { tier: 'PUBLIC', count: ours[measure] },
        { tier: 'threshold alone', count: thresholdOnly[measure] },
      ].flatMap(({ tier, count }) => [
        { tier, measure: `hidden cells recovered exactly ${where}`, value: count.exact, of: count.asked },
        { tier, measure: `hidden cells bounded closer than promised ${where}`, value: count.tooClose, of: count.asked },
      ]),
      ...[
        { measure: `others’ part of hidden cells known exactly by a contributor ${where}`, value: knowing.exact },
        { measure: `others’ part of hidden cells known within 10 % by a contributor ${where}`, value: knowing.close },
      ].map((result) => ({ tier: 'PUBLIC', ...result, of: knowing.asked })),
      {
        ...{ tier: 'PUBLIC', measure: `shown cells in which it knows one other within 10 % ${where}` },
        ...{ value: knowing.shownClose, of: knowing.shown },
      },
    ];
  });
}
