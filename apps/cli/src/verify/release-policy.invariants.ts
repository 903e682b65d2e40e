import type { Queryable } from '@concord/platform/database';
import type { Invariant } from './invariant.js';

/** What views were made by, and when they are seen. */
export const RELEASE_POLICY_INVARIANTS: readonly Invariant[] = [
  {
    subject: 'record_view',
    message: 'views were made by a release policy that was never published',
    from: 'record_view v where not exists (select from release_policy p where p.version = v.policy_version)',
  },
  {
    subject: 'record_view',
    message: 'views of one record were made by different release policies',
    from: `record_view v join record_view o on o.record_id = v.record_id and o.rank = 0
      where v.rank > 0 and v.policy_version <> o.policy_version`,
  },
  {
    subject: 'release_policy',
    message: 'release policies were published without a dry run',
    from: `release_policy p where p.version > 1 and not exists (select from release_policy_dry_run d where d.digest = p.digest)`,
  },
  {
    subject: 'record_view',
    message: 'views are seen at another time than their report says',
    from: `record_view v join seizure_record q on q.id = v.record_id join seizure_report r on r.id = q.report_id
      where v.released_at <> q.released_at
         or (v.released_at = unreleased()) <> (r.status in ('HELD', 'DRAFT') or r.status = 'EMBARGOED' and r.hold_until_released)
         or r.hold_until_released and r.release_after is not null`,
  },
  {
    subject: 'seizure_report',
    message: 'reports wait for a supervisor and do not say why, or say why and do not wait',
    from: `seizure_report r where (r.hold_reasons is not null) <> (r.status in ('HELD', 'DRAFT'))`,
  },
];

/** Whether the schema is as new as they are: a backup may be older. */
export async function knowsReleasePolicy(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query(`select from pg_class where oid = to_regclass('public.release_policy_dry_run')`);
  return rowCount === 1;
}
