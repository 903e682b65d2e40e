import type {
  BasisActivityCode,
  IdentifierKind,
  IdentifierSensitivity,
  SharingCode,
  TimePrecision,
  TlpCode,
  WithholdCode,
} from '@concord/codes';
import type { PoolClient } from 'pg';
import type { DefaultedField, HoldReason, ReportContent } from './persisted-report.js';
import type { ReportChange } from './report-change.store.js';
import type { ReportStatus } from './report.store.js';

/** One version of an agency's own report, as it stood. */
export interface ReportVersion {
  readonly version: number;
  readonly change: ReportChange;
  readonly changedBy: { readonly id: string; readonly displayName: string };
  readonly changedAt: Date;
  readonly sealedReason: Buffer | null;
  readonly status: ReportStatus;
  readonly occurredAt: Date;
  readonly sharing: SharingCode;
  readonly tlp: TlpCode;
  readonly releaseAfter: Date | null;
  readonly holdUntilReleased: boolean;
  /** Why it was held; null where nothing held it. */
  readonly holdReasons: readonly HoldReason[] | null;
  /** Of whoever returned it. */
  readonly sealedReturnNote: Buffer | null;
  readonly content: ReportContent;
  readonly sealedNarrative: Buffer | null;
  readonly basisActivity: BasisActivityCode | null;
  /** Kind and sensitivity of each, in order. */
  readonly identifierKinds: readonly string[];
}

interface VersionRow {
  report_id: string;
  version: number;
  change: ReportChange;
  changed_by: string;
  display_name: string;
  changed_at: Date;
  sealed_reason: Buffer | null;
  status: ReportStatus;
  occurred_from: Date;
  sharing: SharingCode;
  tlp: TlpCode;
  release_after: Date | null;
  hold_until_released: boolean;
  hold_reasons: HoldReason[] | null;
  sealed_return_note: Buffer | null;
  content: ReportContent;
  sealed_narrative: Buffer | null;
  basis_activity: BasisActivityCode | null;
  identifier_kinds: string[];
}

/** Every version of a report of the actor's agency, the current one first. */
export async function findReportVersions(tx: PoolClient, reportId: string): Promise<ReportVersion[]> {
  return (await findVersionsOfReports(tx, [reportId])).get(reportId) ?? [];
}

/** The same of many reports, by report. */
export async function findVersionsOfReports(
  tx: PoolClient,
  reportIds: readonly string[],
): Promise<ReadonlyMap<string, ReportVersion[]>> {
  const { rows } = await tx.query<VersionRow>({
    name: 'versions_of_reports',
    text: `select h.*, p.display_name from (
             select r.id as report_id, r.version, r.change, coalesce(r.changed_by, r.submitted_by) as changed_by,
                    coalesce(r.changed_at, r.submitted_at) as changed_at, r.sealed_reason,
                    seizure_report_status(r.status, r.release_after) as status, r.occurred_from, r.sharing, r.tlp,
                    r.release_after, r.content, r.sealed_narrative, r.hold_until_released, r.hold_reasons, r.sealed_return_note,
                    (select b.activity from report_basis b where b.report_id = r.id) as basis_activity,
                    array(select i.kind || ' ' || i.sensitivity from sealed_identifier i where i.report_id = r.id order by 1) as identifier_kinds
             from seizure_report r where r.id = any($1)
             union all
             select v.report_id, v.version, v.change, v.changed_by, v.changed_at, v.sealed_reason, v.status, v.occurred_from, v.sharing,
                    v.tlp, v.release_after, v.content, v.sealed_narrative, v.hold_until_released, v.hold_reasons, v.sealed_return_note,
                    v.basis->>'activity',
                    array(select (i->>'kind') || ' ' || (i->>'sensitivity') from jsonb_array_elements(v.identifiers) i order by 1)
             from seizure_report_version v where v.report_id = any($1)) h
           join person p on p.id = h.changed_by order by h.version desc`,
    values: [reportIds],
  });
  const versions = new Map<string, ReportVersion[]>();
  for (const row of rows) {
    const known = versions.get(row.report_id) ?? [];
    known.push(asVersion(row));
    versions.set(row.report_id, known);
  }
  return versions;
}

