import type { Queryable } from '@concord/platform/database';
import { OUTBOX_KINDS, type OutboxKind } from './outbox.store.js';

/** How far the work on one kind of row is behind. */
export interface OutboxLag {
  readonly kind: OutboxKind;
  /** Rows that are due and not done, counted up to {@link MOST_COUNTED} each of waiting and relayed ones. */
  readonly rows: number;
  /** What these rows are about: alerts, for `alert.raised`. */
  readonly subjects: number;
  /** Age of the oldest, since it was due; 0 when there is none. */
  readonly oldestSeconds: number;
}

/** A backlog of this size is a backlog: counting on would only cost. */
const MOST_COUNTED = 10_000;

/** By the two partial indexes of what is not done, whatever the number of rows that are. */
export async function readOutboxLag(db: Queryable): Promise<OutboxLag[]> {
  const { rows } = await db.query<{ kind: OutboxKind; rows: number; subjects: number; oldest: number }>({
    name: 'outbox_lag',
    text: `with undone as (
             (select kind, available_at, subject_ids from outbox
              where relayed_at is null and available_at <= now() order by available_at, id limit $1)
             union all
             (select kind, available_at, subject_ids from outbox
              where done_at is null and dead_at is null and relayed_at is not null order by relayed_at limit $1)
           )
           select kind, count(*)::int as rows, coalesce(sum(cardinality(subject_ids)), 0)::int as subjects,
                  greatest(0, extract(epoch from now() - min(available_at)))::float8 as oldest
           from undone group by kind`,
    values: [MOST_COUNTED],
  });
  return OUTBOX_KINDS.map((kind) => {
    const found = rows.find((row) => row.kind === kind);
    return { kind, rows: found?.rows ?? 0, subjects: found?.subjects ?? 0, oldestSeconds: found?.oldest ?? 0 };
  });
}

/** Rows that were given up and wait for an operator, by kind. */
export async function countDeadLetters(db: Queryable): Promise<{ kind: OutboxKind; rows: number }[]> {
  const { rows } = await db.query<{ kind: OutboxKind; rows: number }>({
    name: 'outbox_dead_letters',
    text: 'select kind, count(*)::int as rows from outbox where dead_at is not null and done_at is null group by kind',
  });
  return OUTBOX_KINDS.map((kind) => ({ kind, rows: rows.find((row) => row.kind === kind)?.rows ?? 0 }));
}
