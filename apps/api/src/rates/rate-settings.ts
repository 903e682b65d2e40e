import type { Budget } from '@concord/platform/rates';
import { z } from 'zod';

/**
 * How the limits of a deployment differ from the ones in docs/rates.md. They can be raised up to a bound and never
 * switched off.
 */
export const rateSettings = z
  .object({
    /** What every rate is multiplied by. */
    factor: z.number().min(0.01).max(100).default(1),
    /** Length of the window in which is counted; a longer one allows longer bursts at the same rate. */
    windowSeconds: z.number().int().min(1).max(60).default(10),
  })
  .strict();

export type RateSettings = z.infer<typeof rateSettings>;

export const DEFAULT_RATES: RateSettings = rateSettings.parse({});

/** What a rate is for: reading never uses up what submitting needs. */
export type Spending = 'requests' | 'reads' | 'writes' | 'connects' | 'failures' | 'codes';
export type Spender = 'credential' | 'person' | 'agency' | 'address';

/**
 * A second, for each spender. Whatever a signed-in person sends is a request, garbage too; an operation is a read or a
 * write besides. A person has more than one of its tokens, and an agency more than one of its persons, so that neither
 * is used up by one of them. Failures are sign-ins that came to nothing.
 */
const PER_SECOND = {
  requests: { credential: 50, person: 75 },
  reads: { credential: 30, person: 45, agency: 225 },
  writes: { credential: 20, person: 30, agency: 60 },
  connects: { credential: 3, person: 5, agency: 20 },
  failures: { address: 5 },
  // Of invitations: who was given one types it once.
  codes: { credential: 0.5 },
} as const satisfies Record<Spending, Partial<Record<Spender, number>>>;

export type Budgets = Readonly<Record<Spending, Readonly<Partial<Record<Spender, Budget>>>>>;

/** The budgets of a deployment. @throws ZodError where the settings are out of bounds */
export function budgetsOf(settings: Partial<RateSettings>): Budgets {
  const { factor, windowSeconds } = rateSettings.parse(settings);
  const of = (spending: Spending): Partial<Record<Spender, Budget>> =>
    Object.fromEntries(
      Object.entries(PER_SECOND[spending]).map(([spender, perSecond]) => [
        spender,
        {
          name: `${spending}:${spender}`,
          points: Math.max(1, Math.round(perSecond * windowSeconds * factor)),
          seconds: windowSeconds,
          // Requests guard this process, whatever others do; the rest is a share of the whole service.
          shared: spending !== 'requests',
        },
      ]),
    );
  return {
    requests: of('requests'),
    reads: of('reads'),
    writes: of('writes'),
    connects: of('connects'),
    failures: of('failures'),
    codes: of('codes'),
  };
}
