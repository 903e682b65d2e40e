import type { SharingCode, TlpCode } from '@concord/codes';
import type { AuditEntry } from '@concord/audit';
import type { Queryable } from '@concord/platform/database';
import type { Pool, PoolClient } from 'pg';
import type { HoldReason } from './persisted-report.js';
import { toRecordCard, type RecordCard, type RecordCardRow } from './record-card.js';
import { withDates, type ActAs } from './record.reader.js';
import type { AmendedReport } from './report-change.store.js';
import { asActor } from './report.reader.js';
import type { ReportStatus } from './report.store.js';

/** Who could decide on a report: somebody of the agency, of its parent, or nobody. */
export type Reviewers = 'OWN' | 'PARENT' | 'NOBODY';

/** On what this person writes, in a report that others may have written before. */
export function findReviewers(pool: Pool, author: ActAs, reportId: string | null): Promise<Reviewers> {
  return asActor(pool, author, async (tx) => {
    const { rows } = await tx.query<{ reviewers: Reviewers }>({
      name: 'reviewers_for',
      text: 'select reviewers_for($1, report_authors($3) || $2::uuid) as reviewers',
      values: [author.agencyId, author.personId, reportId],
    });
    return rows[0]?.reviewers ?? 'NOBODY';
  });
}

/** A report that waits for a supervisor, with no more of it than the decision needs. */
export interface HeldReport {
  readonly id: string;
  readonly agency: { readonly id: string; readonly name: string; readonly ori: string | null };
  readonly version: number;
  readonly heldAt: Date;
  readonly submittedBy: { readonly id: string; readonly displayName: string };
  readonly sharing: SharingCode;
  readonly releaseAfter: Date | null;
  readonly holdUntilReleased: boolean;
  readonly reasons: readonly HoldReason[];
  /** The shared texts that the reasons are about, by their path. */
  readonly texts: Readonly<Record<string, string>>;
  /** False for whoever wrote what stands in it. */
  readonly mayRelease: boolean;
  /** The finest view that others would get. */
  readonly view: RecordCard;
}

/** A place in the queue: since when, exact to the microsecond of the database, and the report. */
export interface HeldPosition {
  readonly heldAt: string;
  readonly id: string;
}

interface HeldRow {
  report_id: string;
  agency_id: string;
  agency_name: string;
  agency_ori: string | null;
  version: number;
  held_at: Date;
  position: string;
  submitter_id: string;
  submitter_name: string;
  sharing: SharingCode;
  release_after: Date | null;
  hold_until_released: boolean;
  reasons: HoldReason[];
  texts: Record<string, string> | null;
  may_release: boolean;
  card: RecordCardRow;
}

/** What waits for the supervisor whose seat was entered, oldest first; `reportId`: that one alone. */
export async function findHeldReports(
  tx: PoolClient,
  limit: number,
  after: HeldPosition | null,
  reportId: string | null = null,
): Promise<{ report: HeldReport; position: HeldPosition }[]> {
  const { rows } = await tx.query<HeldRow>({
    name: 'held_reports',
    text: `select h.report_id, h.agency_id, h.agency_name, h.agency_ori, h.version, h.held_at, h.held_at::text as position,
             h.submitter_id, h.submitter_name, h.sharing, h.release_after, h.hold_until_released, h.reasons, h.texts,
             h.may_release, row_to_json(h.card) as card
           from held_reports($1, $2, $3, $4) h`,
    values: [limit, after?.heldAt ?? '-infinity', after?.id ?? '00000000-0000-0000-0000-000000000000', reportId],
  });
  return rows.map((row) => ({ report: asHeld(row), position: { heldAt: row.position, id: row.report_id } }));
}

/** What waits, counted; with `atLeast` there are more. */
export interface HeldSummary {
  readonly reports: number;
  readonly atLeast: boolean;
  /** Of the one that waits longest; null where none does. */
  readonly since: Date | null;
  /** Reports by what holds them, most first; one that is held for two reasons is in both. */
  readonly reasons: readonly { readonly code: string; readonly reports: number }[];
}

