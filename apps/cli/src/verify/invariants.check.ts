import type { BackupFault } from '@concord/platform/backup';
import type { Queryable } from '@concord/platform/database';
import { ACCESS_INVARIANTS, knowsAccess } from './access.invariants.js';
import { COMMUNITY_INVARIANTS, knowsCommunity } from './community.invariants.js';
import { IMPORT_INVARIANTS, knowsImports } from './import.invariants.js';
import type { Invariant } from './invariant.js';
import { knowsReleasePolicy, RELEASE_POLICY_INVARIANTS } from './release-policy.invariants.js';

/** Lists as they would be filled today: docs/architecture.md, "Lists". */
const LISTED =
  'select distinct k as key_id, v.released_at as sort_at, v.record_id, v.rank from record_view v, unnest(v.audience) k';
const SUBSTANCES_LISTED = `select distinct k as key_id, substance_list_key(s.dea_code, s.category) as substance, v.released_at as sort_at, v.record_id, v.rank
  from record_view v join record_view_substance s on s.record_id = v.record_id and s.rank = v.rank, unnest(v.audience) k`;
const LIST = 'select key_id, sort_at, record_id, rank from record_key';
const SUBSTANCE_LIST = 'select key_id, substance, sort_at, record_id, rank from record_key_substance';

/** What no constraint says and the corridor relies on. */
const INVARIANTS: readonly Invariant[] = [
  {
    subject: 'record_key',
    message: 'views are not on a list that they belong on',
    from: `(${LISTED} except ${LIST}) x`,
  },
  { subject: 'record_key', message: 'entries stand for no view', from: `(${LIST} except ${LISTED}) x` },
  {
    subject: 'record_key_substance',
    message: 'substances are not on a list that they belong on',
    from: `(${SUBSTANCES_LISTED} except ${SUBSTANCE_LIST}) x`,
  },
  {
    subject: 'record_key_substance',
    message: 'entries stand for no substance',
    from: `(${SUBSTANCE_LIST} except ${SUBSTANCES_LISTED}) x`,
  },
  {
    subject: 'record_view',
    message: 'audiences name a key that does not exist',
    from: 'record_view v where exists (select from unnest(v.audience) k where not exists (select from access_key a where a.id = k))',
  },
  {
    subject: 'seizure_report',
    message: 'reports that are released have no record with a view for their owner',
    from: `seizure_report r where r.status in ('EMBARGOED', 'RELEASED') and not exists (select from seizure_record q
      join record_view v on v.record_id = q.id and v.rank = 0 where q.report_id = r.id)`,
  },
  {
    subject: 'seizure_report',
    message: 'reports that are recalled have a record that somebody sees',
    from: `seizure_report r where r.status in ('RECALLED', 'PURGED') and exists (select from seizure_record q
      join record_view v on v.record_id = q.id where q.report_id = r.id)`,
  },
  {
    subject: 'seizure_report',
    message: 'reports that wait for a supervisor have a record that others see',
    from: `seizure_report r where r.status in ('HELD', 'DRAFT') and exists (select from seizure_record q
      join record_view v on v.record_id = q.id where q.report_id = r.id and v.released_at < timestamptz '9999-12-31 00:00:00+00')`,
  },
  {
    subject: 'seizure_report_version',
    message: 'held reports were released by whoever wrote them',
    from: `(select h.report_id, h.version + 1 as version from seizure_report_version h where h.status = 'HELD') w
      join (select id as report_id, version, change, changed_by from seizure_report
            union all select report_id, version, change, changed_by from seizure_report_version) n using (report_id, version)
      where n.change = 'RELEASED' and n.changed_by = (
        select h.changed_by from seizure_report_version h
        where h.report_id = w.report_id and h.version < w.version and h.change in ('SUBMITTED', 'CORRECTED')
        order by h.version desc limit 1)`,
  },
  {
    subject: 'seizure_report_version',
    message: 'reports lack a version between the first and the current one',
    from: `seizure_report r where r.version - 1 <> (select count(*) from seizure_report_version v where v.report_id = r.id and v.version < r.version)`,
  },
  {
    subject: 'alert',
    message: 'alerts are there more than once for an owner and a record',
    from: '(select from alert group by owner_person_id, owner_agency_id, record_id having count(*) > 1) x',
  },
  {
    subject: 'inbox',
    message: 'inboxes have gaps: their positions are not 1 to the last',
    from: `inbox i where i.last_position <> (select count(*) from inbox_entry e where e.inbox_id = i.id)
      or i.last_position <> (select coalesce(max(e.position), 0) from inbox_entry e where e.inbox_id = i.id)`,
  },
  {
    subject: 'delivery',
    message: 'alerts are delivered and in no inbox',
    from: `delivery d where d.state = 'DELIVERED' and not exists (select from inbox_entry e where e.inbox_id = d.inbox_id and e.alert_id = d.alert_id)`,
  },
  {
    subject: 'alert_rule',
    message: 'rules were changed by a transaction that has not begun: the worker would read them for ever',
    from: 'alert_rule r where r.changed_xid >= pg_snapshot_xmax(pg_current_snapshot()) and r.changed_xid is distinct from pg_current_xact_id_if_assigned()',
  },
];

/** Since 0.5. */
const CONTACT_INVARIANTS: readonly Invariant[] = [
  {
    subject: 'contact_request',
    message: 'requests for contact are with an agency whose record it is not',
    from: 'contact_request c join seizure_record q on q.id = c.record_id where q.agency_id <> c.owner_agency_id',
  },
];

/** A backup of a version before has none. */
async function knowsContact(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>(
    `select to_regclass('public.contact_request') is not null as known`,
  );
  return rows[0]?.known === true;
}

const COUNTED = { reports: 'seizure_report', records: 'seizure_record', rules: 'alert_rule', alerts: 'alert' } as const;

export async function checkInvariants(
  db: Queryable,
): Promise<{ readonly seen: Record<string, number>; readonly faults: readonly BackupFault[] }> {
  const count = async (from: string): Promise<number> => {
    const { rows } = await db.query<{ n: string }>(`select count(*)::text as n from ${from}`);
    return Number(rows[0]?.n ?? 0);
  };
  const seen: Record<string, number> = {};
  for (const [name, table] of Object.entries(COUNTED)) seen[name] = await count(table);
  const faults: BackupFault[] = [];
  const known = [
    ...INVARIANTS,
    ...((await knowsAccess(db)) ? ACCESS_INVARIANTS : []),
    ...((await knowsCommunity(db)) ? COMMUNITY_INVARIANTS : []),
    ...((await knowsContact(db)) ? CONTACT_INVARIANTS : []),
    ...((await knowsImports(db)) ? IMPORT_INVARIANTS : []),
    ...((await knowsReleasePolicy(db)) ? RELEASE_POLICY_INVARIANTS : []),
  ];
  for (const { subject, message, from } of known) {
    const found = await count(from);
    if (found > 0) faults.push({ code: 'UNSOUND', subject, message: `${found} ${message}` });
  }
  return { seen, faults };
}
