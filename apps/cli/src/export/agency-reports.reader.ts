import type { Queryable } from '@concord/platform/database';

/** A report of an agency as it stood at one version, its sealed parts still sealed. */
export interface StoredVersion {
  readonly report_id: string;
  readonly record_id: string;
  readonly submitter_reference: string;
  readonly version: number;
  readonly status: string;
  readonly change: string;
  /** Null: an operator let the agency go, in nobody's name. */
  readonly changed_by: string | null;
  readonly changed_at: Date;
  readonly submitted_by: string;
  readonly submitted_at: Date;
  readonly sharing: string;
  readonly tlp: string;
  readonly release_after: Date | null;
  readonly occurred_from: Date;
  readonly occurred_to: Date;
  readonly offset_minutes: number;
  readonly content: unknown;
  readonly synthetic: boolean;
  readonly sealed_reason: Buffer | null;
  readonly sealed_narrative: Buffer | null;
  readonly basis: { readonly activity: string; readonly sealed: string; readonly review_by: string } | null;
  readonly identifiers: readonly {
    readonly id: string;
    readonly kind: string;
    readonly sensitivity: string;
    readonly sealed: string;
  }[];
}

const OF_REPORT = `r.submitter_reference, r.submitted_by, r.submitted_at, r.synthetic, q.id as record_id`;
const OF_VERSION = (v: string): string =>
  ['version', 'change', 'sharing', 'tlp', 'release_after', 'occurred_from', 'occurred_to', 'offset_minutes', 'content']
    .concat('sealed_reason', 'sealed_narrative')
    .map((column) => `${v}.${column}`)
    .join(', ');

/** What each file of an export is made of. */
export const EXPORTED = {
  'reports.jsonl': `select ${OF_REPORT}, ${OF_VERSION('r')}, r.id as report_id, seizure_report_status(r.status, r.release_after) as status,
      case when r.change = 'SUBMITTED' then r.submitted_by else r.changed_by end as changed_by,
      coalesce(r.changed_at, r.submitted_at) as changed_at,
      (select jsonb_build_object('activity', b.activity, 'sealed', encode(b.sealed, 'base64'), 'review_by', b.review_by)
         from report_basis b where b.report_id = r.id) as basis,
      coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'sensitivity', i.sensitivity,
          'sealed', encode(i.sealed, 'base64')) order by i.id) from sealed_identifier i where i.report_id = r.id), '[]') as identifiers
    from seizure_report r join seizure_record q on q.report_id = r.id
    where r.agency_id = $1 order by r.id`,
  'versions.jsonl': `select ${OF_REPORT}, ${OF_VERSION('v')}, r.id as report_id, v.status, v.changed_by, v.changed_at, v.basis, v.identifiers
    from seizure_report_version v join seizure_report r on r.id = v.report_id join seizure_record q on q.report_id = r.id
    where v.agency_id = $1 order by v.report_id, v.version`,
} as const;

/** How many lines the files will have, reports and former versions of them. */
export async function countVersions(db: Queryable, agencyId: string): Promise<number> {
  const { rows } = await db.query<{ lines: number }>(
    `select ((select count(*) from seizure_report where agency_id = $1)
       + (select count(*) from seizure_report_version where agency_id = $1))::int as lines`,
    [agencyId],
  );
  return rows[0]?.lines ?? 0;
}

const PAGE = 200;

/** Page by page, within the transaction that `db` is in. */
export async function* readVersions(
  db: Queryable,
  query: string,
  agencyId: string,
): AsyncGenerator<readonly StoredVersion[]> {
  await db.query(`declare exported no scroll cursor for ${query}`, [agencyId]);
  for (;;) {
    const { rows } = await db.query<StoredVersion>(`fetch ${PAGE} from exported`);
    if (rows.length === 0) break;
    yield rows;
  }
  await db.query('close exported');
}
