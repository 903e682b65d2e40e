import { inSeat } from '@concord/agencies';
import type { Queryable } from '@concord/platform/database';
import type { Pool } from 'pg';

/** In whose seat. */
export interface DangerSeat {
  readonly personId: string;
  readonly agencyId: string;
}

/** A record that somebody has opened beyond the keyring. */
export interface OpenedDanger {
  readonly id: string;
  readonly openedAt: Date;
  readonly until: Date;
}

export type OpenDangerOutcome =
  { readonly kind: 'opened'; readonly danger: OpenedDanger; readonly again: boolean } | { readonly kind: 'too-many' };

/**
 * Opens one record, at PARTNER, to one person in one seat, until the hour is over; a second time while it is open changes
 * nothing. Whether there is such a record makes no difference to what this answers.
 */
export async function openInImminentDanger(
  pool: Pool,
  seat: DangerSeat,
  opening: { readonly id: string; readonly recordId: string; readonly minutes: number; readonly reason: string },
  book: (tx: Queryable) => Promise<void>,
): Promise<OpenDangerOutcome> {
  return inSeat(pool, seat, async (tx) => {
    const { rows } = await tx.query<{ outcome: string; id: string; opened_at: Date; valid_until: Date }>(
      'select outcome, id, opened_at, valid_until from open_in_imminent_danger($1, $2, $3, $4)',
      [opening.id, opening.recordId, opening.minutes, opening.reason],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('an opening has an outcome');
    if (row.outcome === 'TOO_MANY') return { kind: 'too-many' };
    if (row.outcome === 'OPENED') await book(tx);
    const danger = { id: row.id, openedAt: row.opened_at, until: row.valid_until };
    return { kind: 'opened', danger, again: row.outcome !== 'OPENED' };
  });
}

export type ReviewOutcome = 'REVIEWED' | 'UNCHANGED' | 'ABSENT' | 'OWN_ACT';

/** An admin or privacy officer of either agency says what they found, once for each agency. */
export async function reviewImminentDanger(
  pool: Pool,
  seat: DangerSeat,
  review: { readonly id: string; readonly note: string },
  book: (tx: Queryable) => Promise<void>,
): Promise<ReviewOutcome> {
  return inSeat(pool, seat, async (tx) => {
    const { rows } = await tx.query<{ outcome: ReviewOutcome }>('select review_imminent_danger($1, $2) as outcome', [
      review.id,
      review.note,
    ]);
    const outcome = rows[0]?.outcome ?? 'ABSENT';
    if (outcome === 'REVIEWED') await book(tx);
    return outcome;
  });
}
