import type { Queryable } from '@concord/platform/database';
import { describeFlatness, type ParsedFilter } from './filter/index.js';
import type { RecordCard } from './record-card.js';
import { boundCondition, findRecordsById, type ReadAs } from './record.reader.js';

/** What a filter would have met, on the views that the actor may list. */
export interface RuleTrial {
  /** With `atLeast` there are more, or may be. */
  readonly value: number;
  readonly atLeast: boolean;
  /** Of those that were counted: met for certain; the others are finer asked than the view says. */
  readonly certain: number;
  /** The newest first. */
  readonly samples: readonly RecordCard[];
}

export interface RuleTrialOptions {
  readonly since: Date;
  /** Counted up to here. */
  readonly cap: number;
  readonly samples: number;
  /** Counting ends after it, with what it has. */
  readonly longestMs: number;
}

/**
 * How many records that were released since a moment meet a filter: those that `findRecordPage` finds, each judged in its
 * finest visible view, as a rule is.
 */
export async function tryAlertRule(
  db: Queryable,
  as: ReadAs,
  filter: ParsedFilter | null,
  options: RuleTrialOptions,
): Promise<RuleTrial> {
  const condition = filter === null ? { sql: null, values: [] } : boundCondition(filter);
  const substances = filter === null ? null : (describeFlatness(filter)?.substanceCodes ?? null);
  const { rows } = await db.query<{ counted: number; certain: number; complete: boolean; newest: string[] }>({
    name: 'try_alert_rule',
    text: `select counted, certain, complete, newest
           from try_alert_rule(with_purpose($1, $10), $2, $3, $4, $5, $6, $7, $8,
             clock_timestamp() + make_interval(secs => $9::float8 / 1000))`,
    values: [
      ...[as.personId, as.agencyId, options.since, options.cap, options.samples],
      ...[substances, condition.sql, condition.values, options.longestMs, as.purpose],
    ],
  });
  const [tally] = rows;
  if (tally === undefined) throw new Error('a trial is one row');
  // Read as any record is: what was recalled in between is not among them.
  const cards = tally.newest.length === 0 ? [] : await findRecordsById(db, as, tally.newest);
  return {
    value: Math.min(tally.counted, options.cap),
    atLeast: tally.counted > options.cap || !tally.complete,
    certain: Math.min(tally.certain, options.cap),
    samples: cards.filter((card) => card !== null),
  };
}
