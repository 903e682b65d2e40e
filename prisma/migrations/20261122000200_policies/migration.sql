-- Row-level security and grants. Deny by default: no table is open to a role that is not named here.

grant usage on schema public to concord_api, concord_worker, concord_lists, concord_audit_append;
grant create on schema public to concord_lists;
alter function record_view_listed() owner to concord_lists;
alter function record_view_substance_listed() owner to concord_lists;
alter function record_view_relisted() owner to concord_lists;
alter function record_view_unlisted() owner to concord_lists;
revoke create on schema public from concord_lists;

do $$
declare t text;
begin
  foreach t in array array['seizure_report', 'report_basis', 'sealed_identifier', 'agency_data_key', 'root_key_check', 'seizure_record', 'record_view',
    'record_view_substance', 'record_view_concealment', 'record_key', 'record_key_substance', 'outbox', 'alert_rule', 'alert',
    'alert_match', 'inbox', 'inbox_entry', 'delivery', 'delivery_attempt', 'audit_entry'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
end $$;

-- Directory: who and what exists is known to the service; its API shows only what policies allow.
grant select on agency, agency_place, agency_settings, region, region_county, person, membership, agreement, agreement_party,
  task_force, task_force_activity, task_force_agency, task_force_member, access_key to concord_api, concord_worker;
grant insert on access_key to concord_api;
grant insert, update on agency_settings to concord_api;
alter table agency_settings enable row level security;
alter table agency_settings force row level security;
create policy settings_read on agency_settings for select to concord_api, concord_worker using (true);
create policy settings_of_own_agency on agency_settings for insert to concord_api with check (agency_id = app_agency());
create policy settings_change_of_own_agency on agency_settings for update to concord_api
  using (agency_id = app_agency()) with check (agency_id = app_agency());

-- Reports: the owning agency alone; the worker has no grant at all.
grant select, insert on seizure_report, report_basis, sealed_identifier, seizure_record to concord_api;
create policy report_of_own_agency on seizure_report to concord_api using (agency_id = app_agency())
  with check (agency_id = app_agency() and submitted_by = app_person());
create policy basis_of_own_agency on report_basis to concord_api using (agency_id = app_agency()) with check (agency_id = app_agency());
create policy identifier_of_own_agency on sealed_identifier to concord_api using (agency_id = app_agency()) with check (agency_id = app_agency());
create policy record_of_own_agency on seizure_record to concord_api using (agency_id = app_agency()) with check (agency_id = app_agency());

-- Wrapped keys are useless without the key holder's key-encryption key.
grant select, insert on agency_data_key to concord_api;
create policy data_key_held on agency_data_key to concord_api using (true) with check (true);

grant select, insert on root_key_check to concord_api;
create policy root_key_checked on root_key_check to concord_api using (true) with check (true);

-- Views: opened by the keyring, precision by precision; an embargo holds here and not in a presenter.
grant select, insert on record_view, record_view_substance, record_view_concealment to concord_api;
create policy view_opened_by_key on record_view for select to concord_api
  using (audience && app_keyring() and (rank = 0 or released_at <= now()));
create policy view_of_own_record on record_view for insert to concord_api
  with check ((contributor_id is null or contributor_id = app_agency())
    and exists (select from seizure_record r where r.id = record_id and r.agency_id = app_agency()));
create policy substance_of_open_view on record_view_substance for select to concord_api
  using (exists (select from record_view v where v.record_id = record_view_substance.record_id and v.rank = record_view_substance.rank));
create policy substance_of_own_record on record_view_substance for insert to concord_api
  with check (exists (select from seizure_record r where r.id = record_id and r.agency_id = app_agency()));
create policy concealment_of_open_view on record_view_concealment for select to concord_api
  using (exists (select from record_view v where v.record_id = record_view_concealment.record_id and v.rank = record_view_concealment.rank));
create policy concealment_of_own_record on record_view_concealment for insert to concord_api
  with check (exists (select from seizure_record r where r.id = record_id and r.agency_id = app_agency()));

-- The worker matches every released view and judges each by its rule owner's keyring.
grant select on record_view, record_view_substance, record_view_concealment, seizure_record to concord_worker;
create policy view_matched on record_view for select to concord_worker using (rank = 0 or released_at <= now());
create policy substance_matched on record_view_substance for select to concord_worker using (true);
create policy concealment_matched on record_view_concealment for select to concord_worker using (true);
create policy record_ranged on seizure_record for select to concord_worker using (true);

-- The lists: what a key names, and no list of another key's.
grant select on record_key, record_key_substance to concord_api;
create policy list_of_held_key on record_key for select to concord_api
  using (key_id = any(app_keyring()) and (rank = 0 or sort_at <= now()));
create policy substance_list_of_held_key on record_key_substance for select to concord_api
  using (key_id = any(app_keyring()) and (rank = 0 or sort_at <= now()));
grant select, insert, delete on record_key, record_key_substance to concord_lists;
grant select on record_view, record_view_substance to concord_lists;
create policy list_kept on record_key to concord_lists using (true) with check (true);
create policy substance_list_kept on record_key_substance to concord_lists using (true) with check (true);
create policy view_listed on record_view for select to concord_lists using (true);
create policy substance_listed on record_view_substance for select to concord_lists using (true);

grant insert on outbox to concord_api;
grant select, insert, update, delete on outbox to concord_worker;
-- Of one's own record, and no range: nobody sets the worker on another's.
create policy outbox_written on outbox for insert to concord_api with check (kind = 'record.released' and subject_ids is not null
  and not exists (select from unnest(subject_ids) s(id)
    where not exists (select from seizure_record r where r.id = s.id and r.agency_id = app_agency())));
create policy outbox_worked on outbox to concord_worker using (true) with check (true);

-- Rules and alerts: their owner's.
grant select, insert, update on alert_rule to concord_api;
create policy rule_of_owner on alert_rule to concord_api
  using (owner_person_id = app_person() and owner_agency_id = app_seat())
  with check (owner_person_id = app_person() and owner_agency_id = app_seat() and cardinality(app_keyring()) > 0);
grant select on alert_rule to concord_worker;
create policy rule_matched on alert_rule for select to concord_worker using (true);

grant select, update (state, note, updated_at) on alert to concord_api;
create policy alert_of_owner on alert for select to concord_api using (owner_person_id = app_person() and owner_agency_id = app_seat());
create policy alert_answered_by_owner on alert for update to concord_api
  using (owner_person_id = app_person() and owner_agency_id = app_seat())
  with check (owner_person_id = app_person() and owner_agency_id = app_seat());
grant select, insert, update on alert to concord_worker;
create policy alert_worked on alert to concord_worker using (true) with check (true);
grant select on alert_match to concord_api;
create policy match_of_own_alert on alert_match for select to concord_api using (exists (select from alert a where a.id = alert_id));
grant select, insert on alert_match to concord_worker;
create policy match_worked on alert_match to concord_worker using (true) with check (true);

grant select, insert on inbox to concord_api;
grant select on inbox_entry to concord_api;
create policy inbox_of_recipient on inbox to concord_api using (person_id = app_person() and agency_id = app_seat())
  with check (person_id = app_person() and agency_id = app_seat() and last_position = 0);
create policy entry_of_recipient on inbox_entry for select to concord_api using (exists (select from inbox i where i.id = inbox_id));
grant select, insert, update on inbox to concord_worker;
grant select, insert on inbox_entry, delivery, delivery_attempt to concord_worker;
create policy inbox_worked on inbox to concord_worker using (true) with check (true);
create policy entry_worked on inbox_entry to concord_worker using (true) with check (true);
create policy delivery_worked on delivery to concord_worker using (true) with check (true);
create policy attempt_worked on delivery_attempt to concord_worker using (true) with check (true);

-- The books are appended to and never read by the service.
grant insert on audit_entry to concord_audit_append;
create policy audit_appended on audit_entry for insert to concord_audit_append with check (true);

grant select on record_card, alert_card to concord_api;
