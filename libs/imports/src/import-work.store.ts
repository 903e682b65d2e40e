import type { Queryable } from '@concord/platform/database';
import { COUNTED } from './report-import.store.js';
import { ABANDONED_AFTER_DAYS, KEEP_CONTENT_DAYS, type ImportCounts, type ImportReason } from './report-import.js';

/* What the worker's own role does: it takes imports of every agency, counts, and ends them. It opens nothing. */

/** An import that is this worker's until its lease ends. */
export interface HeldImport {
  readonly id: string;
  readonly agencyId: string;
  readonly personId: string;
  readonly apiKeyId: string | null;
}

/** So often taken without an entry done: whoever takes it dies of it. */
const MOST_FRUITLESS = 5;

/**
 * The import of which nothing has been done for longest. Whoever dies holds it until the lease ends; of two that come at
 * once each gets another.
 */
export async function claimImport(
  db: Queryable,
  holder: string,
  leaseSeconds: number,
  /** Of its file; null: whatever its length. */
  mostBytes: number | null,
): Promise<HeldImport | null> {
  const { rows } = await db.query<HeldImport>({
    name: 'report_import_claim',
    text: `update report_import i
           set holder = $1, held_until = statement_timestamp() + make_interval(secs => $2), fruitless = i.fruitless + 1
           where i.id = (
             select c.id from report_import c
             where c.state = 'RUNNING' and (c.held_until is null or c.held_until < statement_timestamp()) and c.fruitless < $3
               and ($4::int is null or c.bytes <= $4)
             order by coalesce(c.progressed_at, c.confirmed_at), c.id limit 1 for update skip locked)
           returning i.id, i.agency_id as "agencyId", i.person_id as "personId", i.api_key_id as "apiKeyId"`,
    values: [holder, leaseSeconds, MOST_FRUITLESS, mostBytes],
  });
  return rows[0] ?? null;
}

/** An import that nobody asked to be stopped, and whose: for the books. */
export interface StoppedImport {
  readonly id: string;
  readonly agencyId: string;
}

/** Pauses what was taken in vain too often. */
export async function pauseFruitless(db: Queryable): Promise<StoppedImport[]> {
  const { rows } = await db.query<StoppedImport>({
    name: 'report_import_fruitless',
    text: `update report_import set state = 'PAUSED', reason = 'INTERNAL_FAULT', holder = null, held_until = null
           where state = 'RUNNING' and held_until < statement_timestamp() and fruitless >= $1
           returning id, agency_id as "agencyId"`,
    values: [MOST_FRUITLESS],
  });
  return rows;
}

/**
 * Says how far it is and holds it for longer. `moved`: entries were done since it was taken.
 * @returns false where it is this worker's no more: paused, cancelled, taken
 */
export async function noteProgress(
  db: Queryable,
  held: { readonly id: string; readonly holder: string; readonly leaseSeconds: number },
  counts: ImportCounts,
  moved: boolean,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'report_import_progress',
    text: `update report_import
           set accepted = $4, held = $5, refused = $6, duplicates = $7, questions = $8,
               held_until = statement_timestamp() + make_interval(secs => $3),
               progressed_at = case when $9 then statement_timestamp() else progressed_at end,
               fruitless = case when $9 then 0 else fruitless end
           where id = $1 and holder = $2 and state = 'RUNNING'`,
    values: [
      ...[held.id, held.holder, held.leaseSeconds],
      ...[counts.accepted, counts.held, counts.refused, counts.duplicates, counts.questions, moved],
    ],
  });
  return rowCount === 1;
}

