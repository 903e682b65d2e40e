import type { Queryable } from '@concord/platform/database';
import type { ValidReport } from '@concord/deidentification';
import { persistedForm, type ReadyReport, type ReportParts } from './persisted-report.js';

export type ReportStatus = 'DRAFT' | 'HELD' | 'EMBARGOED' | 'RELEASED' | 'RECALLED' | 'PURGED';

/** What T1 answers with: what it stored, or what the agency had stored under that reference before. */
export interface PersistOutcome {
  readonly outcome: 'CREATED' | 'EXISTS';
  readonly reportId: string;
  readonly recordId: string;
  readonly status: ReportStatus;
  readonly version: number;
  readonly contentDigest: string;
  readonly releasedAt: Date;
  /** As stored: a replay after the embargo's end is still the same content. */
  readonly releaseAfter: Date | null;
}

/** A stored report as the functions that write reports answer with it. */
export interface StoredReportRow {
  readonly report_id: string;
  readonly record_id: string;
  readonly status: ReportStatus;
  readonly version: number;
  readonly content_digest: string;
  readonly released_at: Date;
  readonly release_after: Date | null;
}

export const outcomeOf = (outcome: PersistOutcome['outcome'], row: StoredReportRow): PersistOutcome => ({
  outcome,
  reportId: row.report_id,
  recordId: row.record_id,
  status: row.status,
  version: row.version,
  contentDigest: row.content_digest,
  releasedAt: row.released_at,
  releaseAfter: row.release_after,
});

/**
 * T1, all or none, in one round trip: report, sealed parts, record, views, key lists, audit entry and outbox row. When
 * this resolves it is committed. A reference that exists writes nothing and answers with what is stored.
 */
export async function persistReport(db: Queryable, report: ValidReport, parts: ReportParts): Promise<PersistOutcome> {
  const { rows } = await db.query<StoredReportRow & Pick<PersistOutcome, 'outcome'>>({
    name: 'submit_seizure_report',
    text: 'select * from submit_seizure_report($1)',
    values: [JSON.stringify(persistedForm(report, parts))],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('submit_seizure_report answers with one row');
  return outcomeOf(row.outcome, row);
}

/**
 * The same for several, in order and in one transaction: all or none. A reference that one of them has made exists for
 * those behind it.
 */
export async function persistTogether(
  db: Queryable,
  ready: readonly ReadyReport[],
): Promise<readonly PersistOutcome[]> {
  if (ready.length === 0) return [];
  const { rows } = await db.query<StoredReportRow & Pick<PersistOutcome, 'outcome'>>({
    name: 'submit_seizure_reports',
    text: `select r.* from jsonb_array_elements($1::jsonb) with ordinality as n(form, ordinal)
           cross join lateral submit_seizure_report(n.form) r order by n.ordinal`,
    values: [JSON.stringify(ready.map(({ report, parts }) => persistedForm(report, parts)))],
  });
  if (rows.length !== ready.length) throw new Error('submit_seizure_report answers with one row');
  return rows.map((row) => outcomeOf(row.outcome, row));
}

/** Where in an import a report stands; `sealedIssues`: what there is to say of it, sealed for that place. */
export interface ImportedEntry {
  readonly importId: string;
  readonly ordinal: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly sealedIssues: Buffer | null;
}

/** T1 with what became of the entry in the same transaction: killed at any line, both are there or neither is. */
export async function persistImportedReport(
  db: Queryable,
  report: ValidReport,
  parts: ReportParts,
  entry: ImportedEntry,
): Promise<PersistOutcome> {
  const { rows } = await db.query<StoredReportRow & Pick<PersistOutcome, 'outcome'>>({
    name: 'submit_imported_report',
    text: 'select * from submit_imported_report($1, $2, $3, $4, $5, $6)',
    values: [
      JSON.stringify(persistedForm(report, parts)),
      ...[entry.importId, entry.ordinal, entry.firstLine, entry.lastLine, entry.sealedIssues],
    ],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('submit_imported_report answers with one row');
  return outcomeOf(row.outcome, row);
}

/** The same for several, in order and in one transaction: all or none, each with its entry. */
export async function persistImportedTogether(
  db: Queryable,
  ready: readonly { readonly ready: ReadyReport; readonly entry: ImportedEntry }[],
): Promise<readonly PersistOutcome[]> {
  if (ready.length === 0) return [];
  const { rows } = await db.query<StoredReportRow & Pick<PersistOutcome, 'outcome'>>({
    name: 'submit_imported_reports',
    // Sorted before they are stored: which of two with one reference comes first is the order of the file.
    text: `select r.* from (
             select n.form, e.* from jsonb_array_elements($1::jsonb) with ordinality as n(form, place)
             join unnest($2::uuid[], $3::int[], $4::int[], $5::int[], $6::bytea[]) with ordinality
               as e(import_id, ordinal, first_line, last_line, sealed_issues, place) using (place)
             order by n.place) x
           cross join lateral submit_imported_report(x.form, x.import_id, x.ordinal, x.first_line, x.last_line, x.sealed_issues) r`,
    values: [
      JSON.stringify(ready.map(({ ready: { report, parts } }) => persistedForm(report, parts))),
      ready.map(({ entry }) => entry.importId),
      ready.map(({ entry }) => entry.ordinal),
      ready.map(({ entry }) => entry.firstLine),
      ready.map(({ entry }) => entry.lastLine),
      ready.map(({ entry }) => entry.sealedIssues),
    ],
  });
  if (rows.length !== ready.length) throw new Error('submit_imported_report answers with one row');
  return rows.map((row) => outcomeOf(row.outcome, row));
}
