import type { Queryable } from '@concord/platform/database';
import type { Invariant } from './invariant.js';

/** What files of agencies became, and drafts. */
export const IMPORT_INVARIANTS: readonly Invariant[] = [
  {
    subject: 'report_import_entry',
    message: 'entries of imports say that there is a report, and name none of their agency',
    from: `report_import_entry e join report_import i on i.id = e.import_id
      where not i.dry_run and e.outcome in ('ACCEPTED', 'HELD', 'DUPLICATE') and not exists (
        select from seizure_report r where r.id = e.report_id and r.agency_id = e.agency_id)`,
  },
  {
    subject: 'report_import_entry',
    message: 'reports were accepted or held by two entries of imports',
    from: `(select from report_import_entry e where e.outcome in ('ACCEPTED', 'HELD') and e.report_id is not null
      group by e.report_id having count(*) > 1) x`,
  },
  {
    subject: 'report_import',
    message: 'imports are done and count other entries than there are, or lack one',
    from: `report_import i cross join lateral (
        select count(*) as n, coalesce(max(e.ordinal) + 1, 0) as last from report_import_entry e where e.import_id = i.id) c
      where i.state = 'DONE' and (i.accepted + i.held + i.refused + i.duplicates + i.questions <> c.n or c.n <> c.last)`,
  },
  {
    subject: 'report_import_chunk',
    message: 'imports keep pieces of a file that was to be removed',
    from: `report_import i where i.content_removed_at is not null
      and exists (select from report_import_chunk c where c.import_id = i.id)`,
  },
  {
    subject: 'seizure_report_draft',
    message: 'drafts became a report that is none of their agency',
    from: `seizure_report_draft d where d.report_id is not null and not exists (
      select from seizure_report r where r.id = d.report_id and r.agency_id = d.agency_id)`,
  },
];

/** Since 0.6: a backup of a version before has none. */
export async function knowsImports(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>(
    `select to_regclass('public.report_import_entry') is not null and to_regclass('public.seizure_report_draft') is not null as known`,
  );
  return rows[0]?.known === true;
}