/** Ends or pauses it, counted anew, if it is still this worker's. */
export async function endWork(
  tx: Queryable,
  held: { readonly id: string; readonly holder: string },
  end: { readonly state: 'DONE' | 'FAILED' | 'PAUSED'; readonly reason: ImportReason | null },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'report_import_end',
    text: `update report_import
           set state = $3, reason = $4, holder = null, held_until = null, progressed_at = statement_timestamp(),
               ended_at = case when $3 in ('DONE', 'FAILED') then statement_timestamp() end,
               (accepted, held, refused, duplicates, questions) = (${COUNTED})
           where id = $1 and holder = $2 and state = 'RUNNING'`,
    values: [held.id, held.holder, end.state, end.reason],
  });
  return rowCount === 1;
}

/** After it was lost to somebody's word: what was under way is counted too. */
export async function settleCounts(db: Queryable, id: string): Promise<void> {
  await db.query({
    name: 'report_import_settle',
    text: `update report_import set (accepted, held, refused, duplicates, questions) = (${COUNTED})
           where id = $1 and state <> 'RUNNING'`,
    values: [id],
  });
}

/** Whether somebody else's import, of at most so many bytes, waits for a worker. */
export async function othersWait(db: Queryable, mostBytes: number | null): Promise<boolean> {
  const { rows } = await db.query({
    name: 'report_import_waiting',
    text: `select from report_import where state = 'RUNNING' and (held_until is null or held_until < statement_timestamp())
             and ($1::int is null or bytes <= $1) limit 1`,
    values: [mostBytes],
  });
  return rows.length > 0;
}

/** Lets go of it without a word: whoever comes next goes on at once. */
export async function releaseImport(db: Queryable, id: string, holder: string): Promise<void> {
  await db.query({
    name: 'report_import_release',
    text: `update report_import set holder = null, held_until = null where id = $1 and holder = $2 and state = 'RUNNING'`,
    values: [id, holder],
  });
}

/** Cancels what nobody went on with. */
export async function abandonOld(tx: Queryable): Promise<StoppedImport[]> {
  const { rows } = await tx.query<StoppedImport>({
    name: 'report_import_abandon',
    text: `update report_import set state = 'CANCELLED', reason = 'ABANDONED', ended_at = statement_timestamp()
           where state in ('RECEIVING', 'READY', 'PAUSED') and content_removed_at is null
             and greatest(created_at, progressed_at) < statement_timestamp() - make_interval(days => $1)
           returning id, agency_id as "agencyId"`,
    values: [ABANDONED_AFTER_DAYS],
  });
  return rows;
}

/** Removes the content of what has long ended. @returns imports that lost their content */
export async function removeOldContent(tx: Queryable): Promise<StoppedImport[]> {
  const { rows } = await tx.query<StoppedImport>({
    name: 'report_import_content_over',
    text: `update report_import set content_removed_at = statement_timestamp()
           where content_removed_at is null and ended_at < statement_timestamp() - make_interval(days => $1)
           returning id, agency_id as "agencyId"`,
    values: [KEEP_CONTENT_DAYS],
  });
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  await tx.query({
    name: 'report_import_chunks_remove',
    text: 'delete from report_import_chunk where import_id = any($1)',
    values: [ids],
  });
  await tx.query({
    name: 'report_import_issues_remove',
    text: `update report_import_entry set sealed_issues = null where import_id = any($1) and outcome <> 'HELD'`,
    values: [ids],
  });
  return rows;
}

/** How many imports are in the hands of a worker, wait for one, and are paused. */
export async function countImports(
  db: Queryable,
): Promise<{ readonly running: number; readonly waiting: number; readonly paused: number }> {
  const { rows } = await db.query<{ running: number; waiting: number; paused: number }>({
    name: 'report_imports_counted',
    text: `select count(*) filter (where held_until >= statement_timestamp())::int as running,
                  count(*) filter (where state = 'RUNNING' and (held_until is null or held_until < statement_timestamp()))::int as waiting,
                  count(*) filter (where state = 'PAUSED')::int as paused
           from report_import where state = 'RUNNING' or state = 'PAUSED' and content_removed_at is null`,
  });
  return rows[0] ?? { running: 0, waiting: 0, paused: 0 };
}
