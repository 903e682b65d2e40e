import type { AlertOutcome } from './alert.reader.js';
import { asActor, type ActAs } from '@concord/records';
import type { Pool } from 'pg';

/** What happened to an alert after it was delivered. */
export const ALERT_STEPS = [
  'SEEN',
  'ACKNOWLEDGED',
  'IN_WORK',
  'CLOSED',
  'NOTED',
  'REVISED',
  'ASSIGNED',
  'ESCALATED',
  'RECEIVED',
  'NOT_HANDED_OVER',
] as const;

export interface AlertStep {
  readonly alertId: string;
  readonly at: Date;
  readonly step: (typeof ALERT_STEPS)[number];
  /** Who did it; null: Concord itself. */
  readonly personId: string | null;
  /** To whom it went, or from whom it came. */
  readonly otherPersonId: string | null;
  readonly outcome: AlertOutcome | null;
  readonly note: string | null;
}

/** The latest steps of each alert, oldest first; of alerts that are not the asker's, none. */
const MOST = 50;

export async function findAlertSteps(pool: Pool, as: ActAs, alertIds: readonly string[]): Promise<AlertStep[]> {
  return asActor(pool, as, async (tx) => {
    const { rows } = await tx.query<{
      alert_id: string;
      at: Date;
      step: AlertStep['step'];
      person_id: string | null;
      other_person_id: string | null;
      outcome: AlertOutcome | null;
      note: string | null;
    }>(
      `select s.* from unnest($1::uuid[]) w(id)
       cross join lateral (
         select alert_id, number, at, step, person_id, other_person_id, outcome, note from alert_step
         where alert_id = w.id order by number desc limit $2) s
       order by s.alert_id, s.number`,
      [alertIds, MOST],
    );
    return rows.map((row) => ({
      alertId: row.alert_id,
      at: row.at,
      step: row.step,
      personId: row.person_id,
      otherPersonId: row.other_person_id,
      outcome: row.outcome,
      note: row.note,
    }));
  });
}