const asVersion = (row: VersionRow): ReportVersion => ({
  version: row.version,
  change: row.change,
  changedBy: { id: row.changed_by, displayName: row.display_name },
  changedAt: row.changed_at,
  sealedReason: row.sealed_reason,
  status: row.status,
  occurredAt: row.occurred_from,
  sharing: row.sharing,
  tlp: row.tlp,
  releaseAfter: row.release_after,
  holdUntilReleased: row.hold_until_released,
  holdReasons: row.hold_reasons,
  sealedReturnNote: row.sealed_return_note,
  content: row.content,
  sealedNarrative: row.sealed_narrative,
  basisActivity: row.basis_activity,
  identifierKinds: row.identifier_kinds,
});

interface SealedBasis {
  readonly activity: BasisActivityCode;
  readonly sealed: Buffer;
}

interface SealedIdentifier {
  readonly id: string;
  readonly kind: IdentifierKind;
  readonly sensitivity: IdentifierSensitivity;
  readonly sealed: Buffer;
}

/** What of a report is sealed, besides its narrative. */
export interface SealedParts {
  readonly basis: SealedBasis | null;
  readonly identifiers: readonly SealedIdentifier[];
}

export async function findSealedParts(tx: PoolClient, reportId: string): Promise<SealedParts> {
  const basis = await tx.query<SealedBasis>({
    name: 'sealed_basis',
    text: 'select activity, sealed from report_basis where report_id = $1',
    values: [reportId],
  });
  const identifiers = await tx.query<SealedIdentifier>({
    name: 'sealed_identifiers',
    text: 'select id, kind, sensitivity, sealed from sealed_identifier where report_id = $1 order by id',
    values: [reportId],
  });
  return { basis: basis.rows[0] ?? null, identifiers: identifiers.rows };
}

/** Whether a version of the report that was replaced said this: a submission that arrives again late is no new one. */
export async function wasVersion(tx: PoolClient, reportId: string, digest: string): Promise<boolean> {
  const { rows } = await tx.query<{ was: boolean }>({
    name: 'was_version',
    text: 'select exists (select from seizure_report_version where report_id = $1 and content_digest = $2) as was',
    values: [reportId, digest],
  });
  return rows[0]?.was ?? false;
}

/** Who gets a record, when and how exactly, as one version of its report has it, and what of that was filled in. */
export interface OriginalSharing {
  readonly sharing: SharingCode;
  readonly tlp: TlpCode;
  readonly withhold: readonly WithholdCode[];
  readonly timePrecision: TimePrecision;
  readonly releaseAfter: Date | null;
  readonly holdUntilReleased: boolean;
  readonly defaulted: readonly DefaultedField[];
}

/** Of the first version: as it was submitted. */
export async function findOriginalSharing(tx: PoolClient, reportId: string): Promise<OriginalSharing | null> {
  const { rows } = await tx.query<{
    sharing: SharingCode;
    tlp: TlpCode;
    release_after: Date | null;
    hold_until_released: boolean;
    content: ReportContent;
  }>({
    name: 'original_sharing',
    text: `select sharing, tlp, release_after, hold_until_released, content from seizure_report where id = $1 and version = 1
           union all
           select sharing, tlp, release_after, hold_until_released, content from seizure_report_version where report_id = $1 and version = 1`,
    values: [reportId],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return {
    sharing: row.sharing,
    tlp: row.tlp,
    releaseAfter: row.release_after,
    holdUntilReleased: row.hold_until_released,
    withhold: row.content.withhold,
    timePrecision: row.content.timePrecision,
    defaulted: row.content.defaulted ?? [],
  };
}
