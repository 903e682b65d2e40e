import type { IdentifierKind, IdentifierSensitivity, SharingCode, TlpCode } from '@concord/codes';
import {
  precisionRank,
  type CommunityRow,
  type Precision,
  type RecordView,
  type ReleasePolicy,
} from '@concord/deidentification';
import type { Queryable } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import { communityRow, substanceRow, viewRow, type ReportContent } from './persisted-report.js';
import { policyDigest } from './policy-digest.js';

/** A version of the release policy as it was published. */
export interface PublishedPolicy {
  readonly policy: ReleasePolicy;
  readonly digest: string;
  readonly note: string;
  readonly publishedAt: Date;
  /** Null: there are views that were made by an older one. */
  readonly appliedAt: Date | null;
}

/** Every version, the first one first. As `concord_publisher`. */
export async function findReleasePolicies(db: Queryable): Promise<PublishedPolicy[]> {
  const { rows } = await db.query<{
    document: ReleasePolicy;
    digest: string;
    note: string;
    published_at: Date;
    applied_at: Date | null;
  }>('select document, digest, note, published_at, applied_at from release_policy order by version');
  return rows.map((row) => ({
    ...{ policy: row.document, digest: row.digest, note: row.note },
    ...{ publishedAt: row.published_at, appliedAt: row.applied_at },
  }));
}

/** Keeps what a document would have changed: without it {@link publishReleasePolicy} refuses the document. */
export async function keepDryRun(
  tx: Queryable,
  policy: ReleasePolicy,
  { whole, findings }: { readonly whole: boolean; readonly findings: object },
): Promise<void> {
  await tx.query('insert into release_policy_dry_run (id, digest, whole, findings) values ($1, $2, $3, $4)', [
    ...[newId(), policyDigest(policy), whole, JSON.stringify(findings)],
  ]);
}

/** The policy is in force when this commits. NOT_DRY_RUN: of this very document no dry run is kept; TAKEN: its number is. */
export async function publishReleasePolicy(
  tx: Queryable,
  policy: ReleasePolicy,
  note: string,
): Promise<'PUBLISHED' | 'NOT_DRY_RUN' | 'TAKEN'> {
  try {
    await tx.query('select publish_release_policy($1, $2, $3)', [JSON.stringify(policy), policyDigest(policy), note]);
    return 'PUBLISHED';
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === '23514') return 'NOT_DRY_RUN';
    if (code === '23505') return 'TAKEN';
    throw error;
  }
}

const NONE = '00000000-0000-0000-0000-000000000000';

interface Page {
  /** The last id of the page before; null: from the beginning. */
  readonly after: string | null;
  readonly limit: number;
}

/** Ids of standing reports of an agency, in order. */
export async function findStandingReports(
  db: Queryable,
  agencyId: string,
  { after, limit }: Page,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>('select standing_reports($1, $2, $3, null) as id', [
    ...[agencyId, after ?? NONE, limit],
  ]);
  return rows.map(({ id }) => id);
}

/**
 * Of those the ones for which something is left to do: a view of an older policy than `version`, or what records of
 * before 0.5 lack, a handle of a withheld contributor and rows for community partners.
 */
export async function findReportsLeft(
  db: Queryable,
  agencyId: string,
  version: number,
  { after, limit }: Page,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>('select reports_left_to_release($1, $2, $3, $4) as id', [
    ...[agencyId, after ?? NONE, limit, version],
  ]);
  return rows.map(({ id }) => id);
}

/** How many `findReportsLeft` would find, of all agencies. */
export async function countReportsLeft(db: Queryable, version: number): Promise<number> {
  const { rows } = await db.query<{ left: number }>(
    'select count(*)::int as left from agency a, reports_left_to_release(a.id, $1, $2, $3)',
    [NONE, 2_147_483_647, version],
  );
  return rows[0]?.left ?? 0;
}

export async function sampleStandingReports(db: Queryable, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select sample_standing_reports($1) as id', [limit]);
  return rows.map(({ id }) => id);
}

/** How many agencies may carry one of these keys now. */
export async function countAgenciesOf(db: Queryable, keys: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ agencies: number }>('select agencies_that_may_carry($1) as agencies', [keys]);
  return rows[0]?.agencies ?? 0;
}

