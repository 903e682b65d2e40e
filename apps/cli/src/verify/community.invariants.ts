import type { Queryable } from '@concord/platform/database';
import type { Invariant } from './invariant.js';

const CLASS = 'state_fips, month, substance, band, synthetic';
/** How much each batch added to each class: by the records that count in it, and by the rows that partners read. */
const ADMITTED = `select batch, ${CLASS}, count(*) as n from community_admission group by batch, ${CLASS}`;
const LISTED = `select batch, ${CLASS}, count(*) as n from community_record group by batch, ${CLASS}`;

/** What community partners are promised to learn nothing from: ADR 0024. */
export const COMMUNITY_INVARIANTS: readonly Invariant[] = [
  {
    subject: 'community_admission',
    message: 'batches added fewer than five records, or those of one agency, to a class',
    from: `(select from community_admission group by batch, ${CLASS}
      having count(distinct record_id) < 5 or count(distinct agency_id) < 2) x`,
  },
  {
    subject: 'community_record',
    message: 'classes have other rows than records were let into them',
    from: `((${ADMITTED} except ${LISTED}) union all (${LISTED} except ${ADMITTED})) x`,
  },
  {
    subject: 'community_batch',
    message: 'batches let out another number of records than they say',
    from: `community_batch b where b.edition = (select max(edition) from community_batch)
      and b.records <> (select count(*) from community_record r where r.batch = b.number)`,
  },
  {
    subject: 'community_record',
    message: 'rows are left of an edition that is over',
    from: `community_record r join community_batch b on b.number = r.batch
      where b.edition < (select max(edition) from community_batch)`,
  },
  {
    subject: 'community_batch',
    message: 'batches were made before they were due, or out of order',
    from: `community_batch b left join community_batch p on p.number = b.number - 1
      where b.made_at < b.due_at or p.due_at >= b.due_at or p.number is null and b.number > 1`,
  },
  {
    subject: 'community_admission',
    message: 'records were let in by no batch, or for no agency',
    from: `community_admission a where not exists (select from community_batch b where b.number = a.batch)
      or not exists (select from agency g where g.id = a.agency_id)`,
  },
  {
    subject: 'community_candidate',
    message: 'candidates are of another agency than their record',
    from: `community_candidate c join seizure_record r on r.id = c.record_id
      where c.agency_id <> r.agency_id or c.synthetic <> r.synthetic`,
  },
];

/** Whether the schema is as new as they are: a backup may be older. */
export async function knowsCommunity(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>(
    `select to_regclass('public.community_admission') is not null as known`,
  );
  return rows[0]?.known === true;
}
