import type { SharingCode, TlpCode } from '@concord/codes';
import { inTransaction, type Queryable } from '@concord/platform/database';
import type { Pool, PoolClient } from 'pg';
import { searchForm, type OwnReportSearch, type ReportPosition } from './own-report-search.reader.js';
import type { HoldReason, ReportContent } from './persisted-report.js';
import type { ActAs, ReadAs } from './record.reader.js';
import type { ReportStatus } from './report.store.js';

/** An agency's own report. Row-level security lets nobody else's through. */
export interface OwnReport {
  readonly id: string;
  readonly agencyId: string;
  readonly recordId: string;
  readonly submitterReference: string;
  readonly status: ReportStatus;
  readonly version: number;
  /** Of the interval that the stated precision leaves open: its start, and its end, exclusive. */
  readonly occurredAt: Date;
  readonly occurredTo: Date;
  readonly offsetMinutes: number;
  readonly sharing: SharingCode;
  readonly tlp: TlpCode;
  readonly releaseAfter: Date | null;
  readonly holdUntilReleased: boolean;
  /** Why it is held; null unless a supervisor must decide. */
  readonly holdReasons: readonly HoldReason[] | null;
  /** Whoever returned it wrote this for whoever submitted it. */
  readonly sealedReturnNote: Buffer | null;
  readonly submittedAt: Date;
  readonly contentDigest: string;
  readonly content: ReportContent;
  readonly sealedNarrative: Buffer | null;
  readonly synthetic: boolean;
}

interface ReportRow {
  id: string;
  agency_id: string;
  record_id: string;
  submitter_reference: string;
  status: ReportStatus;
  version: number;
  occurred_from: Date;
  occurred_to: Date;
  offset_minutes: number;
  sharing: SharingCode;
  tlp: TlpCode;
  release_after: Date | null;
  hold_until_released: boolean;
  hold_reasons: HoldReason[] | null;
  sealed_return_note: Buffer | null;
  submitted_at: Date;
  content_digest: string;
  position: string;
  content: ReportContent;
  sealed_narrative: Buffer | null;
  synthetic: boolean;
}

const COLUMNS = `r.id, r.agency_id, q.id as record_id, r.submitter_reference, seizure_report_status(r.status, r.release_after) as status, r.version,
  r.occurred_from, r.occurred_to, r.offset_minutes, r.sharing, r.tlp, r.release_after, r.submitted_at, r.submitted_at::text as position, r.content_digest, r.content,
  r.sealed_narrative, r.synthetic, r.hold_until_released, r.hold_reasons, r.sealed_return_note`;

const asReport = (row: ReportRow): OwnReport => ({
  id: row.id,
  agencyId: row.agency_id,
  recordId: row.record_id,
  submitterReference: row.submitter_reference,
  status: row.status,
  version: row.version,
  occurredAt: row.occurred_from,
  occurredTo: row.occurred_to,
  offsetMinutes: row.offset_minutes,
  sharing: row.sharing,
  tlp: row.tlp,
  releaseAfter: row.release_after,
  holdUntilReleased: row.hold_until_released,
  holdReasons: row.hold_reasons,
  sealedReturnNote: row.sealed_return_note,
  submittedAt: row.submitted_at,
  contentDigest: row.content_digest,
  content: row.content,
  sealedNarrative: row.sealed_narrative,
  synthetic: row.synthetic,
});

/**
 * Runs `work` with row-level security looking through this actor's eyes; what others share is seen only where a purpose is
 * named.
 */
export function asActor<T>(pool: Pool, as: ActAs | ReadAs, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const purpose = 'purpose' in as ? as.purpose : null;
  return inTransaction(pool, async (tx) => {
    await tx.query({
      name: 'enter_actor_for',
      text: 'select enter_actor(with_purpose($1, $3), $2)',
      values: [as.personId, as.agencyId, purpose],
    });
    return work(tx);
  });
}

export async function findOwnReport(tx: PoolClient, id: string): Promise<OwnReport | null> {
  const { rows } = await tx.query<ReportRow>({
    name: 'own_report',
    text: `select ${COLUMNS} from seizure_report r join seizure_record q on q.report_id = r.id where r.id = $1`,
    values: [id],
  });
  return rows[0] === undefined ? null : asReport(rows[0]);
}

/** Which of these references the agency has a report under, whatever its state. Runs inside {@link asActor}. */
export async function findStoredReferences(
  tx: Queryable,
  agencyId: string,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ submitter_reference: string }>({
    name: 'stored_references',
    text: 'select submitter_reference from seizure_report where agency_id = $1 and submitter_reference = any($2)',
    values: [agencyId, references],
  });
  return new Set(rows.map((row) => row.submitter_reference));
}