/** What a report's views are made of. Narrative and basis are no part of it; identifiers are sealed. */
export interface ReportToRelease {
  readonly reportId: string;
  readonly recordId: string;
  readonly agencyId: string;
  readonly version: number;
  readonly sharing: SharingCode;
  readonly tlp: TlpCode;
  readonly occurred: { readonly from: Date; readonly to: Date; readonly offsetMinutes: number };
  readonly content: ReportContent;
  /** The owner's cell, of the resolution at which the record was released; null: no point was reported. */
  readonly h3: string | null;
  /** Has a view of an older policy than the one that was asked for. */
  readonly older: boolean;
  /** Only of what is older: nothing else is opened. */
  readonly identifiers: readonly {
    readonly id: string;
    readonly kind: IdentifierKind;
    readonly sensitivity: IdentifierSensitivity;
    readonly sealed: Buffer;
  }[];
  /** Keys that open each of its views, for a dry run. */
  readonly keys: Readonly<Partial<Record<Precision, readonly string[]>>>;
}

interface ReleaseRow {
  report_id: string;
  record_id: string;
  agency_id: string;
  version: number;
  sharing: SharingCode;
  tlp: TlpCode;
  occurred_from: Date;
  occurred_to: Date;
  offset_minutes: number;
  content: ReportContent;
  h3: string | null;
  older: boolean;
  identifiers: { id: string; kind: IdentifierKind; sensitivity: IdentifierSensitivity; sealed: string }[];
  keys: Partial<Record<Precision, string[]>> | null;
}

/**
 * What is recalled by now is left out.
 * @param version of the policy that is to be applied; null: of none, for a dry run
 */
export async function findReportsToRelease(
  db: Queryable,
  ids: readonly string[],
  version: number | null,
): Promise<ReportToRelease[]> {
  const { rows } = await db.query<ReleaseRow>('select * from reports_for_release($1, $2)', [ids, version]);
  return rows.map((row) => ({
    ...{ reportId: row.report_id, recordId: row.record_id, agencyId: row.agency_id, version: row.version },
    ...{ sharing: row.sharing, tlp: row.tlp, content: row.content, h3: row.h3, older: row.older },
    keys: row.keys ?? {},
    occurred: { from: row.occurred_from, to: row.occurred_to, offsetMinutes: row.offset_minutes },
    identifiers: row.identifiers.map((it) => ({ ...it, sealed: Buffer.from(it.sealed, 'base64') })),
  }));
}

export interface Rereleased {
  readonly recordId: string;
  /** Of the report from which it was computed. */
  readonly version: number;
  /** None where those that there are of the policy. */
  readonly views: readonly RecordView[];
  /** Stored where the record has none. */
  readonly community: readonly CommunityRow[];
}

/** Somebody changed or recalled a report since it was read: read again. */
export class ReportChangedError extends Error {
  override readonly name = 'ReportChangedError';
}

export interface AppliedPolicy {
  /** Of which something was left to do. */
  readonly recordIds: readonly string[];
  /** How many views say something else now. */
  readonly changedViews: number;
}

/**
 * Brings the views of records to a policy, all or none; audience, release and place in lists stay. Beside it fills in what
 * records of before 0.5 lack. Twice changes nothing. Who was alerted to a view that says something else is told by the
 * worker.
 *
 * @throws ReportChangedError
 */
export async function applyReleasePolicy(
  tx: Queryable,
  policyVersion: number,
  records: readonly Rereleased[],
): Promise<AppliedPolicy> {
  const rows = <Row extends object>(of: (view: RecordView) => readonly Row[]) =>
    records.flatMap(({ recordId, views }) => views.flatMap(of).map((row) => ({ record_id: recordId, ...row })));
  const form = {
    policyVersion,
    records: records.map(({ recordId, version }) => ({ record_id: recordId, version })),
    views: rows((view) => [viewRow(view, [])]),
    substances: rows((view) => view.substances.map((substance, ordinal) => substanceRow(view, substance, ordinal))),
    concealment: rows((view) =>
      (view.concealment ?? []).map((concealment) => ({ rank: precisionRank(view.precision), concealment })),
    ),
    community: records.flatMap(({ recordId, community }) =>
      community.map((row) => ({ record_id: recordId, ...communityRow(row, policyVersion) })),
    ),
  };
  try {
    const { rows: applied } = await tx.query<{ records: string[]; changed_views: number }>({
      name: 'apply_release_policy',
      text: 'select records, changed_views from apply_release_policy($1)',
      values: [JSON.stringify(form)],
    });
    return { recordIds: applied[0]?.records ?? [], changedViews: applied[0]?.changed_views ?? 0 };
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === '40001')
      throw new ReportChangedError('a report has changed since it was read', { cause: error });
    throw error;
  }
}

/** Whether no view of an older version is left, and says so of the version where it was not said before. */
export async function notePolicyApplied(tx: Queryable, version: number): Promise<boolean> {
  const { rows } = await tx.query<{ applied: boolean }>('select note_policy_applied($1) as applied', [version]);
  return rows[0]?.applied ?? false;
}
