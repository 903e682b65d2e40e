import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';

/**
 * Every function that runs as its owner: whose it is, and who may call it. Each asks by itself whether the seat that was
 * entered may. Triggers are called by nobody.
 */
const DEFINERS: Readonly<Record<string, readonly string[]>> = {
  accept_policy: ['concord_agreements', 'concord_api'],
  end_agreement: ['concord_agreements', 'concord_api'],
  open_in_imminent_danger: ['concord_agreements', 'concord_api'],
  publish_policy_text: ['concord_agreements', 'concord_api'],
  record_agreement: ['concord_agreements', 'concord_api'],
  review_imminent_danger: ['concord_agreements', 'concord_api'],
  sign_agreement: ['concord_agreements', 'concord_api'],
  note_read_to_tally: ['concord_books'],
  read_tally_span: ['concord_books', 'concord_api'],
  reads_of_own_records: ['concord_books', 'concord_api'],
  reads_of_own_records_by_day: ['concord_books', 'concord_api'],
  own_records_left_by_day: ['concord_lists', 'concord_api'],
  tally_reads: ['concord_books', 'concord_worker'],
  community_batches_made: ['concord_community', 'concord_api'],
  make_community_batch: ['concord_community', 'concord_worker'],
  recall_left_reports: ['concord_departures', 'concord_worker'],
  accept_invitation: ['concord_directory', 'concord_api'],
  agency_takes_reports: ['concord_directory'],
  app_administers: ['concord_directory', 'concord_api'],
  appoint_system_admin: ['concord_directory', 'concord_operator'],
  change_agency: ['concord_directory', 'concord_api'],
  change_agency_contact: ['concord_directory', 'concord_api'],
  change_region: ['concord_directory', 'concord_api'],
  create_agency: ['concord_directory', 'concord_api'],
  create_region: ['concord_directory', 'concord_api'],
  end_agency: ['concord_directory', 'concord_operator'],
  end_membership: ['concord_directory', 'concord_api'],
  fulfil_invitation: ['concord_directory', 'concord_api'],
  grant_approved_membership: ['concord_directory', 'concord_api'],
  grant_membership: ['concord_directory', 'concord_api'],
  import_agencies: ['concord_directory', 'concord_operator'],
  import_regions: ['concord_directory', 'concord_operator'],
  leave_approved_agency: ['concord_directory', 'concord_api'],
  set_person_status: ['concord_directory', 'concord_api'],
  withdraw_invitation: ['concord_directory', 'concord_api'],
  api_key_of_import: ['concord_keys', 'concord_api'],
  api_key_seat: ['concord_keys', 'concord_api'],
  inboxes_ahead: ['concord_keys', 'concord_api'],
  note_key_uses: ['concord_keys', 'concord_api'],
  open_service_seat: ['concord_keys', 'concord_api'],
  contact_request_owned: ['concord_lists'],
  contributor_handle_made: ['concord_lists'],
  keep_unchanged_views: ['concord_lists', 'concord_api'],
  own_records_left: ['concord_lists', 'concord_api'],
  own_report_page: ['concord_lists', 'concord_api'],
  own_record_audience: ['concord_lists', 'concord_api'],
  own_views_in_place: ['concord_lists', 'concord_api'],
  record_view_listed: ['concord_lists'],
  record_view_relisted: ['concord_lists'],
  record_view_substance_listed: ['concord_lists'],
  record_view_unlisted: ['concord_lists'],
  withdraw_record_views: ['concord_lists', 'concord_api'],
  agencies_that_may_carry: ['concord_releases', 'concord_publisher'],
  apply_release_policy: ['concord_releases', 'concord_publisher'],
  note_policy_applied: ['concord_releases', 'concord_publisher'],
  publish_release_policy: ['concord_releases', 'concord_publisher'],
  recoarsen_views: ['concord_releases', 'concord_publisher'],
  reports_for_release: ['concord_releases', 'concord_publisher'],
  reports_left_to_release: ['concord_releases', 'concord_publisher'],
  reports_to_release: ['concord_releases', 'concord_publisher'],
  sample_standing_reports: ['concord_releases', 'concord_publisher'],
  standing_reports: ['concord_releases', 'concord_publisher'],
  decide_on_report: ['concord_review', 'concord_api'],
  held_report_summary: ['concord_review', 'concord_api'],
  held_reports: ['concord_review', 'concord_api'],
};

describe('functions that run as their owner', () => {
  let database: TestDatabase;
  let admin: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });

  it('are these, belong to roles that nobody logs in as, and are called by whom they are for', async () => {
    const { rows } = await admin.query<{ name: string; owner: string; callers: string[] }>(
      `select p.proname as name, p.proowner::regrole::text as owner,
              array(select coalesce(nullif(a.grantee, 0)::regrole::text, 'everybody') from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    where a.grantee <> p.proowner and p.prorettype <> 'trigger'::regtype order by 1) as callers
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') order by 2, 1`,
    );
    expect(Object.fromEntries(rows.map(({ name, owner, callers }) => [name, [owner, ...callers]]))).toEqual(DEFINERS);
  });

  it('look their names up in our schema alone', async () => {
    const { rows } = await admin.query(
      `select p.proname from pg_proc p where p.prosecdef
         and not coalesce(p.proconfig, '{}') @> array['search_path=public, pg_temp']`,
    );
    expect(rows).toEqual([]);
  });
});