/** Where a submission stands. */
export interface SubmissionStanding {
  readonly id: string;
  readonly submitterReference: string;
  readonly status: ReportStatus;
  readonly version: number;
  readonly holdReasons: readonly HoldReason[] | null;
  readonly recordId: string;
  readonly recordVersion: number;
}

/** Reports of the agency by their references; `submittedBy`: that person's alone. What is not there is left out. */
export async function findSubmissions(
  tx: PoolClient,
  agencyId: string,
  references: readonly string[],
  submittedBy: string | null,
): Promise<SubmissionStanding[]> {
  const { rows } = await tx.query<
    Pick<ReportRow, 'id' | 'submitter_reference' | 'status' | 'version' | 'hold_reasons' | 'record_id'> & {
      record_version: number;
    }
  >({
    name: 'submissions_by_reference',
    text: `select r.id, r.submitter_reference, seizure_report_status(r.status, r.release_after) as status, r.version,
             r.hold_reasons, q.id as record_id, q.version as record_version
           from seizure_report r join seizure_record q on q.report_id = r.id
           where r.agency_id = $1 and r.submitter_reference = any($2) and ($3::uuid is null or r.submitted_by = $3)`,
    values: [agencyId, references, submittedBy],
  });
  return rows.map((row) => ({
    id: row.id,
    submitterReference: row.submitter_reference,
    status: row.status,
    version: row.version,
    holdReasons: row.hold_reasons,
    recordId: row.record_id,
    recordVersion: row.record_version,
  }));
}

/** Newest submission first; the position of each is exact to the microsecond of the database. */
export async function findOwnReports(
  tx: PoolClient,
  search: OwnReportSearch,
  limit: number,
  after: ReportPosition | null,
): Promise<{ report: OwnReport; position: ReportPosition }[]> {
  const { rows } = await tx.query<ReportRow>({
    name: 'own_reports',
    text: `select ${COLUMNS} from own_report_page($1, $2) p
             join seizure_report r on r.id = p.id join seizure_record q on q.report_id = r.id
           order by p.submitted_at desc, p.id desc`,
    values: [searchForm(search, after), limit],
  });
  return rows.map((row) => ({ report: asReport(row), position: { submittedAt: row.position, id: row.id } }));
}

/** Which reports of an agency an export has: submitted up to a moment, and, where `since` is given, different since then. */
export interface ExportBounds {
  /** ISO 8601. */
  readonly until: string;
  readonly since: string | null;
}

/**
 * Oldest submission first, an order in which no report ever moves: page by page, each that was submitted by `until` comes
 * once, whatever happens meanwhile.
 */
export async function findReportsToExport(
  tx: PoolClient,
  agencyId: string,
  { until, since }: ExportBounds,
  limit: number,
  after: ReportPosition | null,
): Promise<{ report: OwnReport; position: ReportPosition }[]> {
  const { rows } = await tx.query<ReportRow>({
    name: 'reports_to_export',
    text: `select ${COLUMNS} from seizure_report r join seizure_record q on q.report_id = r.id
           where r.agency_id = $1 and r.submitted_at <= $2::timestamptz
             and (r.submitted_at, r.id) > (coalesce($4::timestamptz, '-infinity'), coalesce($5::uuid, '00000000-0000-0000-0000-000000000000'))
             and ($3::timestamptz is null or coalesce(r.changed_at, r.submitted_at) >= $3 or r.release_after between $3 and $2)
           order by r.submitted_at, r.id limit $6`,
    values: [agencyId, until, since, after?.submittedAt ?? null, after?.id ?? null, limit],
  });
  return rows.map((row) => ({ report: asReport(row), position: { submittedAt: row.position, id: row.id } }));
}

/** When an export begins, by the clock of the database, and the most people that any report of the agency names. */
export async function beginExport(
  tx: PoolClient,
  agencyId: string,
): Promise<{ readonly now: Date; readonly mostPeople: number }> {
  await tx.query("set local statement_timeout = '30s'");
  const { rows } = await tx.query<{ now: Date; most: number }>({
    name: 'begin_export',
    text: `select now() as now, coalesce(max(jsonb_array_length(r.content->'people')), 0) as most from seizure_report r where r.agency_id = $1`,
    values: [agencyId],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate has one row');
  return { now: row.now, mostPeople: row.most };
}