/** Of all that `findHeldReports` would give, the oldest `most`. */
export async function countHeldReports(tx: PoolClient, most: number): Promise<HeldSummary> {
  const { rows } = await tx.query<Omit<HeldSummary, 'atLeast'> & { at_least: boolean }>({
    name: 'held_report_summary',
    text: 'select reports, at_least, since, reasons from held_report_summary($1)',
    values: [most],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('a summary is one row');
  return { reports: row.reports, atLeast: row.at_least, since: row.since, reasons: row.reasons };
}

const asHeld = (row: HeldRow): HeldReport => ({
  id: row.report_id,
  agency: { id: row.agency_id, name: row.agency_name, ori: row.agency_ori },
  version: row.version,
  heldAt: row.held_at,
  submittedBy: { id: row.submitter_id, displayName: row.submitter_name },
  sharing: row.sharing,
  releaseAfter: row.release_after,
  holdUntilReleased: row.hold_until_released,
  reasons: row.reasons,
  texts: row.texts ?? {},
  mayRelease: row.may_release,
  view: toRecordCard(withDates(row.card)),
});

export interface DecisionParts extends ActAs {
  readonly reportId: string;
  /** The version that was read. */
  readonly version: number;
  /** Sealed for the agency of the report. */
  readonly sealedNote: Buffer | null;
  readonly audit: AuditEntry;
}

/** A report after a decision, or as it stood before the same one. */
export interface DecidedReport extends AmendedReport {
  readonly submitterReference: string;
  readonly tlp: TlpCode;
}

/** Why nothing was decided. SHARING, TASK_FORCE: wider now than the agency's agreement or task forces allow. */
export type DecisionRefusal =
  | { readonly outcome: 'ABSENT' }
  | {
      readonly outcome: 'CONFLICT' | 'RECALLED' | 'NOT_HELD' | 'OWN_REPORT' | 'SHARING' | 'TASK_FORCE';
      readonly version: number;
    };

export type DecisionResult =
  { readonly outcome: 'DONE' | 'UNCHANGED'; readonly report: DecidedReport } | DecisionRefusal;

interface DecisionRow {
  outcome: DecisionResult['outcome'];
  report_id: string;
  record_id: string;
  status: ReportStatus;
  version: number;
  record_version: number;
  content_digest: string;
  submitter_reference: string;
  tlp: TlpCode;
}

/**
 * What was held becomes visible, or what was to be released by hand is: with its entry in the books and its alerts, in
 * one transaction. When this resolves it is committed.
 */
export const releaseHeldReport = (db: Queryable, parts: DecisionParts): Promise<DecisionResult> =>
  decide(db, 'release_seizure_report', parts);

/** What was held goes back to whoever submitted it, with a note. */
export const returnHeldReport = (db: Queryable, parts: DecisionParts): Promise<DecisionResult> =>
  decide(db, 'return_seizure_report', parts);

async function decide(
  db: Queryable,
  verb: 'release_seizure_report' | 'return_seizure_report',
  parts: DecisionParts,
): Promise<DecisionResult> {
  const { rows } = await db.query<DecisionRow>({
    name: verb,
    text: `select * from ${verb}($1)`,
    values: [JSON.stringify({ ...parts, sealedNote: parts.sealedNote?.toString('base64') ?? null })],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('a decision answers with one row');
  if (row.outcome === 'ABSENT') return { outcome: 'ABSENT' };
  if (row.outcome !== 'DONE' && row.outcome !== 'UNCHANGED') return { outcome: row.outcome, version: row.version };
  return {
    outcome: row.outcome,
    report: {
      reportId: row.report_id,
      recordId: row.record_id,
      status: row.status,
      version: row.version,
      recordVersion: row.record_version,
      contentDigest: row.content_digest,
      submitterReference: row.submitter_reference,
      tlp: row.tlp,
    },
  };
}
