import type { ValidReport } from '@concord/deidentification';
import type { Queryable } from '@concord/platform/database';
import { persistedForm, type ReportParts } from './persisted-report.js';
import type { ReportStatus } from './report.store.js';

/** What made a version of a report. */
export const REPORT_CHANGES = [
  'SUBMITTED',
  'CORRECTED',
  'LABORATORY_RESULT',
  'RECALLED',
  'RELEASED',
  'RETURNED',
] as const;
export type ReportChange = (typeof REPORT_CHANGES)[number];

/** A report as it stands, after a change or because there was none. */
export interface StandingReport {
  readonly reportId: string;
  readonly recordId: string;
  readonly status: ReportStatus;
  readonly version: number;
}

export interface AmendedReport extends StandingReport {
  /** Version of the owner's view: that in which it last changed. */
  readonly recordVersion: number;
  readonly contentDigest: string;
}

/** Why nothing was written. CONFLICT: the report is at another version; RELEASED: an embargo on what has been seen. */
export type ChangeRefusal =
  { readonly outcome: 'ABSENT' } | { readonly outcome: 'CONFLICT' | 'RECALLED' | 'RELEASED'; readonly version: number };

export type AmendOutcome =
  { readonly outcome: 'AMENDED' | 'UNCHANGED'; readonly report: AmendedReport } | ChangeRefusal;

/** What a change writes besides the new content. */
export interface ChangeParts extends Omit<ReportParts, 'recordId' | 'synthetic' | 'raisesAlerts'> {
  /** The version that the change was made on. */
  readonly version: number;
  readonly change: Extract<ReportChange, 'CORRECTED' | 'LABORATORY_RESULT'>;
  readonly sealedReason: Buffer | null;
}

interface ChangeRow {
  outcome: string;
  report_id: string;
  record_id: string;
  status: ReportStatus;
  version: number;
  record_version: number;
  content_digest: string;
}

/**
 * The next version of a report, in one transaction: the version before goes into the history, the views are replaced
 * (one that says what it said keeps its version), who was told is told through the outbox. When this resolves it is
 * committed.
 */
export async function amendReport(db: Queryable, report: ValidReport, parts: ChangeParts): Promise<AmendOutcome> {
  const form = persistedForm(report, { ...parts, recordId: '', synthetic: false, raisesAlerts: true });
  const { rows } = await db.query<ChangeRow>({
    name: 'amend_seizure_report',
    text: 'select * from amend_seizure_report($1)',
    values: [
      JSON.stringify({
        ...form,
        version: parts.version,
        change: parts.change,
        sealedReason: parts.sealedReason?.toString('base64') ?? null,
      }),
    ],
  });
  const row = oneRow(rows);
  if (row.outcome === 'AMENDED' || row.outcome === 'UNCHANGED') {
    const { outcome } = row;
    return {
      outcome,
      report: { ...standing(row), recordVersion: row.record_version, contentDigest: row.content_digest },
    };
  }
  return refusalOf(row);
}

export interface RecallParts {
  readonly personId: string;
  readonly agencyId: string;
  readonly reportId: string;
  readonly version: number;
  readonly sealedReason: Buffer;
  readonly audit: object;
}

export type RecallOutcome = { readonly outcome: 'DONE' | 'UNCHANGED'; readonly report: StandingReport } | ChangeRefusal;

/** Takes every view of the report's record out of sight, in the transaction in which the report becomes RECALLED. */
export async function recallReport(db: Queryable, parts: RecallParts): Promise<RecallOutcome> {
  const { rows } = await db.query<ChangeRow>({
    name: 'recall_seizure_report',
    text: 'select * from recall_seizure_report($1)',
    values: [JSON.stringify({ ...parts, sealedReason: parts.sealedReason.toString('base64') })],
  });
  const row = oneRow(rows);
  if (row.outcome === 'DONE' || row.outcome === 'UNCHANGED') return { outcome: row.outcome, report: standing(row) };
  return refusalOf(row);
}

function oneRow(rows: readonly ChangeRow[]): ChangeRow {
  const row = rows[0];
  if (row === undefined) throw new Error('a change answers with one row');
  return row;
}

const standing = (row: ChangeRow): StandingReport => ({
  reportId: row.report_id,
  recordId: row.record_id,
  status: row.status,
  version: row.version,
});

function refusalOf(row: ChangeRow): ChangeRefusal {
  switch (row.outcome) {
    case 'ABSENT':
      return { outcome: 'ABSENT' };
    case 'CONFLICT':
    case 'RECALLED':
    case 'RELEASED':
      return { outcome: row.outcome, version: row.version };
    default:
      throw new Error(`a change does not answer ${row.outcome}`);
  }
}
