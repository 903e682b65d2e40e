import type { Queryable } from '@concord/platform/database';

export const OUTBOX_KINDS = [
  'record.released',
  'record.amended',
  'record.recalled',
  'alert.raised',
  'agency.left',
] as const;
export type OutboxKind = (typeof OUTBOX_KINDS)[number];

/** What happened, and to what: ids, or a range of record sequence numbers for a bulk load. Never content. */
export interface OutboxRow {
  readonly id: string;
  readonly kind: OutboxKind;
  readonly subjectIds: readonly string[] | null;
  readonly range: { readonly from: string; readonly to: string } | null;
  readonly raisesAlerts: boolean;
}

/** Written in the transaction in which it happened. */
export async function writeOutbox(tx: Queryable, kind: OutboxKind, subjectIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'outbox_write',
    text: 'insert into outbox (kind, subject_ids) values ($1, $2)',
    values: [kind, subjectIds],
  });
}

/*
 * Every claim names the kinds that this version knows: during a deploy an older version works beside a newer one, and
 * what it does not know it leaves to those who do.
 */

/**
 * As {@link writeOutbox}, but relayed already: whoever writes it takes it further after the commit. When it does not, because it died,
 * the row is one that was relayed and not finished, and the reconciler puts it on its queue.
 *
 * @returns the row's id
 */
export async function writeRelayed(tx: Queryable, kind: OutboxKind, subjectIds: readonly string[]): Promise<string> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'outbox_write_relayed',
    text: 'insert into outbox (kind, subject_ids, relayed_at, relays) values ($1, $2, now(), 1) returning id::text',
    values: [kind, subjectIds],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('an inserted row is returned');
  return row.id;
}

/**
 * Rows that are due and that no other relay holds, locked until the transaction ends. A status and no cursor: a row
 * that commits late is found when it commits, and nothing is stepped over. Ordered by `outbox.id`: `id` alone would be
 * the text that is selected.
 */
export async function claimDue(tx: Queryable, limit: number): Promise<{ id: string; kind: OutboxKind }[]> {
  const { rows } = await tx.query<{ id: string; kind: OutboxKind }>({
    name: 'outbox_claim',
    text: `select id::text, kind from outbox where relayed_at is null and available_at <= now() and kind = any($2)
           order by outbox.id limit $1 for update skip locked`,
    values: [limit, OUTBOX_KINDS],
  });
  return rows;
}

/** A row that a relay has put on its queue before. */
export interface LostRow {
  readonly id: string;
  readonly kind: OutboxKind;
  readonly relays: number;
  /** In how many of these relays a worker began it by itself and did not finish it. */
  readonly tries: number;
}

/** Rows that were relayed and not finished for too long; each further try waits longer. What was just begun is not lost. */
export async function claimLost(tx: Queryable, afterSeconds: number, limit: number): Promise<LostRow[]> {
  const { rows } = await tx.query<{ id: string; kind: OutboxKind; relays: number; tries: number }>({
    name: 'outbox_claim_lost',
    text: `select id::text, kind, relays, tries from outbox
           where done_at is null and dead_at is null and relayed_at < now() - make_interval(secs => $1::float8 * least(relays, 20))
             and kind = any($3) and (tried_at is null or tried_at < now() - make_interval(secs => $1::float8))
           order by outbox.id limit $2 for update skip locked`,
    values: [afterSeconds, limit, OUTBOX_KINDS],
  });
  return rows;
}

export async function markRelayed(tx: Queryable, ids: readonly string[]): Promise<void> {
  await tx.query({
    name: 'outbox_relayed',
    text: 'update outbox set relayed_at = now(), relays = relays + 1 where id = any($1::bigint[])',
    values: [ids],
  });
}

/**
 * The rows of a job that are still to do, locked: of two workers with the same job the second waits and then finds
 * nothing.
 */
export async function claimUndone(tx: Queryable, ids: readonly string[]): Promise<OutboxRow[]> {
  const { rows } = await tx.query<{
    id: string;
    kind: OutboxKind;
    subject_ids: string[] | null;
    range_from: string | null;
    range_to: string | null;
    raises_alerts: boolean;
  }>({
    name: 'outbox_undone',
    text: `select id::text, kind, subject_ids, range_from::text, range_to::text, raises_alerts from outbox
           where id = any($1::bigint[]) and done_at is null and dead_at is null and kind = any($2)
           order by outbox.id for update`,
    values: [ids, OUTBOX_KINDS],
  });
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    subjectIds: row.subject_ids,
    range: row.range_from === null || row.range_to === null ? null : { from: row.range_from, to: row.range_to },
    raisesAlerts: row.raises_alerts,
  }));
}

/** In the transaction of the effect: done and effect commit together. */
export async function markDone(tx: Queryable, ids: readonly string[]): Promise<void> {
  await tx.query({
    name: 'outbox_done',
    text: 'update outbox set done_at = now() where id = any($1::bigint[])',
    values: [ids],
  });
}

/**
 * Notes, in a transaction of its own and before the work, that a row is begun by itself: whatever becomes of the worker,
 * the try is on record. Once for each relay, however often the queue repeats the job.
 *
 * @returns false when there is nothing left to do for it
 */
export async function beginTry(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'outbox_begin_try',
    text: `update outbox set tries = tries + (tried_at is null or tried_at < relayed_at)::int, tried_at = now()
           where id = $1 and done_at is null and dead_at is null`,
    values: [id],
  });
  return rowCount === 1;
}

/** Sets rows aside as dead letters: nobody works on them until `retry_dead_letters`. */
export async function bury(tx: Queryable, ids: readonly string[]): Promise<void> {
  await tx.query({
    name: 'outbox_bury',
    text: 'update outbox set dead_at = now() where id = any($1::bigint[]) and done_at is null',
    values: [ids],
  });
}

/** Of these rows, those after whose last try a row of another has been done: work goes on, and not for them. */
export async function othersWereDone(tx: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'outbox_others_done',
    text: `select o.id::text from outbox o
           where o.id = any($1::bigint[]) and exists (select from outbox d where d.done_at > o.tried_at)`,
    values: [ids],
  });
  return rows.map((row) => row.id);
}

export async function removeFinished(db: Queryable, olderThanHours: number): Promise<number> {
  const { rowCount } = await db.query('delete from outbox where done_at < now() - make_interval(hours => $1)', [
    olderThanHours,
  ]);
  return rowCount ?? 0;
}
