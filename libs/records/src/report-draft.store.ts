import type { Queryable } from '@concord/platform/database';
import type { PoolClient } from 'pg';
import type { ActAs } from './record.reader.js';

/** Drafts that one person keeps at one agency. */
export const MOST_DRAFTS = 200;

/** Something begun and not submitted: its writer's alone, whole and sealed. */
export interface ReportDraft {
  readonly id: string;
  readonly version: number;
  /** Null once it was submitted: then its text is gone. */
  readonly sealed: Buffer | null;
  readonly createdAt: Date;
  readonly savedAt: Date;
  /** What it became. */
  readonly reportId: string | null;
}

/** Of the order newest first, exact to the microsecond of the database. */
export interface DraftPosition {
  readonly savedAt: string;
  readonly id: string;
}

interface DraftRow {
  id: string;
  version: number;
  sealed: Buffer | null;
  created_at: Date;
  saved_at: Date;
  report_id: string | null;
  position: string;
}

const COLUMNS = 'd.id, d.version, d.sealed, d.created_at, d.saved_at, d.report_id, d.saved_at::text as position';

const asDraft = (row: DraftRow): ReportDraft => ({
  id: row.id,
  version: row.version,
  sealed: row.sealed,
  createdAt: row.created_at,
  savedAt: row.saved_at,
  reportId: row.report_id,
});

/** One of the entered person's own, also one that was submitted. */
export async function findReportDraft(tx: PoolClient, id: string): Promise<ReportDraft | null> {
  const { rows } = await tx.query<DraftRow>({
    name: 'report_draft',
    text: `select ${COLUMNS} from seizure_report_draft d where d.id = $1`,
    values: [id],
  });
  return rows[0] === undefined ? null : asDraft(rows[0]);
}

/** Those of the entered person that are not submitted, last saved first. */
export async function findReportDrafts(
  tx: PoolClient,
  as: ActAs,
  limit: number,
  after: DraftPosition | null,
): Promise<{ draft: ReportDraft; position: DraftPosition }[]> {
  const { rows } = await tx.query<DraftRow>({
    name: 'report_drafts',
    text: `select ${COLUMNS} from seizure_report_draft d
           where d.person_id = $1 and d.agency_id = $2 and d.report_id is null
             and (d.saved_at, d.id) < ($3::timestamptz, $4::uuid)
           order by d.saved_at desc, d.id desc limit $5`,
    values: [
      as.personId,
      as.agencyId,
      after?.savedAt ?? 'infinity',
      after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      limit,
    ],
  });
  return rows.map((row) => ({ draft: asDraft(row), position: { savedAt: row.position, id: row.id } }));
}

/** Null where the id is taken, or the person keeps as many as anybody may: whoever saves two at the same moment saves them one after the other. */
export async function insertReportDraft(
  tx: PoolClient,
  as: ActAs,
  draft: Pick<ReportDraft, 'id'> & { readonly sealed: Buffer },
): Promise<ReportDraft | null> {
  await tx.query({
    name: 'report_drafts_one_by_one',
    text: `select pg_advisory_xact_lock(hashtextextended('report-draft ' || $1 || ' ' || $2, 0))`,
    values: [as.personId, as.agencyId],
  });
  const { rows } = await tx.query<DraftRow>({
    name: 'report_draft_begun',
    text: `insert into seizure_report_draft as d (id, agency_id, person_id, sealed)
           select $1, $2, $3, $4
           where (select count(*) from seizure_report_draft o
                  where o.person_id = $3 and o.agency_id = $2 and o.report_id is null) < $5
           on conflict (id) do nothing returning ${COLUMNS}`,
    values: [draft.id, as.agencyId, as.personId, draft.sealed, MOST_DRAFTS],
  });
  return rows[0] === undefined ? null : asDraft(rows[0]);
}

/** Null where there is no such draft at this version. */
export async function replaceReportDraft(
  tx: PoolClient,
  draft: Pick<ReportDraft, 'id' | 'version'> & { readonly sealed: Buffer },
): Promise<ReportDraft | null> {
  const { rows } = await tx.query<DraftRow>({
    name: 'report_draft_saved',
    text: `update seizure_report_draft d set sealed = $3, version = d.version + 1, saved_at = now()
           where d.id = $1 and d.version = $2 and d.report_id is null returning ${COLUMNS}`,
    values: [draft.id, draft.version, draft.sealed],
  });
  return rows[0] === undefined ? null : asDraft(rows[0]);
}

/** Its text goes, and what it became stays; false where it is not as it was read any more. */
export async function closeReportDraft(
  tx: Queryable,
  draft: Pick<ReportDraft, 'id' | 'version'>,
  reportId: string,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'report_draft_submitted',
    text: `update seizure_report_draft set sealed = null, report_id = $3, saved_at = now()
           where id = $1 and version = $2 and report_id is null`,
    values: [draft.id, draft.version, reportId],
  });
  return rowCount === 1;
}

/** False where there is none. One that was submitted is gone already. */
export async function discardReportDraft(tx: PoolClient, id: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'report_draft_discarded',
    text: 'delete from seizure_report_draft where id = $1 and report_id is null',
    values: [id],
  });
  return rowCount === 1;
}

/** Takes away what nobody has touched for as long as drafts are kept, some at a time; by the worker. */
export async function sweepReportDrafts(
  tx: Queryable,
  most: number,
): Promise<{ readonly id: string; readonly agencyId: string }[]> {
  const { rows } = await tx.query<{ id: string; agency_id: string }>({
    name: 'report_drafts_swept',
    text: `delete from seizure_report_draft where id in (
             select id from seizure_report_draft where saved_at < now() - draft_retention() order by saved_at limit $1)
           returning id, agency_id`,
    values: [most],
  });
  return rows.map((row) => ({ id: row.id, agencyId: row.agency_id }));
}
