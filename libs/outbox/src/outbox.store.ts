import type { Queryable } from '@concord/platform/database';

export const OUTBOX_KINDS = ['record.released', 'record.amended', 'record.recalled', 'alert.raised'] as const;
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
 * Rows that are due and that no other relay holds, locked until the transaction ends. A status and no cursor: a row
 * that commits late is found when it commits, and nothing is stepped over.
 */
export async function claimDue(tx: Queryable, limit: number): Promise<{ id: string; kind: OutboxKind }[]> {
  const { rows } = await tx.query<{ id: string; kind: OutboxKind }>({
    name: 'outbox_claim',
    text: `select id::text, kind from outbox where relayed_at is null and available_at <= now() and kind = any($2)
           order by id limit $1 for update skip locked`,
    values: [limit, OUTBOX_KINDS],
  });
  return rows;
}

/** Rows that were relayed and not finished for too long; each further try waits longer. */
export async function claimLost(
  tx: Queryable,
  afterSeconds: number,
  limit: number,
): Promise<{ id: string; kind: OutboxKind; relays: number }[]> {
  const { rows } = await tx.query<{ id: string; kind: OutboxKind; relays: number }>({
    name: 'outbox_claim_lost',
    text: `select id::text, kind, relays from outbox
           where done_at is null and relayed_at < now() - make_interval(secs => $1 * least(relays, 20))
             and kind = any($3)
           order by id limit $2 for update skip locked`,
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
           where id = any($1::bigint[]) and done_at is null and kind = any($2) order by id for update`,
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

export async function removeFinished(db: Queryable, olderThanHours: number): Promise<number> {
  const { rowCount } = await db.query('delete from outbox where done_at < now() - make_interval(hours => $1)', [
    olderThanHours,
  ]);
  return rowCount ?? 0;
}
