import type { Queryable } from '@concord/platform/database';
import type { ActivityPeriod } from './agency-activity.reader.js';
import type { ActAs } from './record.reader.js';

/** A day of an agency: a part of the figures of the same names in its activity. */
export interface ActivityDay {
  /** YYYY-MM-DD, where the agency is. */
  readonly day: string;
  readonly received: number;
  readonly recordsLeft: number;
  /** Answers to other agencies that held records of its own. */
  readonly answers: number;
}

/** Every day of the period, also those on which nothing happened. For a supervisor or an admin of the agency. */
export async function findActivityDays(
  db: Queryable,
  as: ActAs,
  period: ActivityPeriod,
  timeZone: string,
): Promise<ActivityDay[]> {
  const { rows } = await db.query<{ day: string; received: number; records_left: number; answers: number }>({
    name: 'agency_activity_days',
    text: 'select day::text, received, records_left, answers from agency_activity_days(with_purpose($1, null), $2, $3, $4, $5)',
    values: [as.personId, as.agencyId, timeZone, period.from, period.until],
  });
  return rows.map(({ day, received, records_left, answers }) => ({
    day,
    received,
    recordsLeft: records_left,
    answers,
  }));
}

/**
 * The agency's own records of reports that were received in the period and still stand, newest first.
 *
 * @returns at most so many, and how many there are
 */
export async function findRecordsReceived(
  db: Queryable,
  as: ActAs,
  period: ActivityPeriod,
  most: number,
): Promise<{ readonly ids: readonly string[]; readonly of: number }> {
  const { rows } = await db.query<{ record_id: string; of: number }>({
    name: 'own_records_received',
    text: 'select record_id, of from own_records_received(with_purpose($1, null), $2, $3, $4, $5)',
    values: [as.personId, as.agencyId, period.from, period.until, most],
  });
  return { ids: rows.map(({ record_id }) => record_id), of: rows[0]?.of ?? 0 };
}
