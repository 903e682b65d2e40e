-- What the migrations add up to. Written by `node scripts/check-schema-sql.mjs --write`; to read, not to run.

create role concord_api nologin noinherit;
grant concord_audit_append to concord_api with inherit true;

create role concord_audit_append nologin noinherit;

create role concord_lists nologin noinherit;

create role concord_worker nologin noinherit;
grant concord_audit_append to concord_worker with inherit true;

grant usage on schema public to concord_agreements;

grant usage on schema public to concord_api;

grant usage on schema public to concord_audit_append;

grant usage on schema public to concord_books;

grant usage on schema public to concord_community;

grant usage on schema public to concord_departures;

grant usage on schema public to concord_directory;

grant usage on schema public to concord_keys;

grant usage on schema public to concord_lists;

grant usage on schema public to concord_loader;

grant usage on schema public to concord_operator;

grant usage on schema public to concord_publisher;

grant usage on schema public to concord_releases;

grant usage on schema public to concord_review;

grant usage on schema public to concord_worker;

grant usage on schema public to public;

create table access_key (
  id integer not null generated always as identity,
  key text not null,
  constraint access_key_key_check CHECK ((key ~ '^(agency|taskforce|county|state|region|tribe|nation|community):[a-z0-9-]+$'::text)),
  constraint access_key_key_key UNIQUE (key),
  constraint access_key_pkey PRIMARY KEY (id)
);
grant insert, select on access_key to concord_api;
grant insert (key), select on access_key to concord_directory;
grant select on access_key to concord_lists;
grant insert, select on access_key to concord_loader;
grant select on access_key to concord_releases;
grant select on access_key to concord_worker;

create table agency (
  id uuid not null default gen_random_uuid(),
  ori text,
  name text not null,
  level text not null,
  status text not null default 'ACTIVE'::text,
  contact_phone text,
  synthetic boolean not null default false,
  created_at timestamp with time zone not null default now(),
  parent_id uuid,
  contact_name text,
  contact_email text,
  version integer not null default 1,
  changed_at timestamp with time zone,
  left_at timestamp with time zone,
  left_by uuid,
  listed text,
  constraint agency_check CHECK (((level = 'COMMUNITY'::text) = (ori IS NULL))),
  constraint agency_left_by_fkey FOREIGN KEY (left_by) REFERENCES person(id),
  constraint agency_level_check CHECK ((level = ANY (ARRAY['FEDERAL'::text, 'STATE'::text, 'LOCAL'::text, 'TRIBAL'::text, 'COMMUNITY'::text]))),
  constraint agency_ori_check CHECK ((ori ~ '^[A-Z]{2}[A-Z0-9]{7}$'::text)),
  constraint agency_ori_key UNIQUE (ori),
  constraint agency_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES agency(id),
  constraint agency_pkey PRIMARY KEY (id),
  constraint agency_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'LEFT'::text])))
);
CREATE INDEX agency_by_name ON public.agency USING btree (lower(name), id);
CREATE INDEX agency_by_parent ON public.agency USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX agency_by_word ON public.agency USING gin (agency_words(name, ori));
CREATE TRIGGER agency_has_its_key AFTER INSERT ON public.agency REFERENCING NEW TABLE AS new_agencies FOR EACH STATEMENT EXECUTE FUNCTION agency_has_its_key();
CREATE TRIGGER agency_parent_fits AFTER INSERT OR UPDATE ON public.agency FOR EACH ROW EXECUTE FUNCTION agency_parent_fits();
CREATE TRIGGER seats_change AFTER DELETE OR UPDATE ON public.agency FOR EACH STATEMENT EXECUTE FUNCTION seats_change();
grant select on agency to concord_agreements;
grant select on agency to concord_api;
grant select (id, ori, name, status) on agency to concord_books;
grant select (id, status, left_by) on agency to concord_departures;
grant insert (id, ori, name, level, contact_phone, parent_id, contact_name, contact_email, listed), select, update (name, level, status, contact_phone, parent_id, contact_name, contact_email, version, changed_at, left_at, left_by, listed) on agency to concord_directory;
grant select (id, status) on agency to concord_keys;
grant select on agency to concord_loader;
grant select (id, ori, name, status) on agency to concord_operator;
grant select (id) on agency to concord_publisher;
grant select (id, level, status) on agency to concord_releases;
grant select on agency to concord_review;
grant select on agency to concord_worker;

create table agency_data_key (
  key_id text not null,
  agency_id uuid not null,
  kek_id text not null,
  wrapped bytea not null,
  created_at timestamp with time zone not null default now(),
  retired_at timestamp with time zone,
  constraint agency_data_key_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint agency_data_key_pkey PRIMARY KEY (key_id)
);
alter table agency_data_key enable row level security;
alter table agency_data_key force row level security;
CREATE UNIQUE INDEX agency_data_key_current ON public.agency_data_key USING btree (agency_id) WHERE (retired_at IS NULL);
create policy data_key_held on agency_data_key to concord_api, concord_loader using (true) with check (true);
create policy data_key_of_publisher on agency_data_key for select to concord_publisher using (true);
grant insert, select on agency_data_key to concord_api;
grant insert, select on agency_data_key to concord_loader;
grant select on agency_data_key to concord_publisher;

create table agency_place (
  agency_id uuid not null,
  place_key text not null,
  constraint agency_place_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint agency_place_pkey PRIMARY KEY (agency_id, place_key),
  constraint agency_place_place_key_check CHECK ((place_key ~ '^(nation:us|state:[0-9]{2}|county:[0-9]{5}|tribe:[a-z0-9-]+)$'::text))
);
CREATE INDEX agency_place_by_key ON public.agency_place USING btree (place_key);
grant select on agency_place to concord_api;
grant delete, insert, select on agency_place to concord_directory;
grant select on agency_place to concord_loader;
grant select on agency_place to concord_releases;
grant select on agency_place to concord_worker;

create table agency_settings (
  agency_id uuid not null,
  h3_resolution smallint not null default 6,
  version integer not null default 1,
  updated_at timestamp with time zone not null default now(),
  hold_first_reports smallint not null default 0,
  hold_sharing_partners boolean not null default false,
  default_sharing text,
  default_tlp text,
  default_withhold text[] not null default '{}'::text[],
  default_time_precision text,
  default_embargo_hours integer,
  default_hold_until_released boolean not null default false,
  constraint agency_settings_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint agency_settings_default_embargo_hours_check CHECK (((default_embargo_hours >= 1) AND (default_embargo_hours <= 8760))),
  constraint agency_settings_default_sharing_check CHECK ((default_sharing = ANY (ARRAY['AGENCY'::text, 'TASK_FORCES'::text, 'STATE'::text, 'NATION'::text, 'PARTNERS'::text]))),
  constraint agency_settings_default_time_precision_check CHECK ((default_time_precision = ANY (ARRAY['DAY'::text, 'WEEK'::text]))),
  constraint agency_settings_default_tlp_check CHECK ((default_tlp = ANY (ARRAY['CLEAR'::text, 'GREEN'::text, 'AMBER'::text, 'AMBER_STRICT'::text, 'RED'::text]))),
  constraint agency_settings_default_withhold_check CHECK ((default_withhold <@ ARRAY['CONTRIBUTOR'::text, 'METHOD'::text, 'SIGNATURE'::text])),
  constraint agency_settings_embargo_once CHECK ((NOT (default_hold_until_released AND (default_embargo_hours IS NOT NULL)))),
  constraint agency_settings_h3_resolution_check CHECK ((h3_resolution = ANY (ARRAY[6, 7]))),
  constraint agency_settings_hold_first_reports_check CHECK (((hold_first_reports >= 0) AND (hold_first_reports <= 100))),
  constraint agency_settings_pkey PRIMARY KEY (agency_id)
);
alter table agency_settings enable row level security;
alter table agency_settings force row level security;
create policy settings_change_of_own_agency on agency_settings for update to concord_api using ((agency_id = app_agency())) with check ((agency_id = app_agency()));
create policy settings_of_own_agency on agency_settings for insert to concord_api with check ((agency_id = app_agency()));
create policy settings_of_reviewed on agency_settings for select to concord_review using (true);
create policy settings_read on agency_settings for select to concord_api, concord_loader, concord_worker using (true);
grant insert, select, update on agency_settings to concord_api;
grant select on agency_settings to concord_loader;
grant select on agency_settings to concord_review;
grant select on agency_settings to concord_worker;

create table agreement (
  id uuid not null default gen_random_uuid(),
  name text not null,
  widest_sharing text not null,
  valid_from timestamp with time zone not null default now(),
  valid_until timestamp with time zone,
  text_digest text not null,
  purposes text[] not null default ARRAY['INVESTIGATION'::text, 'DECONFLICTION'::text, 'TASK_FORCE'::text, 'ANALYSIS'::text, 'OFFICER_SAFETY'::text, 'ADMINISTRATION'::text, 'AUDIT'::text, 'TRAINING'::text],
  data_classes text[] not null default ARRAY['SEIZURE_RECORDS'::text],
  contact_name text,
  contact_phone text,
  contact_email text,
  recorded_by uuid,
  recorded_at timestamp with time zone not null default now(),
  ended_by uuid,
  ended_reason text,
  constraint agreement_data_classes_check CHECK (((cardinality(data_classes) > 0) AND (data_classes <@ ARRAY['SEIZURE_RECORDS'::text]))),
  constraint agreement_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint agreement_ended_reason_check CHECK (((length(ended_reason) >= 1) AND (length(ended_reason) <= 500))),
  constraint agreement_pkey PRIMARY KEY (id),
  constraint agreement_purposes_check CHECK (((cardinality(purposes) > 0) AND (purposes <@ ARRAY['INVESTIGATION'::text, 'DECONFLICTION'::text, 'TASK_FORCE'::text, 'ANALYSIS'::text, 'OFFICER_SAFETY'::text, 'ADMINISTRATION'::text, 'AUDIT'::text, 'TRAINING'::text]))),
  constraint agreement_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint agreement_widest_sharing_check CHECK ((widest_sharing = ANY (ARRAY['AGENCY'::text, 'TASK_FORCES'::text, 'STATE'::text, 'NATION'::text, 'PARTNERS'::text])))
);
grant insert, select, update (valid_until, ended_by, ended_reason) on agreement to concord_agreements;
grant select on agreement to concord_api;
grant select on agreement to concord_loader;
grant select on agreement to concord_review;
grant select on agreement to concord_worker;

create table agreement_invitation (
  agreement_id uuid not null,
  agency_id uuid not null,
  invited_at timestamp with time zone not null default now(),
  constraint agreement_invitation_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint agreement_invitation_agreement_id_fkey FOREIGN KEY (agreement_id) REFERENCES agreement(id) ON DELETE CASCADE,
  constraint agreement_invitation_pkey PRIMARY KEY (agreement_id, agency_id)
);
alter table agreement_invitation enable row level security;
alter table agreement_invitation force row level security;
CREATE INDEX agreement_invitation_by_agency ON public.agreement_invitation USING btree (agency_id);
create policy invitation_kept on agreement_invitation to concord_agreements using (true) with check (true);
create policy invitation_read on agreement_invitation for select to concord_api using (true);
grant insert, select on agreement_invitation to concord_agreements;
grant select on agreement_invitation to concord_api;

create table agreement_party (
  agreement_id uuid not null,
  agency_id uuid not null,
  signed_by uuid,
  signed_at timestamp with time zone,
  valid_until timestamp with time zone,
  ended_by uuid,
  ended_reason text,
  constraint agreement_party_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint agreement_party_agreement_id_fkey FOREIGN KEY (agreement_id) REFERENCES agreement(id) ON DELETE CASCADE,
  constraint agreement_party_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint agreement_party_ended_reason_check CHECK (((length(ended_reason) >= 1) AND (length(ended_reason) <= 500))),
  constraint agreement_party_pkey PRIMARY KEY (agreement_id, agency_id),
  constraint agreement_party_signed_by_fkey FOREIGN KEY (signed_by) REFERENCES person(id)
);
CREATE INDEX agreement_party_by_agency ON public.agreement_party USING btree (agency_id);
grant insert, select, update (valid_until, ended_by, ended_reason) on agreement_party to concord_agreements;
grant select on agreement_party to concord_api;
grant select on agreement_party to concord_loader;
grant select on agreement_party to concord_review;
grant select on agreement_party to concord_worker;

create table alert (
  id uuid not null default gen_random_uuid(),
  owner_person_id uuid not null,
  owner_agency_id uuid not null,
  record_id uuid not null,
  record_version integer not null,
  revision integer not null default 1,
  match text not null,
  state text not null default 'RAISED'::text,
  note text,
  raised_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  change text not null default 'RAISED'::text,
  policy_told integer,
  work text,
  outcome text,
  assigned_by uuid,
  escalate_at timestamp with time zone,
  escalated integer not null default 0,
  watched_at timestamp with time zone,
  constraint alert_acknowledged_check CHECK (((work IS NULL) OR (work = 'SEEN'::text) OR (state = 'ACKNOWLEDGED'::text))),
  constraint alert_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES person(id),
  constraint alert_change_check CHECK ((change = ANY (ARRAY['RAISED'::text, 'CORRECTED'::text, 'LABORATORY_RESULT'::text, 'RECALLED'::text]))),
  constraint alert_match_check CHECK ((match = ANY (ARRAY['CERTAIN'::text, 'POSSIBLE'::text]))),
  constraint alert_note_check CHECK ((length(note) <= 2000)),
  constraint alert_outcome_check CHECK ((((outcome = ANY (ARRAY['USEFUL'::text, 'NOT_USEFUL'::text, 'DUPLICATE'::text])) AND (work = 'CLOSED'::text)) OR ((outcome IS NULL) AND (work IS DISTINCT FROM 'CLOSED'::text)))),
  constraint alert_owner_agency_id_fkey FOREIGN KEY (owner_agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint alert_owner_person_id_fkey FOREIGN KEY (owner_person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint alert_owner_person_id_owner_agency_id_record_id_key UNIQUE (owner_person_id, owner_agency_id, record_id),
  constraint alert_pkey PRIMARY KEY (id),
  constraint alert_state_check CHECK ((state = ANY (ARRAY['RAISED'::text, 'DELIVERED'::text, 'WITHHELD'::text, 'ACKNOWLEDGED'::text]))),
  constraint alert_work_check CHECK ((work = ANY (ARRAY['SEEN'::text, 'IN_WORK'::text, 'CLOSED'::text])))
);
alter table alert enable row level security;
alter table alert force row level security;
CREATE INDEX alert_by_record ON public.alert USING btree (record_id);
CREATE INDEX alert_newest ON public.alert USING btree (owner_person_id, owner_agency_id, raised_at DESC, id DESC);
CREATE INDEX alert_to_escalate ON public.alert USING btree (escalate_at) WHERE (escalate_at IS NOT NULL);
CREATE TRIGGER alert_life BEFORE UPDATE ON public.alert FOR EACH ROW EXECUTE FUNCTION alert_life();
create policy alert_answered_by_owner on alert for update to concord_api using (((owner_person_id = app_person()) AND (owner_agency_id = app_seat()))) with check (((owner_person_id = app_person()) AND (owner_agency_id = app_seat())));
create policy alert_of_owner on alert for select to concord_api using (((owner_person_id = app_person()) AND (owner_agency_id = app_seat())));
create policy alert_unwatched on alert for delete to concord_api using (((owner_person_id = app_person()) AND (owner_agency_id = app_seat()) AND (watched_at IS NOT NULL) AND (assigned_by IS NULL) AND (NOT (EXISTS ( SELECT
   FROM alert_match m
  WHERE (m.alert_id = alert.id))))));
create policy alert_watched on alert for insert to concord_api with check (((owner_person_id = app_person()) AND (owner_agency_id = app_seat()) AND (watched_at IS NOT NULL) AND (state = 'ACKNOWLEDGED'::text) AND (EXISTS ( SELECT
   FROM record_view v
  WHERE ((v.record_id = alert.record_id) AND (v.version = alert.record_version))))));
create policy alert_worked on alert to concord_worker using (true) with check (true);
grant delete, insert (owner_person_id, owner_agency_id, record_id, record_version, match, state, watched_at), select, update (state, note, updated_at, work, outcome, watched_at) on alert to concord_api;
grant insert, select, update on alert to concord_worker;

create table alert_escalation (
  rule_id uuid not null,
  after_minutes integer not null,
  targets text[] not null,
  changed_at timestamp with time zone not null default now(),
  constraint alert_escalation_after_minutes_check CHECK (((after_minutes >= 1) AND (after_minutes <= 10080))),
  constraint alert_escalation_pkey PRIMARY KEY (rule_id),
  constraint alert_escalation_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES alert_rule(id) ON DELETE CASCADE,
  constraint alert_escalation_targets_check CHECK (((cardinality(targets) >= 1) AND (cardinality(targets) <= 10)))
);
alter table alert_escalation enable row level security;
alter table alert_escalation force row level security;
create policy escalation_of_own_rule on alert_escalation to concord_api using ((EXISTS ( SELECT
   FROM alert_rule r
  WHERE (r.id = alert_escalation.rule_id)))) with check ((EXISTS ( SELECT
   FROM alert_rule r
  WHERE ((r.id = alert_escalation.rule_id) AND (r.deleted_at IS NULL)))));
create policy escalation_worked on alert_escalation for select to concord_worker using (true);
grant delete, insert, select, update on alert_escalation to concord_api;
grant select on alert_escalation to concord_worker;

create table alert_handover (
  id uuid not null default gen_random_uuid(),
  alert_id uuid not null,
  to_person_id uuid not null,
  why text not null,
  note text,
  made_at timestamp with time zone not null default now(),
  done_at timestamp with time zone,
  handed boolean,
  constraint alert_handover_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id) ON DELETE CASCADE,
  constraint alert_handover_check CHECK (((done_at IS NULL) = (handed IS NULL))),
  constraint alert_handover_note_check CHECK ((length(note) <= 2000)),
  constraint alert_handover_pkey PRIMARY KEY (id),
  constraint alert_handover_to_person_id_fkey FOREIGN KEY (to_person_id) REFERENCES person(id),
  constraint alert_handover_why_check CHECK ((why = ANY (ARRAY['ASSIGNED'::text, 'ESCALATED'::text])))
);
alter table alert_handover enable row level security;
alter table alert_handover force row level security;
CREATE INDEX alert_handover_due ON public.alert_handover USING btree (made_at) WHERE (done_at IS NULL);
CREATE INDEX alert_handover_of ON public.alert_handover USING btree (alert_id);
create policy handover_by_owner on alert_handover for insert to concord_api with check (((why = 'ASSIGNED'::text) AND (done_at IS NULL) AND (EXISTS ( SELECT
   FROM alert a
  WHERE (a.id = alert_handover.alert_id)
 OFFSET 0))));
create policy handover_worked on alert_handover to concord_worker using (true) with check (true);
grant insert (alert_id, to_person_id, why, note) on alert_handover to concord_api;
grant insert, select, update (done_at, handed) on alert_handover to concord_worker;

create table alert_match (
  alert_id uuid not null,
  rule_id uuid not null,
  version integer not null,
  match text not null,
  constraint alert_match_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id) ON DELETE CASCADE,
  constraint alert_match_match_check CHECK ((match = ANY (ARRAY['CERTAIN'::text, 'POSSIBLE'::text]))),
  constraint alert_match_pkey PRIMARY KEY (alert_id, rule_id, version),
  constraint alert_match_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES alert_rule(id) ON DELETE CASCADE
);
alter table alert_match enable row level security;
alter table alert_match force row level security;
create policy match_of_own_alert on alert_match for select to concord_api using ((EXISTS ( SELECT
   FROM alert a
  WHERE (a.id = alert_match.alert_id)
 OFFSET 0)));
create policy match_worked on alert_match to concord_worker using (true) with check (true);
grant select on alert_match to concord_api;
grant insert, select on alert_match to concord_worker;

create table alert_rule (
  id uuid not null default gen_random_uuid(),
  owner_person_id uuid not null,
  owner_agency_id uuid not null,
  name text not null,
  filter jsonb not null,
  enabled boolean not null default true,
  created_at timestamp with time zone not null default now(),
  changed_xid xid8 not null default pg_current_xact_id(),
  changed_at timestamp with time zone,
  deleted_at timestamp with time zone,
  constraint alert_rule_deleted_check CHECK (((deleted_at IS NULL) OR (NOT enabled))),
  constraint alert_rule_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint alert_rule_owner_agency_id_fkey FOREIGN KEY (owner_agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint alert_rule_owner_person_id_fkey FOREIGN KEY (owner_person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint alert_rule_pkey PRIMARY KEY (id)
);
alter table alert_rule enable row level security;
alter table alert_rule force row level security;
CREATE INDEX alert_rule_by_owner ON public.alert_rule USING btree (owner_person_id, owner_agency_id, created_at);
CREATE INDEX alert_rule_changed ON public.alert_rule USING btree (changed_xid);
CREATE TRIGGER alert_rule_changes BEFORE UPDATE ON public.alert_rule FOR EACH ROW EXECUTE FUNCTION alert_rule_changes();
create policy rule_matched on alert_rule for select to concord_worker using (true);
create policy rule_of_owner on alert_rule to concord_api using (((owner_person_id = app_person()) AND (owner_agency_id = app_seat()))) with check (((owner_person_id = app_person()) AND (owner_agency_id = app_seat()) AND (cardinality(app_keyring()) > 0)));
grant insert, select, update on alert_rule to concord_api;
grant select on alert_rule to concord_worker;

create table alert_step (
  alert_id uuid not null,
  number integer not null,
  at timestamp with time zone not null default now(),
  step text not null,
  person_id uuid,
  other_person_id uuid,
  outcome text,
  note text,
  constraint alert_step_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id) ON DELETE CASCADE,
  constraint alert_step_note_check CHECK ((length(note) <= 2000)),
  constraint alert_step_other_person_id_fkey FOREIGN KEY (other_person_id) REFERENCES person(id),
  constraint alert_step_outcome_check CHECK ((outcome = ANY (ARRAY['USEFUL'::text, 'NOT_USEFUL'::text, 'DUPLICATE'::text]))),
  constraint alert_step_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint alert_step_pkey PRIMARY KEY (alert_id, number),
  constraint alert_step_step_check CHECK ((step = ANY (ARRAY['SEEN'::text, 'ACKNOWLEDGED'::text, 'IN_WORK'::text, 'CLOSED'::text, 'NOTED'::text, 'REVISED'::text, 'ASSIGNED'::text, 'ESCALATED'::text, 'RECEIVED'::text, 'NOT_HANDED_OVER'::text])))
);
alter table alert_step enable row level security;
alter table alert_step force row level security;
create policy step_by_owner on alert_step for insert to concord_api with check (((person_id = app_person()) AND (EXISTS ( SELECT
   FROM alert a
  WHERE (a.id = alert_step.alert_id)
 OFFSET 0))));
create policy step_of_own_alert on alert_step for select to concord_api using ((EXISTS ( SELECT
   FROM alert a
  WHERE (a.id = alert_step.alert_id)
 OFFSET 0)));
create policy step_worked on alert_step to concord_worker using (true) with check (true);
grant insert, select on alert_step to concord_api;
grant insert, select on alert_step to concord_worker;

create table api_key (
  id uuid not null default gen_random_uuid(),
  agency_id uuid not null,
  person_id uuid not null,
  name text not null,
  prefix text not null,
  digest bytea not null,
  capabilities text[] not null,
  widest_sharing text not null,
  networks inet[] not null default '{}'::inet[],
  slot smallint,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  created_by uuid not null,
  expires_at timestamp(3) with time zone not null,
  last_used_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  revoked_by uuid,
  constraint api_key_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint api_key_capabilities_check CHECK (((cardinality(capabilities) > 0) AND (capabilities <@ ARRAY['SUBMIT'::text, 'CORRECT'::text, 'READ_OWN'::text]))),
  constraint api_key_check CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '400 days'::interval)))),
  constraint api_key_check2 CHECK (((revoked_at IS NULL) OR (slot IS NULL))),
  constraint api_key_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint api_key_digest_check CHECK ((length(digest) = 32)),
  constraint api_key_digest_key UNIQUE (digest),
  constraint api_key_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64))),
  constraint api_key_networks_check CHECK ((cardinality(networks) <= 20)),
  constraint api_key_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_prefix_check CHECK ((prefix ~ '^[0-9a-f]{12}$'::text)),
  constraint api_key_prefix_key UNIQUE (prefix),
  constraint api_key_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES person(id),
  constraint api_key_revoked_check CHECK (((revoked_by IS NULL) OR (revoked_at IS NOT NULL))),
  constraint api_key_slot_check CHECK ((slot = ANY (ARRAY[1, 2]))),
  constraint api_key_widest_sharing_check CHECK ((widest_sharing = ANY (ARRAY['AGENCY'::text, 'TASK_FORCES'::text, 'STATE'::text, 'NATION'::text, 'PARTNERS'::text])))
);
alter table api_key enable row level security;
alter table api_key force row level security;
CREATE INDEX api_key_newest ON public.api_key USING btree (agency_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX api_key_two_alive ON public.api_key USING btree (agency_id, person_id, name, slot) WHERE (slot IS NOT NULL);
CREATE TRIGGER seats_change AFTER DELETE OR UPDATE OF revoked_at ON public.api_key FOR EACH STATEMENT EXECUTE FUNCTION seats_change();
create policy key_ended on api_key for update to concord_api using (((agency_id = app_seat()) AND (revoked_at IS NULL) AND app_manages_keys())) with check (((agency_id = app_seat()) AND (slot IS NULL) AND ((revoked_by IS NULL) OR (revoked_by = app_person()))));
create policy key_ended_by_operator on api_key for update to concord_operator using ((revoked_at IS NULL)) with check (((revoked_at IS NOT NULL) AND (slot IS NULL)));
create policy key_judged on api_key for select to concord_keys using (true);
create policy key_made on api_key for insert to concord_api with check (((agency_id = app_seat()) AND (created_by = app_person()) AND app_manages_keys()));
create policy key_named_by_operator on api_key for select to concord_operator using (true);
create policy key_of_own_agency on api_key for select to concord_api using (((agency_id = app_seat()) AND app_manages_keys()));
create policy key_use_noted on api_key for update to concord_keys using (true) with check (true);
grant insert (id, agency_id, person_id, name, prefix, digest, capabilities, widest_sharing, networks, slot, created_by, expires_at), select (id, agency_id, person_id, name, prefix, capabilities, widest_sharing, networks, slot, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by), update (slot, revoked_at, revoked_by) on api_key to concord_api;
grant select, update (last_used_at) on api_key to concord_keys;
grant select (id, revoked_at), update (slot, revoked_at) on api_key to concord_operator;

create table approval (
  id uuid not null default gen_random_uuid(),
  kind text not null,
  agency_id uuid,
  subject_ids uuid[] not null default '{}'::uuid[],
  payload jsonb not null,
  summary text not null,
  requested_by uuid not null,
  requested_at timestamp(3) with time zone not null default statement_timestamp(),
  expires_at timestamp(3) with time zone not null default (statement_timestamp() + '7 days'::interval),
  state text not null default 'PENDING'::text,
  decided_by uuid,
  decided_at timestamp(3) with time zone,
  note text,
  constraint approval_about_another CHECK ((decided_by <> ALL (subject_ids))),
  constraint approval_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint approval_check CHECK ((((state = 'PENDING'::text) = (decided_by IS NULL)) AND ((state = 'PENDING'::text) = (decided_at IS NULL)))),
  constraint approval_check1 CHECK ((decided_by <> requested_by)),
  constraint approval_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint approval_kind_check CHECK ((kind ~ '^[a-z]+([.][a-z]+)+$'::text)),
  constraint approval_note_check CHECK (((length(note) >= 1) AND (length(note) <= 500))),
  constraint approval_pkey PRIMARY KEY (id),
  constraint approval_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES person(id),
  constraint approval_state_check CHECK ((state = ANY (ARRAY['PENDING'::text, 'APPROVED'::text, 'REFUSED'::text]))),
  constraint approval_summary_check CHECK (((length(summary) >= 1) AND (length(summary) <= 500)))
);
alter table approval enable row level security;
alter table approval force row level security;
CREATE INDEX approval_newest ON public.approval USING btree (requested_at DESC, id DESC);
create policy approval_asked on approval for insert to concord_api with check (((requested_by = app_person()) AND (state = 'PENDING'::text) AND
CASE
    WHEN (app_seat() IS NULL) THEN ((agency_id IS NULL) AND app_holds('SYSTEM_ADMIN'::text))
    ELSE (COALESCE((agency_id = app_seat()), true) AND app_holds('AGENCY_ADMIN'::text))
END));
create policy approval_decided on approval for update to concord_api using (((state = 'PENDING'::text) AND (expires_at > statement_timestamp()) AND app_may_decide(agency_id, requested_by, subject_ids))) with check (((state <> 'PENDING'::text) AND (decided_by = app_person())));
create policy approval_kept on approval to concord_directory using (true) with check (true);
create policy approval_seen on approval for select to concord_api using (((requested_by = app_person()) OR (decided_by = app_person()) OR ((agency_id = app_seat()) AND app_holds('AGENCY_ADMIN'::text)) OR ((agency_id IS NULL) AND (app_seat() IS NULL) AND app_holds('SYSTEM_ADMIN'::text)) OR app_may_decide(agency_id, requested_by, subject_ids)));
grant insert (id, kind, agency_id, subject_ids, payload, summary, requested_by), select, update (state, decided_by, decided_at, note) on approval to concord_api;
grant insert, select on approval to concord_directory;

create table audit_entry (
  id uuid not null,
  at timestamp(3) with time zone not null,
  person_id uuid,
  agency_id uuid,
  action text not null,
  outcome text not null,
  canonical text not null,
  constraint audit_entry_pkey PRIMARY KEY (id)
);
alter table audit_entry enable row level security;
alter table audit_entry force row level security;
CREATE INDEX audit_entry_by_time ON public.audit_entry USING btree (at);
CREATE TRIGGER audit_entry_is_final BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_final();
CREATE TRIGGER read_noted AFTER INSERT ON public.audit_entry REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION note_read_to_tally();
create policy audit_appended on audit_entry for insert to concord_audit_append with check (true);
create policy audit_tallied on audit_entry for select to concord_books using ((action = ANY (ARRAY['record.read'::text, 'record.list'::text])));
grant insert on audit_entry to concord_audit_append;
grant select (id, at, agency_id, action, canonical) on audit_entry to concord_books;

create table column_mapping (
  id uuid not null,
  agency_id uuid not null,
  name text not null,
  version integer not null default 1,
  mapping jsonb not null,
  changed_by uuid not null,
  changed_at timestamp(3) with time zone not null default statement_timestamp(),
  constraint column_mapping_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint column_mapping_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint column_mapping_mapping_check CHECK ((pg_column_size(mapping) <= 262144)),
  constraint column_mapping_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64))),
  constraint column_mapping_pkey PRIMARY KEY (id),
  constraint column_mapping_version_check CHECK ((version > 0))
);
alter table column_mapping enable row level security;
alter table column_mapping force row level security;
CREATE UNIQUE INDEX column_mapping_name ON public.column_mapping USING btree (agency_id, lower(name));
create policy mapping_of_own_agency on column_mapping to concord_api using (((agency_id = app_seat()) AND ( SELECT acts_as(ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text]) AS acts_as))) with check (((agency_id = app_seat()) AND (changed_by = app_person()) AND ( SELECT acts_as(ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text]) AS acts_as)));
grant insert (id, agency_id, name, mapping, changed_by), select, update (name, version, mapping, changed_by, changed_at) on column_mapping to concord_api;

create table community_admission (
  record_id uuid not null,
  state_fips text not null,
  month date not null,
  substance text not null,
  band text not null,
  synthetic boolean not null,
  agency_id uuid not null,
  batch integer not null,
  constraint community_admission_pkey PRIMARY KEY (record_id, state_fips, month, substance, band)
);
alter table community_admission enable row level security;
alter table community_admission force row level security;
CREATE INDEX community_admission_by_batch ON public.community_admission USING btree (batch);
create policy admission_made on community_admission to concord_community using (true) with check (true);
grant delete, insert, select on community_admission to concord_community;

create table community_batch (
  number integer not null,
  due_at timestamp with time zone not null,
  made_at timestamp with time zone not null,
  edition integer not null,
  records integer not null default 0,
  constraint community_batch_due_at_key UNIQUE (due_at),
  constraint community_batch_number_check CHECK ((number > 0)),
  constraint community_batch_pkey PRIMARY KEY (number),
  constraint community_batch_records_check CHECK ((records >= 0))
);
alter table community_batch enable row level security;
alter table community_batch force row level security;
create policy batch_made on community_batch to concord_community using (true) with check (true);
create policy batch_opened_by_key on community_batch for select to concord_api using (( SELECT app_reads_community() AS app_reads_community));
grant select (number, made_at, edition) on community_batch to concord_api;
grant insert, select, update (records) on community_batch to concord_community;

create table community_candidate (
  record_id uuid not null,
  rank smallint not null default 2,
  ordinal smallint not null,
  agency_id uuid not null,
  state_fips text not null,
  month date not null,
  substance text not null,
  band text not null,
  policy_version integer not null,
  synthetic boolean not null,
  constraint community_candidate_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
  constraint community_candidate_pkey PRIMARY KEY (record_id, ordinal),
  constraint community_candidate_rank_check CHECK ((rank = 2)),
  constraint community_candidate_record_id_rank_fkey FOREIGN KEY (record_id, rank) REFERENCES record_view(record_id, rank) ON DELETE CASCADE
);
alter table community_candidate enable row level security;
alter table community_candidate force row level security;
create policy candidate_counted on community_candidate for select to concord_community using (true);
create policy candidate_filled on community_candidate for insert to concord_releases with check (true);
create policy candidate_known on community_candidate for select to concord_releases using (true);
create policy candidate_of_own_record on community_candidate for insert to concord_api, concord_loader with check (((agency_id = app_agency()) AND (EXISTS ( SELECT
   FROM seizure_record r
  WHERE ((r.id = community_candidate.record_id) AND (r.agency_id = app_agency()))))));
grant insert on community_candidate to concord_api;
grant select on community_candidate to concord_community;
grant insert on community_candidate to concord_loader;
grant insert, select (record_id) on community_candidate to concord_releases;

create table community_record (
  id uuid not null,
  batch integer not null,
  state_fips text not null,
  month date not null,
  substance text not null,
  band text not null,
  synthetic boolean not null,
  constraint community_record_pkey PRIMARY KEY (id)
);
alter table community_record enable row level security;
alter table community_record force row level security;
CREATE INDEX community_record_by_class ON public.community_record USING btree (substance, state_fips, month);
CREATE UNIQUE INDEX community_record_in_order ON public.community_record USING btree (batch, id);
create policy community_opened_by_key on community_record for select to concord_api using (( SELECT app_reads_community() AS app_reads_community));
create policy community_released on community_record to concord_community using (true) with check (true);
grant select on community_record to concord_api;
grant delete, insert, select on community_record to concord_community;

create table contact_request (
  id uuid not null,
  record_id uuid not null,
  owner_agency_id uuid not null,
  asker_agency_id uuid not null,
  asker_id uuid not null,
  asked_at timestamp with time zone not null default now(),
  sealed_message bytea not null,
  state text not null default 'OPEN'::text,
  answered_on date,
  sealed_answer bytea,
  revealed_agency_id uuid,
  constraint contact_request_asker_agency_id_fkey FOREIGN KEY (asker_agency_id) REFERENCES agency(id),
  constraint contact_request_asker_id_fkey FOREIGN KEY (asker_id) REFERENCES person(id),
  constraint contact_request_check CHECK ((owner_agency_id <> asker_agency_id)),
  constraint contact_request_check1 CHECK (((state = 'OPEN'::text) = (answered_on IS NULL))),
  constraint contact_request_check2 CHECK (((state = 'ANSWERED'::text) = (sealed_answer IS NOT NULL))),
  constraint contact_request_check3 CHECK (((revealed_agency_id IS NULL) OR ((state = 'ANSWERED'::text) AND (revealed_agency_id = owner_agency_id)))),
  constraint contact_request_owner_agency_id_fkey FOREIGN KEY (owner_agency_id) REFERENCES agency(id),
  constraint contact_request_pkey PRIMARY KEY (id),
  constraint contact_request_record_id_fkey FOREIGN KEY (record_id) REFERENCES seizure_record(id) ON DELETE CASCADE,
  constraint contact_request_revealed_agency_id_fkey FOREIGN KEY (revealed_agency_id) REFERENCES agency(id),
  constraint contact_request_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'ANSWERED'::text, 'DECLINED'::text])))
);
alter table contact_request enable row level security;
alter table contact_request force row level security;
CREATE INDEX contact_request_asked ON public.contact_request USING btree (asker_id, asker_agency_id, asked_at DESC, id DESC);
CREATE UNIQUE INDEX contact_request_open ON public.contact_request USING btree (record_id, asker_agency_id) WHERE (state = 'OPEN'::text);
CREATE INDEX contact_request_received ON public.contact_request USING btree (owner_agency_id, asked_at DESC, id DESC);
CREATE TRIGGER contact_request_owned BEFORE INSERT ON public.contact_request FOR EACH ROW EXECUTE FUNCTION contact_request_owned();
create policy contact_answered on contact_request for update to concord_api using (((owner_agency_id = app_agency()) AND (state = 'OPEN'::text))) with check ((owner_agency_id = app_agency()));
create policy contact_asked on contact_request for select to concord_api using (((asker_id = app_person()) AND (asker_agency_id = app_agency())));
create policy contact_of_visible_record on contact_request for insert to concord_api with check (((asker_id = app_person()) AND (asker_agency_id = app_agency()) AND (EXISTS ( SELECT
   FROM record_view v
  WHERE (v.record_id = contact_request.record_id)
 OFFSET 0))));
create policy contact_received on contact_request for select to concord_api using ((owner_agency_id = app_agency()));
grant insert (id, record_id, asker_agency_id, asker_id, sealed_message), select (id, record_id, asker_agency_id, asker_id, asked_at, sealed_message, state, answered_on, sealed_answer, revealed_agency_id), update (state, answered_on, sealed_answer, revealed_agency_id) on contact_request to concord_api;

create table contributor_handle (
  record_id uuid not null,
  handle uuid not null default gen_random_uuid(),
  constraint contributor_handle_handle_key UNIQUE (handle),
  constraint contributor_handle_pkey PRIMARY KEY (record_id),
  constraint contributor_handle_record_id_fkey FOREIGN KEY (record_id) REFERENCES seizure_record(id) ON DELETE CASCADE
);
alter table contributor_handle enable row level security;
alter table contributor_handle force row level security;
create policy handle_filled on contributor_handle for insert to concord_releases with check (true);
create policy handle_kept on contributor_handle to concord_lists using (true) with check (true);
create policy handle_known on contributor_handle for select to concord_releases using (true);
create policy handle_of_visible_view on contributor_handle for select to concord_api using ((EXISTS ( SELECT
   FROM record_view v
  WHERE ((v.record_id = contributor_handle.record_id) AND v.contributor_withheld)
 OFFSET 0)));
create policy handle_reviewed on contributor_handle for select to concord_review using ((EXISTS ( SELECT
   FROM seizure_record r
  WHERE (r.id = contributor_handle.record_id)
 OFFSET 0)));
grant select on contributor_handle to concord_api;
grant insert, select on contributor_handle to concord_lists;
grant insert (record_id), select (record_id) on contributor_handle to concord_releases;
grant select on contributor_handle to concord_review;

create table delivery (
  id uuid not null default gen_random_uuid(),
  alert_id uuid not null,
  inbox_id uuid not null,
  channel text not null,
  state text not null,
  record_version integer not null,
  created_at timestamp with time zone not null default now(),
  constraint delivery_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id) ON DELETE CASCADE,
  constraint delivery_alert_id_inbox_id_channel_key UNIQUE (alert_id, inbox_id, channel),
  constraint delivery_channel_check CHECK ((channel = 'LIVE'::text)),
  constraint delivery_inbox_id_fkey FOREIGN KEY (inbox_id) REFERENCES inbox(id) ON DELETE CASCADE,
  constraint delivery_pkey PRIMARY KEY (id),
  constraint delivery_state_check CHECK ((state = ANY (ARRAY['DELIVERED'::text, 'WITHHELD'::text])))
);
alter table delivery enable row level security;
alter table delivery force row level security;
create policy delivery_of_watch on delivery for insert to concord_api with check (((channel = 'LIVE'::text) AND (state = 'DELIVERED'::text) AND (EXISTS ( SELECT
   FROM alert a
  WHERE ((a.id = delivery.alert_id) AND (a.watched_at IS NOT NULL))
 OFFSET 0)) AND (EXISTS ( SELECT
   FROM inbox i
  WHERE (i.id = delivery.inbox_id)
 OFFSET 0))));
create policy delivery_told on delivery for select to concord_api using (((state = 'DELIVERED'::text) AND (EXISTS ( SELECT
   FROM alert a
  WHERE (a.id = delivery.alert_id)
 OFFSET 0))));
create policy delivery_worked on delivery to concord_worker using (true) with check (true);
grant insert (alert_id, inbox_id, channel, state, record_version), select on delivery to concord_api;
grant insert, select, update (state) on delivery to concord_worker;

create table delivery_attempt (
  delivery_id uuid not null,
  number integer not null,
  at timestamp with time zone not null default now(),
  outcome text not null,
  revision integer not null default 1,
  record_version integer,
  constraint delivery_attempt_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES delivery(id) ON DELETE CASCADE,
  constraint delivery_attempt_outcome_check CHECK ((outcome = ANY (ARRAY['DELIVERED'::text, 'WITHHELD'::text]))),
  constraint delivery_attempt_pkey PRIMARY KEY (delivery_id, number)
);
alter table delivery_attempt enable row level security;
alter table delivery_attempt force row level security;
create policy attempt_of_watch on delivery_attempt for insert to concord_api with check (((number = 1) AND (outcome = 'DELIVERED'::text) AND (EXISTS ( SELECT
   FROM delivery d
  WHERE (d.id = delivery_attempt.delivery_id)
 OFFSET 0))));
create policy attempt_told on delivery_attempt for select to concord_api using (((outcome = 'DELIVERED'::text) AND (EXISTS ( SELECT
   FROM delivery d
  WHERE (d.id = delivery_attempt.delivery_id)
 OFFSET 0))));
create policy attempt_worked on delivery_attempt to concord_worker using (true) with check (true);
grant insert (delivery_id, number, outcome, record_version), select on delivery_attempt to concord_api;
grant insert, select on delivery_attempt to concord_worker;

create table imminent_danger (
  id uuid not null,
  person_id uuid not null,
  agency_id uuid not null,
  record_id uuid not null,
  owner_agency_id uuid,
  reason text not null,
  opened_at timestamp with time zone not null,
  valid_until timestamp with time zone not null,
  constraint imminent_danger_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint imminent_danger_check CHECK (((valid_until > opened_at) AND (valid_until <= (opened_at + '01:00:00'::interval)))),
  constraint imminent_danger_owner_agency_id_fkey FOREIGN KEY (owner_agency_id) REFERENCES agency(id),
  constraint imminent_danger_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint imminent_danger_pkey PRIMARY KEY (id),
  constraint imminent_danger_reason_check CHECK (((length(reason) >= 20) AND (length(reason) <= 500)))
);
alter table imminent_danger enable row level security;
alter table imminent_danger force row level security;
CREATE INDEX imminent_danger_by_agency ON public.imminent_danger USING btree (agency_id, person_id, valid_until);
CREATE INDEX imminent_danger_by_owner ON public.imminent_danger USING btree (owner_agency_id, opened_at);
CREATE INDEX imminent_danger_by_person ON public.imminent_danger USING btree (person_id, opened_at);
CREATE INDEX imminent_danger_newest ON public.imminent_danger USING btree (opened_at, id);
create policy danger_kept on imminent_danger to concord_agreements using (true) with check (true);
create policy danger_of_party on imminent_danger for select to concord_api using (((agency_id = app_seat()) OR (owner_agency_id = app_seat()) OR ( SELECT acts_as(ARRAY['AUDITOR'::text]) AS acts_as)));
grant insert, select on imminent_danger to concord_agreements;
grant select on imminent_danger to concord_api;
grant select (person_id, agency_id, record_id, valid_until) on imminent_danger to concord_loader;

create table imminent_danger_review (
  imminent_danger_id uuid not null,
  agency_id uuid not null,
  person_id uuid not null,
  note text not null,
  reviewed_at timestamp with time zone not null default now(),
  constraint imminent_danger_review_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint imminent_danger_review_imminent_danger_id_fkey FOREIGN KEY (imminent_danger_id) REFERENCES imminent_danger(id),
  constraint imminent_danger_review_note_check CHECK (((length(note) >= 1) AND (length(note) <= 2000))),
  constraint imminent_danger_review_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint imminent_danger_review_pkey PRIMARY KEY (imminent_danger_id, agency_id)
);
alter table imminent_danger_review enable row level security;
alter table imminent_danger_review force row level security;
create policy danger_review_kept on imminent_danger_review to concord_agreements using (true) with check (true);
create policy danger_review_of_party on imminent_danger_review for select to concord_api using ((EXISTS ( SELECT
   FROM imminent_danger d
  WHERE (d.id = imminent_danger_review.imminent_danger_id))));
grant insert, select on imminent_danger_review to concord_agreements;
grant select on imminent_danger_review to concord_api;

create table inbox (
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  agency_id uuid not null,
  last_position bigint not null default 0,
  constraint inbox_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint inbox_person_id_agency_id_key UNIQUE (person_id, agency_id),
  constraint inbox_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint inbox_pkey PRIMARY KEY (id)
);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy inbox_looked_at on inbox for select to concord_keys using (true);
create policy inbox_of_recipient on inbox to concord_api using (((person_id = app_person()) AND (agency_id = app_seat()))) with check (((person_id = app_person()) AND (agency_id = app_seat()) AND (last_position = 0)));
create policy inbox_worked on inbox to concord_worker using (true) with check (true);
grant insert, select on inbox to concord_api;
grant select (id, last_position) on inbox to concord_keys;
grant insert, select, update on inbox to concord_worker;

create table inbox_entry (
  inbox_id uuid not null,
  position bigint not null,
  alert_id uuid not null,
  revision integer not null,
  delivered_at timestamp with time zone not null default now(),
  constraint inbox_entry_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id) ON DELETE CASCADE,
  constraint inbox_entry_inbox_id_alert_id_revision_key UNIQUE (inbox_id, alert_id, revision),
  constraint inbox_entry_inbox_id_fkey FOREIGN KEY (inbox_id) REFERENCES inbox(id) ON DELETE CASCADE,
  constraint inbox_entry_pkey PRIMARY KEY (inbox_id, "position")
);
alter table inbox_entry enable row level security;
alter table inbox_entry force row level security;
CREATE TRIGGER push_entries AFTER INSERT ON public.inbox_entry REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION push_entries();
create policy entry_of_recipient on inbox_entry for select to concord_api using ((EXISTS ( SELECT
   FROM inbox i
  WHERE (i.id = inbox_entry.inbox_id))));
create policy entry_worked on inbox_entry to concord_worker using (true) with check (true);
grant select on inbox_entry to concord_api;
grant insert, select on inbox_entry to concord_worker;

create table invitation (
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  agency_id uuid,
  roles text[] not null,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone,
  code_hash bytea not null,
  created_by uuid not null,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  expires_at timestamp(3) with time zone not null default (statement_timestamp() + '7 days'::interval),
  approval_id uuid,
  accepted_by uuid,
  accepted_at timestamp(3) with time zone,
  withdrawn_by uuid,
  withdrawn_at timestamp(3) with time zone,
  constraint invitation_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES person(id),
  constraint invitation_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint invitation_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval(id),
  constraint invitation_check CHECK ((valid_until > valid_from)),
  constraint invitation_check1 CHECK ((('SYSTEM_ADMIN'::text = ANY (roles)) = (agency_id IS NULL))),
  constraint invitation_check2 CHECK (((accepted_by IS NULL) = (accepted_at IS NULL))),
  constraint invitation_check3 CHECK (((withdrawn_by IS NULL) = (withdrawn_at IS NULL))),
  constraint invitation_check4 CHECK (((withdrawn_at IS NULL) OR (accepted_at IS NULL))),
  constraint invitation_code_hash_check CHECK ((length(code_hash) = 32)),
  constraint invitation_code_hash_key UNIQUE (code_hash),
  constraint invitation_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint invitation_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint invitation_pkey PRIMARY KEY (id),
  constraint invitation_roles_check CHECK ((cardinality(roles) > 0)),
  constraint invitation_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES person(id)
);
alter table invitation enable row level security;
alter table invitation force row level security;
CREATE INDEX invitation_open ON public.invitation USING btree (created_at DESC, id DESC) WHERE ((accepted_at IS NULL) AND (withdrawn_at IS NULL));
create policy invitation_kept on invitation to concord_directory using (true) with check (true);
create policy invitation_made on invitation for insert to concord_api with check (((created_by = app_person()) AND (accepted_by IS NULL) AND ((approval_id IS NOT NULL) OR (roles <@ ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text, 'WATCH_OFFICER'::text])) AND
CASE
    WHEN (app_seat() IS NULL) THEN (app_holds('SYSTEM_ADMIN'::text) AND ((agency_id IS NULL) OR (roles = ARRAY['AGENCY_ADMIN'::text])))
    ELSE ((agency_id = app_seat()) AND app_holds('AGENCY_ADMIN'::text))
END));
create policy invitation_seen on invitation for select to concord_api using (((created_by = app_person()) OR ((agency_id = app_seat()) AND app_holds('AGENCY_ADMIN'::text)) OR (EXISTS ( SELECT
   FROM approval a
  WHERE (a.id = invitation.approval_id)))));
grant insert (id, person_id, agency_id, roles, valid_from, valid_until, code_hash, created_by, approval_id), select (id, person_id, agency_id, roles, valid_from, valid_until, created_by, created_at, expires_at, approval_id, accepted_by, accepted_at, withdrawn_by, withdrawn_at) on invitation to concord_api;
grant select, update (approval_id, accepted_by, accepted_at, withdrawn_by, withdrawn_at) on invitation to concord_directory;

create table membership (
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  agency_id uuid,
  roles text[] not null,
  valid_from timestamp with time zone not null default now(),
  valid_until timestamp with time zone,
  granted_by uuid,
  granted_at timestamp(3) with time zone not null default statement_timestamp(),
  approval_id uuid,
  invitation_id uuid,
  ended_by uuid,
  ended_at timestamp(3) with time zone,
  end_reason text,
  constraint membership_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint membership_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval(id),
  constraint membership_approval_id_key UNIQUE (approval_id),
  constraint membership_check CHECK (((valid_until IS NULL) OR (valid_until >= valid_from))),
  constraint membership_check1 CHECK ((('SYSTEM_ADMIN'::text = ANY (roles)) = (agency_id IS NULL))),
  constraint membership_check2 CHECK ((((ended_by IS NULL) = (ended_at IS NULL)) AND ((ended_by IS NULL) = (end_reason IS NULL)))),
  constraint membership_end_reason_check CHECK (((length(end_reason) >= 1) AND (length(end_reason) <= 200))),
  constraint membership_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint membership_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES person(id),
  constraint membership_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id),
  constraint membership_invitation_id_key UNIQUE (invitation_id),
  constraint membership_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint membership_pkey PRIMARY KEY (id),
  constraint membership_roles_check CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text, 'AGENCY_ADMIN'::text, 'SYSTEM_ADMIN'::text, 'AUDITOR'::text, 'PRIVACY_OFFICER'::text, 'WATCH_OFFICER'::text])))
);
CREATE INDEX membership_by_agency ON public.membership USING btree (agency_id);
CREATE INDEX membership_by_person ON public.membership USING btree (person_id);
CREATE TRIGGER seats_change AFTER DELETE OR UPDATE ON public.membership FOR EACH STATEMENT EXECUTE FUNCTION seats_change();
grant select on membership to concord_agreements;
grant select on membership to concord_api;
grant select (person_id, agency_id, roles, valid_from, valid_until) on membership to concord_books;
grant insert, select, update (valid_until, ended_by, ended_at, end_reason) on membership to concord_directory;
grant insert (person_id, agency_id, roles), select on membership to concord_keys;
grant select on membership to concord_loader;
grant select on membership to concord_review;
grant select on membership to concord_worker;

create table outbox (
  id bigint not null generated by default as identity,
  kind text not null,
  subject_ids uuid[],
  range_from bigint,
  range_to bigint,
  raises_alerts boolean not null default true,
  available_at timestamp with time zone not null default now(),
  created_at timestamp with time zone not null default now(),
  relayed_at timestamp with time zone,
  relays integer not null default 0,
  done_at timestamp with time zone,
  tries integer not null default 0,
  tried_at timestamp with time zone,
  dead_at timestamp with time zone,
  constraint outbox_check CHECK (((subject_ids IS NOT NULL) <> ((range_from IS NOT NULL) AND (range_to >= range_from)))),
  constraint outbox_kind_check CHECK ((kind = ANY (ARRAY['record.released'::text, 'record.amended'::text, 'record.recalled'::text, 'alert.raised'::text, 'agency.left'::text]))),
  constraint outbox_pkey PRIMARY KEY (id)
);
alter table outbox enable row level security;
alter table outbox force row level security;
CREATE INDEX outbox_dead ON public.outbox USING btree (dead_at) WHERE ((dead_at IS NOT NULL) AND (done_at IS NULL));
CREATE INDEX outbox_finished ON public.outbox USING btree (done_at) WHERE (done_at IS NOT NULL);
CREATE INDEX outbox_unfinished ON public.outbox USING btree (relayed_at) WHERE ((done_at IS NULL) AND (relayed_at IS NOT NULL));
CREATE INDEX outbox_waiting ON public.outbox USING btree (available_at, id) WHERE (relayed_at IS NULL);
CREATE TRIGGER outbox_wakes AFTER INSERT ON public.outbox FOR EACH ROW WHEN ((new.relayed_at IS NULL)) EXECUTE FUNCTION outbox_wakes();
create policy outbox_buried on outbox for select to concord_operator using (((dead_at IS NOT NULL) OR (relayed_at = '-infinity'::timestamp with time zone)));
create policy outbox_of_departure on outbox for insert to concord_directory with check (((kind = 'agency.left'::text) AND (subject_ids IS NOT NULL)));
create policy outbox_of_load on outbox for insert to concord_loader with check (((kind = 'record.released'::text) AND (NOT raises_alerts) AND (subject_ids IS NULL) AND (EXISTS ( SELECT
   FROM seizure_record r
  WHERE ((r.sequence = outbox.range_from) AND (r.agency_id = app_agency())))) AND (EXISTS ( SELECT
   FROM seizure_record r
  WHERE ((r.sequence = outbox.range_to) AND (r.agency_id = app_agency()))))));
create policy outbox_of_policy on outbox for insert to concord_releases with check (((kind = 'record.amended'::text) AND (subject_ids IS NOT NULL) AND (NOT raises_alerts)));
create policy outbox_put_back on outbox for update to concord_operator using ((dead_at IS NOT NULL)) with check ((dead_at IS NULL));
create policy outbox_worked on outbox to concord_worker using (true) with check (true);
create policy outbox_written on outbox for insert to concord_api with check (((kind = ANY (ARRAY['record.released'::text, 'record.amended'::text, 'record.recalled'::text])) AND (subject_ids IS NOT NULL) AND (NOT (EXISTS ( SELECT
   FROM unnest(outbox.subject_ids) s(id)
  WHERE (NOT (EXISTS ( SELECT
           FROM seizure_record r
          WHERE ((r.id = s.id) AND (r.agency_id = app_agency()))))))))));
grant insert on outbox to concord_api;
grant insert (kind, subject_ids) on outbox to concord_directory;
grant insert on outbox to concord_loader;
grant select (id, kind, subject_ids, range_from, range_to, available_at, relays, done_at, tries, tried_at, dead_at), update (relayed_at, tries, tried_at, dead_at) on outbox to concord_operator;
grant insert on outbox to concord_releases;
grant delete, insert, select, update on outbox to concord_worker;

create table person (
  id uuid not null default gen_random_uuid(),
  issuer text,
  subject text,
  display_name text not null,
  status text not null default 'ACTIVE'::text,
  created_at timestamp with time zone not null default now(),
  disabled_at timestamp with time zone,
  disabled_by uuid,
  disabled_for uuid,
  constraint person_check CHECK (((issuer IS NULL) = (subject IS NULL))),
  constraint person_disabled_by_fkey FOREIGN KEY (disabled_by) REFERENCES person(id),
  constraint person_disabled_for_fkey FOREIGN KEY (disabled_for) REFERENCES agency(id),
  constraint person_issuer_subject_key UNIQUE (issuer, subject),
  constraint person_pkey PRIMARY KEY (id),
  constraint person_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'DISABLED'::text])))
);
CREATE TRIGGER seats_change AFTER DELETE OR UPDATE ON public.person FOR EACH STATEMENT EXECUTE FUNCTION seats_change();
grant select on person to concord_agreements;
grant insert (id, display_name), select on person to concord_api;
grant select (id, status) on person to concord_books;
grant insert (issuer, subject, display_name), select, update (issuer, subject, status, disabled_at, disabled_by, disabled_for) on person to concord_directory;
grant insert (issuer, subject, display_name), select on person to concord_keys;
grant select on person to concord_loader;
grant select (id, issuer, status), update (status) on person to concord_operator;
grant select on person to concord_review;
grant select on person to concord_worker;

create table person_activity (
  person_id uuid not null,
  last_active_at timestamp with time zone not null,
  constraint person_activity_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint person_activity_pkey PRIMARY KEY (person_id)
);
alter table person_activity enable row level security;
alter table person_activity force row level security;
create policy activity_asked on person_activity for select to concord_api using (true);
create policy activity_begun on person_activity for insert to concord_api with check (true);
create policy activity_judged on person_activity for select to concord_keys using (true);
create policy activity_noted on person_activity for update to concord_api using (true) with check (true);
create policy activity_reset on person_activity for insert to concord_operator with check (true);
create policy activity_reset_again on person_activity for update to concord_operator using (true) with check (true);
create policy activity_reset_asked on person_activity for select to concord_operator using (true);
grant insert, select, update (last_active_at) on person_activity to concord_api;
grant select on person_activity to concord_keys;
grant insert, select, update (last_active_at) on person_activity to concord_operator;

create table person_session (
  person_id uuid not null,
  authenticated_at timestamp with time zone not null,
  last_active_at timestamp with time zone not null,
  constraint person_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint person_session_pkey PRIMARY KEY (person_id, authenticated_at)
);
alter table person_session enable row level security;
alter table person_session force row level security;
CREATE INDEX person_session_oldest ON public.person_session USING btree (authenticated_at);
create policy session_active on person_session for update to concord_api using (true) with check (true);
create policy session_asked on person_session for select to concord_api using (true);
create policy session_begun on person_session for insert to concord_api with check (true);
create policy session_outlived on person_session for delete to concord_api using ((authenticated_at < (statement_timestamp() - '2 days'::interval)));
grant delete, insert, select, update (last_active_at) on person_session to concord_api;

create table policy_acceptance (
  agency_id uuid not null,
  version integer not null,
  person_id uuid,
  accepted_at timestamp with time zone not null default now(),
  constraint policy_acceptance_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint policy_acceptance_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint policy_acceptance_pkey PRIMARY KEY (agency_id, version),
  constraint policy_acceptance_version_fkey FOREIGN KEY (version) REFERENCES policy_text(version)
);
alter table policy_acceptance enable row level security;
alter table policy_acceptance force row level security;
create policy acceptance_read on policy_acceptance for select to concord_agreements, concord_api, concord_loader, concord_worker using (true);
create policy policy_accepted on policy_acceptance for insert to concord_agreements with check (true);
grant insert, select on policy_acceptance to concord_agreements;
grant select on policy_acceptance to concord_api;
grant select on policy_acceptance to concord_loader;
grant select on policy_acceptance to concord_worker;

create table policy_text (
  version integer not null,
  body text not null,
  digest text not null,
  published_by uuid,
  published_at timestamp with time zone not null default now(),
  effective_from timestamp with time zone not null,
  constraint policy_text_body_check CHECK (((length(body) >= 1) AND (length(body) <= 100000))),
  constraint policy_text_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint policy_text_pkey PRIMARY KEY (version),
  constraint policy_text_published_by_fkey FOREIGN KEY (published_by) REFERENCES person(id),
  constraint policy_text_version_check CHECK ((version > 0))
);
alter table policy_text enable row level security;
alter table policy_text force row level security;
create policy policy_published on policy_text for insert to concord_agreements with check (true);
create policy policy_read on policy_text for select to concord_agreements, concord_api, concord_loader, concord_worker using (true);
grant insert, select on policy_text to concord_agreements;
grant select on policy_text to concord_api;
grant select on policy_text to concord_loader;
grant select on policy_text to concord_worker;

create table push (
  id uuid not null default gen_random_uuid(),
  webhook_id uuid not null,
  alert_id uuid,
  revision integer,
  state text not null default 'PENDING'::text,
  reason text,
  attempts integer not null default 0,
  created_at timestamp with time zone not null default now(),
  next_at timestamp with time zone not null default now(),
  retry_until timestamp with time zone not null default (now() + '3 days'::interval),
  lease_until timestamp with time zone,
  done_at timestamp with time zone,
  constraint push_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id) ON DELETE CASCADE,
  constraint push_check CHECK (((alert_id IS NULL) = (revision IS NULL))),
  constraint push_check1 CHECK (((state = 'PENDING'::text) = (done_at IS NULL))),
  constraint push_pkey PRIMARY KEY (id),
  constraint push_state_check CHECK ((state = ANY (ARRAY['PENDING'::text, 'DELIVERED'::text, 'WITHHELD'::text, 'DEAD'::text]))),
  constraint push_webhook_id_alert_id_revision_key UNIQUE (webhook_id, alert_id, revision),
  constraint push_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhook(id) ON DELETE CASCADE
);
alter table push enable row level security;
alter table push force row level security;
CREATE UNIQUE INDEX push_challenge ON public.push USING btree (webhook_id) WHERE (alert_id IS NULL);
CREATE INDEX push_dead ON public.push USING btree (done_at) WHERE (state = 'DEAD'::text);
CREATE INDEX push_due ON public.push USING btree (webhook_id, next_at) WHERE (state = 'PENDING'::text);
CREATE INDEX push_of_alert ON public.push USING btree (alert_id);
create policy push_of_own_webhook on push to concord_api using ((EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = push.webhook_id)
 OFFSET 0))) with check ((EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = push.webhook_id)
 OFFSET 0)));
create policy push_worked on push to concord_worker using (true) with check (true);
grant insert (webhook_id, retry_until), select, update (state, reason, next_at, retry_until, done_at) on push to concord_api;
grant insert, select, update on push to concord_worker;

create table push_attempt (
  push_id uuid not null,
  number integer not null,
  began_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  outcome text,
  status integer,
  reason text,
  constraint push_attempt_outcome_check CHECK ((outcome = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'WITHHELD'::text]))),
  constraint push_attempt_pkey PRIMARY KEY (push_id, number),
  constraint push_attempt_push_id_fkey FOREIGN KEY (push_id) REFERENCES push(id) ON DELETE CASCADE
);
alter table push_attempt enable row level security;
alter table push_attempt force row level security;
create policy attempt_of_own_push on push_attempt for select to concord_api using ((EXISTS ( SELECT
   FROM push p
  WHERE (p.id = push_attempt.push_id)
 OFFSET 0)));
create policy push_attempt_worked on push_attempt to concord_worker using (true) with check (true);
grant select on push_attempt to concord_api;
grant insert, select, update on push_attempt to concord_worker;

create table read_tally (
  owner_agency_id uuid not null,
  hour timestamp with time zone not null,
  reader_agency_id uuid not null,
  purpose text not null,
  precision text not null,
  answers integer not null,
  records integer not null,
  constraint read_tally_answers_check CHECK ((answers > 0)),
  constraint read_tally_check CHECK ((records >= answers)),
  constraint read_tally_check1 CHECK ((owner_agency_id <> reader_agency_id)),
  constraint read_tally_owner_agency_id_fkey FOREIGN KEY (owner_agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint read_tally_pkey PRIMARY KEY (owner_agency_id, hour, reader_agency_id, purpose, "precision"),
  constraint read_tally_precision_check CHECK (("precision" = ANY (ARRAY['OWNER'::text, 'TASK_FORCE'::text, 'PARTNER'::text, 'COMMUNITY'::text]))),
  constraint read_tally_reader_agency_id_fkey FOREIGN KEY (reader_agency_id) REFERENCES agency(id) ON DELETE CASCADE
);
alter table read_tally enable row level security;
alter table read_tally force row level security;
create policy read_counted on read_tally to concord_books using (true) with check (true);
grant insert, select, update (answers, records) on read_tally to concord_books;

create table read_tally_begun (
  id boolean not null default true,
  at timestamp with time zone not null default now(),
  constraint read_tally_begun_id_check CHECK (id),
  constraint read_tally_begun_pkey PRIMARY KEY (id)
);
alter table read_tally_begun enable row level security;
alter table read_tally_begun force row level security;
create policy tally_begun on read_tally_begun for select to concord_books using (true);
grant select on read_tally_begun to concord_books;

create table read_to_tally (
  entry_id uuid not null,
  constraint read_to_tally_pkey PRIMARY KEY (entry_id)
);
alter table read_to_tally enable row level security;
alter table read_to_tally force row level security;
create policy read_noted on read_to_tally to concord_books using (true) with check (true);
grant delete, insert, select, update on read_to_tally to concord_books;

create table record_key (
  key_id integer not null,
  sort_at timestamp(3) with time zone not null,
  record_id uuid not null,
  rank smallint not null,
  constraint record_key_pkey PRIMARY KEY (key_id, sort_at, record_id, rank)
);
alter table record_key enable row level security;
alter table record_key force row level security;
CREATE INDEX record_key_by_record ON public.record_key USING btree (record_id, rank);
create policy list_kept on record_key to concord_lists using (true) with check (true);
create policy list_of_held_key on record_key for select to concord_api using (((key_id = ANY (app_keyring())) AND ((rank = 0) OR (sort_at <= now()))));
grant select on record_key to concord_api;
grant delete, insert, select on record_key to concord_lists;

create table record_key_substance (
  key_id integer not null,
  substance text not null,
  sort_at timestamp(3) with time zone not null,
  record_id uuid not null,
  rank smallint not null,
  constraint record_key_substance_pkey PRIMARY KEY (key_id, substance, sort_at, record_id, rank)
);
alter table record_key_substance enable row level security;
alter table record_key_substance force row level security;
CREATE INDEX record_key_substance_by_record ON public.record_key_substance USING btree (record_id, rank);
create policy substance_list_kept on record_key_substance to concord_lists using (true) with check (true);
create policy substance_list_of_held_key on record_key_substance for select to concord_api using (((key_id = ANY (app_keyring())) AND ((rank = 0) OR (sort_at <= now()))));
grant select on record_key_substance to concord_api;
grant delete, insert, select on record_key_substance to concord_lists;

create table record_view (
  record_id uuid not null,
  precision text not null,
  rank smallint not null,
  version integer not null,
  released_at timestamp(3) with time zone not null,
  audience integer[] not null,
  tlp text not null,
  occurred_from timestamp with time zone not null,
  occurred_to timestamp with time zone not null,
  offset_minutes integer not null,
  state_fips text not null,
  county_fips text,
  h3 text,
  latitude double precision,
  longitude double precision,
  setting text,
  port_of_entry text,
  conveyance text,
  route jsonb,
  people jsonb not null default '[]'::jsonb,
  source_reliability text,
  source_credibility smallint,
  contributor_id uuid,
  contributor_withheld boolean not null default false,
  transformations jsonb not null default '[]'::jsonb,
  synthetic boolean not null default false,
  change text not null default 'RELEASED'::text,
  shown_version integer not null default 1,
  packaging text,
  remarks text,
  policy_version integer not null default 1,
  constraint record_view_change_check CHECK ((change = ANY (ARRAY['RELEASED'::text, 'CORRECTED'::text, 'LABORATORY_RESULT'::text]))),
  constraint record_view_check CHECK ((rank =
CASE "precision"
    WHEN 'OWNER'::text THEN 0
    WHEN 'TASK_FORCE'::text THEN 1
    WHEN 'PARTNER'::text THEN 2
    ELSE 3
END)),
  constraint record_view_contributor_id_fkey FOREIGN KEY (contributor_id) REFERENCES agency(id),
  constraint record_view_pkey PRIMARY KEY (record_id, rank),
  constraint record_view_precision_check CHECK (("precision" = ANY (ARRAY['OWNER'::text, 'TASK_FORCE'::text, 'PARTNER'::text, 'COMMUNITY'::text]))),
  constraint record_view_record_id_fkey FOREIGN KEY (record_id) REFERENCES seizure_record(id) ON DELETE CASCADE,
  constraint record_view_tlp_check CHECK ((tlp = ANY (ARRAY['CLEAR'::text, 'GREEN'::text, 'AMBER'::text, 'AMBER_STRICT'::text, 'RED'::text])))
);
alter table record_view enable row level security;
alter table record_view force row level security;
CREATE INDEX record_view_by_place ON public.record_view USING btree (county_fips, rank, occurred_from) WHERE ((rank = ANY (ARRAY[1, 2])) AND (audience <> '{}'::integer[]));
CREATE TRIGGER contributor_handle_made AFTER INSERT OR UPDATE OF contributor_withheld ON public.record_view FOR EACH ROW WHEN (new.contributor_withheld) EXECUTE FUNCTION contributor_handle_made();
CREATE TRIGGER record_view_listed AFTER INSERT ON public.record_view REFERENCING NEW TABLE AS new_views FOR EACH STATEMENT EXECUTE FUNCTION record_view_listed();
CREATE TRIGGER record_view_relisted AFTER UPDATE ON public.record_view REFERENCING OLD TABLE AS old_views NEW TABLE AS new_views FOR EACH STATEMENT EXECUTE FUNCTION record_view_relisted();
CREATE TRIGGER record_view_unlisted AFTER DELETE ON public.record_view REFERENCING OLD TABLE AS old_views FOR EACH STATEMENT EXECUTE FUNCTION record_view_unlisted();
create policy view_decided on record_view for select to concord_review using ((EXISTS ( SELECT
   FROM seizure_record r
  WHERE (r.id = record_view.record_id)
 OFFSET 0)));
create policy view_kept on record_view for update to concord_lists using (true) with check (true);
create policy view_listed on record_view for select to concord_lists using (true);
create policy view_matched on record_view for select to concord_worker using (((rank = 0) OR (released_at <= now())));
create policy view_of_left_agency on record_view for select to concord_departures using ((EXISTS ( SELECT
   FROM seizure_record r
  WHERE (r.id = record_view.record_id))));
create policy view_of_own_record on record_view for insert to concord_api, concord_loader with check ((((contributor_id IS NULL) OR (contributor_id = app_agency())) AND (EXISTS ( SELECT
   FROM seizure_record r
  WHERE ((r.id = record_view.record_id) AND (r.agency_id = app_agency()))))));
create policy view_opened_by_key on record_view for select to concord_api using ((((audience && app_keyring()) OR ((rank = 2) AND (record_id = ANY (app_danger())))) AND ((rank = 0) OR (released_at <= now()))));
create policy view_recoarsened on record_view for update to concord_releases using (true) with check (true);
create policy view_released on record_view for update to concord_review using ((EXISTS ( SELECT
   FROM seizure_record r
  WHERE (r.id = record_view.record_id)
 OFFSET 0))) with check (true);
create policy view_rereleased on record_view for select to concord_releases using (true);
create policy view_withdrawn on record_view for delete to concord_lists using (true);
create policy view_withdrawn_at_departure on record_view for delete to concord_departures using ((EXISTS ( SELECT
   FROM seizure_record r
  WHERE (r.id = record_view.record_id))));
grant insert, select on record_view to concord_api;
grant delete, select (record_id) on record_view to concord_departures;
grant delete, select, update (version, change, shown_version) on record_view to concord_lists;
grant insert on record_view to concord_loader;
grant select, update (occurred_from, occurred_to, county_fips, h3, setting, port_of_entry, conveyance, route, people, source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, shown_version, packaging, remarks, policy_version) on record_view to concord_releases;
grant select, update (released_at) on record_view to concord_review;
grant select on record_view to concord_worker;

create table record_view_concealment (
  record_id uuid not null,
  rank smallint not null,
  concealment text not null,
  constraint record_view_concealment_pkey PRIMARY KEY (record_id, rank, concealment),
  constraint record_view_concealment_record_id_rank_fkey FOREIGN KEY (record_id, rank) REFERENCES record_view(record_id, rank) ON DELETE CASCADE
);
alter table record_view_concealment enable row level security;
alter table record_view_concealment force row level security;
create policy concealment_listed on record_view_concealment for select to concord_lists using (true);
create policy concealment_matched on record_view_concealment for select to concord_worker using (true);
create policy concealment_of_open_view on record_view_concealment for select to concord_api using ((EXISTS ( SELECT
   FROM record_view v
  WHERE ((v.record_id = record_view_concealment.record_id) AND (v.rank = record_view_concealment.rank))
 OFFSET 0)));
create policy concealment_of_own_record on record_view_concealment for insert to concord_api, concord_loader with check ((EXISTS ( SELECT
   FROM seizure_record r
  WHERE ((r.id = record_view_concealment.record_id) AND (r.agency_id = app_agency())))));
create policy concealment_rereleased on record_view_concealment to concord_releases using (true) with check (true);
create policy view_concealment_reviewed on record_view_concealment for select to concord_review using ((EXISTS ( SELECT
   FROM seizure_record r
  WHERE (r.id = record_view_concealment.record_id)
 OFFSET 0)));
grant insert, select on record_view_concealment to concord_api;
grant select on record_view_concealment to concord_lists;
grant insert on record_view_concealment to concord_loader;
grant delete, insert, select on record_view_concealment to concord_releases;
grant select on record_view_concealment to concord_review;
grant select on record_view_concealment to concord_worker;

create table record_view_substance (
  record_id uuid not null,
  rank smallint not null,
  ordinal smallint not null,
  dea_code text,
  name text not null,
  category text not null,
  form text,
  laboratory_status text,
  unit text,
  amount double precision,
  min_milligrams bigint,
  max_milligrams bigint,
  min_units bigint,
  max_units bigint,
  estimated boolean not null default false,
  purity_min double precision,
  purity_max double precision,
  signature text,
  adulterants jsonb,
  constraint record_view_substance_pkey PRIMARY KEY (record_id, rank, ordinal),
  constraint record_view_substance_record_id_rank_fkey FOREIGN KEY (record_id, rank) REFERENCES record_view(record_id, rank) ON DELETE CASCADE
);
alter table record_view_substance enable row level security;
alter table record_view_substance force row level security;
CREATE TRIGGER record_view_substance_listed AFTER INSERT ON public.record_view_substance REFERENCING NEW TABLE AS new_substances FOR EACH STATEMENT EXECUTE FUNCTION record_view_substance_listed();
create policy substance_listed on record_view_substance for select to concord_lists using (true);
create policy substance_matched on record_view_substance for select to concord_worker using (true);
create policy substance_of_open_view on record_view_substance for select to concord_api using ((EXISTS ( SELECT
   FROM record_view v
  WHERE ((v.record_id = record_view_substance.record_id) AND (v.rank = record_view_substance.rank))
 OFFSET 0)));
create policy substance_of_own_record on record_view_substance for insert to concord_api, concord_loader with check ((EXISTS ( SELECT
   FROM seizure_record r
  WHERE ((r.id = record_view_substance.record_id) AND (r.agency_id = app_agency())))));
create policy substance_recoarsened on record_view_substance for update to concord_releases using (true) with check (true);
create policy substance_rereleased on record_view_substance for select to concord_releases using (true);
create policy view_substance_reviewed on record_view_substance for select to concord_review using ((EXISTS ( SELECT
   FROM seizure_record r
  WHERE (r.id = record_view_substance.record_id)
 OFFSET 0)));
grant insert, select on record_view_substance to concord_api;
grant select on record_view_substance to concord_lists;
grant insert on record_view_substance to concord_loader;
grant select, update (form, laboratory_status, unit, amount, min_milligrams, max_milligrams, min_units, max_units, estimated, purity_min, purity_max, signature, adulterants) on record_view_substance to concord_releases;
grant select on record_view_substance to concord_review;
grant select on record_view_substance to concord_worker;

create table region (
  id text not null,
  name text not null,
  version integer not null default 1,
  changed_at timestamp with time zone,
  listed text,
  constraint region_id_check CHECK ((id ~ '^[a-z0-9-]{1,60}$'::text)),
  constraint region_pkey PRIMARY KEY (id)
);
grant select on region to concord_api;
grant insert (id, name, listed), select, update (name, version, changed_at, listed) on region to concord_directory;
grant select on region to concord_worker;

create table region_county (
  region_id text not null,
  county_fips text not null,
  constraint region_county_county_fips_check CHECK ((county_fips ~ '^[0-9]{5}$'::text)),
  constraint region_county_pkey PRIMARY KEY (region_id, county_fips),
  constraint region_county_region_id_fkey FOREIGN KEY (region_id) REFERENCES region(id) ON DELETE CASCADE
);
CREATE INDEX region_county_by_county ON public.region_county USING btree (county_fips);
grant select on region_county to concord_api;
grant delete, insert, select on region_county to concord_directory;
grant select on region_county to concord_loader;
grant select on region_county to concord_releases;
grant select on region_county to concord_review;
grant select on region_county to concord_worker;

create table release_policy (
  version integer not null,
  document jsonb not null,
  digest text not null,
  note text not null,
  published_by uuid,
  published_at timestamp with time zone not null default now(),
  applied_at timestamp with time zone,
  constraint release_policy_check CHECK (((document -> 'version'::text) = to_jsonb(version))),
  constraint release_policy_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint release_policy_digest_key UNIQUE (digest),
  constraint release_policy_note_check CHECK (((note <> ''::text) AND (length(note) <= 2000))),
  constraint release_policy_pkey PRIMARY KEY (version),
  constraint release_policy_published_by_fkey FOREIGN KEY (published_by) REFERENCES person(id),
  constraint release_policy_version_check CHECK ((version > 0))
);
alter table release_policy enable row level security;
alter table release_policy force row level security;
CREATE TRIGGER release_policy_is_kept BEFORE DELETE OR UPDATE ON public.release_policy FOR EACH ROW EXECUTE FUNCTION release_policy_is_kept();
create policy policy_applied on release_policy for update to concord_releases using ((applied_at IS NULL)) with check ((applied_at IS NOT NULL));
create policy policy_followed on release_policy for select to concord_api, concord_loader, concord_publisher, concord_releases, concord_worker using (true);
create policy policy_published on release_policy for insert to concord_releases with check (true);
grant select (version, document, digest) on release_policy to concord_api;
grant select (version, document, digest) on release_policy to concord_loader;
grant select on release_policy to concord_publisher;
grant insert (version, document, digest, note), select, update (applied_at) on release_policy to concord_releases;
grant select (version, document, digest) on release_policy to concord_worker;

create table release_policy_dry_run (
  id uuid not null,
  digest text not null,
  ran_at timestamp with time zone not null default now(),
  whole boolean not null,
  findings jsonb not null,
  constraint release_policy_dry_run_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint release_policy_dry_run_pkey PRIMARY KEY (id)
);
alter table release_policy_dry_run enable row level security;
alter table release_policy_dry_run force row level security;
CREATE INDEX release_policy_dry_run_of ON public.release_policy_dry_run USING btree (digest);
create policy dry_run_kept on release_policy_dry_run for insert to concord_publisher with check (true);
create policy dry_run_seen on release_policy_dry_run for select to concord_publisher, concord_releases using (true);
grant insert (id, digest, whole, findings), select on release_policy_dry_run to concord_publisher;
grant select on release_policy_dry_run to concord_releases;

create table report_basis (
  report_id uuid not null,
  agency_id uuid not null,
  activity text not null,
  sealed bytea not null,
  review_by date not null,
  constraint report_basis_activity_check CHECK ((activity = ANY (ARRAY['POSSESSION'::text, 'DISTRIBUTION'::text, 'TRAFFICKING'::text, 'MANUFACTURE'::text, 'MONEY_LAUNDERING'::text, 'OTHER'::text]))),
  constraint report_basis_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint report_basis_pkey PRIMARY KEY (report_id),
  constraint report_basis_report_id_agency_id_fkey FOREIGN KEY (report_id, agency_id) REFERENCES seizure_report(id, agency_id) ON DELETE CASCADE,
  constraint report_basis_report_id_agency_id_key UNIQUE (report_id, agency_id)
);
alter table report_basis enable row level security;
alter table report_basis force row level security;
create policy basis_kept_at_decision on report_basis for select to concord_review using (seat_reviews(agency_id));
create policy basis_of_left_agency on report_basis for select to concord_departures using ((EXISTS ( SELECT
   FROM agency a
  WHERE ((a.id = report_basis.agency_id) AND (a.status = 'LEFT'::text)))));
create policy basis_of_own_agency on report_basis to concord_api, concord_loader using ((agency_id = app_agency())) with check ((agency_id = app_agency()));
grant delete, insert, select on report_basis to concord_api;
grant select on report_basis to concord_departures;
grant insert on report_basis to concord_loader;
grant select on report_basis to concord_review;

create table report_import (
  id uuid not null,
  agency_id uuid not null,
  person_id uuid not null,
  api_key_id uuid,
  format text not null,
  bytes integer not null,
  received_bytes integer not null default 0,
  content_digest text,
  lines integer,
  request_digest text,
  mapping jsonb,
  settings jsonb not null,
  raise_alerts boolean not null default false,
  dry_run boolean not null default false,
  state text not null,
  reason text,
  accepted integer not null default 0,
  held integer not null default 0,
  refused integer not null default 0,
  duplicates integer not null default 0,
  questions integer not null default 0,
  created_at timestamp(3) with time zone not null default statement_timestamp(),
  confirmed_at timestamp(3) with time zone,
  progressed_at timestamp(3) with time zone,
  ended_at timestamp(3) with time zone,
  content_removed_at timestamp(3) with time zone,
  holder uuid,
  held_until timestamp(3) with time zone,
  fruitless smallint not null default 0,
  constraint report_import_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint report_import_api_key_id_fkey FOREIGN KEY (api_key_id) REFERENCES api_key(id),
  constraint report_import_bytes_check CHECK (((bytes >= 1) AND (bytes <= 104857600))),
  constraint report_import_check CHECK (((received_bytes >= 0) AND (received_bytes <= bytes))),
  constraint report_import_check1 CHECK (((ended_at IS NOT NULL) = (state = ANY (ARRAY['DONE'::text, 'FAILED'::text, 'CANCELLED'::text])))),
  constraint report_import_check2 CHECK (((state = 'RUNNING'::text) OR (holder IS NULL))),
  constraint report_import_check3 CHECK (((state <> ALL (ARRAY['RUNNING'::text, 'PAUSED'::text, 'DONE'::text])) OR (mapping IS NOT NULL))),
  constraint report_import_content_digest_check CHECK ((content_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint report_import_format_check CHECK ((format = ANY (ARRAY['CSV'::text, 'XLSX'::text, 'JSON_LINES'::text, 'NIBRS_FLAT'::text, 'NIBRS_XML'::text]))),
  constraint report_import_id_agency_id_key UNIQUE (id, agency_id),
  constraint report_import_mapping_check CHECK ((pg_column_size(mapping) <= 262144)),
  constraint report_import_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint report_import_pkey PRIMARY KEY (id),
  constraint report_import_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 64))),
  constraint report_import_request_digest_check CHECK ((request_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint report_import_state_check CHECK ((state = ANY (ARRAY['RECEIVING'::text, 'READY'::text, 'RUNNING'::text, 'PAUSED'::text, 'DONE'::text, 'FAILED'::text, 'CANCELLED'::text])))
);
alter table report_import enable row level security;
alter table report_import force row level security;
CREATE INDEX report_import_listed ON public.report_import USING btree (agency_id, created_at DESC, id DESC);
CREATE INDEX report_import_running ON public.report_import USING btree (held_until) WHERE (state = 'RUNNING'::text);
CREATE UNIQUE INDEX report_import_same ON public.report_import USING btree (agency_id, person_id, request_digest) WHERE ((ended_at IS NULL) AND (request_digest IS NOT NULL));
CREATE INDEX report_import_with_content ON public.report_import USING btree (created_at) WHERE (content_removed_at IS NULL);
create policy import_of_own_agency on report_import for select to concord_api using (((agency_id = app_seat()) AND ( SELECT acts_as(ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text]) AS acts_as)));
create policy import_started on report_import for insert to concord_api with check (((agency_id = app_seat()) AND (person_id = app_person()) AND ( SELECT acts_as(ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text]) AS acts_as)));
create policy import_steered on report_import for update to concord_api using (((agency_id = app_seat()) AND ( SELECT acts_as(ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text]) AS acts_as))) with check ((agency_id = app_seat()));
create policy import_worked_on on report_import to concord_worker using (true) with check (true);
grant insert (id, agency_id, person_id, api_key_id, format, bytes, content_digest, request_digest, settings, raise_alerts, dry_run, state), select, update (received_bytes, content_digest, lines, mapping, state, reason, accepted, held, refused, duplicates, questions, confirmed_at, ended_at, holder, held_until, fruitless) on report_import to concord_api;
grant select, update (state, reason, accepted, held, refused, duplicates, questions, progressed_at, ended_at, content_removed_at, holder, held_until, fruitless) on report_import to concord_worker;

create table report_import_chunk (
  import_id uuid not null,
  position integer not null,
  agency_id uuid not null,
  sealed bytea not null,
  constraint report_import_chunk_import_id_agency_id_fkey FOREIGN KEY (import_id, agency_id) REFERENCES report_import(id, agency_id) ON DELETE CASCADE,
  constraint report_import_chunk_pkey PRIMARY KEY (import_id, "position"),
  constraint report_import_chunk_position_check CHECK (("position" >= 0))
);
alter table report_import_chunk enable row level security;
alter table report_import_chunk force row level security;
create policy chunk_of_own_agency on report_import_chunk for select to concord_api using (((agency_id = app_seat()) AND ( SELECT acts_as(ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text]) AS acts_as)));
create policy chunk_received on report_import_chunk for insert to concord_api with check (((agency_id = app_seat()) AND ( SELECT acts_as(ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text]) AS acts_as)));
create policy chunk_removed on report_import_chunk to concord_worker using (true);
grant insert, select on report_import_chunk to concord_api;
grant delete, select (import_id) on report_import_chunk to concord_worker;

create table report_import_entry (
  import_id uuid not null,
  ordinal integer not null,
  agency_id uuid not null,
  first_line integer not null,
  last_line integer not null,
  outcome text not null,
  report_id uuid,
  sealed_issues bytea,
  constraint report_import_entry_check CHECK (((report_id IS NULL) OR (outcome = ANY (ARRAY['ACCEPTED'::text, 'HELD'::text, 'DUPLICATE'::text])))),
  constraint report_import_entry_import_id_agency_id_fkey FOREIGN KEY (import_id, agency_id) REFERENCES report_import(id, agency_id) ON DELETE CASCADE,
  constraint report_import_entry_ordinal_check CHECK ((ordinal >= 0)),
  constraint report_import_entry_outcome_check CHECK ((outcome = ANY (ARRAY['ACCEPTED'::text, 'HELD'::text, 'REFUSED'::text, 'DUPLICATE'::text, 'QUESTION'::text]))),
  constraint report_import_entry_pkey PRIMARY KEY (import_id, ordinal),
  constraint report_import_entry_report_id_fkey FOREIGN KEY (report_id) REFERENCES seizure_report(id)
);
alter table report_import_entry enable row level security;
alter table report_import_entry force row level security;
CREATE INDEX report_import_entry_by_outcome ON public.report_import_entry USING btree (import_id, outcome, ordinal);
CREATE INDEX report_import_entry_of_report ON public.report_import_entry USING btree (report_id) WHERE (report_id IS NOT NULL);
create policy entry_judged on report_import_entry for insert to concord_api with check (((agency_id = app_seat()) AND ( SELECT acts_as(ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text]) AS acts_as)));
create policy entry_listed on report_import_entry for select to concord_lists using (true);
create policy entry_of_own_agency on report_import_entry for select to concord_api using (((agency_id = app_seat()) AND ( SELECT acts_as(ARRAY['SUBMITTER'::text, 'ANALYST'::text, 'SUPERVISOR'::text]) AS acts_as)));
create policy entry_worked_on on report_import_entry to concord_worker using (true) with check (true);
grant insert, select on report_import_entry to concord_api;
grant select (import_id, agency_id, outcome, report_id) on report_import_entry to concord_lists;
grant select (import_id, outcome), update (sealed_issues) on report_import_entry to concord_worker;

create table revoked_token (
  issuer text not null,
  token_id text not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone not null default now(),
  reason text,
  constraint revoked_token_issuer_check CHECK (((length(issuer) >= 1) AND (length(issuer) <= 255))),
  constraint revoked_token_pkey PRIMARY KEY (issuer, token_id),
  constraint revoked_token_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 200))),
  constraint revoked_token_token_id_check CHECK (((length(token_id) >= 1) AND (length(token_id) <= 255)))
);
alter table revoked_token enable row level security;
alter table revoked_token force row level security;
CREATE TRIGGER seats_change AFTER INSERT ON public.revoked_token FOR EACH STATEMENT EXECUTE FUNCTION seats_change();
create policy revocation_asked on revoked_token for select to concord_api using (true);
create policy revocation_made on revoked_token for insert to concord_operator with check (true);
create policy revocation_outlived on revoked_token for delete to concord_operator using ((expires_at < (now() - '1 day'::interval)));
create policy revocation_seen on revoked_token for select to concord_operator using (true);
grant select (issuer, token_id) on revoked_token to concord_api;
grant delete, insert, select on revoked_token to concord_operator;

create table root_key_check (
  id text not null,
  digest text not null,
  constraint root_key_check_id_check CHECK ((id = 'root'::text)),
  constraint root_key_check_pkey PRIMARY KEY (id)
);
alter table root_key_check enable row level security;
alter table root_key_check force row level security;
create policy root_key_checked on root_key_check to concord_api, concord_loader using (true) with check (true);
create policy root_key_of_publisher on root_key_check for select to concord_publisher using (true);
grant insert, select on root_key_check to concord_api;
grant insert, select on root_key_check to concord_loader;
grant select on root_key_check to concord_publisher;

create table sealed_identifier (
  id uuid not null,
  report_id uuid not null,
  agency_id uuid not null,
  kind text not null,
  sensitivity text not null,
  sealed bytea not null,
  constraint sealed_identifier_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint sealed_identifier_kind_check CHECK ((kind = ANY (ARRAY['PHONE'::text, 'PLATE'::text, 'VIN'::text, 'PARCEL'::text, 'ACCOUNT'::text, 'CRYPTO_ADDRESS'::text, 'HANDLE'::text, 'EMAIL'::text, 'DEVICE'::text, 'PERSON'::text]))),
  constraint sealed_identifier_pkey PRIMARY KEY (id),
  constraint sealed_identifier_report_id_agency_id_fkey FOREIGN KEY (report_id, agency_id) REFERENCES report_basis(report_id, agency_id) ON DELETE CASCADE,
  constraint sealed_identifier_sensitivity_check CHECK ((sensitivity = ANY (ARRAY['OPEN'::text, 'CONTACT_ONLY'::text, 'SILENT'::text])))
);
alter table sealed_identifier enable row level security;
alter table sealed_identifier force row level security;
CREATE INDEX sealed_identifier_by_report ON public.sealed_identifier USING btree (report_id);
create policy identifier_kept_at_decision on sealed_identifier for select to concord_review using (seat_reviews(agency_id));
create policy identifier_of_left_agency on sealed_identifier for select to concord_departures using ((EXISTS ( SELECT
   FROM agency a
  WHERE ((a.id = sealed_identifier.agency_id) AND (a.status = 'LEFT'::text)))));
create policy identifier_of_own_agency on sealed_identifier to concord_api, concord_loader using ((agency_id = app_agency())) with check ((agency_id = app_agency()));
create policy identifier_rereleased on sealed_identifier for select to concord_releases using (true);
grant insert, select on sealed_identifier to concord_api;
grant select on sealed_identifier to concord_departures;
grant insert on sealed_identifier to concord_loader;
grant select (id, report_id, kind, sensitivity, sealed) on sealed_identifier to concord_releases;
grant select on sealed_identifier to concord_review;

create table seizure_record (
  id uuid not null,
  report_id uuid not null,
  agency_id uuid not null,
  sequence bigint not null generated by default as identity,
  version integer not null default 1,
  released_at timestamp(3) with time zone not null,
  synthetic boolean not null default false,
  constraint seizure_record_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint seizure_record_pkey PRIMARY KEY (id),
  constraint seizure_record_report_id_agency_id_fkey FOREIGN KEY (report_id, agency_id) REFERENCES seizure_report(id, agency_id) ON DELETE CASCADE,
  constraint seizure_record_report_id_key UNIQUE (report_id),
  constraint seizure_record_sequence_key UNIQUE (sequence)
);
alter table seizure_record enable row level security;
alter table seizure_record force row level security;
create policy record_counted on seizure_record for select to concord_community using (true);
create policy record_decided on seizure_record to concord_review using (seat_reviews(agency_id)) with check (seat_reviews(agency_id));
create policy record_listed on seizure_record for select to concord_lists using (true);
create policy record_of_left_agency on seizure_record to concord_departures using ((EXISTS ( SELECT
   FROM agency a
  WHERE ((a.id = seizure_record.agency_id) AND (a.status = 'LEFT'::text))))) with check ((EXISTS ( SELECT
   FROM agency a
  WHERE ((a.id = seizure_record.agency_id) AND (a.status = 'LEFT'::text)))));
create policy record_of_own_agency on seizure_record to concord_api, concord_loader using ((agency_id = app_agency())) with check ((agency_id = app_agency()));
create policy record_owner_asked on seizure_record for select to concord_agreements using (true);
create policy record_ranged on seizure_record for select to concord_worker using (true);
create policy record_rereleased on seizure_record for select to concord_releases using (true);
create policy record_tallied on seizure_record for select to concord_books using (true);
grant select (id, agency_id) on seizure_record to concord_agreements;
grant insert, select, update (version, released_at) on seizure_record to concord_api;
grant select (id, agency_id) on seizure_record to concord_books;
grant select (id, released_at) on seizure_record to concord_community;
grant select, update (version) on seizure_record to concord_departures;
grant select on seizure_record to concord_lists;
grant insert, select on seizure_record to concord_loader;
grant select on seizure_record to concord_releases;
grant select, update (version, released_at) on seizure_record to concord_review;
grant select on seizure_record to concord_worker;

create table seizure_report (
  id uuid not null,
  agency_id uuid not null,
  submitter_reference text not null,
  status text not null,
  version integer not null default 1,
  content_digest text not null,
  sharing text not null,
  tlp text not null,
  release_after timestamp with time zone,
  occurred_from timestamp with time zone not null,
  occurred_to timestamp with time zone not null,
  offset_minutes integer not null,
  content jsonb not null,
  sealed_narrative bytea,
  synthetic boolean not null default false,
  submitted_by uuid not null,
  submitted_at timestamp with time zone not null default now(),
  change text not null default 'SUBMITTED'::text,
  changed_by uuid,
  changed_at timestamp with time zone,
  sealed_reason bytea,
  hold_until_released boolean not null default false,
  hold_reasons jsonb,
  sealed_return_note bytea,
  constraint seizure_report_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint seizure_report_agency_id_submitter_reference_key UNIQUE (agency_id, submitter_reference),
  constraint seizure_report_change_check CHECK ((change = ANY (ARRAY['SUBMITTED'::text, 'CORRECTED'::text, 'LABORATORY_RESULT'::text, 'RECALLED'::text, 'RELEASED'::text, 'RETURNED'::text]))),
  constraint seizure_report_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint seizure_report_id_agency_id_key UNIQUE (id, agency_id),
  constraint seizure_report_pkey PRIMARY KEY (id),
  constraint seizure_report_sharing_check CHECK ((sharing = ANY (ARRAY['AGENCY'::text, 'TASK_FORCES'::text, 'STATE'::text, 'NATION'::text, 'PARTNERS'::text]))),
  constraint seizure_report_status_check CHECK ((status = ANY (ARRAY['DRAFT'::text, 'HELD'::text, 'EMBARGOED'::text, 'RELEASED'::text, 'RECALLED'::text, 'PURGED'::text]))),
  constraint seizure_report_submitted_by_fkey FOREIGN KEY (submitted_by) REFERENCES person(id),
  constraint seizure_report_submitter_reference_check CHECK (((length(submitter_reference) >= 1) AND (length(submitter_reference) <= 64))),
  constraint seizure_report_tlp_check CHECK ((tlp = ANY (ARRAY['CLEAR'::text, 'GREEN'::text, 'AMBER'::text, 'AMBER_STRICT'::text, 'RED'::text])))
);
alter table seizure_report enable row level security;
alter table seizure_report force row level security;
CREATE INDEX seizure_report_by_submitter ON public.seizure_report USING btree (agency_id, submitted_by, submitted_at DESC, id DESC);
CREATE INDEX seizure_report_by_time ON public.seizure_report USING btree (agency_id, occurred_from);
CREATE INDEX seizure_report_by_word ON public.seizure_report USING gin (seizure_report_words(agency_id, submitter_reference, content)) WITH (gin_pending_list_limit='256');
CREATE INDEX seizure_report_changed ON public.seizure_report USING btree (agency_id, changed_at) WHERE (changed_at IS NOT NULL);
CREATE INDEX seizure_report_held ON public.seizure_report USING btree (agency_id, COALESCE(changed_at, submitted_at), id) WHERE (status = 'HELD'::text);
CREATE INDEX seizure_report_newest ON public.seizure_report USING btree (agency_id, submitted_at DESC, id DESC);
CREATE INDEX seizure_report_standing ON public.seizure_report USING btree (agency_id, id) WHERE (status <> ALL (ARRAY['RECALLED'::text, 'PURGED'::text]));
CREATE INDEX seizure_report_unusual ON public.seizure_report USING btree (agency_id, submitted_at DESC, id DESC) WHERE (status <> 'RELEASED'::text);
CREATE TRIGGER agency_takes_reports BEFORE INSERT ON public.seizure_report FOR EACH ROW EXECUTE FUNCTION agency_takes_reports();
CREATE TRIGGER held_is_decided BEFORE UPDATE ON public.seizure_report FOR EACH ROW WHEN (((old.status = ANY (ARRAY['HELD'::text, 'DRAFT'::text])) AND (new.status = ANY (ARRAY['RELEASED'::text, 'EMBARGOED'::text])))) EXECUTE FUNCTION held_is_decided();
CREATE TRIGGER report_version_is_kept BEFORE UPDATE ON public.seizure_report FOR EACH ROW EXECUTE FUNCTION report_version_is_kept();
create policy report_changed on seizure_report for update to concord_api using ((agency_id = app_agency())) with check (((agency_id = app_agency()) AND (changed_by = app_person())));
create policy report_decided on seizure_report for update to concord_review using (seat_reviews(agency_id)) with check (((changed_by = app_person()) AND (change = ANY (ARRAY['RELEASED'::text, 'RETURNED'::text]))));
create policy report_listed on seizure_report for select to concord_lists using (true);
create policy report_of_left_agency on seizure_report for select to concord_departures using ((EXISTS ( SELECT
   FROM agency a
  WHERE ((a.id = seizure_report.agency_id) AND (a.status = 'LEFT'::text)))));
create policy report_of_own_agency on seizure_report for select to concord_api, concord_loader using ((agency_id = app_agency()));
create policy report_recalled_at_departure on seizure_report for update to concord_departures using ((EXISTS ( SELECT
   FROM agency a
  WHERE ((a.id = seizure_report.agency_id) AND (a.status = 'LEFT'::text))))) with check ((status = 'RECALLED'::text));
create policy report_rereleased on seizure_report for select to concord_releases using ((status <> ALL (ARRAY['RECALLED'::text, 'PURGED'::text])));
create policy report_reviewed on seizure_report for select to concord_review using (seat_reviews(agency_id));
create policy report_submitted on seizure_report for insert to concord_api, concord_loader with check (((agency_id = app_agency()) AND (submitted_by = app_person())));
grant insert, select, update (status, version, content_digest, sharing, tlp, release_after, occurred_from, occurred_to, offset_minutes, content, sealed_narrative, change, changed_by, changed_at, sealed_reason, hold_until_released, hold_reasons, sealed_return_note) on seizure_report to concord_api;
grant select, update (status, version, change, changed_by, changed_at, sealed_reason) on seizure_report to concord_departures;
grant select (id, agency_id, submitter_reference, status, release_after, occurred_from, offset_minutes, content, submitted_by, submitted_at) on seizure_report to concord_lists;
grant insert, select on seizure_report to concord_loader;
grant select (id, agency_id, submitter_reference, status, version, sharing, tlp, occurred_from, occurred_to, offset_minutes, content) on seizure_report to concord_releases;
grant select, update (status, version, change, changed_by, changed_at, sealed_reason, hold_until_released, hold_reasons, sealed_return_note) on seizure_report to concord_review;

create table seizure_report_draft (
  id uuid not null,
  agency_id uuid not null,
  person_id uuid not null,
  version integer not null default 1,
  sealed bytea,
  created_at timestamp with time zone not null default now(),
  saved_at timestamp with time zone not null default now(),
  report_id uuid,
  constraint seizure_report_draft_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint seizure_report_draft_check CHECK (((sealed IS NULL) = (report_id IS NOT NULL))),
  constraint seizure_report_draft_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint seizure_report_draft_pkey PRIMARY KEY (id),
  constraint seizure_report_draft_report_id_fkey FOREIGN KEY (report_id) REFERENCES seizure_report(id) ON DELETE CASCADE,
  constraint seizure_report_draft_version_check CHECK ((version >= 1))
);
alter table seizure_report_draft enable row level security;
alter table seizure_report_draft force row level security;
CREATE INDEX seizure_report_draft_of_person ON public.seizure_report_draft USING btree (person_id, agency_id, saved_at DESC, id DESC) WHERE (report_id IS NULL);
CREATE INDEX seizure_report_draft_submitted ON public.seizure_report_draft USING btree (report_id) WHERE (report_id IS NOT NULL);
CREATE INDEX seizure_report_draft_untouched ON public.seizure_report_draft USING btree (saved_at);
create policy draft_of_its_writer on seizure_report_draft to concord_api using (((person_id = app_person()) AND (agency_id = app_agency()))) with check (((person_id = app_person()) AND (agency_id = app_agency())));
create policy draft_swept on seizure_report_draft for delete to concord_worker using ((saved_at < (now() - draft_retention())));
create policy draft_untouched on seizure_report_draft for select to concord_worker using ((saved_at < (now() - draft_retention())));
grant delete, insert (id, agency_id, person_id, sealed), select, update (version, sealed, saved_at, report_id) on seizure_report_draft to concord_api;
grant delete, select (id, agency_id, saved_at) on seizure_report_draft to concord_worker;

create table seizure_report_version (
  report_id uuid not null,
  agency_id uuid not null,
  version integer not null,
  change text not null,
  changed_by uuid not null,
  changed_at timestamp with time zone not null,
  sealed_reason bytea,
  status text not null,
  content_digest text not null,
  sharing text not null,
  tlp text not null,
  release_after timestamp with time zone,
  occurred_from timestamp with time zone not null,
  occurred_to timestamp with time zone not null,
  offset_minutes integer not null,
  content jsonb not null,
  sealed_narrative bytea,
  basis jsonb,
  identifiers jsonb not null default '[]'::jsonb,
  hold_until_released boolean not null default false,
  hold_reasons jsonb,
  sealed_return_note bytea,
  constraint seizure_report_version_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id),
  constraint seizure_report_version_change_check CHECK ((change = ANY (ARRAY['SUBMITTED'::text, 'CORRECTED'::text, 'LABORATORY_RESULT'::text, 'RECALLED'::text, 'RELEASED'::text, 'RETURNED'::text]))),
  constraint seizure_report_version_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint seizure_report_version_pkey PRIMARY KEY (report_id, version),
  constraint seizure_report_version_report_id_agency_id_fkey FOREIGN KEY (report_id, agency_id) REFERENCES seizure_report(id, agency_id) ON DELETE CASCADE,
  constraint seizure_report_version_sharing_check CHECK ((sharing = ANY (ARRAY['AGENCY'::text, 'TASK_FORCES'::text, 'STATE'::text, 'NATION'::text, 'PARTNERS'::text]))),
  constraint seizure_report_version_status_check CHECK ((status = ANY (ARRAY['DRAFT'::text, 'HELD'::text, 'EMBARGOED'::text, 'RELEASED'::text, 'RECALLED'::text, 'PURGED'::text]))),
  constraint seizure_report_version_tlp_check CHECK ((tlp = ANY (ARRAY['CLEAR'::text, 'GREEN'::text, 'AMBER'::text, 'AMBER_STRICT'::text, 'RED'::text])))
);
alter table seizure_report_version enable row level security;
alter table seizure_report_version force row level security;
CREATE INDEX seizure_report_version_changed ON public.seizure_report_version USING btree (agency_id, changed_at);
create policy version_of_decision on seizure_report_version for insert to concord_review with check (seat_reviews(agency_id));
create policy version_of_left_agency on seizure_report_version to concord_departures using ((EXISTS ( SELECT
   FROM agency a
  WHERE ((a.id = seizure_report_version.agency_id) AND (a.status = 'LEFT'::text))))) with check ((EXISTS ( SELECT
   FROM agency a
  WHERE ((a.id = seizure_report_version.agency_id) AND (a.status = 'LEFT'::text)))));
create policy version_of_own_agency on seizure_report_version to concord_api, concord_loader using ((agency_id = app_agency())) with check ((agency_id = app_agency()));
create policy version_reviewed on seizure_report_version for select to concord_review using (seat_reviews(agency_id));
grant insert, select on seizure_report_version to concord_api;
grant insert, select on seizure_report_version to concord_departures;
grant select on seizure_report_version to concord_loader;
grant insert, select on seizure_report_version to concord_review;

create table task_force (
  id uuid not null default gen_random_uuid(),
  name text not null,
  lead_agency_id uuid not null,
  valid_from timestamp with time zone not null default now(),
  valid_until timestamp with time zone not null,
  constraint task_force_lead_agency_id_fkey FOREIGN KEY (lead_agency_id) REFERENCES agency(id),
  constraint task_force_pkey PRIMARY KEY (id)
);
grant select on task_force to concord_api;
grant select on task_force to concord_loader;
grant select on task_force to concord_review;
grant select on task_force to concord_worker;

create table task_force_activity (
  task_force_id uuid not null,
  activity text not null,
  constraint task_force_activity_activity_check CHECK ((activity = ANY (ARRAY['TRAFFICKING'::text, 'DISTRIBUTION'::text, 'MANUFACTURE'::text, 'MONEY_LAUNDERING'::text, 'OVERDOSE_RESPONSE'::text]))),
  constraint task_force_activity_pkey PRIMARY KEY (task_force_id, activity),
  constraint task_force_activity_task_force_id_fkey FOREIGN KEY (task_force_id) REFERENCES task_force(id) ON DELETE CASCADE
);
grant select on task_force_activity to concord_api;
grant select on task_force_activity to concord_worker;

create table task_force_agency (
  task_force_id uuid not null,
  agency_id uuid not null,
  valid_from timestamp with time zone not null default now(),
  valid_until timestamp with time zone,
  constraint task_force_agency_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint task_force_agency_pkey PRIMARY KEY (task_force_id, agency_id),
  constraint task_force_agency_task_force_id_fkey FOREIGN KEY (task_force_id) REFERENCES task_force(id) ON DELETE CASCADE
);
CREATE INDEX task_force_agency_by_agency ON public.task_force_agency USING btree (agency_id);
grant select on task_force_agency to concord_api;
grant select on task_force_agency to concord_loader;
grant select on task_force_agency to concord_releases;
grant select on task_force_agency to concord_review;
grant select on task_force_agency to concord_worker;

create table task_force_member (
  task_force_id uuid not null,
  agency_id uuid not null,
  person_id uuid not null,
  role text not null,
  valid_from timestamp with time zone not null default now(),
  valid_until timestamp with time zone,
  constraint task_force_member_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint task_force_member_pkey PRIMARY KEY (task_force_id, agency_id, person_id),
  constraint task_force_member_role_check CHECK ((role = ANY (ARRAY['LEAD'::text, 'MEMBER'::text, 'OBSERVER'::text]))),
  constraint task_force_member_task_force_id_agency_id_fkey FOREIGN KEY (task_force_id, agency_id) REFERENCES task_force_agency(task_force_id, agency_id) ON DELETE CASCADE
);
CREATE INDEX task_force_member_by_person ON public.task_force_member USING btree (person_id, agency_id);
grant select on task_force_member to concord_api;
grant select on task_force_member to concord_loader;
grant select on task_force_member to concord_worker;

create table view_recoarsened (
  record_id uuid not null,
  rank smallint not null,
  policy_version integer not null,
  changed_at timestamp with time zone not null,
  constraint view_recoarsened_pkey PRIMARY KEY (record_id, rank, policy_version),
  constraint view_recoarsened_policy_version_fkey FOREIGN KEY (policy_version) REFERENCES release_policy(version),
  constraint view_recoarsened_record_id_fkey FOREIGN KEY (record_id) REFERENCES seizure_record(id) ON DELETE CASCADE
);
alter table view_recoarsened enable row level security;
alter table view_recoarsened force row level security;
create policy recoarsened_kept on view_recoarsened to concord_releases using (true) with check (true);
create policy recoarsened_told on view_recoarsened for select to concord_worker using (true);
grant insert, select on view_recoarsened to concord_releases;
grant select on view_recoarsened to concord_worker;

create table webhook (
  id uuid not null,
  person_id uuid not null,
  agency_id uuid not null,
  url text not null,
  state text not null default 'UNVERIFIED'::text,
  ended_because text,
  created_at timestamp with time zone not null default now(),
  verified_at timestamp with time zone,
  failures integer not null default 0,
  paused_until timestamp with time zone,
  last_failure text,
  constraint webhook_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint webhook_check CHECK (((state = 'ENDED'::text) = (ended_because IS NOT NULL))),
  constraint webhook_ended_because_check CHECK ((ended_because = ANY (ARRAY['NOT_VERIFIED'::text, 'GONE'::text, 'REMOVED'::text]))),
  constraint webhook_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint webhook_pkey PRIMARY KEY (id),
  constraint webhook_state_check CHECK ((state = ANY (ARRAY['UNVERIFIED'::text, 'ACTIVE'::text, 'ENDED'::text]))),
  constraint webhook_url_check CHECK (((length(url) >= 9) AND (length(url) <= 2000)))
);
alter table webhook enable row level security;
alter table webhook force row level security;
CREATE INDEX webhook_of_owner ON public.webhook USING btree (person_id, agency_id) WHERE (state <> 'ENDED'::text);
create policy webhook_of_owner on webhook to concord_api using (((person_id = app_person()) AND (agency_id = app_seat()))) with check (((person_id = app_person()) AND (agency_id = app_seat())));
create policy webhook_worked on webhook to concord_worker using (true) with check (true);
grant insert (id, person_id, agency_id, url), select, update (state, ended_because) on webhook to concord_api;
grant select, update on webhook to concord_worker;

create table webhook_secret (
  id uuid not null,
  webhook_id uuid not null,
  agency_id uuid not null,
  sealed bytea not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  constraint webhook_secret_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES agency(id) ON DELETE CASCADE,
  constraint webhook_secret_pkey PRIMARY KEY (id),
  constraint webhook_secret_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhook(id) ON DELETE CASCADE
);
alter table webhook_secret enable row level security;
alter table webhook_secret force row level security;
CREATE INDEX webhook_secret_of ON public.webhook_secret USING btree (webhook_id, made_at);
create policy secret_of_own_webhook on webhook_secret to concord_api using ((EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = webhook_secret.webhook_id)
 OFFSET 0))) with check (((agency_id = app_seat()) AND (EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = webhook_secret.webhook_id)
 OFFSET 0))));
create policy secret_worked on webhook_secret for select to concord_worker using (true);
grant delete, insert, select (id, webhook_id, made_at) on webhook_secret to concord_api;
grant select on webhook_secret to concord_worker;

create view alert_card with (security_invoker=true) as
 SELECT id,
    record_id,
    record_version,
    revision,
    match,
    state,
    raised_at,
    updated_at,
    owner_person_id,
    owner_agency_id,
    ( SELECT json_agg(json_build_object('id', r.id, 'name', r.name) ORDER BY r.created_at, r.id) AS json_agg
           FROM alert_match m
             JOIN alert_rule r ON r.id = m.rule_id
          WHERE m.alert_id = a.id AND m.version = (( SELECT max(x.version) AS max
                   FROM alert_match x
                  WHERE x.alert_id = a.id))) AS rules,
    change,
    alert_stage(state, work) AS stage,
    outcome,
    assigned_by,
    note,
    watched_at
   FROM alert a;
grant select on alert_card to concord_api;

create view seizure_record_card with (security_invoker=true) as
 SELECT v.record_id,
    v."precision",
    v.rank,
    v.shown_version AS version,
    v.released_at,
    v.tlp,
    v.occurred_from,
    v.occurred_to,
    v.offset_minutes,
    v.state_fips,
    v.county_fips,
    v.h3,
    v.latitude,
    v.longitude,
    v.setting,
    v.port_of_entry,
    v.conveyance,
    v.route,
    v.people,
    v.source_reliability,
    v.source_credibility,
    v.contributor_withheld,
    v.transformations,
    v.synthetic,
    a.name AS contributor_name,
    a.level AS contributor_level,
    a.ori AS contributor_ori,
    a.contact_phone AS contributor_phone,
    ( SELECT array_agg(c.concealment ORDER BY c.concealment) AS array_agg
           FROM record_view_concealment c
          WHERE c.record_id = v.record_id AND c.rank = v.rank) AS concealment,
    ( SELECT json_agg(json_build_object('deaCode', s.dea_code, 'name', s.name, 'category', s.category, 'form', s.form, 'laboratoryStatus', s.laboratory_status, 'unit', s.unit, 'amount', s.amount, 'minMilligrams', s.min_milligrams::text, 'maxMilligrams', s.max_milligrams::text, 'minUnits', s.min_units::text, 'maxUnits', s.max_units::text, 'estimated', s.estimated, 'purityMin', s.purity_min, 'purityMax', s.purity_max, 'signature', s.signature, 'adulterants', s.adulterants) ORDER BY s.ordinal) AS json_agg
           FROM record_view_substance s
          WHERE s.record_id = v.record_id AND s.rank = v.rank) AS substances,
    v.packaging,
    v.remarks,
    v.policy_version,
        CASE
            WHEN v.contributor_withheld THEN ( SELECT h.handle
               FROM contributor_handle h
              WHERE h.record_id = v.record_id)
            ELSE NULL::uuid
        END AS contributor_handle
   FROM record_view v
     LEFT JOIN agency a ON a.id = v.contributor_id;
grant select on seizure_record_card to concord_api;
grant select on seizure_record_card to concord_review;

CREATE OR REPLACE FUNCTION public.accept_invitation(p_code_hash bytea, p_issuer text, p_subject text)
 RETURNS TABLE(invitation_id uuid, person_id uuid, agency_id uuid, membership_id uuid, approval_id uuid)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
declare i invitation; v_person uuid; v_status text; v_approval uuid;
begin
  -- One token accepts one code at a time, and so is bound once.
  perform pg_advisory_xact_lock(hashtextextended('concord.subject:' || p_issuer || ' ' || p_subject, 0));
  select * into i from invitation v
    where v.code_hash = p_code_hash and v.accepted_by is null and v.withdrawn_at is null and v.expires_at > statement_timestamp()
      and not exists (select from approval a where a.id = v.approval_id and approval_state(a.state, a.expires_at) in ('REFUSED', 'EXPIRED'))
      and exists (select from person p where p.id = v.person_id and p.status = 'ACTIVE')
    for update;
  select p.id, p.status into v_person, v_status from person p where p.issuer = p_issuer and p.subject = p_subject;
  -- Whoever is known by a key alone is a machine, and is invited to nothing. Whoever invited gives themselves no role by it.
  if i.id is null or v_status = 'DISABLED' or p_issuer = 'urn:concord:service' or v_person = i.created_by or not may_still_ask(case when exists (
       select from membership m where m.person_id = i.created_by and m.agency_id = i.agency_id) then i.agency_id end, i.created_by) then
    return;
  end if;
  perform lock_person(coalesce(v_person, i.person_id));
  if duties_clash(coalesce(v_person, i.person_id), i.agency_id, i.roles) then
    return;
  end if;
  if v_person is null then
    update person p set issuer = p_issuer, subject = p_subject
      where p.id = i.person_id and p.issuer is null and p.status = 'ACTIVE' returning p.id into v_person;
    if v_person is null then
      return;
    end if;
  elsif v_person <> i.person_id then
    -- The name that was made for the invitation is nobody's.
    update person p set status = 'DISABLED', disabled_at = statement_timestamp() where p.id = i.person_id and p.issuer is null;
  end if;
  v_approval := i.approval_id;
  if has_seat_elsewhere(v_person, i.agency_id) then
    -- Nobody who agreed before knew that it is somebody with rights elsewhere: a second person is asked, again if need be.
    insert into approval (kind, agency_id, subject_ids, payload, summary, requested_by)
    -- Whoever's admin invited, decides; what a system admin asks, another one does.
    select 'invitation.confirm', case when exists (
               select from membership m where m.person_id = i.created_by and m.agency_id = i.agency_id) then i.agency_id end,
           array[i.id, v_person], jsonb_build_object('invitationId', i.id),
           left(array_to_string(i.roles, ', ') || ' in ' || coalesce(g.name, 'the deployment') || ' for '
                || p.display_name || ', who has accepted an invitation and acts for another agency too', 500),
           i.created_by
    from person p left join agency g on g.id = i.agency_id where p.id = v_person
    returning id into v_approval;
  end if;
  update invitation v set accepted_by = v_person, accepted_at = statement_timestamp(), approval_id = v_approval where v.id = i.id;
  return query select i.id, v_person, i.agency_id, fulfil_invitation(i.id), v_approval;
end $function$;
alter function accept_invitation(bytea,text,text) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.accept_policy(p_version integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if app_seat() is null or not acts_as(array['AGENCY_ADMIN']) then
    raise exception 'an admin of the agency accepts for it' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from policy_text t where t.version = p_version) then return 'ABSENT'; end if;
  if exists (select from policy_text t where t.version > p_version and t.effective_from <= statement_timestamp()) then return 'SUPERSEDED'; end if;
  insert into policy_acceptance (agency_id, version, person_id) values (app_seat(), p_version, app_person()) on conflict do nothing;
  return case when found then 'ACCEPTED' else 'UNCHANGED' end;
end $function$;
alter function accept_policy(integer) owner to concord_agreements;
-- granted: concord_agreements=X/concord_agreements, concord_api=X/concord_agreements

CREATE OR REPLACE FUNCTION public.access_key_ids(p_keys text[])
 RETURNS integer[]
 LANGUAGE plpgsql
AS $function$
declare ids int4[];
begin
  if cardinality(p_keys) = 0 then return '{}'; end if;
  select array_agg(k.id order by k.id) into ids from access_key k where k.key = any(p_keys);
  if coalesce(cardinality(ids), 0) < cardinality(p_keys) then
    insert into access_key (key) select distinct k from unnest(p_keys) k on conflict (key) do nothing;
    select array_agg(k.id order by k.id) into ids from access_key k where k.key = any(p_keys);
  end if;
  return ids;
end $function$;

CREATE OR REPLACE FUNCTION public.actor_keyring(p_person uuid, p_agency uuid)
 RETURNS integer[]
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(array_agg(key_id order by key_id) filter (where key_id is not null), '{}')
  from actor_keys(p_person, p_agency)
$function$;

CREATE OR REPLACE FUNCTION public.actor_keyrings(p_persons uuid[], p_agencies uuid[])
 RETURNS TABLE(person uuid, agency uuid, keys integer[])
 LANGUAGE sql
 STABLE
AS $function$
  with owner as (
    select distinct o.person, o.agency from unnest(p_persons, p_agencies) as o(person, agency)
  ),
  seat as (
    select o.person, o.agency, a.level,
           bool_or(m.roles && array['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER']) as reads_own,
           bool_or(m.roles && array['ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER']) as reads_shared
    from owner o
    join membership m on m.person_id = o.person and m.agency_id = o.agency
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())
    join person p on p.id = o.person and p.status = 'ACTIVE'
    join agency a on a.id = o.agency and a.status = 'ACTIVE'
    group by o.person, o.agency, a.level
  ),
  agreed as (
    select s.agency, s.level
    from (select distinct agency, level from seat where reads_shared) s
    where exists (
        select from agreement_party gp
        join agreement g on g.id = gp.agreement_id
          and g.valid_from <= statement_timestamp() and (g.valid_until is null or g.valid_until > statement_timestamp())
        where gp.agency_id = s.agency and (gp.valid_until is null or gp.valid_until > statement_timestamp()))
      and not exists (
        select from policy_text t where t.effective_from <= statement_timestamp()
          and not exists (select from policy_acceptance c where c.agency_id = s.agency and c.version >= t.version))
  ),
  shared as (
    select g.agency, ap.place_key as key
    from agreed g
    join agency_place ap on ap.agency_id = g.agency
    where (g.level = 'FEDERAL' and ap.place_key = 'nation:us')
       or (g.level = 'STATE' and ap.place_key like 'state:%')
       or (g.level in ('LOCAL', 'TRIBAL') and (ap.place_key like 'county:%' or ap.place_key like 'tribe:%'))
    union
    select g.agency, 'region:' || rc.region_id
    from agreed g
    join agency_place ap on ap.agency_id = g.agency and ap.place_key like 'county:%'
    join region_county rc on rc.county_fips = substr(ap.place_key, 8)
    where g.level in ('LOCAL', 'TRIBAL')
  ),
  ring as (
    select s.person, s.agency, 'agency:' || s.agency as key from seat s where s.reads_own
    union all
    select s.person, s.agency, 'taskforce:' || t.id
    from seat s
    join agreed g on g.agency = s.agency
    join task_force_member tm on tm.agency_id = s.agency and tm.person_id = s.person
      and tm.valid_from <= statement_timestamp() and (tm.valid_until is null or tm.valid_until > statement_timestamp())
    join task_force_agency ta on ta.task_force_id = tm.task_force_id and ta.agency_id = tm.agency_id
      and ta.valid_from <= statement_timestamp() and (ta.valid_until is null or ta.valid_until > statement_timestamp())
    join task_force t on t.id = tm.task_force_id and t.valid_from <= statement_timestamp() and t.valid_until > statement_timestamp()
    where s.reads_shared
    union all
    select s.person, s.agency, h.key from seat s join shared h on h.agency = s.agency where s.reads_shared
  )
  select o.person, o.agency, coalesce(array_agg(k.id order by k.id) filter (where k.id is not null), '{}')
  from owner o
  left join ring r on r.person = o.person and r.agency = o.agency
  left join access_key k on k.key = r.key
  group by o.person, o.agency
$function$;
-- granted: =X/concord, concord=X/concord, concord_api=X/concord, concord_worker=X/concord

CREATE OR REPLACE FUNCTION public.actor_keys(p_person uuid, p_agency uuid)
 RETURNS TABLE(key text, key_id integer, opens text, because text)
 LANGUAGE sql
 STABLE
AS $function$
  with seat as (
    select a.id as agency_id, a.level, a.name,
           bool_or(m.roles && array['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER']) as reads_own,
           bool_or(m.roles && array['ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER']) as reads_shared,
           bool_or(m.roles && array['SUPERVISOR']) as supervises
    from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    join agency a on a.id = m.agency_id and a.status = 'ACTIVE'
    where m.person_id = p_person and m.agency_id = p_agency
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())
    group by a.id
  ),
  agreed as (
    select s.agency_id, s.level, s.name, min(g.name) as agreement
    from seat s
    join agreement_party gp on gp.agency_id = s.agency_id
      and (gp.valid_until is null or gp.valid_until > statement_timestamp())
    join agreement g on g.id = gp.agreement_id
      and g.valid_from <= statement_timestamp() and (g.valid_until is null or g.valid_until > statement_timestamp())
      and (app_purpose() is null or app_purpose() = any(g.purposes))
    where s.reads_shared
      and not exists (
        select from policy_text t where t.effective_from <= statement_timestamp()
          and not exists (select from policy_acceptance c where c.agency_id = s.agency_id and c.version >= t.version))
    group by s.agency_id, s.level, s.name
  ),
  ring(key, opens, because) as (
    select 'agency:' || agency_id, 'OWNER', 'member of ' || name from seat where reads_own
    union all
    select 'taskforce:' || t.id, 'TASK_FORCE', 'named member of task force ' || t.name
    from agreed s
    join task_force_member tm on tm.agency_id = s.agency_id and tm.person_id = p_person
      and tm.valid_from <= statement_timestamp() and (tm.valid_until is null or tm.valid_until > statement_timestamp())
    join task_force_agency ta on ta.task_force_id = tm.task_force_id and ta.agency_id = tm.agency_id
      and ta.valid_from <= statement_timestamp() and (ta.valid_until is null or ta.valid_until > statement_timestamp())
    join task_force t on t.id = tm.task_force_id and t.valid_from <= statement_timestamp() and t.valid_until > statement_timestamp()
    union all
    select ap.place_key, 'PARTNER', lower(s.level) || ' agency of this jurisdiction under ' || s.agreement
    from agreed s
    join agency_place ap on ap.agency_id = s.agency_id
    where (s.level = 'FEDERAL' and ap.place_key = 'nation:us')
       or (s.level = 'STATE' and ap.place_key like 'state:%')
       or (s.level in ('LOCAL', 'TRIBAL') and (ap.place_key like 'county:%' or ap.place_key like 'tribe:%'))
    union all
    select distinct 'region:' || rc.region_id, 'PARTNER', 'county of this region under ' || s.agreement
    from agreed s
    join agency_place ap on ap.agency_id = s.agency_id and ap.place_key like 'county:%'
    join region_county rc on rc.county_fips = substr(ap.place_key, 8)
    where s.level in ('LOCAL', 'TRIBAL')
    union all
    -- Opens what the weekly batches have let out, and no record.
    select 'community:us', 'COMMUNITY', 'community partner under ' || s.agreement from agreed s where s.level = 'COMMUNITY'
    union all
    -- Opens one record, at PARTNER, by its id and in no list: no access_key and no row of the lists stands for it.
    select distinct 'danger:' || d.record_id, 'PARTNER', 'opened in imminent danger'
    from seat s
    join imminent_danger d on d.agency_id = s.agency_id and d.person_id = p_person and d.valid_until > statement_timestamp()
    where s.supervises
  )
  select ring.key, k.id, ring.opens, ring.because from ring left join access_key k on k.key = ring.key
$function$;

CREATE OR REPLACE FUNCTION public.acts_as(p_roles text[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    left join agency a on a.id = m.agency_id
    where m.person_id = app_person() and m.agency_id is not distinct from app_seat() and m.roles && p_roles
      and (m.agency_id is null or a.status = 'ACTIVE')
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$function$;

CREATE OR REPLACE FUNCTION public.agencies_that_may_carry(p_keys text[])
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select count(*)::int from agency a where a.status <> 'LEFT' and (
    (a.level = 'FEDERAL' and 'nation:us' = any(p_keys))
    or exists (select from agency_place p where p.agency_id = a.id and (p.place_key = any(p_keys)
         or exists (select from region_county c where 'county:' || c.county_fips = p.place_key and 'region:' || c.region_id = any(p_keys))))
    or exists (select from task_force_agency t where t.agency_id = a.id and 'taskforce:' || t.task_force_id = any(p_keys)
         and (t.valid_until is null or t.valid_until > now())))
$function$;
alter function agencies_that_may_carry(text[]) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.agency_activity(p_person uuid, p_agency uuid, p_from timestamp with time zone, p_until timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
declare v jsonb;
begin
  perform enter_actor(p_person, p_agency);
  with happened as materialized (
    select r.change, r.status from seizure_report r
    where r.agency_id = p_agency and r.changed_at is null and r.submitted_at >= p_from and r.submitted_at < p_until
    union all
    select r.change, r.status from seizure_report r
    where r.agency_id = p_agency and r.changed_at >= p_from and r.changed_at < p_until
    union all
    select o.change, o.status from seizure_report_version o
    where o.agency_id = p_agency and o.changed_at >= p_from and o.changed_at < p_until
  )
  select jsonb_build_object(
    'received', count(*) filter (where h.change = 'SUBMITTED'),
    'corrected', count(*) filter (where h.change in ('CORRECTED', 'LABORATORY_RESULT')),
    'held', count(*) filter (where h.change in ('SUBMITTED', 'CORRECTED', 'LABORATORY_RESULT') and h.status = 'HELD'),
    'released', count(*) filter (where h.change = 'RELEASED'),
    'returned', count(*) filter (where h.change = 'RETURNED'),
    'recalled', count(*) filter (where h.change = 'RECALLED'),
    'recordsLeft', (select l.records from own_records_left(p_from, p_until) l where l.audience is null),
    'left', coalesce((select jsonb_agg(jsonb_build_object('precision', l.precision, 'audience', upper(l.audience), 'records', l.records)
        order by l.precision desc, l.audience) from own_records_left(p_from, p_until) l where l.audience is not null), '[]'),
    'reads', coalesce((select jsonb_agg(to_jsonb(s)) from reads_of_own_records(p_from, p_until) s), '[]'),
    'span', (select to_jsonb(b) from read_tally_span() b),
    'contact_requests', (select count(*) from contact_request c
        -- The API does not read whose record it is; of what its policies show, the rest is what the agency was asked.
        where c.asker_agency_id <> p_agency and c.asked_at >= p_from and c.asked_at < p_until),
    'dangers', coalesce((select jsonb_agg(jsonb_build_object('ori', x.ori, 'name', x.name, 'openings', x.n) order by x.n desc, x.name)
        from (select a.ori, a.name, count(*) as n from imminent_danger d join agency a on a.id = d.agency_id
              where d.owner_agency_id = p_agency and d.opened_at >= p_from and d.opened_at < p_until
              group by a.id, a.ori, a.name) x), '[]'),
    'community_batches', community_batches_made(p_from, p_until)
  ) into v from happened h;
  return v;
end $function$;

CREATE OR REPLACE FUNCTION public.agency_activity_days(p_person uuid, p_agency uuid, p_zone text, p_from timestamp with time zone, p_until timestamp with time zone)
 RETURNS TABLE(day date, received integer, records_left integer, answers integer)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select d.day, coalesce(r.n, 0), coalesce(l.records, 0), coalesce(s.answers, 0)
    from (
      select g::date as day
      from generate_series((p_from at time zone p_zone)::date, ((p_until at time zone p_zone) - interval '1 microsecond')::date, '1 day') g
    ) d
    left join (
      select (o.submitted_at at time zone p_zone)::date as day, count(*)::int as n
      from seizure_report o
      where o.agency_id = p_agency and o.submitted_at >= p_from and o.submitted_at < p_until
      group by 1
    ) r on r.day = d.day
    left join own_records_left_by_day(p_zone, p_from, p_until) l on l.day = d.day
    left join reads_of_own_records_by_day(p_zone, p_from, p_until) s on s.day = d.day
    order by d.day;
end $function$;

CREATE OR REPLACE FUNCTION public.agency_has_its_key()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- Looks first: a refused insert would use up an id of the int4 sequence.
  insert into access_key (key)
  select 'agency:' || a.id from new_agencies a where not exists (select from access_key k where k.key = 'agency:' || a.id)
  on conflict (key) do nothing;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.agency_level_is_under(child text, parent text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
RETURN CASE child WHEN 'FEDERAL'::text THEN (parent = 'FEDERAL'::text) WHEN 'STATE'::text THEN (parent = ANY (ARRAY['STATE'::text, 'FEDERAL'::text])) WHEN 'LOCAL'::text THEN (parent = ANY (ARRAY['LOCAL'::text, 'STATE'::text, 'FEDERAL'::text])) WHEN 'TRIBAL'::text THEN (parent = ANY (ARRAY['TRIBAL'::text, 'STATE'::text, 'FEDERAL'::text])) ELSE true END;

CREATE OR REPLACE FUNCTION public.agency_parent_fits()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' and new.parent_id is not distinct from old.parent_id and new.level = old.level then return null; end if;
  if tg_op = 'INSERT' and new.parent_id is null then return null; end if;
  perform pg_advisory_xact_lock(hashtext('concord.agency.parent'));
  -- Asked after the lock, so that what the other one committed is seen.
  if new.parent_id is not null and (
       exists (with recursive above(id) as (
                 select new.parent_id union select a.parent_id from agency a join above on a.id = above.id where a.parent_id is not null)
               select from above where id = new.id)
       or not exists (select from agency a where a.id = new.parent_id and agency_level_is_under(new.level, a.level)))
     or exists (select from agency a where a.parent_id = new.id and not agency_level_is_under(a.level, new.level)) then
    raise exception 'a parent is an agency of the same or a higher level, and none is its own parent'
      using errcode = 'check_violation', constraint = 'agency_parent_fits';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.agency_stays(p_agency uuid)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  if p_agency is null then return true; end if;
  perform from agency a where a.id = p_agency and a.status = 'ACTIVE' for key share;
  return found;
end $function$;
alter function agency_stays(uuid) owner to concord_directory;
-- granted: concord_directory=X/concord_directory

CREATE OR REPLACE FUNCTION public.agency_takes_reports()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  perform from agency a where a.id = new.agency_id and a.status = 'ACTIVE' for key share;
  if not found then
    raise exception 'an agency that has left submits nothing' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $function$;
alter function agency_takes_reports() owner to concord_directory;

CREATE OR REPLACE FUNCTION public.agency_word(p_agency uuid)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ('agency'::text || translate((p_agency)::text, '0123456789-'::text, 'ghijklmnop'::text));

CREATE OR REPLACE FUNCTION public.agency_words(name text, ori text)
 RETURNS tsvector
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE COST 500
AS $function$
begin
  return array_to_tsvector(array_remove(
    string_to_array(regexp_replace(lower(name || ' ' || coalesce(ori, '')), '[^a-z0-9\u0080-\uffff]+', ' ', 'g'), ' '), ''));
end $function$;

CREATE OR REPLACE FUNCTION public.alert_life()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  v_was text := alert_stage(old.state, old.work);
  v_is text;
  v_step text;
  v_revised boolean := new.revision > old.revision;
begin
  if v_revised then
    -- Who works on it goes on; everybody else is to take note once more.
    if old.work = 'IN_WORK' then new.state := old.state; else new.work := null; end if;
  end if;
  if new.work is distinct from 'CLOSED' then new.outcome := null; end if;
  v_is := alert_stage(new.state, new.work);
  if v_is in ('ACKNOWLEDGED', 'IN_WORK', 'CLOSED', 'WITHHELD') then
    new.escalate_at := null;
  elsif new.state = 'DELIVERED' and (old.state <> 'DELIVERED' or v_revised) then
    new.escalated := 0;
    new.escalate_at := (select now() + min(e.after_minutes) * interval '1 minute'
      from alert_match m join alert_escalation e on e.rule_id = m.rule_id where m.alert_id = new.id);
  end if;
  v_step := case
    when v_revised then case when v_was in ('SEEN', 'ACKNOWLEDGED', 'IN_WORK', 'CLOSED') then 'REVISED' end
    when v_is <> v_was and v_is in ('SEEN', 'ACKNOWLEDGED', 'IN_WORK', 'CLOSED') then v_is
    when new.outcome is distinct from old.outcome then v_is
    when new.note is distinct from old.note then 'NOTED' end;
  if v_step is not null then
    insert into alert_step (alert_id, number, step, person_id, outcome, note)
    values (new.id, coalesce((select max(s.number) from alert_step s where s.alert_id = new.id), 0) + 1, v_step,
            case when not v_revised then app_person() end, new.outcome,
            case when not v_revised and new.note is distinct from old.note then new.note end);
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.alert_page(p_person uuid, p_agency uuid, p_limit integer, p_raised_at timestamp with time zone, p_alert uuid, p_states text[])
 RETURNS SETOF alert_card
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select c.* from alert_card c
    where c.owner_person_id = p_person and c.owner_agency_id = p_agency and (c.raised_at, c.id) < (p_raised_at, p_alert)
      -- What was withheld at delivery was never told.
      and c.state <> 'WITHHELD' and (p_states is null or c.stage = any(p_states))
    order by c.raised_at desc, c.id desc limit p_limit;
end $function$;

CREATE OR REPLACE FUNCTION public.alert_rule_changes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.changed_xid := pg_current_xact_id();
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.alert_rule_page(p_person uuid, p_agency uuid, p_limit integer, p_created_at timestamp with time zone, p_rule uuid)
 RETURNS TABLE(id uuid, name text, enabled boolean, filter jsonb, created_at timestamp with time zone, changed_at timestamp with time zone, position_at text, alerts_raised integer)
 LANGUAGE plpgsql
 STABLE
AS $function$
#variable_conflict use_column
begin
  perform enter_actor(p_person, p_agency);
  return query
    with page as (
      select r.* from alert_rule r
      where r.owner_person_id = p_person and r.owner_agency_id = p_agency and r.deleted_at is null
        and (r.created_at, r.id) < (p_created_at, p_rule)
      order by r.created_at desc, r.id desc limit p_limit
    ),
    raised as (
      select m.rule_id, count(distinct a.id)::int as alerts
      from alert a join alert_match m on m.alert_id = a.id
      where a.owner_person_id = p_person and a.owner_agency_id = p_agency and a.raised_at >= now() - interval '30 days'
        -- What was withheld at delivery was never told.
        and a.state <> 'WITHHELD'
      group by m.rule_id
    )
    select p.id, p.name, p.enabled, p.filter, p.created_at, p.changed_at,
           to_char(p.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(n.alerts, 0)
    from page p left join raised n on n.rule_id = p.id
    order by p.created_at desc, p.id desc;
end $function$;

CREATE OR REPLACE FUNCTION public.alert_stage(p_state text, p_work text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (p_work = ANY (ARRAY['IN_WORK'::text, 'CLOSED'::text])) THEN p_work WHEN (p_state = ANY (ARRAY['ACKNOWLEDGED'::text, 'WITHHELD'::text])) THEN p_state ELSE COALESCE(p_work, p_state) END;

CREATE OR REPLACE FUNCTION public.amend_seizure_report(p jsonb)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer, record_version integer, content_digest text, released_at timestamp with time zone, release_after timestamp with time zone)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
declare
  v_agency uuid := (p->>'agencyId')::uuid;
  v_after timestamptz := (p->'report'->>'release_after')::timestamptz;
  v_digest text := p->'report'->>'content_digest';
  v_change text := p->>'change';
  v_by_hand boolean := (p->'report'->>'hold_until_released')::boolean;
  v_hold jsonb := nullif(p->'hold', 'null');
  v_seen boolean;
  v_was_seen boolean;
  v_old seizure_report;
  v_record seizure_record;
  v_now timestamptz;
  v_version int;
  v_status text;
  v_released timestamptz(3);
  v_review date;
  v_held jsonb;
  v_outcome text;
begin
  perform enter_actor((p->>'personId')::uuid, v_agency);
  select * into v_old from seizure_report r where r.id = (p->'report'->>'id')::uuid and r.agency_id = v_agency for update;
  if not found then
    return query select 'ABSENT', null::uuid, null::uuid, null::text, null::int, null::int, null::text, null::timestamptz, null::timestamptz;
    return;
  end if;
  select * into v_record from seizure_record q where q.report_id = v_old.id;
  -- The version before says neither, and lets nothing out by it.
  v_by_hand := coalesce(v_by_hand, v_old.hold_until_released);
  if v_by_hand then v_after := null; end if;
  if not p ? 'hold' then v_hold := v_old.hold_reasons; end if;
  -- After the lock: whoever waited for another change judges the embargo by the time at which it acts.
  v_now := clock_timestamp();
  v_status := case when v_old.status = 'EMBARGOED' and v_old.release_after <= v_now then 'RELEASED' else v_old.status end;
  v_outcome := case
    when v_status in ('RECALLED', 'PURGED') then 'RECALLED'
    when v_old.content_digest = v_digest and ((v_old.version = (p->>'version')::int and v_status <> 'DRAFT')
      or (v_old.version = (p->>'version')::int + 1 and v_old.change = v_change)) then 'UNCHANGED'
    when v_old.version <> (p->>'version')::int then 'CONFLICT'
    when v_status = 'RELEASED' and (v_after > v_now or v_by_hand) then 'RELEASED'
    -- So near its end an embargo is not moved: it may be over before this commits, and somebody have seen the record.
    when v_status = 'EMBARGOED' and v_old.release_after <= v_now + interval '10 seconds'
      and (v_after > v_old.release_after or v_by_hand) then 'RELEASED'
  end;
  if v_outcome is not null then
    return query select v_outcome, v_old.id, v_record.id, v_status, v_old.version,
      (select v.shown_version from record_view v where v.record_id = v_record.id and v.rank = 0),
      v_old.content_digest, v_record.released_at::timestamptz, v_old.release_after;
    return;
  end if;

  v_version := v_old.version + 1;
  v_was_seen := v_record.released_at <= v_now;
  -- A laboratory's answer decides nothing about the release.
  if v_change = 'LABORATORY_RESULT' then v_hold := v_old.hold_reasons; end if;
  if v_status = 'RELEASED' then
    v_after := v_old.release_after;
    v_released := v_record.released_at;
  end if;
  if v_change = 'LABORATORY_RESULT' and v_status = 'DRAFT' then
    v_released := unreleased();
  elsif v_hold is not null then
    v_status := 'HELD';
    v_released := unreleased();
  elsif v_status <> 'RELEASED' then
    v_status := case when v_by_hand or v_after > v_now then 'EMBARGOED' else 'RELEASED' end;
    v_released := case when v_by_hand then unreleased()
                       when v_after > v_now then date_trunc('milliseconds', v_after + interval '999 microseconds')
                       else date_trunc('milliseconds', v_now) end;
  end if;
  v_seen := v_released <= v_now;

  perform keep_report_version(v_old.id);
  update seizure_report r
     set status = v_status, version = v_version, content_digest = v_digest, sharing = n.sharing, tlp = n.tlp,
         release_after = v_after, occurred_from = n.occurred_from, occurred_to = n.occurred_to,
         offset_minutes = n.offset_minutes, content = n.content, sealed_narrative = decode(n.sealed_narrative, 'base64'),
         change = v_change, changed_by = (p->>'personId')::uuid, changed_at = v_now,
         sealed_reason = decode(p->>'sealedReason', 'base64'), hold_until_released = v_by_hand,
         hold_reasons = v_hold, sealed_return_note = case when v_status = 'DRAFT' then v_old.sealed_return_note end
    from jsonb_to_record(p->'report') as n(sharing text, tlp text, occurred_from timestamptz, occurred_to timestamptz,
         offset_minutes int, content jsonb, sealed_narrative text)
   where r.id = v_old.id;

  -- The review date is of the first basis: a change extends no retention (28 CFR 23.20(h)).
  select least(min((h.basis->>'review_by')::date), (v_now + interval '5 years')::date) into v_review
    from seizure_report_version h where h.report_id = v_old.id;
  delete from report_basis b where b.report_id = v_old.id;
  if p->'basis' is not null and p->'basis' <> 'null' then
    insert into report_basis (report_id, agency_id, activity, sealed, review_by)
    values (v_old.id, v_agency, p->'basis'->>'activity', decode(p->'basis'->>'sealed', 'base64'), v_review);
    insert into sealed_identifier (id, report_id, agency_id, kind, sensitivity, sealed)
    select i.id, v_old.id, v_agency, i.kind, i.sensitivity, decode(i.sealed, 'base64')
    from jsonb_to_recordset(p->'identifiers') as i(id uuid, kind text, sensitivity text, sealed text);
  end if;

  v_held := withdraw_record_views(v_record.id);
  update seizure_record q set version = v_version, released_at = v_released where q.id = v_record.id;
  insert into record_view (record_id, precision, rank, version, change, released_at, audience, tlp, occurred_from, occurred_to,
      offset_minutes, state_fips, county_fips, h3, latitude, longitude, setting, port_of_entry, conveyance, route, people,
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic, packaging, remarks,
      policy_version)
  select v_record.id, w.precision, w.rank, v_version, v_change, v_released, access_key_ids(w.audience), w.tlp, w.occurred_from,
      w.occurred_to, w.offset_minutes, w.state_fips, w.county_fips, w.h3, w.latitude, w.longitude, w.setting, w.port_of_entry,
      w.conveyance, w.route, w.people, w.source_reliability, w.source_credibility,
      case when w.contributor_withheld then null else v_agency end, w.contributor_withheld, w.transformations, v_old.synthetic,
      w.packaging, w.remarks, coalesce(w.policy_version, 1)
  from jsonb_to_recordset(p->'views') as w(precision text, rank smallint, audience text[], tlp text, occurred_from timestamptz,
      occurred_to timestamptz, offset_minutes int, state_fips text, county_fips text, h3 text, latitude double precision,
      longitude double precision, setting text, port_of_entry text, conveyance text, route jsonb, people jsonb,
      source_reliability text, source_credibility smallint, contributor_withheld boolean, transformations jsonb, packaging text,
      remarks text, policy_version int);
  insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, laboratory_status, unit, amount,
      min_milligrams, max_milligrams, min_units, max_units, estimated, purity_min, purity_max, signature, adulterants)
  select v_record.id, s.rank, s.ordinal, s.dea_code, s.name, s.category, s.form, s.laboratory_status, s.unit, s.amount,
      s.min_milligrams, s.max_milligrams, s.min_units, s.max_units, s.estimated, s.purity_min, s.purity_max, s.signature, s.adulterants
  from jsonb_to_recordset(p->'substances') as s(rank smallint, ordinal smallint, dea_code text, name text, category text,
      form text, laboratory_status text, unit text, amount double precision, min_milligrams int8, max_milligrams int8,
      min_units int8, max_units int8, estimated boolean, purity_min double precision, purity_max double precision,
      signature text, adulterants jsonb);
  insert into record_view_concealment (record_id, rank, concealment)
  select v_record.id, c.rank, c.concealment from jsonb_to_recordset(p->'concealment') as c(rank smallint, concealment text);
  perform keep_unchanged_views(v_record.id, v_held);

  insert into community_candidate (record_id, ordinal, agency_id, state_fips, month, substance, band, policy_version, synthetic)
  select v_record.id, m.ordinal, v_agency, m.state_fips, m.month, m.substance, m.band, m.policy_version, v_old.synthetic
  from jsonb_to_recordset(coalesce(nullif(p->'community', 'null'), '[]')) as m(ordinal smallint, state_fips text, month date,
      substance text, band text, policy_version int);

  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
  from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);
  -- Nobody is told of what nobody saw and nobody may see yet; who saw what is out of sight now is told at once.
  -- Of an embargo so near its end somebody may have been told before this commits.
  if v_was_seen or v_released < unreleased()
     or v_old.status = 'EMBARGOED' and v_old.release_after <= v_now + interval '10 seconds' then
    insert into outbox (kind, subject_ids, available_at)
    values ('record.amended', array[v_record.id], case when v_seen or v_released < unreleased() and not v_was_seen
                                                               then greatest(v_released, v_now) else v_now end);
  end if;
  return query select 'AMENDED', v_old.id, v_record.id, v_status, v_version,
    (select v.shown_version from record_view v where v.record_id = v_record.id and v.rank = 0),
    v_digest, v_released::timestamptz, v_after;
end $function$;

CREATE OR REPLACE FUNCTION public.api_key_of_import(p_key uuid)
 RETURNS TABLE(capabilities text[], widest_sharing text)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 1
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select k.capabilities, k.widest_sharing
  from api_key k
  where k.id = p_key and k.agency_id = app_seat() and k.person_id = app_person() and k.revoked_at is null
    and k.expires_at > statement_timestamp()
    and coalesce((select range_agg(tstzrange(m.valid_from, m.valid_until))
        @> tstzrange(least(k.created_at + interval '1 millisecond', statement_timestamp()), statement_timestamp(), '[]')
      from membership m where m.person_id = k.person_id and m.agency_id = k.agency_id), false)
$function$;
alter function api_key_of_import(uuid) owner to concord_keys;
-- granted: concord_keys=X/concord_keys, concord_api=X/concord_keys

CREATE OR REPLACE FUNCTION public.api_key_seat(p_digest bytea, p_address inet)
 RETURNS TABLE(key_id uuid, person_id uuid, agency_id uuid, capabilities text[], widest_sharing text, expires_at timestamp with time zone, refusal text)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 1
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select k.id, k.person_id, k.agency_id, k.capabilities, k.widest_sharing, k.expires_at,
    case
      when k.revoked_at is not null then 'API_KEY_REVOKED'
      when k.expires_at <= statement_timestamp() then 'API_KEY_EXPIRED'
      when cardinality(k.networks) > 0 and not coalesce(p_address <<= any(k.networks), false) then 'API_KEY_NETWORK'
      -- CJIS AC-2(3): an account that nobody used for ninety days is disabled; so is one whose person was not there.
      when greatest(k.created_at, k.last_used_at) < statement_timestamp() - interval '90 days' then 'API_KEY_DORMANT'
      when exists (select from person_activity x where x.person_id = k.person_id
        and x.last_active_at < statement_timestamp() - interval '90 days') then 'PERSON_DORMANT'
      -- A seat that was given up once since the key was made ended it for good: a later membership is another seat.
      -- A millisecond less, for that is how exactly `created_at` is kept.
      when not coalesce((select range_agg(tstzrange(m.valid_from, m.valid_until))
          @> tstzrange(least(k.created_at + interval '1 millisecond', statement_timestamp()), statement_timestamp(), '[]')
        from membership m where m.person_id = k.person_id and m.agency_id = k.agency_id), false) then 'NO_SEAT'
    end
  from api_key k where k.digest = p_digest
$function$;
alter function api_key_seat(bytea,inet) owner to concord_keys;
-- granted: concord_keys=X/concord_keys, concord_api=X/concord_keys

CREATE OR REPLACE FUNCTION public.app_administers(p_agency uuid DEFAULT NULL::uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select exists (
    select from membership m join person p on p.id = m.person_id and p.status = 'ACTIVE'
    left join agency a on a.id = m.agency_id
    where m.person_id = app_person()
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())
      and (m.agency_id is null and 'SYSTEM_ADMIN' = any(m.roles)
        or a.status = 'ACTIVE' and 'AGENCY_ADMIN' = any(m.roles)
           and (a.id = p_agency or a.id = (select c.parent_id from agency c where c.id = p_agency))))
$function$;
alter function app_administers(uuid) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.app_agency()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('app.agency'::text, true), ''::text))::uuid;

CREATE OR REPLACE FUNCTION public.app_danger()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('app.danger'::text, true), ''::text))::uuid[];

CREATE OR REPLACE FUNCTION public.app_holds(p_role text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    left join agency a on a.id = m.agency_id
    where m.person_id = app_person() and m.agency_id is not distinct from app_seat() and p_role = any(m.roles)
      and (m.agency_id is null or a.status = 'ACTIVE')
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$function$;

CREATE OR REPLACE FUNCTION public.app_keyring()
 RETURNS integer[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('app.keyring'::text, true), ''::text))::integer[];

CREATE OR REPLACE FUNCTION public.app_manages_keys()
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    join agency a on a.id = m.agency_id and a.status = 'ACTIVE'
    where m.person_id = app_person() and m.agency_id = app_seat() and 'AGENCY_ADMIN' = any(m.roles)
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$function$;

CREATE OR REPLACE FUNCTION public.app_may_decide(p_agency uuid, p_requester uuid, p_subjects uuid[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select app_person() <> all (p_requester || p_subjects) and case approval_needs(p_agency, p_requester, p_subjects)
    when 'AGENCY_ADMIN' then app_seat() = p_agency and app_holds('AGENCY_ADMIN')
    when 'PARENT_ADMIN' then app_seat() = (select a.parent_id from agency a where a.id = p_agency) and app_holds('AGENCY_ADMIN')
    else app_seat() is null and app_holds('SYSTEM_ADMIN') end
$function$;

CREATE OR REPLACE FUNCTION public.app_person()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('app.person'::text, true), ''::text))::uuid;

CREATE OR REPLACE FUNCTION public.app_purpose()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('app.purpose'::text, true), ''::text);

CREATE OR REPLACE FUNCTION public.app_reads_community()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (EXISTS (SELECT FROM access_key k WHERE ((k.key = 'community:us'::text) AND (k.id = ANY (app_keyring())))));

CREATE OR REPLACE FUNCTION public.app_seat()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('app.seat'::text, true), ''::text))::uuid;

CREATE OR REPLACE FUNCTION public.apply_release_policy(p jsonb)
 RETURNS TABLE(records uuid[], changed_views integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
declare
  v_policy int := (p->>'policyVersion')::int;
  v_ids uuid[];
  v_filled uuid[];
  v_now timestamptz;
  v_held jsonb;
  v_changed jsonb;
begin
  -- Who corrects one of them and who applies a policy beside this one wait here: what they filled in is found.
  perform 1 from record_view v join jsonb_to_recordset(p->'records') as n(record_id uuid) on n.record_id = v.record_id
    order by v.record_id, v.rank for update of v;
  -- A statement of its own, with a snapshot and a clock from after the locks.
  v_now := clock_timestamp();
  if exists (select from jsonb_to_recordset(p->'records') as n(record_id uuid, version int)
             where not exists (select from seizure_record q join seizure_report r on r.id = q.report_id
                                where q.id = n.record_id and r.version = n.version)) then
    raise exception 'a report has changed since it was read' using errcode = 'serialization_failure';
  end if;
  select coalesce(array_agg(v.record_id), '{}') into v_ids
    from record_view v join jsonb_to_recordset(p->'views') as n(record_id uuid, rank smallint) on n.record_id = v.record_id and n.rank = 0
    where v.rank = 0 and v.policy_version < v_policy;
  select coalesce(jsonb_object_agg(v.record_id || ' ' || v.rank, record_view_content(v.record_id, v.rank)), '{}') into v_held
    from record_view v where v.record_id = any(v_ids);

  update record_view v
     set occurred_from = w.occurred_from, occurred_to = w.occurred_to, county_fips = w.county_fips, h3 = w.h3,
         setting = w.setting, port_of_entry = w.port_of_entry, conveyance = w.conveyance, route = w.route, people = w.people,
         source_reliability = w.source_reliability, source_credibility = w.source_credibility,
         contributor_id = case when w.contributor_withheld then null else q.agency_id end,
         contributor_withheld = w.contributor_withheld, transformations = w.transformations, packaging = w.packaging,
         remarks = w.remarks, policy_version = v_policy
    from jsonb_to_recordset(p->'views') as w(record_id uuid, rank smallint, occurred_from timestamptz, occurred_to timestamptz,
           county_fips text, h3 text, setting text, port_of_entry text, conveyance text, route jsonb, people jsonb,
           source_reliability text, source_credibility smallint, contributor_withheld boolean, transformations jsonb,
           packaging text, remarks text)
    join seizure_record q on q.id = w.record_id
   where v.record_id = w.record_id and v.rank = w.rank and v.record_id = any(v_ids);
  update record_view_substance s
     set form = n.form, laboratory_status = n.laboratory_status, unit = n.unit, amount = n.amount,
         min_milligrams = n.min_milligrams, max_milligrams = n.max_milligrams, min_units = n.min_units, max_units = n.max_units,
         estimated = n.estimated, purity_min = n.purity_min, purity_max = n.purity_max, signature = n.signature,
         adulterants = n.adulterants
    from jsonb_to_recordset(p->'substances') as n(record_id uuid, rank smallint, ordinal smallint, form text,
           laboratory_status text, unit text, amount double precision, min_milligrams int8, max_milligrams int8, min_units int8,
           max_units int8, estimated boolean, purity_min double precision, purity_max double precision, signature text,
           adulterants jsonb)
   where s.record_id = n.record_id and s.rank = n.rank and s.ordinal = n.ordinal and s.record_id = any(v_ids);
  delete from record_view_concealment c where c.record_id = any(v_ids);
  insert into record_view_concealment (record_id, rank, concealment)
  select n.record_id, n.rank, n.concealment from jsonb_to_recordset(p->'concealment') as n(record_id uuid, rank smallint, concealment text)
  where n.record_id = any(v_ids);

  -- What has rows keeps them: COMMUNITY is never coarsened anew (ADR 0024).
  with filled as (
    insert into community_candidate (record_id, ordinal, agency_id, state_fips, month, substance, band, policy_version, synthetic)
    select q.id, m.ordinal, q.agency_id, m.state_fips, m.month, m.substance, m.band, m.policy_version, q.synthetic
    from jsonb_to_recordset(p->'community') as m(record_id uuid, ordinal smallint, state_fips text, month date,
        substance text, band text, policy_version int)
    join seizure_record q on q.id = m.record_id
    where not exists (select from community_candidate c where c.record_id = q.id)
    returning record_id),
  handled as (
    insert into contributor_handle (record_id)
    select distinct v.record_id from jsonb_to_recordset(p->'records') as n(record_id uuid)
    join record_view v on v.record_id = n.record_id and v.contributor_withheld
    where not exists (select from contributor_handle h where h.record_id = v.record_id)
    returning record_id)
  select array(select record_id from filled union select record_id from handled) into v_filled;

  select coalesce(jsonb_agg(jsonb_build_object('record_id', v.record_id, 'rank', v.rank)), '[]') into v_changed
    from record_view v
    where v.record_id = any(v_ids) and record_view_content(v.record_id, v.rank) <> v_held->(v.record_id || ' ' || v.rank);
  update record_view v set shown_version = v.shown_version + 1
    from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint) where v.record_id = n.record_id and v.rank = n.rank;
  insert into view_recoarsened (record_id, rank, policy_version, changed_at)
  select n.record_id, n.rank, v_policy, v_now from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint)
  on conflict do nothing;
  -- Nobody is told of what nobody may see yet; and a policy is no news: it raises no alert for whoever had none.
  insert into outbox (kind, subject_ids, available_at, raises_alerts)
  select 'record.amended', array_agg(distinct n.record_id), greatest(q.released_at, v_now), false
    from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint) join seizure_record q on q.id = n.record_id
    where q.released_at < unreleased()
    group by greatest(q.released_at, v_now);
  return query select array(select unnest(v_ids) union select unnest(v_filled)), jsonb_array_length(v_changed);
end $function$;
alter function apply_release_policy(jsonb) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.appoint_system_admin(p_issuer text, p_subject text, p_name text)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_person uuid;
begin
  perform lock_memberships(null);
  select p.id into v_person from person p where p.issuer = p_issuer and p.subject = p_subject and p.status = 'ACTIVE';
  if (select count(distinct m.person_id) from membership m join person p on p.id = m.person_id and p.status = 'ACTIVE'
      where m.agency_id is null and (m.valid_until is null or m.valid_until > greatest(m.valid_from, statement_timestamp()))) >= 2 then
    raise exception 'there are two system admins: they invite further ones' using errcode = 'check_violation';
  end if;
  if v_person is null then
    insert into person (issuer, subject, display_name) values (p_issuer, p_subject, p_name) returning id into v_person;
  elsif exists (select from membership m where m.person_id = v_person
      and (m.valid_until is null or m.valid_until > greatest(m.valid_from, statement_timestamp()))) then
    raise exception 'this person has a seat already' using errcode = 'check_violation';
  end if;
  insert into membership (person_id, roles) values (v_person, '{SYSTEM_ADMIN}');
  return v_person;
end $function$;
alter function appoint_system_admin(text,text,text) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_operator=X/concord_directory

CREATE OR REPLACE FUNCTION public.approval_needs(p_agency uuid, p_requester uuid, p_subjects uuid[])
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when p_agency is null then 'SYSTEM_ADMIN'
    when has_other_admin(p_agency, p_requester || p_subjects) then 'AGENCY_ADMIN'
    when a.parent_id is not null and has_other_admin(a.parent_id, p_requester || p_subjects) then 'PARENT_ADMIN'
    else 'SYSTEM_ADMIN' end
  from (select) as asked left join agency a on a.id = p_agency
$function$;

CREATE OR REPLACE FUNCTION public.approval_state(state text, expires_at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
RETURN CASE WHEN ((state = 'PENDING'::text) AND (expires_at <= statement_timestamp())) THEN 'EXPIRED'::text ELSE state END;

CREATE OR REPLACE FUNCTION public.audit_entry_is_final()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'audit entries are never changed or removed' using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION public.begin_report_load(p_person uuid, p_agency uuid, p_keys text[])
 RETURNS integer[]
 LANGUAGE plpgsql
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  -- A connection of the version before has these tables as they were.
  if not exists (select from pg_attribute a where a.attrelid = to_regclass('pg_temp.staged_view') and a.attname = 'delay_ms') then
    drop table if exists pg_temp.staged_report, pg_temp.staged_basis, pg_temp.staged_identifier, pg_temp.staged_view,
      pg_temp.staged_substance, pg_temp.staged_concealment, pg_temp.staged_community;
    create temporary table staged_report (
      id uuid not null, record_id uuid not null, submitter_reference text not null, content_digest text not null,
      sharing text not null, tlp text not null, release_after timestamptz, occurred_from timestamptz not null,
      occurred_to timestamptz not null, offset_minutes int not null, content jsonb not null, sealed_narrative bytea,
      hold_until_released boolean not null default false, hold_reasons jsonb, delay_ms int not null default 0,
      audit_id uuid not null, audit_at timestamptz not null, audit_action text not null, audit_outcome text not null,
      audit_canonical text not null
    ) on commit delete rows;
    create temporary table staged_basis (report_id uuid not null, activity text not null, sealed bytea not null) on commit delete rows;
    create temporary table staged_identifier (
      id uuid not null, report_id uuid not null, kind text not null, sensitivity text not null, sealed bytea not null
    ) on commit delete rows;
    create temporary table staged_view (
      record_id uuid not null, release_after timestamptz, audience int4[] not null, precision text not null, rank smallint not null,
      tlp text not null, occurred_from timestamptz not null, occurred_to timestamptz not null, offset_minutes int not null,
      state_fips text not null, county_fips text, h3 text, latitude double precision, longitude double precision, setting text,
      port_of_entry text, conveyance text, route jsonb, people jsonb not null, source_reliability text,
      source_credibility smallint, contributor_withheld boolean not null, transformations jsonb not null,
      packaging text, remarks text, policy_version int not null default 1, unreleased boolean not null default false,
      delay_ms int not null default 0
    ) on commit delete rows;
    create temporary table staged_substance (
      record_id uuid not null, rank smallint not null, ordinal smallint not null, dea_code text, name text not null,
      category text not null, form text, laboratory_status text, unit text, amount double precision, min_milligrams int8,
      max_milligrams int8, min_units int8, max_units int8, estimated boolean not null, purity_min double precision,
      purity_max double precision, signature text, adulterants jsonb
    ) on commit delete rows;
    create temporary table staged_concealment (record_id uuid not null, rank smallint not null, concealment text not null) on commit delete rows;
    create temporary table staged_community (
      record_id uuid not null, ordinal smallint not null, state_fips text not null, month date not null, substance text not null,
      band text not null, policy_version int not null
    ) on commit delete rows;
  end if;
  insert into access_key (key)
  select k from (select distinct k from unnest(p_keys) k) n where not exists (select from access_key a where a.key = n.k)
  order by k on conflict (key) do nothing;
  return (select coalesce(array_agg(a.id order by u.n), '{}') from unnest(p_keys) with ordinality u(key, n) join access_key a on a.key = u.key);
end $function$;

CREATE OR REPLACE FUNCTION public.book_decision(p jsonb, p_decision text)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer, record_version integer, content_digest text, submitter_reference text, tlp text)
 LANGUAGE plpgsql
AS $function$
declare d record;
begin
  perform enter_actor((p->>'personId')::uuid, (p->>'agencyId')::uuid);
  select * into d from decide_on_report((p->>'reportId')::uuid, (p->>'version')::int, p_decision, decode(p->>'sealedNote', 'base64'));
  if d.outcome = 'DONE' then
    insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
    select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
    from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);
    -- Whoever was told of an earlier version is told again; everybody else for the first time.
    if d.released_at < unreleased() then
      insert into outbox (kind, subject_ids, available_at)
      values (case when d.was_shown then 'record.amended' else 'record.released' end, array[d.record_id], d.released_at);
    end if;
  end if;
  return query select d.outcome, d.report_id, d.record_id, d.status, d.version, d.record_version, d.content_digest,
    d.submitter_reference, d.tlp;
end $function$;

CREATE OR REPLACE FUNCTION public.change_agency(p jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_id uuid := (p->>'id')::uuid;
begin
  if not app_administers() then
    raise exception 'system admins change agencies' using errcode = 'insufficient_privilege';
  end if;
  update agency a
     set name = p->>'name', level = p->>'level', parent_id = (p->>'parentId')::uuid, contact_name = p->>'contactName',
         contact_phone = p->>'contactPhone', contact_email = p->>'contactEmail', version = a.version + 1, changed_at = now()
   where a.id = v_id and a.version = (p->>'version')::int and a.status = 'ACTIVE';
  if not found then return false; end if;
  perform set_agency_places(v_id, array(select jsonb_array_elements_text(p->'places')));
  return true;
end $function$;
alter function change_agency(jsonb) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.change_agency_contact(p jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if app_seat() is null or not app_holds('AGENCY_ADMIN') then
    raise exception 'admins of an agency change its point of contact' using errcode = 'insufficient_privilege';
  end if;
  update agency a
     set contact_name = p->>'contactName', contact_phone = p->>'contactPhone', contact_email = p->>'contactEmail',
         version = a.version + 1, changed_at = now()
   where a.id = app_seat() and a.version = (p->>'version')::int and a.status = 'ACTIVE';
  return found;
end $function$;
alter function change_agency_contact(jsonb) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.change_region(p jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if not app_administers() then
    raise exception 'system admins change regions' using errcode = 'insufficient_privilege';
  end if;
  update region r set name = p->>'name', version = r.version + 1, changed_at = now()
   where r.id = p->>'id' and r.version = (p->>'version')::int;
  if not found then return false; end if;
  delete from region_county c where c.region_id = p->>'id' and not p->'countyFips' ? c.county_fips;
  insert into region_county (region_id, county_fips)
  select p->>'id', c from jsonb_array_elements_text(p->'countyFips') c on conflict do nothing;
  return true;
end $function$;
alter function change_region(jsonb) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.claim_pushes(p_limit integer, p_each integer, p_lease interval)
 RETURNS TABLE(push_id uuid, number integer, webhook_id uuid, agency_id uuid, person_id uuid, url text, alert_id uuid, revision integer, change text, state text, told_at timestamp with time zone, secrets jsonb)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
begin
  -- What took too long, whatever became of it.
  update push p set state = 'DEAD', reason = coalesce(p.reason, 'GIVEN_UP'), done_at = now()
  where p.state = 'PENDING' and p.retry_until < now() and (p.lease_until is null or p.lease_until < now());
  update webhook w set state = 'ENDED', ended_because = 'NOT_VERIFIED'
  from push p where p.webhook_id = w.id and p.alert_id is null and p.state = 'DEAD' and w.state = 'UNVERIFIED';
  return query
    with due as (
      select d.* from webhook w
      cross join lateral (
        select p.id, p.webhook_id, p.alert_id, p.revision, p.attempts, w.person_id as person, w.agency_id as agency, w.url as address
        from push p
        where p.webhook_id = w.id and p.state = 'PENDING' and p.next_at <= now() and (p.lease_until is null or p.lease_until < now())
          and (w.state = 'ACTIVE' or p.alert_id is null)
        order by p.next_at, p.id
        limit greatest(0, p_each - (select count(*)::int from push q where q.webhook_id = w.id and q.state = 'PENDING' and q.lease_until >= now()))
        for update skip locked) d
      where w.state <> 'ENDED' and (w.paused_until is null or w.paused_until <= now())
      limit p_limit
    ),
    ring as (
      select k.person, k.agency, k.keys
      from (select array_agg(person) as persons, array_agg(agency) as agencies from due) o
      cross join lateral actor_keyrings(o.persons, o.agencies) k
    ),
    judged as (
      select d.*, a.change as news, d.alert_id is null
             or (a.state <> 'WITHHELD' and a.change = 'RECALLED' and cardinality(ring.keys) > 0)
             or (a.state <> 'WITHHELD' and exists (
                   select from record_view v where v.record_id = a.record_id and v.audience && ring.keys and (v.rank = 0 or v.released_at <= now())))
             as opens
      from due d join ring on ring.person = d.person and ring.agency = d.agency left join alert a on a.id = d.alert_id
    ),
    taken as (
      update push p set attempts = p.attempts + 1,
        lease_until = case when j.opens then now() + p_lease end,
        state = case when j.opens then 'PENDING' else 'WITHHELD' end,
        reason = case when j.opens then p.reason else 'KEY_GONE' end,
        done_at = case when j.opens then null else now() end
      from judged j where p.id = j.id
      returning p.id, p.attempts, p.created_at
    ),
    begun as (
      insert into push_attempt (push_id, number, ended_at, outcome, reason)
      select t.id, t.attempts, case when j.opens then null else now() end, case when j.opens then null else 'WITHHELD' end,
             case when j.opens then null else 'KEY_GONE' end
      from taken t join judged j on j.id = t.id
    )
    select t.id, t.attempts, j.webhook_id, j.agency, j.person, j.address, j.alert_id, j.revision, j.news,
           case when j.opens then 'PENDING' else 'WITHHELD' end, t.created_at,
           (select jsonb_agg(jsonb_build_object('id', s.id, 'sealed', encode(s.sealed, 'base64')) order by s.made_at desc)
              from (select * from webhook_secret x where x.webhook_id = j.webhook_id order by x.made_at desc limit 2) s)
    from taken t join judged j on j.id = t.id;
end $function$;

CREATE OR REPLACE FUNCTION public.community_batches_made(p_from timestamp with time zone, p_until timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select count(*)::int from community_batch b where b.made_at >= p_from and b.made_at < p_until
$function$;
alter function community_batches_made(timestamp with time zone,timestamp with time zone) owner to concord_community;
-- granted: concord_community=X/concord_community, concord_api=X/concord_community

CREATE OR REPLACE FUNCTION public.community_due(p_at timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((date_trunc('week'::text, ((p_at AT TIME ZONE 'UTC'::text) - '06:00:00'::interval)) + '06:00:00'::interval) AT TIME ZONE 'UTC'::text);

CREATE OR REPLACE FUNCTION public.contact_request_owned()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  new.owner_agency_id := (select r.agency_id from seizure_record r where r.id = new.record_id);
  return new;
end $function$;
alter function contact_request_owned() owner to concord_lists;
-- granted: =X/concord_lists, concord_lists=X/concord_lists

CREATE OR REPLACE FUNCTION public.contributor_handle_made()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into contributor_handle (record_id) values (new.record_id) on conflict (record_id) do nothing;
  return null;
end $function$;
alter function contributor_handle_made() owner to concord_lists;
-- granted: =X/concord_lists, concord_lists=X/concord_lists

CREATE OR REPLACE FUNCTION public.count_records(p_person uuid, p_agency uuid, p_cap integer, p_substances text[], p_condition text, p_values text[], p_until timestamp with time zone)
 RETURNS TABLE(counted integer, complete boolean)
 LANGUAGE plpgsql
 STABLE
 SET enable_hashagg TO 'off'
 SET enable_sort TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET max_parallel_workers_per_gather TO '0'
AS $function$
declare v_ring int4[] := enter_actor(p_person, p_agency);
begin
  return query execute format($q$
    select (count(*) filter (where not m.late))::int, not coalesce(bool_or(m.late), false)
    from (
      select t.late
      from (select l.sort_at, l.record_id from (%s) l group by l.sort_at, l.record_id
            order by l.sort_at desc, l.record_id desc) n
      cross join lateral (select clock_timestamp() > $4 as late offset 0) t
      %s
      limit $3::bigint + 1) m $q$,
    merged_lists(v_ring, p_substances),
    case when p_condition is null then '' else format(
      'cross join lateral (select * from record_view x where x.record_id = n.record_id order by x.rank limit 1) v
       where case when t.late then true else (%s) is not false end', p_condition) end)
    using 'infinity'::timestamptz, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid, p_cap,
      coalesce(p_until, 'infinity'::timestamptz), null::text, null::text, p_values;
end $function$;

CREATE OR REPLACE FUNCTION public.create_agency(p jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_id uuid := (p->>'id')::uuid;
begin
  if not app_administers() then
    raise exception 'system admins make agencies' using errcode = 'insufficient_privilege';
  end if;
  insert into agency (id, ori, name, level, parent_id, contact_name, contact_phone, contact_email)
  values (v_id, p->>'ori', p->>'name', p->>'level', (p->>'parentId')::uuid, p->>'contactName', p->>'contactPhone', p->>'contactEmail')
  on conflict (ori) do nothing;
  if not found then return false; end if;
  perform set_agency_places(v_id, array(select jsonb_array_elements_text(p->'places')));
  return true;
end $function$;
alter function create_agency(jsonb) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.create_region(p jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if not app_administers() then
    raise exception 'system admins make regions' using errcode = 'insufficient_privilege';
  end if;
  insert into region (id, name) values (p->>'id', p->>'name') on conflict (id) do nothing;
  if not found then return false; end if;
  insert into region_county (region_id, county_fips) select p->>'id', c from jsonb_array_elements_text(p->'countyFips') c;
  return true;
end $function$;
alter function create_region(jsonb) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.decide_on_report(p_report uuid, p_version integer, p_decision text, p_sealed_note bytea)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer, record_version integer, content_digest text, submitter_reference text, tlp text, released_at timestamp with time zone, was_shown boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
declare
  v_old seizure_report;
  v_record seizure_record;
  v_context record;
  v_authors uuid[];
  v_own boolean;
  v_by_hand boolean;
  v_now timestamptz;
  v_status text;
  v_released timestamptz(3);
  v_outcome text;
  v_change text := case p_decision when 'RELEASE' then 'RELEASED' else 'RETURNED' end;
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR']) then
    raise exception 'a supervisor decides' using errcode = 'insufficient_privilege';
  end if;
  select * into v_old from seizure_report r where r.id = p_report for update;
  if not found then
    return query select 'ABSENT', null::uuid, null::uuid, null::text, null::int, null::int, null::text, null::text, null::text, null::timestamptz, null::boolean;
    return;
  end if;
  select * into v_record from seizure_record q where q.report_id = v_old.id;
  -- After the lock: of two who decide at the same moment the second sees what the first did.
  v_now := clock_timestamp();
  v_own := v_old.agency_id = app_seat();
  v_authors := report_authors(v_old.id);
  v_by_hand := v_old.status = 'EMBARGOED' and v_old.hold_until_released;
  v_status := seizure_report_status(v_old.status, v_old.release_after);
  select * into v_context from submission_context(v_old.agency_id, v_old.content->'place'->>'countyFips');
  v_outcome := case
    when v_old.version = p_version + 1 and v_old.change = v_change and v_old.changed_by = app_person() then 'UNCHANGED'
    -- What an agency that has left kept back is nobody's to let out.
    when not v_own and (v_old.status <> 'HELD' or has_reviewer(v_old.agency_id, v_authors)
      or not exists (select from agency a where a.id = v_old.agency_id and a.status = 'ACTIVE')) then 'ABSENT'
    -- It came to be this seat's after the caller had looked, so no note is sealed for its agency.
    when p_decision = 'RETURN' and p_sealed_note is null then 'ABSENT'
    when v_old.status in ('RECALLED', 'PURGED') then 'RECALLED'
    when v_old.version <> p_version then 'CONFLICT'
    when v_old.status <> 'HELD' and not (v_by_hand and p_decision = 'RELEASE') then 'NOT_HELD'
    when v_old.status = 'HELD' and app_person() = any(v_authors) then 'OWN_REPORT'
    when p_decision = 'RELEASE' and array_position(array['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'], v_old.sharing)
       > array_position(array['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'], v_context.widest_sharing) then 'SHARING'
    when p_decision = 'RELEASE' and exists (
      select from jsonb_array_elements_text(v_old.content->'taskForceIds') t(id)
      where t.id::uuid <> all(v_context.task_force_ids)) then 'TASK_FORCE'
  end;
  if v_outcome is null then
    v_outcome := 'DONE';
    v_status := case when p_decision = 'RETURN' then 'DRAFT'
                     when not v_by_hand and (v_old.hold_until_released or v_old.release_after > v_now) then 'EMBARGOED'
                     else 'RELEASED' end;
    v_released := case when p_decision = 'RETURN' or v_status = 'EMBARGOED' and v_old.hold_until_released then unreleased()
                       when v_status = 'EMBARGOED' then date_trunc('milliseconds', v_old.release_after + interval '999 microseconds')
                       else date_trunc('milliseconds', v_now) end;
    perform keep_report_version(v_old.id);
    update seizure_report r
       set status = v_status, version = v_old.version + 1, change = v_change, changed_by = app_person(), changed_at = v_now,
           sealed_reason = case when p_decision = 'RELEASE' then p_sealed_note end,
           sealed_return_note = case when p_decision = 'RETURN' then p_sealed_note end,
           hold_until_released = v_old.hold_until_released and not v_by_hand,
           hold_reasons = case when p_decision = 'RETURN' then v_old.hold_reasons end
     where r.id = v_old.id;
    update seizure_record q set version = v_old.version + 1, released_at = v_released where q.id = v_record.id;
    if v_released <> v_record.released_at then
      -- In the order of whoever applies a policy: neither waits for the other in a circle.
      perform 1 from record_view w where w.record_id = v_record.id order by w.rank for update;
      update record_view w set released_at = v_released where w.record_id = v_record.id;
    end if;
  end if;
  return query
    select v_outcome, r.id, v_record.id, case when v_outcome = 'DONE' then v_status else seizure_report_status(r.status, r.release_after) end,
      r.version, (select w.shown_version from record_view w where w.record_id = v_record.id and w.rank = 0), r.content_digest,
      r.submitter_reference, r.tlp, q.released_at::timestamptz,
      exists (select from seizure_report_version h where h.report_id = r.id and h.status = 'RELEASED')
    from seizure_report r join seizure_record q on q.report_id = r.id where r.id = v_old.id;
end $function$;
alter function decide_on_report(uuid,integer,text,bytea) owner to concord_review;
-- granted: concord_review=X/concord_review, concord_api=X/concord_review

CREATE OR REPLACE FUNCTION public.deliver_alerts(p_alerts uuid[])
 RETURNS TABLE(delivery_id uuid, alert_id uuid, inbox_id uuid, person_id uuid, agency_id uuid, record_id uuid, record_version integer, state text)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
begin
  return query
    with due as (
      select a.id, a.revision, a.record_id, a.record_version, a.raised_at, a.owner_person_id as person, a.owner_agency_id as agency
      from alert a where a.id = any(p_alerts)
    ),
    ring as (
      select k.person, k.agency, k.keys
      from (select array_agg(person) as persons, array_agg(agency) as agencies from due) o
      cross join lateral actor_keyrings(o.persons, o.agencies) k
    ),
    judged as (
      select d.*, i.id as inbox, i.last_position,
             v.version is not null as opens, coalesce(v.version, d.record_version) as told_version
      from due d
      join ring on ring.person = d.person and ring.agency = d.agency
      join inbox i on i.person_id = d.person and i.agency_id = d.agency
      left join lateral (
        select x.version from record_view x
        where x.record_id = d.record_id and x.audience && ring.keys and (x.rank = 0 or x.released_at <= now())
        order by x.rank limit 1) v on true
    ),
    made as (
      insert into delivery (alert_id, inbox_id, channel, state, record_version)
      select j.id, j.inbox, 'LIVE', case when j.opens then 'DELIVERED' else 'WITHHELD' end, j.told_version from judged j
      on conflict (alert_id, inbox_id, channel) do nothing
      returning id, alert_id, inbox_id, state, record_version
    ),
    attempted as (
      insert into delivery_attempt (delivery_id, number, outcome, record_version) select m.id, 1, m.state, m.record_version from made m
    ),
    numbered as (
      select m.alert_id, m.inbox_id, j.revision, j.last_position + row_number() over (partition by m.inbox_id order by j.raised_at, j.id) as position
      from made m join judged j on j.id = m.alert_id and j.inbox = m.inbox_id
      where m.state = 'DELIVERED'
    ),
    entered as (
      insert into inbox_entry (inbox_id, position, alert_id, revision)
      select n.inbox_id, n.position, n.alert_id, n.revision from numbered n
    ),
    moved as (
      update inbox i set last_position = n.top from (select inbox_id, max(position) as top from numbered group by inbox_id) n
      where i.id = n.inbox_id
    ),
    told as (
      update alert a set state = m.state, record_version = m.record_version from made m where a.id = m.alert_id and a.state = 'RAISED'
    )
    select m.id, m.alert_id, m.inbox_id, j.person, j.agency, j.record_id, m.record_version, m.state
    from made m join judged j on j.id = m.alert_id and j.inbox = m.inbox_id;
end $function$;

CREATE OR REPLACE FUNCTION public.draft_retention()
 RETURNS interval
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN '90 days'::interval;

CREATE OR REPLACE FUNCTION public.duties_clash(p_person uuid, p_agency uuid, p_roles text[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  with kept as (
    select m.agency_id, m.roles from membership m
    where m.person_id = p_person and (m.valid_until is null or m.valid_until > greatest(m.valid_from, statement_timestamp()))
  ), added as (
    select array(select unnest(p_roles) union select unnest(k.roles) from kept k where k.agency_id = p_agency) as roles
  )
  select case when 'SYSTEM_ADMIN' = any(p_roles) then cardinality(p_roles) > 1 or exists (select from kept where agency_id is not null)
         else exists (select from kept where agency_id is null) end
      or (select 'AUDITOR' = any(roles) and cardinality(roles) > 1 from added)
$function$;

CREATE OR REPLACE FUNCTION public.end_agency(p_agency uuid, p_by uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_version int;
begin
  perform from agency a where a.id = p_agency for update;
  update agency a set status = 'LEFT', left_at = now(), left_by = p_by, version = a.version + 1, changed_at = now()
   where a.id = p_agency and a.status = 'ACTIVE' returning a.version into v_version;
  if v_version is null then return null; end if;
  -- Should it ever come back, its people come back one by one.
  update membership m set valid_until = greatest(m.valid_from, now())
   where m.agency_id = p_agency and (m.valid_until is null or m.valid_until > now());
  insert into outbox (kind, subject_ids) values ('agency.left', array[p_agency]);
  return v_version;
end $function$;
alter function end_agency(uuid,uuid) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_operator=X/concord_directory

CREATE OR REPLACE FUNCTION public.end_agreement(p_agreement uuid, p_reason text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if app_seat() is null and acts_as(array['SYSTEM_ADMIN']) then
    update agreement g set valid_until = statement_timestamp(), ended_by = app_person(), ended_reason = p_reason
      where g.id = p_agreement and (g.valid_until is null or g.valid_until > statement_timestamp());
    if found then return 'ENDED'; end if;
    return case when exists (select from agreement g where g.id = p_agreement) then 'WAS_ENDED' else 'ABSENT' end;
  end if;
  if app_seat() is null or not acts_as(array['AGENCY_ADMIN']) then
    raise exception 'an admin ends an agreement' using errcode = 'insufficient_privilege';
  end if;
  update agreement_party gp set valid_until = statement_timestamp(), ended_by = app_person(), ended_reason = p_reason
    where gp.agreement_id = p_agreement and gp.agency_id = app_seat()
      and (gp.valid_until is null or gp.valid_until > statement_timestamp())
      and exists (select from agreement g where g.id = p_agreement and (g.valid_until is null or g.valid_until > statement_timestamp()));
  if found then return 'ENDED'; end if;
  if exists (select from agreement_party gp where gp.agreement_id = p_agreement and gp.agency_id = app_seat()) then return 'WAS_ENDED'; end if;
  return case when exists (select from agreement_invitation i where i.agreement_id = p_agreement and i.agency_id = app_seat())
    then 'NOT_SIGNED' else 'ABSENT' end;
end $function$;
alter function end_agreement(uuid,text) owner to concord_agreements;
-- granted: concord_agreements=X/concord_agreements, concord_api=X/concord_agreements

CREATE OR REPLACE FUNCTION public.end_membership(p_membership uuid, p_reason text)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_until timestamptz;
begin
  update membership m
  set valid_until = greatest(m.valid_from, statement_timestamp()), ended_by = app_person(), ended_at = statement_timestamp(),
      end_reason = p_reason
  where m.id = p_membership and m.ended_by is null and (m.valid_until is null or m.valid_until > statement_timestamp())
    and case when app_seat() is null
          then app_holds('SYSTEM_ADMIN') and (m.agency_id is null or 'AGENCY_ADMIN' = any(m.roles))
          else m.agency_id = app_seat() and app_holds('AGENCY_ADMIN') end
  returning m.valid_until into v_until;
  return v_until;
end $function$;
alter function end_membership(uuid,text) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.enter_actor(p_person uuid, p_agency uuid)
 RETURNS integer[]
 LANGUAGE plpgsql
 STABLE
AS $function$
declare ring int4[]; own boolean; danger uuid[];
begin
  -- First: what was opened in imminent danger is shown to a seat.
  perform set_config('app.person', coalesce(p_person::text, ''), true),
          set_config('app.seat', coalesce(p_agency::text, ''), true);
  select coalesce(array_agg(key_id order by key_id) filter (where key_id is not null), '{}'),
         coalesce(bool_or(opens = 'OWNER'), false),
         array_agg(substr(key, 8)::uuid) filter (where key like 'danger:%')
    into ring, own, danger from actor_keys(p_person, p_agency);
  perform set_config('app.keyring', ring::text, true),
          set_config('app.danger', coalesce(danger::text, ''), true),
          -- Set only for those who read their agency's reports: an auditor of the same agency has none.
          set_config('app.agency', case when own then p_agency::text else '' end, true);
  return ring;
end $function$;

CREATE OR REPLACE FUNCTION public.escalate_alerts(p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  a record;
  e record;
  v_target text;
  v_steps integer := 0;
  v_told integer;
begin
  for a in
    select x.id, x.record_id, x.owner_person_id, x.owner_agency_id, x.escalated from alert x
    where x.escalate_at <= now() order by x.escalate_at limit p_limit for update skip locked
  loop
    select s.after_minutes, s.targets into e
    from alert_match m join alert_escalation s on s.rule_id = m.rule_id join alert_rule r on r.id = s.rule_id and r.deleted_at is null
    where m.alert_id = a.id order by s.after_minutes, s.rule_id limit 1;
    v_target := e.targets[a.escalated + 1];
    if v_target is null or exists (
      select from alert_handover o join alert y on y.owner_person_id = o.to_person_id and y.owner_agency_id = a.owner_agency_id and y.record_id = a.record_id
      where o.alert_id = a.id and y.state = 'ACKNOWLEDGED')
    then
      update alert x set escalate_at = null where x.id = a.id;
      continue;
    end if;
    with made as (
      insert into alert_handover (alert_id, to_person_id, why)
      select distinct a.id, m.person_id, 'ESCALATED' from membership m
      where m.agency_id = a.owner_agency_id and (m.person_id::text = v_target or v_target = any(m.roles))
        and m.person_id <> a.owner_person_id
        and m.valid_from <= now() and (m.valid_until is null or m.valid_until > now())
      returning to_person_id
    )
    insert into alert_step (alert_id, number, step, other_person_id)
    select a.id, row_number() over (order by m.to_person_id) + coalesce((select max(s.number) from alert_step s where s.alert_id = a.id), 0),
           'ESCALATED', m.to_person_id
    from made m;
    get diagnostics v_told = row_count;
    -- Where there is nobody to tell, the next one is not waited for.
    update alert x set escalated = x.escalated + 1,
      escalate_at = now() + case when v_told > 0 then e.after_minutes else 0 end * interval '1 minute'
    where x.id = a.id;
    v_steps := v_steps + 1;
  end loop;
  return v_steps;
end $function$;

CREATE OR REPLACE FUNCTION public.explain_access(p_person uuid, p_agency uuid, p_record uuid, p_other uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  v_audience jsonb;
  v_seat uuid;
  v_card record;
  v_rank smallint;
  v_precision text;
  v_held jsonb := '[]';
begin
  perform enter_actor(p_person, p_agency);
  if not exists (select from seizure_record r where r.id = p_record and r.agency_id = app_agency()) then return null; end if;
  select coalesce(jsonb_agg(to_jsonb(a) order by a.rank, a.key), '[]') into v_audience from own_record_audience(p_record) a;
  for v_seat in select distinct m.agency_id from membership m where m.person_id = p_other and m.agency_id is not null loop
    select c.precision, c.rank into v_card from seizure_records_by_id(p_other, v_seat, array[p_record]) c;
    if found and (v_rank is null or v_card.rank < v_rank) then
      v_rank := v_card.rank;
      v_precision := v_card.precision;
    end if;
    v_held := v_held || coalesce((
      select jsonb_agg(jsonb_build_object('key', h.key, 'because', h.because) order by h.key)
      from actor_keys(p_other, v_seat) h
      where h.key = 'danger:' || p_record or exists (select from jsonb_to_recordset(v_audience) as a(key text) where a.key = h.key)), '[]');
  end loop;
  perform enter_actor(p_person, p_agency);
  return jsonb_build_object('precision', v_precision, 'held', v_held, 'audience', v_audience);
end $function$;

CREATE OR REPLACE FUNCTION public.finish_push(p_push uuid, p_number integer, p_outcome text, p_status integer, p_reason text, p_after interval, p_pause interval)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare v_webhook uuid; v_alert uuid;
begin
  update push p set lease_until = null,
    state = case when p_outcome = 'DELIVERED' then 'DELIVERED' when p_outcome = 'ENDED' then 'DEAD' else 'PENDING' end,
    done_at = case when p_outcome = 'RETRY' then null else now() end,
    reason = case when p_outcome = 'DELIVERED' then null else p_reason end,
    next_at = case when p_outcome = 'RETRY' then now() + p_after else p.next_at end
  where p.id = p_push and p.attempts = p_number and p.state = 'PENDING'
  returning p.webhook_id, p.alert_id into v_webhook, v_alert;
  if not found then return false; end if;
  update push_attempt t set ended_at = clock_timestamp(), status = p_status, reason = p_reason,
    outcome = case when p_outcome = 'DELIVERED' then 'DELIVERED' else 'FAILED' end
  where t.push_id = p_push and t.number = p_number;
  if p_outcome = 'DELIVERED' then
    update webhook w set failures = 0, paused_until = null, last_failure = null,
      state = case when w.state = 'UNVERIFIED' and v_alert is null then 'ACTIVE' else w.state end,
      verified_at = case when v_alert is null then coalesce(w.verified_at, now()) else w.verified_at end
    where w.id = v_webhook and (w.failures > 0 or v_alert is null);
  else
    update webhook w set failures = w.failures + 1, last_failure = p_reason,
      paused_until = case when w.failures + 1 >= 5 then now() + p_pause else w.paused_until end,
      state = case when p_outcome = 'ENDED' then 'ENDED' else w.state end,
      ended_because = case when p_outcome = 'ENDED' and w.state <> 'ENDED' then case when v_alert is null then 'NOT_VERIFIED' else 'GONE' end else w.ended_because end
    where w.id = v_webhook;
    if p_outcome = 'ENDED' then
      update push p set state = 'DEAD', reason = p_reason, done_at = now()
      where p.webhook_id = v_webhook and p.state = 'PENDING' and (p.lease_until is null or p.lease_until < now());
    end if;
  end if;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.fulfil_invitation(p_invitation uuid)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare i invitation; v_id uuid; v_named boolean;
begin
  -- Of who accepts and who agrees at the same moment the second sees what the first did.
  select * into i from invitation v where v.id = p_invitation for update;
  if i.accepted_by is null or not agency_stays(i.agency_id) then return null; end if;
  perform lock_person(i.accepted_by);
  v_named := exists (select from approval a where a.id = i.approval_id and i.accepted_by = any(a.subject_ids));
  if i.approval_id is not null and i.accepted_by <> i.person_id and not v_named then
    insert into approval (kind, agency_id, subject_ids, payload, summary, requested_by)
    select a.kind, a.agency_id, array[i.id, p.id], a.payload,
           left(array_to_string(i.roles, ', ') || ' in ' || coalesce(g.name, 'the deployment') || ' for '
                || p.display_name || ', who was known before and has accepted an invitation for another name', 500),
           a.requested_by
    from approval a join person p on p.id = i.accepted_by left join agency g on g.id = i.agency_id
    where a.id = i.approval_id
    returning id into v_id;
    update invitation v set approval_id = v_id where v.id = i.id;
    return null;
  end if;
  insert into membership (person_id, agency_id, roles, valid_from, valid_until, granted_by, invitation_id, approval_id)
  select p.id, i.agency_id, i.roles, greatest(i.valid_from, statement_timestamp()), i.valid_until, i.created_by, i.id, i.approval_id
  from person p
  where p.id = i.accepted_by and p.status = 'ACTIVE'
    and (i.approval_id is null or exists (
      select from approval a where a.id = i.approval_id and a.state = 'APPROVED' and a.payload->>'invitationId' = i.id::text))
    and (v_named or not has_seat_elsewhere(p.id, i.agency_id))
    and (i.valid_until is null or i.valid_until > statement_timestamp())
    and not duties_clash(p.id, i.agency_id, i.roles)
  on conflict (invitation_id) do nothing
  returning id into v_id;
  return v_id;
end $function$;
alter function fulfil_invitation(uuid) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.grant_approved_membership(p_approval uuid)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_id uuid; v_person uuid; v_agency uuid;
begin
  select (a.payload->>'personId')::uuid, (a.payload->>'agencyId')::uuid into v_person, v_agency
  from approval a where a.id = p_approval and a.kind = 'role.grant';
  perform lock_person(v_person);
  if agency_stays(v_agency) then
    insert into membership (person_id, agency_id, roles, valid_from, valid_until, granted_by, approval_id)
    select v_person, v_agency, array(select jsonb_array_elements_text(a.payload->'roles')),
           greatest((a.payload->>'from')::timestamptz, statement_timestamp()), (a.payload->>'until')::timestamptz,
           a.requested_by, a.id
    from approval a
    where a.id = p_approval and a.kind = 'role.grant' and a.state = 'APPROVED'
      and (a.agency_id is null or a.agency_id = v_agency)
      and (not has_seat_elsewhere(v_person, v_agency) or coalesce((a.payload->>'elsewhere')::boolean, false))
      and not duties_clash(v_person, v_agency, array(select jsonb_array_elements_text(a.payload->'roles')))
    returning id into v_id;
  end if;
  if v_id is null then
    raise exception 'nobody has approved this membership' using errcode = '42501';
  end if;
  return v_id;
end $function$;
alter function grant_approved_membership(uuid) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.grant_membership(p_person uuid, p_roles text[], p_from timestamp with time zone, p_until timestamp with time zone)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_id uuid;
begin
  perform lock_person(p_person);
  -- Nobody gives themselves a role: not even one that an admin gives others alone.
  if app_seat() is null or not agency_stays(app_seat()) or not app_holds('AGENCY_ADMIN') or p_person = app_person()
    or not p_roles <@ array['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'WATCH_OFFICER']
    or has_seat_elsewhere(p_person, app_seat()) or duties_clash(p_person, app_seat(), p_roles)
    or not exists (select from person p where p.id = p_person and p.status = 'ACTIVE') then
    raise exception 'this membership is not for this seat to give' using errcode = '42501';
  end if;
  insert into membership (person_id, agency_id, roles, valid_from, valid_until, granted_by)
  values (p_person, app_seat(), p_roles, greatest(p_from, statement_timestamp()), p_until, app_person())
  returning id into v_id;
  return v_id;
end $function$;
alter function grant_membership(uuid,text[],timestamp with time zone,timestamp with time zone) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.hand_over_alerts(p_limit integer)
 RETURNS TABLE(alert_id uuid, inbox_id uuid, person_id uuid, agency_id uuid, record_id uuid, record_version integer, handed boolean)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  h record;
  v_version integer;
  v_alert uuid;
  v_inbox uuid;
  v_revision integer;
  v_position bigint;
begin
  for h in
    select o.id, o.alert_id, o.to_person_id, o.why, o.note, a.owner_person_id, a.owner_agency_id, a.record_id, a.record_version, a.match
    from alert_handover o join alert a on a.id = o.alert_id
    where o.done_at is null order by o.made_at, o.id limit p_limit for update of o skip locked
  loop
    select v.version into v_version
    from membership m
    cross join lateral actor_keyrings(array[h.to_person_id], array[h.owner_agency_id]) k
    join record_view v on v.record_id = h.record_id and v.audience && k.keys and (v.rank = 0 or v.released_at <= now())
    where m.person_id = h.to_person_id and m.agency_id = h.owner_agency_id and m.roles && array['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER']
      and m.valid_from <= now() and (m.valid_until is null or m.valid_until > now())
    order by v.rank limit 1;
    update alert_handover o set done_at = now(), handed = v_version is not null where o.id = h.id;
    if v_version is null then
      insert into alert_step (alert_id, number, step, other_person_id)
      select h.alert_id, coalesce(max(s.number), 0) + 1, 'NOT_HANDED_OVER', h.to_person_id from alert_step s where s.alert_id = h.alert_id;
      return query select h.alert_id, null::uuid, h.to_person_id, h.owner_agency_id, h.record_id, h.record_version, false;
      continue;
    end if;
    v_inbox := null;
    insert into alert (owner_person_id, owner_agency_id, record_id, record_version, match, assigned_by)
    values (h.to_person_id, h.owner_agency_id, h.record_id, v_version, h.match, h.owner_person_id)
    on conflict (owner_person_id, owner_agency_id, record_id) do nothing returning id into v_alert;
    if v_alert is null then
      select a.id into v_alert from alert a
      where a.owner_person_id = h.to_person_id and a.owner_agency_id = h.owner_agency_id and a.record_id = h.record_id;
      perform lock_inboxes(array[v_alert]);
      update alert a set revision = a.revision + 1, state = 'DELIVERED', assigned_by = h.owner_person_id, updated_at = now(), record_version = v_version
      where a.id = v_alert and exists (select from delivery d where d.alert_id = a.id and d.channel = 'LIVE')
      returning a.revision into v_revision;
      if found then
        update inbox i set last_position = i.last_position + 1
        where i.person_id = h.to_person_id and i.agency_id = h.owner_agency_id returning i.id, i.last_position into v_inbox, v_position;
        insert into inbox_entry (inbox_id, position, alert_id, revision) values (v_inbox, v_position, v_alert, v_revision);
        update delivery d set state = 'DELIVERED' where d.alert_id = v_alert and d.inbox_id = v_inbox and d.channel = 'LIVE' and d.state <> 'DELIVERED';
        insert into delivery_attempt (delivery_id, number, outcome, revision, record_version)
        select d.id, 1 + (select max(t.number) from delivery_attempt t where t.delivery_id = d.id), 'DELIVERED', v_revision, v_version
        from delivery d where d.alert_id = v_alert and d.inbox_id = v_inbox and d.channel = 'LIVE';
      end if;
    end if;
    insert into alert_step (alert_id, number, step, other_person_id, note)
    select v_alert, coalesce(max(s.number), 0) + 1, 'RECEIVED', h.owner_person_id, h.note from alert_step s where s.alert_id = v_alert;
    return query select v_alert, v_inbox, h.to_person_id, h.owner_agency_id, h.record_id, v_version, true;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.has_admin(p_agency uuid, p_except uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE' and p.issuer <> 'urn:concord:service'
    left join agency a on a.id = m.agency_id
    where m.agency_id is not distinct from p_agency and m.person_id is distinct from p_except
      and case when p_agency is null then 'SYSTEM_ADMIN' = any(m.roles)
               else 'AGENCY_ADMIN' = any(m.roles) and a.status = 'ACTIVE' end
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$function$;

CREATE OR REPLACE FUNCTION public.has_other_admin(p_agency uuid, p_except uuid[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE' and p.issuer <> 'urn:concord:service'
    left join agency a on a.id = m.agency_id
    where m.agency_id is not distinct from p_agency and m.person_id <> all (p_except)
      and case when p_agency is null then 'SYSTEM_ADMIN' = any(m.roles)
               else 'AGENCY_ADMIN' = any(m.roles) and a.status = 'ACTIVE' end
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$function$;

CREATE OR REPLACE FUNCTION public.has_reviewer(p_agency uuid, p_authors uuid[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    join agency a on a.id = m.agency_id and a.status = 'ACTIVE'
    where m.agency_id = p_agency and 'SUPERVISOR' = any(m.roles) and m.person_id <> all(p_authors)
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$function$;

CREATE OR REPLACE FUNCTION public.has_seat_elsewhere(p_person uuid, p_agency uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from membership m left join agency a on a.id = m.agency_id
    where m.person_id = p_person and m.agency_id is distinct from p_agency
      and (m.agency_id is null or a.status = 'ACTIVE')
      and (m.valid_until is null or m.valid_until > greatest(m.valid_from, statement_timestamp())))
$function$;

CREATE OR REPLACE FUNCTION public.held_is_decided()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.change = 'CORRECTED' and new.hold_reasons is null then return new; end if;
  if new.change <> 'RELEASED' or app_person() = any(report_authors(old.id)) or not acts_as(array['SUPERVISOR'])
     or not (old.agency_id = app_seat() or not has_reviewer(old.agency_id, report_authors(old.id))) then
    raise exception 'a held report is released by a supervisor who did not write it' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.held_keys(p_person uuid, p_agency uuid)
 RETURNS TABLE(key text, opens text, because text)
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  return query select k.key, k.opens, k.because from actor_keys(p_person, p_agency) k;
end $function$;

CREATE OR REPLACE FUNCTION public.held_report_summary(p_most integer)
 RETURNS TABLE(reports integer, at_least boolean, since timestamp with time zone, reasons jsonb)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR']) then
    raise exception 'a supervisor decides' using errcode = 'insufficient_privilege';
  end if;
  return query
    with waiting as materialized (
      select coalesce(r.changed_at, r.submitted_at) as held_at, r.hold_reasons,
        row_number() over (order by coalesce(r.changed_at, r.submitted_at), r.id) as place
      from (select app_seat() as id union select g.id from agency g where g.parent_id = app_seat()) seat
      join agency a on a.id = seat.id
      join seizure_report r on r.agency_id = seat.id and r.status = 'HELD'
      where seat.id = app_seat() or a.status = 'ACTIVE' and not has_reviewer(seat.id, report_authors(r.id))
      order by coalesce(r.changed_at, r.submitted_at), r.id limit p_most + 1
    )
    select least(count(*), p_most)::int, count(*) > p_most, min(w.held_at),
      coalesce((select jsonb_agg(jsonb_build_object('code', c.code, 'reports', c.reports) order by c.reports desc, c.code)
        from (select h.code, count(*) as reports
              from waiting o cross join lateral (select distinct e->>'code' as code from jsonb_array_elements(o.hold_reasons) e) h
              where o.place <= p_most group by h.code) c), '[]')
    from waiting w;
end $function$;
alter function held_report_summary(integer) owner to concord_review;
-- granted: concord_review=X/concord_review, concord_api=X/concord_review

CREATE OR REPLACE FUNCTION public.held_reports(p_limit integer, p_after_at timestamp with time zone, p_after_id uuid, p_report uuid)
 RETURNS TABLE(report_id uuid, agency_id uuid, agency_name text, agency_ori text, version integer, held_at timestamp with time zone, submitter_id uuid, submitter_name text, sharing text, release_after timestamp with time zone, hold_until_released boolean, reasons jsonb, texts jsonb, may_release boolean, card seizure_record_card)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR']) then
    raise exception 'a supervisor decides' using errcode = 'insufficient_privilege';
  end if;
  return query
    select r.id, r.agency_id, a.name, a.ori, r.version, coalesce(r.changed_at, r.submitted_at), s.id, s.display_name, r.sharing,
      r.release_after, r.hold_until_released, r.hold_reasons,
      (select jsonb_object_agg(t.path, r.content #>> string_to_array(t.path, '.'))
         from (select distinct h->>'path' as path from jsonb_array_elements(r.hold_reasons) h where h->'from' <> 'null') t),
      app_person() <> all(w.authors), c
    from (select app_seat() as id union select g.id from agency g where g.parent_id = app_seat()) seat
    join agency a on a.id = seat.id
    join seizure_report r on r.agency_id = seat.id and r.status = 'HELD'
    join person s on s.id = r.submitted_by
    join seizure_record q on q.report_id = r.id
    cross join lateral (select report_authors(r.id) as authors) w
    left join lateral (
      select v.rank from record_view v where v.record_id = q.id and v.rank > 0
      -- What nobody else would get is shown as coarsely as there is.
      order by cardinality(v.audience) = 0, case when cardinality(v.audience) = 0 then -v.rank else v.rank end limit 1) f on true
    left join seizure_record_card c on c.record_id = q.id and c.rank = f.rank
    where (coalesce(r.changed_at, r.submitted_at), r.id) > (p_after_at, p_after_id)
      and (p_report is null or r.id = p_report)
      and (seat.id = app_seat() or a.status = 'ACTIVE' and not has_reviewer(seat.id, w.authors))
    order by coalesce(r.changed_at, r.submitted_at), r.id limit p_limit;
end $function$;
alter function held_reports(integer,timestamp with time zone,uuid,uuid) owner to concord_review;
-- granted: concord_review=X/concord_review, concord_api=X/concord_review

CREATE OR REPLACE FUNCTION public.import_agencies(p jsonb)
 RETURNS TABLE(ori text, id uuid, version integer, outcome text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_nestloop TO 'off'
AS $function$
#variable_conflict use_column
begin
  return query
    with listed as materialized (
      select * from jsonb_to_recordset(p) as r(id uuid, ori text, name text, level text, places text[], listed text)
    ),
    made as (
      insert into agency (id, ori, name, level, listed)
      select l.id, l.ori, l.name, l.level, l.listed from listed l
      where not exists (select from agency a where a.ori = l.ori) order by l.ori
      on conflict (ori) do nothing
      returning agency.id, agency.ori, agency.version
    ),
    changed as (
      update agency a set name = l.name, level = l.level, listed = l.listed, version = a.version + 1, changed_at = now()
      from listed l where a.ori = l.ori and a.status = 'ACTIVE' and a.listed <> l.listed
      returning a.id, a.ori, a.version
    ),
    touched as (
      select m.id, m.ori, m.version, 'created' as outcome from made m union all select c.id, c.ori, c.version, 'updated' from changed c
    ),
    cleared as (
      delete from agency_place ap using changed c join listed l on l.ori = c.ori
      where ap.agency_id = c.id and ap.place_key <> all(l.places)
    ),
    placed as (
      insert into agency_place (agency_id, place_key)
      select t.id, k from touched t join listed l on l.ori = t.ori cross join lateral unnest(l.places) k
      on conflict do nothing
    )
    select l.ori, coalesce(t.id, a.id), coalesce(t.version, a.version),
           coalesce(t.outcome, case when a.status = 'LEFT' then 'left' when a.listed is null then 'by hand' else 'unchanged' end)
    from listed l left join touched t on t.ori = l.ori left join agency a on a.ori = l.ori;
end $function$;
alter function import_agencies(jsonb) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_operator=X/concord_directory

CREATE OR REPLACE FUNCTION public.import_regions(p jsonb)
 RETURNS TABLE(id text, version integer, outcome text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  return query
    with listed as materialized (
      select * from jsonb_to_recordset(p) as r(id text, name text, counties text[], listed text)
    ),
    made as (
      insert into region (id, name, listed)
      select l.id, l.name, l.listed from listed l
      where not exists (select from region r where r.id = l.id) order by l.id
      on conflict (id) do nothing
      returning region.id, region.version
    ),
    changed as (
      update region r set name = l.name, listed = l.listed, version = r.version + 1, changed_at = now()
      from listed l where r.id = l.id and r.listed <> l.listed
      returning r.id, r.version
    ),
    touched as (
      select m.id, m.version, 'created' as outcome from made m union all select c.id, c.version, 'updated' from changed c
    ),
    cleared as (
      delete from region_county rc using changed c join listed l on l.id = c.id
      where rc.region_id = c.id and rc.county_fips <> all(l.counties)
    ),
    filled as (
      insert into region_county (region_id, county_fips)
      select t.id, c from touched t join listed l on l.id = t.id cross join lateral unnest(l.counties) c
      on conflict do nothing
    )
    select l.id, coalesce(t.version, r.version),
           coalesce(t.outcome, case when r.listed is null then 'by hand' else 'unchanged' end)
    from listed l left join touched t on t.id = l.id left join region r on r.id = l.id;
end $function$;
alter function import_regions(jsonb) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_operator=X/concord_directory

CREATE OR REPLACE FUNCTION public.inbox_after(p_person uuid, p_agency uuid, p_after bigint, p_limit integer)
 RETURNS TABLE(entry_position bigint, entry_revision integer, card alert_card)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select e.position, e.revision, c.card
    from (
      select n.position, n.revision, n.alert_id
      from inbox_entry n
      where n.inbox_id = (select i.id from inbox i where i.person_id = p_person and i.agency_id = p_agency)
        and n.position > p_after
      order by n.position limit p_limit
    ) e
    cross join lateral (select a as card from alert_card a where a.id = e.alert_id offset 0) c
    order by e.position;
end $function$;

CREATE OR REPLACE FUNCTION public.inboxes_ahead(p_inboxes uuid[], p_positions bigint[])
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 10
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select w.id
  from unnest(p_inboxes, p_positions) as w(id, position)
  cross join lateral (select from inbox i where i.id = w.id and i.last_position > w.position offset 0) moved
$function$;
alter function inboxes_ahead(uuid[],bigint[]) owner to concord_keys;
-- granted: concord_keys=X/concord_keys, concord_api=X/concord_keys

CREATE OR REPLACE FUNCTION public.keep_report_version(p_report uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into seizure_report_version (report_id, agency_id, version, change, changed_by, changed_at, sealed_reason, status,
      content_digest, sharing, tlp, release_after, occurred_from, occurred_to, offset_minutes, content, sealed_narrative,
      basis, identifiers, hold_until_released, hold_reasons, sealed_return_note)
  select r.id, r.agency_id, r.version, r.change, coalesce(r.changed_by, r.submitted_by), coalesce(r.changed_at, r.submitted_at),
      r.sealed_reason, seizure_report_status(r.status, r.release_after), r.content_digest, r.sharing, r.tlp, r.release_after,
      r.occurred_from, r.occurred_to, r.offset_minutes, r.content, r.sealed_narrative,
      (select jsonb_build_object('activity', b.activity, 'sealed', encode(b.sealed, 'base64'), 'review_by', b.review_by)
         from report_basis b where b.report_id = r.id),
      coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'sensitivity', i.sensitivity,
           'sealed', encode(i.sealed, 'base64')) order by i.id) from sealed_identifier i where i.report_id = r.id), '[]'),
      r.hold_until_released, r.hold_reasons, r.sealed_return_note
  from seizure_report r where r.id = p_report
$function$;

CREATE OR REPLACE FUNCTION public.keep_unchanged_views(p_record uuid, p_held jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if not exists (select from seizure_record r where r.id = p_record and r.agency_id = app_agency()) then
    raise exception 'not a record of this agency' using errcode = 'insufficient_privilege';
  end if;
  update record_view v
     set version = case when n.same then (p_held->v.rank::text->>'version')::int else v.version end,
         change = case when n.same then p_held->v.rank::text->>'change' else v.change end,
         shown_version = coalesce((p_held->v.rank::text->>'shown')::int, 0) + case when n.same then 0 else 1 end
    from (select x.rank, (p_held->x.rank::text->'content' = record_view_content(x.record_id, x.rank)) is true as same
            from record_view x where x.record_id = p_record) n
   where v.record_id = p_record and v.rank = n.rank;
end $function$;
alter function keep_unchanged_views(uuid,jsonb) owner to concord_lists;
-- granted: concord_lists=X/concord_lists, concord_api=X/concord_lists

CREATE OR REPLACE FUNCTION public.leave_approved_agency(p_approval uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_agency uuid; v_requester uuid;
begin
  select (a.payload->>'agencyId')::uuid, a.requested_by into v_agency, v_requester
  from approval a
  where a.id = p_approval and a.kind = 'agency.leave' and a.state = 'APPROVED'
    and (a.agency_id = (a.payload->>'agencyId')::uuid
      or a.agency_id is null and exists (
        select from membership m
        where m.person_id = a.requested_by and m.agency_id is null and 'SYSTEM_ADMIN' = any(m.roles)
          and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())));
  if v_agency is null then
    raise exception 'nobody has approved that this agency leaves' using errcode = '42501';
  end if;
  return end_agency(v_agency, v_requester);
end $function$;
alter function leave_approved_agency(uuid) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.load_staged_reports(p_person uuid, p_agency uuid, p_synthetic boolean)
 RETURNS TABLE(submitter_reference text, report_id uuid, record_id uuid, status text, version integer, content_digest text, released_at timestamp with time zone, release_after timestamp with time zone)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_staged int;
  v_written int;
  v_from bigint;
  v_to bigint;
begin
  perform enter_actor(p_person, p_agency);
  select count(*) into v_staged from pg_temp.staged_report;
  -- In the order of the references: two loads of the same reports wait for each other and never in a circle.
  with written as (
    insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, release_after,
        occurred_from, occurred_to, offset_minutes, content, sealed_narrative, synthetic, submitted_by,
        hold_until_released, hold_reasons)
    select s.id, p_agency, s.submitter_reference, case when s.hold_reasons is not null then 'HELD'
        when s.hold_until_released or s.release_after > now() then 'EMBARGOED' else 'RELEASED' end,
        s.content_digest, s.sharing, s.tlp, s.release_after, s.occurred_from, s.occurred_to, s.offset_minutes, s.content,
        s.sealed_narrative, p_synthetic, p_person, s.hold_until_released, s.hold_reasons
    from pg_temp.staged_report s order by s.submitter_reference
    on conflict (agency_id, submitter_reference) do nothing
    returning id)
  select count(*) into v_written from written;
  if v_written < v_staged then
    return query
      select e.submitter_reference, e.id, q.id, seizure_report_status(e.status, e.release_after), e.version, e.content_digest,
          q.released_at::timestamptz, e.release_after
      from pg_temp.staged_report s
      join seizure_report e on e.agency_id = p_agency and e.submitter_reference = s.submitter_reference and e.id <> s.id
      join seizure_record q on q.report_id = e.id;
    delete from pg_temp.staged_report s where not exists (select from seizure_report r where r.id = s.id);
    delete from pg_temp.staged_basis b where not exists (select from pg_temp.staged_report s where s.id = b.report_id);
    delete from pg_temp.staged_identifier i where not exists (select from pg_temp.staged_report s where s.id = i.report_id);
    delete from pg_temp.staged_view v where not exists (select from pg_temp.staged_report s where s.record_id = v.record_id);
    delete from pg_temp.staged_substance v where not exists (select from pg_temp.staged_report s where s.record_id = v.record_id);
    delete from pg_temp.staged_concealment v where not exists (select from pg_temp.staged_report s where s.record_id = v.record_id);
    delete from pg_temp.staged_community v where not exists (select from pg_temp.staged_report s where s.record_id = v.record_id);
  end if;
  if v_written = 0 then return; end if;

  insert into report_basis (report_id, agency_id, activity, sealed, review_by)
  select b.report_id, p_agency, b.activity, b.sealed, (now() + interval '5 years')::date from pg_temp.staged_basis b;
  insert into sealed_identifier (id, report_id, agency_id, kind, sensitivity, sealed)
  select i.id, i.report_id, p_agency, i.kind, i.sensitivity, i.sealed from pg_temp.staged_identifier i;

  with written as (
    insert into seizure_record (id, report_id, agency_id, released_at, synthetic)
    select s.record_id, s.id, p_agency,
        case when s.hold_reasons is not null or s.hold_until_released then unreleased() else release_moment(s.release_after) + s.delay_ms * interval '1 millisecond' end,
        p_synthetic from pg_temp.staged_report s
    returning sequence)
  select min(w.sequence), max(w.sequence) into v_from, v_to from written w;

  insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to,
      offset_minutes, state_fips, county_fips, h3, latitude, longitude, setting, port_of_entry, conveyance, route, people,
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic, packaging, remarks,
      policy_version)
  select w.record_id, w.precision, w.rank, 1,
      case when w.unreleased then unreleased() else release_moment(w.release_after) + w.delay_ms * interval '1 millisecond' end, w.audience, w.tlp, w.occurred_from, w.occurred_to,
      w.offset_minutes, w.state_fips, w.county_fips, w.h3, w.latitude, w.longitude, w.setting, w.port_of_entry, w.conveyance,
      w.route, w.people, w.source_reliability, w.source_credibility,
      case when w.contributor_withheld then null else p_agency end, w.contributor_withheld, w.transformations, p_synthetic,
      w.packaging, w.remarks, w.policy_version
  from pg_temp.staged_view w;

  insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, laboratory_status, unit, amount,
      min_milligrams, max_milligrams, min_units, max_units, estimated, purity_min, purity_max, signature, adulterants)
  select s.record_id, s.rank, s.ordinal, s.dea_code, s.name, s.category, s.form, s.laboratory_status, s.unit, s.amount,
      s.min_milligrams, s.max_milligrams, s.min_units, s.max_units, s.estimated, s.purity_min, s.purity_max, s.signature, s.adulterants
  from pg_temp.staged_substance s;

  insert into record_view_concealment (record_id, rank, concealment)
  select c.record_id, c.rank, c.concealment from pg_temp.staged_concealment c;

  insert into community_candidate (record_id, ordinal, agency_id, state_fips, month, substance, band, policy_version, synthetic)
  select m.record_id, m.ordinal, p_agency, m.state_fips, m.month, m.substance, m.band, m.policy_version, p_synthetic
  from pg_temp.staged_community m;

  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select s.audit_id, s.audit_at, p_person, p_agency, s.audit_action, s.audit_outcome, s.audit_canonical
  from pg_temp.staged_report s;

  insert into outbox (kind, range_from, range_to, raises_alerts) values ('record.released', v_from, v_to, false);
end $function$;

CREATE OR REPLACE FUNCTION public.lock_inboxes(p_alerts uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_persons uuid[];
  v_agencies uuid[];
  v_inboxes uuid[];
begin
  select array_agg(o.person order by o.person, o.agency), array_agg(o.agency order by o.person, o.agency)
    into v_persons, v_agencies
  from (
    select distinct a.person, a.agency
    from unnest(p_alerts) as w(id)
    cross join lateral (
      select x.owner_person_id as person, x.owner_agency_id as agency from alert x where x.id = w.id offset 0) a
  ) o;
  if v_persons is null then return; end if;

  insert into inbox (person_id, agency_id)
  select o.person, o.agency
  from unnest(v_persons, v_agencies) with ordinality as o(person, agency, at)
  where not exists (select from inbox i where i.person_id = o.person and i.agency_id = o.agency)
  order by o.at on conflict do nothing;

  select array_agg(i.id) into v_inboxes
  from unnest(v_persons, v_agencies) as o(person, agency)
  cross join lateral (select x.id from inbox x where x.person_id = o.person and x.agency_id = o.agency offset 0) i;

  -- In one order, whoever else locks some of them at the same time.
  perform 1 from inbox i where i.id = any(v_inboxes) order by i.id for update;
end $function$;

CREATE OR REPLACE FUNCTION public.lock_memberships(p_agency uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  select pg_advisory_xact_lock(hashtextextended('concord.membership:' || coalesce(p_agency::text, 'deployment'), 0))
$function$;

CREATE OR REPLACE FUNCTION public.lock_person(p_person uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  select pg_advisory_xact_lock(hashtextextended('concord.person:' || p_person, 0))
$function$;

CREATE OR REPLACE FUNCTION public.make_community_batch()
 RETURNS TABLE(number integer, due_at timestamp with time zone, edition integer, records integer)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select number, due_at, edition, records from make_community_batch_at(statement_timestamp())
$function$;
alter function make_community_batch() owner to concord_community;
-- granted: concord_community=X/concord_community, concord_worker=X/concord_community

CREATE OR REPLACE FUNCTION public.make_community_batch_at(p_at timestamp with time zone)
 RETURNS TABLE(number integer, due_at timestamp with time zone, edition integer, records integer)
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET work_mem TO '64MB'
AS $function$
#variable_conflict use_column
declare
  v_due timestamptz := community_due(p_at);
  v_edition int := extract(year from v_due at time zone 'UTC');
  v_last community_batch;
  v_number int;
  v_records int;
begin
  select * into v_last from community_batch b order by b.number desc limit 1;
  if v_last.due_at >= v_due then return; end if;
  -- Whoever comes second waits here until the first has committed, and then has nothing to do.
  insert into community_batch (number, due_at, made_at, edition)
  values (coalesce(v_last.number, 0) + 1, v_due, p_at, v_edition) on conflict do nothing
  returning number into v_number;
  if v_number is null then return; end if;

  -- A year begins with what stands then, in whole classes and under fresh ids.
  if v_edition > v_last.edition then
    delete from community_record;
    delete from community_admission;
  end if;

  with waiting as materialized (
    select distinct c.record_id, c.agency_id, c.state_fips, c.month, c.substance, c.band, c.synthetic
    from community_candidate c
    join seizure_record r on r.id = c.record_id and r.released_at <= p_at
    where not exists (
      select from community_admission a
      where a.record_id = c.record_id and a.state_fips = c.state_fips and a.month = c.month
        and a.substance = c.substance and a.band = c.band)
  ), company as (
    select state_fips, month, substance, band, synthetic from waiting
    group by state_fips, month, substance, band, synthetic
    having count(*) >= 5 and count(distinct agency_id) >= 2
  )
  insert into community_admission (record_id, state_fips, month, substance, band, synthetic, agency_id, batch)
  select w.record_id, state_fips, month, substance, band, synthetic, w.agency_id, v_number
  from waiting w join company using (state_fips, month, substance, band, synthetic);
  get diagnostics v_records = row_count;

  insert into community_record (id, batch, state_fips, month, substance, band, synthetic)
  select gen_random_uuid(), a.batch, a.state_fips, a.month, a.substance, a.band, a.synthetic
  from community_admission a where a.batch = v_number order by random();
  update community_batch b set records = v_records where b.number = v_number;
  return query select v_number, v_due, v_edition, v_records;
end $function$;
-- granted: concord=X/concord, concord_community=X/concord

CREATE OR REPLACE FUNCTION public.may_still_ask(p_agency uuid, p_requester uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    left join agency a on a.id = m.agency_id
    where m.person_id = p_requester and (m.agency_id is null or a.status = 'ACTIVE')
      and case when p_agency is null then m.roles && array['SYSTEM_ADMIN', 'AGENCY_ADMIN']
               else m.agency_id = p_agency and 'AGENCY_ADMIN' = any(m.roles) end
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$function$;

CREATE OR REPLACE FUNCTION public.merged_lists(p_ring integer[], p_substances text[])
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case
    when cardinality(p_ring) = 0 then 'select null::timestamptz as sort_at, null::uuid as record_id where false'
    when p_substances is null or cardinality(p_ring) * cardinality(p_substances) > 256 then (
      select string_agg(format('(select k.sort_at, k.record_id from record_key k
          where k.key_id = %s and (k.sort_at, k.record_id) < ($1, $2)
          order by k.sort_at desc, k.record_id desc)', u.key_id), ' union all ')
      from unnest(p_ring) u(key_id))
    else (
      select string_agg(format('(select k.sort_at, k.record_id from record_key_substance k
          where k.key_id = %s and k.substance = %L and (k.sort_at, k.record_id) < ($1, $2)
          order by k.sort_at desc, k.record_id desc)', u.key_id, w.substance), ' union all ')
      from unnest(p_ring) u(key_id) cross join unnest(p_substances) w(substance))
  end
$function$;

CREATE OR REPLACE FUNCTION public.note_key_uses(p_keys uuid[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  update api_key set last_used_at = statement_timestamp()
  where id = any(p_keys) and (last_used_at is null or last_used_at < statement_timestamp() - interval '50 seconds')
$function$;
alter function note_key_uses(uuid[]) owner to concord_keys;
-- granted: concord_keys=X/concord_keys, concord_api=X/concord_keys

CREATE OR REPLACE FUNCTION public.note_policy_applied(p_version integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if exists (select from record_view v where v.policy_version < p_version) then return false; end if;
  update release_policy set applied_at = clock_timestamp() where version = p_version and applied_at is null;
  return true;
end $function$;
alter function note_policy_applied(integer) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.note_read_to_tally()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into read_to_tally (entry_id)
  select e.id from new_entries e
  where e.action in ('record.read', 'record.list') and e.outcome = 'DONE' and e.agency_id is not null;
  return null;
end $function$;
alter function note_read_to_tally() owner to concord_books;
-- granted: concord_books=X/concord_books

CREATE OR REPLACE FUNCTION public.open_in_imminent_danger(p_id uuid, p_record uuid, p_minutes integer, p_reason text)
 RETURNS TABLE(outcome text, id uuid, opened_at timestamp with time zone, valid_until timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
declare v_now timestamptz;
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR']) then
    raise exception 'a supervisor opens in imminent danger' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('imminent_danger of ' || app_person(), 0));
  perform pg_advisory_xact_lock(hashtextextended('imminent_danger ' || app_seat(), 0));
  v_now := clock_timestamp();
  return query select 'UNCHANGED', d.id, d.opened_at, d.valid_until from imminent_danger d
    where d.agency_id = app_seat() and d.person_id = app_person() and d.record_id = p_record and d.valid_until > v_now;
  if found then return; end if;
  if (select count(*) from imminent_danger d where d.person_id = app_person() and d.opened_at > v_now - interval '1 hour') >= 5
     or (select count(*) from imminent_danger d where d.agency_id = app_seat() and d.opened_at > v_now - interval '1 day') >= 20 then
    return query select 'TOO_MANY', null::uuid, null::timestamptz, null::timestamptz;
    return;
  end if;
  return query
    insert into imminent_danger (id, person_id, agency_id, record_id, owner_agency_id, reason, opened_at, valid_until)
    values (p_id, app_person(), app_seat(), p_record, (select r.agency_id from seizure_record r where r.id = p_record), p_reason,
      v_now, v_now + make_interval(mins => p_minutes))
    returning 'OPENED', imminent_danger.id, imminent_danger.opened_at, imminent_danger.valid_until;
end $function$;
alter function open_in_imminent_danger(uuid,uuid,integer,text) owner to concord_agreements;
-- granted: concord_agreements=X/concord_agreements, concord_api=X/concord_agreements

CREATE OR REPLACE FUNCTION public.open_inbox(p_person uuid, p_agency uuid)
 RETURNS TABLE(inbox_id uuid, last_position bigint)
 LANGUAGE plpgsql
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  insert into inbox (person_id, agency_id) values (p_person, p_agency) on conflict do nothing;
  return query select i.id, i.last_position from inbox i where i.person_id = p_person and i.agency_id = p_agency;
end $function$;

CREATE OR REPLACE FUNCTION public.open_service_seat(p_name text)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_subject text := app_seat() || '/' || p_name; v_person uuid;
begin
  if not app_manages_keys() then
    raise exception 'service seats are for an admin of the agency to open' using errcode = '42501';
  end if;
  insert into person (issuer, subject, display_name) values ('urn:concord:service', v_subject, p_name)
    on conflict (issuer, subject) do nothing;
  select p.id into strict v_person from person p where p.issuer = 'urn:concord:service' and p.subject = v_subject;
  insert into membership (person_id, agency_id, roles)
  select v_person, app_seat(), array['SUBMITTER']
  where not exists (
    select from membership m
    where m.person_id = v_person and m.agency_id = app_seat()
      and (m.valid_until is null or m.valid_until > statement_timestamp()));
  return v_person;
end $function$;
alter function open_service_seat(text) owner to concord_keys;
-- granted: concord_keys=X/concord_keys, concord_api=X/concord_keys

CREATE OR REPLACE FUNCTION public.outbox_wakes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('concord_outbox', '');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.own_record_audience(p_record uuid)
 RETURNS TABLE(opens text, rank smallint, key text, released boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select v.precision, v.rank, k.key, v.rank = 0 or v.released_at <= now()
  from seizure_record r
  join record_view v on v.record_id = r.id
  cross join lateral unnest(v.audience) u(key_id)
  join access_key k on k.id = u.key_id
  where r.id = p_record and r.agency_id = app_agency()
$function$;
alter function own_record_audience(uuid) owner to concord_lists;
-- granted: concord_lists=X/concord_lists, concord_api=X/concord_lists

CREATE OR REPLACE FUNCTION public.own_records_left(p_from timestamp with time zone, p_until timestamp with time zone)
 RETURNS TABLE("precision" text, audience text, records integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with own as materialized (
    select k.record_id from record_key k
    join access_key a on a.id = k.key_id and a.key = 'agency:' || app_agency()
    where k.sort_at >= p_from and k.sort_at < p_until and k.sort_at <= now()
  )
  -- A row of nulls counts each record once.
  select x.precision, x.audience, count(distinct x.record_id)::int
  from (
    select distinct o.record_id, v.precision, split_part(k.key, ':', 1) as audience
    from own o
    join record_view v on v.record_id = o.record_id and v.rank in (1, 2) and v.audience <> '{}'
    join access_key k on k.id = any(v.audience)
  ) x
  group by grouping sets ((x.precision, x.audience), ())
$function$;
alter function own_records_left(timestamp with time zone,timestamp with time zone) owner to concord_lists;
-- granted: concord_lists=X/concord_lists, concord_api=X/concord_lists

CREATE OR REPLACE FUNCTION public.own_records_left_by_day(p_zone text, p_from timestamp with time zone, p_until timestamp with time zone)
 RETURNS TABLE(day date, records integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select (k.sort_at at time zone p_zone)::date, count(distinct k.record_id)::int
  from record_key k
  join access_key a on a.id = k.key_id and a.key = 'agency:' || app_agency()
  where k.sort_at >= p_from and k.sort_at < p_until and k.sort_at <= now()
    and exists (select from record_view v where v.record_id = k.record_id and v.rank in (1, 2) and v.audience <> '{}')
  group by 1
$function$;
alter function own_records_left_by_day(text,timestamp with time zone,timestamp with time zone) owner to concord_lists;
-- granted: concord_lists=X/concord_lists, concord_api=X/concord_lists

CREATE OR REPLACE FUNCTION public.own_records_received(p_person uuid, p_agency uuid, p_from timestamp with time zone, p_until timestamp with time zone, p_most integer)
 RETURNS TABLE(record_id uuid, of integer)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select s.id, (count(*) over ())::int
    from seizure_report o
    join seizure_record s on s.report_id = o.id
    join record_view v on v.record_id = s.id and v.rank = 0
    where o.agency_id = p_agency and o.submitted_at >= p_from and o.submitted_at < p_until
    order by o.submitted_at desc, s.id
    limit p_most;
end $function$;

CREATE OR REPLACE FUNCTION public.own_report_page(p jsonb, p_limit integer)
 RETURNS TABLE(id uuid, submitted_at timestamp with time zone)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER ROWS 50
 SET search_path TO 'public', 'pg_temp'
 SET work_mem TO '64MB'
 SET max_parallel_workers_per_gather TO '0'
AS $function$
#variable_conflict use_column
declare
  -- A test asks for less.
  c_few constant int := coalesce((p->>'few')::int, 50000);
  c_newest constant int := coalesce((p->>'newest')::int, 20000);
  v_agency uuid := app_agency();
  v_person uuid := app_person();
  v_at timestamptz := coalesce((p->>'afterAt')::timestamptz, 'infinity');
  v_id uuid := coalesce((p->>'afterId')::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_statuses text[];
  v_words tsquery;
  v_bound jsonb;
  v_conditions text := '';
  v_all text;
  v_hits constant text := 'with hit as materialized (
      select h.id, h.agency_id, h.submitted_at, h.status, h.release_after, h.submitted_by, h.occurred_from, h.offset_minutes
      from seizure_report h where seizure_report_words(h.agency_id, h.submitter_reference, h.content) @@ $6)
    select r.id, r.submitted_at from hit r where r.agency_id = $1 and (r.submitted_at, r.id) < ($2, $3)';
  v_order constant text := ' order by r.submitted_at desc, r.id desc limit ';
  v_left int;
  v_hit int;
  v_looked int := 0;
  v_found int := 0;
  v_row record;
begin
  if v_agency is null or v_person is null then return; end if;
  if jsonb_typeof(p->'statuses') = 'array' then
    v_statuses := array(select jsonb_array_elements_text(p->'statuses'));
    v_conditions := v_conditions || ' and seizure_report_status(r.status, r.release_after) = any($4)';
    -- An embargo that has ended reads as released and is stored as embargoed.
    if not 'RELEASED' = any(v_statuses) then v_conditions := v_conditions || $q$ and r.status <> 'RELEASED'$q$; end if;
  end if;
  if (p->>'mine')::boolean then v_conditions := v_conditions || ' and r.submitted_by = $5'; end if;
  if p->>'import' is not null then
    -- What had been submitted before came by another way.
    v_conditions := v_conditions || format(' and r.id in (select e.report_id from report_import_entry e
      where e.import_id = %L::uuid and e.agency_id = $1 and e.outcome in (''ACCEPTED'', ''HELD''))', p->>'import');
  end if;
  -- A bound is an instant, or midnight by the clock of the place: then `near` is a bound for the index.
  for v_bound in select jsonb_array_elements(coalesce(p->'bounds', '[]')) loop
    v_conditions := v_conditions || format(
      case when v_bound->>'local' is null then ' and r.%1$I %2$s %3$L::timestamptz'
           else ' and r.%1$I %2$s %3$L::timestamptz and r.%1$I + make_interval(mins => r.offset_minutes) %2$s %4$L::timestamptz' end,
      case v_bound->>'of' when 'occurred' then 'occurred_from' when 'submitted' then 'submitted_at' end,
      case v_bound->>'side' when 'from' then '>=' when 'to' then '<' end, v_bound->>'near', v_bound->>'local');
  end loop;
  v_all := 'from seizure_report r where r.agency_id = $1 and (r.submitted_at, r.id) < ($2, $3)' || v_conditions;
  if v_conditions <> '' then
    execute 'select count(*) from (select ' || v_all || ' limit ' || c_few + 1 || ') c' into v_left
      using v_agency, v_at, v_id, v_statuses, v_person;
  end if;
  if p->>'text' is null then
    return query execute case when v_left <= c_few
        then 'with few as materialized (select r.id, r.submitted_at ' || v_all || ') select r.id, r.submitted_at from few r'
        else 'select r.id, r.submitted_at ' || v_all end || v_order || p_limit
      using v_agency, v_at, v_id, v_statuses, v_person;
    return;
  end if;

  -- Each word begins a word of the report; one or two characters are a whole word.
  select string_agg(quote_literal(t.lexeme) || case when length(t.lexeme) > 2 then ':*' else '' end, ' & ')::tsquery into v_words
  from unnest(seizure_report_words(null, p->>'text', '{}')) t;
  if v_words is null then return; end if;
  v_words := v_words && quote_literal(agency_word(v_agency))::tsquery;

  if v_left <= c_few then
    return query execute 'with few as materialized (select r.id, r.submitted_at ' || v_all || '
        and seizure_report_words(r.agency_id, r.submitter_reference, r.content) @@ $6)
      select r.id, r.submitted_at from few r' || v_order || p_limit
      using v_agency, v_at, v_id, v_statuses, v_person, v_words;
    return;
  end if;
  execute 'select count(*) from (' || v_hits || v_conditions || ' limit ' || c_few + 1 || ') c' into v_hit
    using v_agency, v_at, v_id, v_statuses, v_person, v_words;
  if v_hit > c_few and not coalesce((p->>'anyOrder')::boolean, false) then
    for v_row in execute
      'select r.id, r.submitted_at, seizure_report_words(r.agency_id, r.submitter_reference, r.content) @@ $6 as has_them '
        || v_all || v_order || c_newest
      using v_agency, v_at, v_id, v_statuses, v_person, v_words
    loop
      v_looked := v_looked + 1;
      v_at := v_row.submitted_at;
      v_id := v_row.id;
      if v_row.has_them then
        v_found := v_found + 1;
        return query select v_row.id, v_row.submitted_at;
        exit when v_found = p_limit;
      end if;
    end loop;
    if v_found = p_limit or v_looked < c_newest then return; end if;
  end if;
  -- What is left, put in order.
  return query execute v_hits || v_conditions
      || case when (p->>'anyOrder')::boolean then ' limit ' else v_order end || p_limit - v_found
    using v_agency, v_at, v_id, v_statuses, v_person, v_words;
end $function$;
alter function own_report_page(jsonb,integer) owner to concord_lists;
-- granted: concord_lists=X/concord_lists, concord_api=X/concord_lists

CREATE OR REPLACE FUNCTION public.own_views_in_place(p_view jsonb, p_audience integer[], p_synthetic boolean)
 RETURNS TABLE(record_id uuid, alike boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select v.record_id, view_tells_the_same(v.record_id, v.rank, p_view->'substances')
  from record_view v
  join seizure_record r on r.id = v.record_id and r.agency_id = app_agency()
  where v.rank in (1, 2) and v.audience <> '{}' and v.rank = (p_view->>'rank')::smallint
    and v.county_fips = p_view->>'county_fips'
    -- Days and weeks are those of the submitted offset: 14 hours ahead of UTC at most, 12 behind.
    and v.occurred_from between (p_view->>'local_from')::timestamptz - interval '14 hours'
                            and (p_view->>'local_from')::timestamptz + interval '12 hours'
    and v.occurred_from + make_interval(mins => v.offset_minutes) = (p_view->>'local_from')::timestamptz
    and v.occurred_to + make_interval(mins => v.offset_minutes) = (p_view->>'local_to')::timestamptz
    and v.h3 is not distinct from p_view->>'h3' and v.port_of_entry is not distinct from p_view->>'port_of_entry'
    and v.audience @> p_audience and v.released_at <= now() and v.synthetic = p_synthetic
$function$;
alter function own_views_in_place(jsonb,integer[],boolean) owner to concord_lists;
-- granted: concord_lists=X/concord_lists, concord_api=X/concord_lists

CREATE OR REPLACE FUNCTION public.preview_seizure_report(p_person uuid, p_agency uuid, p jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_ring int4[] := enter_actor(p_person, p_agency);
  v_synthetic boolean := coalesce((p->>'synthetic')::boolean, false);
  v_stored jsonb;
  v_counts jsonb := '[]';
  v_view jsonb;
  v_audience int4[];
  v_cover int4[];
  v_alike int;
  v_of int;
begin
  select to_jsonb(s) into v_stored from (
    select e.id as report_id, q.id as record_id, seizure_report_status(e.status, e.release_after) as status, e.version,
        e.content_digest, q.released_at, e.release_after
    from seizure_report e join seizure_record q on q.report_id = e.id
    where e.agency_id = p_agency and e.submitter_reference = p->>'reference') s;

  for v_view in select w from jsonb_array_elements(p->'views') w loop
    select array_agg(k.id) into v_audience from access_key k
     where k.key in (select jsonb_array_elements_text(v_view->'audience'));
    -- Keys of the reader's own: by what somebody else's key opens, nothing is counted.
    select array_agg(k.id) into v_cover from access_key k
     where k.id = any(v_ring) and k.key in (select jsonb_array_elements_text(v_view->'cover'));
    v_cover := coalesce(v_cover, '{}');
    -- A view for task forces has company where all of them see the other too.
    if (v_view->>'rank')::int = 1 and cardinality(v_cover) < jsonb_array_length(v_view->'cover') then v_cover := '{}'; end if;

    select count(*) filter (where c.alike), count(*) into v_alike, v_of
    from (
      -- Nobody has a view with a key that there is not yet.
      select o.record_id, o.alike
      from own_views_in_place(v_view, v_audience, v_synthetic) o
      where cardinality(v_audience) = jsonb_array_length(v_view->'audience')
      union
      select v.record_id, view_tells_the_same(v.record_id, v.rank, v_view->'substances')
      from record_view v
      where v.rank in (1, 2) and v.audience <> '{}' and v.rank = (v_view->>'rank')::smallint
        and v.county_fips = v_view->>'county_fips'
        and v.occurred_from between (v_view->>'local_from')::timestamptz - interval '14 hours'
                                and (v_view->>'local_from')::timestamptz + interval '12 hours'
        and v.occurred_from + make_interval(mins => v.offset_minutes) = (v_view->>'local_from')::timestamptz
        and v.occurred_to + make_interval(mins => v.offset_minutes) = (v_view->>'local_to')::timestamptz
        and v.h3 is not distinct from v_view->>'h3' and v.port_of_entry is not distinct from v_view->>'port_of_entry'
        and v.audience && v_cover
        and ((v_view->>'rank')::int <> 1 or v.audience @> v_cover)
        and v.released_at <= now() and v.synthetic = v_synthetic
      limit 1000) c
    -- A report is no company to itself.
    where c.record_id is distinct from (v_stored->>'record_id')::uuid;
    v_counts := v_counts || jsonb_build_object('rank', v_view->'rank', 'alike', v_alike, 'of', v_of);
  end loop;

  return jsonb_build_object(
    'stored', v_stored,
    'counts', v_counts,
    'phone', (select a.contact_phone from agency a where a.id = p_agency),
    'names', (select coalesce(jsonb_object_agg(n.key, n.name), '{}') from (
        select k.key, case split_part(k.key, ':', 1)
            when 'agency' then (select g.name from agency g where g.id = substr(k.key, 8)::uuid)
            when 'taskforce' then (select t.name from task_force t where t.id = substr(k.key, 11)::uuid)
            when 'region' then (select r.name from region r where r.id = substr(k.key, 8))
          end as name
        from jsonb_array_elements_text(p->'keys') k(key)) n where n.name is not null));
end $function$;

CREATE OR REPLACE FUNCTION public.publish_policy_text(p_body text, p_digest text, p_effective_from timestamp with time zone)
 RETURNS TABLE(outcome text, version integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
declare v_newest policy_text;
begin
  if app_seat() is not null or not acts_as(array['SYSTEM_ADMIN']) then
    raise exception 'a system admin publishes policy texts' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('policy_text', 0));
  select t.* into v_newest from policy_text t order by t.version desc limit 1;
  if v_newest.digest = p_digest then
    return query select 'UNCHANGED', v_newest.version;
  else
    return query insert into policy_text (version, body, digest, published_by, effective_from)
      values (coalesce(v_newest.version, 0) + 1, p_body, p_digest, app_person(), p_effective_from)
      returning 'PUBLISHED', policy_text.version;
  end if;
end $function$;
alter function publish_policy_text(text,text,timestamp with time zone) owner to concord_agreements;
-- granted: concord_agreements=X/concord_agreements, concord_api=X/concord_agreements

CREATE OR REPLACE FUNCTION public.publish_release_policy(p_document jsonb, p_digest text, p_note text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_version int := (p_document->>'version')::int;
begin
  if v_version is distinct from (select max(p.version) + 1 from release_policy p) then
    raise exception 'not the next version' using errcode = 'unique_violation';
  end if;
  if not exists (select from release_policy_dry_run d where d.digest = p_digest) then
    raise exception 'no dry run of this document' using errcode = 'check_violation';
  end if;
  insert into release_policy (version, document, digest, note) values (v_version, p_document, p_digest, p_note);
  return v_version;
end $function$;
alter function publish_release_policy(jsonb,text,text) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.push_entries()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into push (webhook_id, alert_id, revision)
  select w.id, n.alert_id, n.revision
  from entered n join inbox i on i.id = n.inbox_id
  join webhook w on w.person_id = i.person_id and w.agency_id = i.agency_id and w.state = 'ACTIVE'
  on conflict do nothing;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.raise_alerts(p_matches jsonb)
 RETURNS TABLE(alert_id uuid, record_id uuid, record_version integer, created boolean)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
begin
  return query
    with m as (
      select * from jsonb_to_recordset(p_matches) as x(rule_id uuid, record_id uuid, version int, rank smallint, match text)
    ),
    ruled as (
      select m.*, r.owner_person_id as person, r.owner_agency_id as agency
      from m join alert_rule r on r.id = m.rule_id and r.enabled
    ),
    ring as (
      select k.person, k.agency, k.keys
      from (select array_agg(person) as persons, array_agg(agency) as agencies from ruled) o
      cross join lateral actor_keyrings(o.persons, o.agencies) k
    ),
    live as (
      select r.* from ruled r
      join ring on ring.person = r.person and ring.agency = r.agency
      join record_view v on v.record_id = r.record_id and v.rank = r.rank and v.version = r.version
      where v.audience && ring.keys and (v.rank = 0 or v.released_at <= now())
    ),
    raised as (
      insert into alert (owner_person_id, owner_agency_id, record_id, record_version, match)
      select person, agency, record_id, max(version),
             case when bool_or(match = 'CERTAIN') then 'CERTAIN' else 'POSSIBLE' end
      from live group by person, agency, record_id
      order by person, agency, record_id
      on conflict (owner_person_id, owner_agency_id, record_id) do nothing
      returning id, owner_person_id, owner_agency_id, record_id, record_version
    ),
    met as (
      insert into alert_match (alert_id, rule_id, version, match)
      select n.id, l.rule_id, l.version, l.match
      from live l join raised n on n.owner_person_id = l.person and n.owner_agency_id = l.agency and n.record_id = l.record_id
      on conflict do nothing
    )
    select r.id, r.record_id, r.record_version, true from raised r;
end $function$;

CREATE OR REPLACE FUNCTION public.read_tally_span()
 RETURNS TABLE(since timestamp with time zone, until timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select b.at, least(now(), (select e.at from read_to_tally t join audit_entry e on e.id = t.entry_id order by t.entry_id limit 1))
  from read_tally_begun b
$function$;
alter function read_tally_span() owner to concord_books;
-- granted: concord_books=X/concord_books, concord_api=X/concord_books

CREATE OR REPLACE FUNCTION public.reads_of_own_records(p_from timestamp with time zone, p_until timestamp with time zone)
 RETURNS TABLE(ori text, name text, purpose text, "precision" text, answers integer, records integer)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR', 'AGENCY_ADMIN']) then
    raise exception 'a supervisor or an admin of the agency reads who read' using errcode = 'insufficient_privilege';
  end if;
  return query
    select a.ori, a.name, t.purpose, t.precision, sum(t.answers)::int, sum(t.records)::int
    from read_tally t join agency a on a.id = t.reader_agency_id
    where t.owner_agency_id = app_seat() and t.hour >= p_from and t.hour < p_until
    group by a.id, a.ori, a.name, t.purpose, t.precision
    order by 6 desc, a.name, t.purpose, t.precision;
end $function$;
alter function reads_of_own_records(timestamp with time zone,timestamp with time zone) owner to concord_books;
-- granted: concord_books=X/concord_books, concord_api=X/concord_books

CREATE OR REPLACE FUNCTION public.reads_of_own_records_by_day(p_zone text, p_from timestamp with time zone, p_until timestamp with time zone)
 RETURNS TABLE(day date, answers integer)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR', 'AGENCY_ADMIN']) then
    raise exception 'a supervisor or an admin of the agency reads who read' using errcode = 'insufficient_privilege';
  end if;
  return query
    select (t.hour at time zone p_zone)::date, sum(t.answers)::int
    from read_tally t
    where t.owner_agency_id = app_seat() and t.hour >= p_from and t.hour < p_until
    group by 1;
end $function$;
alter function reads_of_own_records_by_day(text,timestamp with time zone,timestamp with time zone) owner to concord_books;
-- granted: concord_books=X/concord_books, concord_api=X/concord_books

CREATE OR REPLACE FUNCTION public.recall_left_reports(p_agency uuid, p_limit integer)
 RETURNS TABLE(report_id uuid, record_id uuid, version integer, recalled_by uuid)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
declare v_by uuid; v_reports uuid[];
begin
  select a.left_by into v_by from agency a where a.id = p_agency and a.status = 'LEFT';
  if not found then return; end if;
  select array_agg(d.id) into v_reports from (
    select r.id from seizure_report r where r.agency_id = p_agency and r.status not in ('RECALLED', 'PURGED')
    order by r.id limit p_limit for update) d;
  perform keep_report_version(id) from unnest(v_reports) id;
  update seizure_report r
     set status = 'RECALLED', version = r.version + 1, change = 'RECALLED', changed_by = v_by, changed_at = clock_timestamp(),
         sealed_reason = null
   where r.id = any(v_reports);
  return query
    with recalled as (
      update seizure_record q set version = r.version from seizure_report r
      where q.report_id = r.id and r.id = any(v_reports) returning r.id as report, q.id as record, r.version
    ),
    withdrawn as (delete from record_view v using recalled where v.record_id = recalled.record)
    select recalled.report, recalled.record, recalled.version, v_by from recalled;
end $function$;
alter function recall_left_reports(uuid,integer) owner to concord_departures;
-- granted: concord_departures=X/concord_departures, concord_worker=X/concord_departures

CREATE OR REPLACE FUNCTION public.recall_seizure_report(p jsonb)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
declare
  v_agency uuid := (p->>'agencyId')::uuid;
  v_old seizure_report;
  v_record uuid;
begin
  perform enter_actor((p->>'personId')::uuid, v_agency);
  select * into v_old from seizure_report r where r.id = (p->>'reportId')::uuid and r.agency_id = v_agency for update;
  if not found then
    return query select 'ABSENT', null::uuid, null::uuid, null::text, null::int;
    return;
  end if;
  select q.id into v_record from seizure_record q where q.report_id = v_old.id;
  if v_old.status in ('RECALLED', 'PURGED') then
    return query select 'UNCHANGED', v_old.id, v_record, v_old.status, v_old.version;
    return;
  end if;
  if v_old.version <> (p->>'version')::int then
    return query select 'CONFLICT', v_old.id, v_record, seizure_report_status(v_old.status, v_old.release_after), v_old.version;
    return;
  end if;
  perform keep_report_version(v_old.id);
  update seizure_report r
     set status = 'RECALLED', version = v_old.version + 1, change = 'RECALLED', changed_by = (p->>'personId')::uuid,
         changed_at = clock_timestamp(), sealed_reason = decode(p->>'sealedReason', 'base64'),
         hold_until_released = false, hold_reasons = null, sealed_return_note = null
   where r.id = v_old.id;
  perform withdraw_record_views(v_record);
  update seizure_record q set version = v_old.version + 1 where q.id = v_record;
  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
  from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);
  insert into outbox (kind, subject_ids) values ('record.recalled', array[v_record]);
  return query select 'DONE', v_old.id, v_record, 'RECALLED', v_old.version + 1;
end $function$;

CREATE OR REPLACE FUNCTION public.recoarsen_views(p jsonb)
 RETURNS TABLE(record_id uuid, rank smallint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
declare
  v_policy int := (p->>'policyVersion')::int;
  v_ids uuid[];
  v_now timestamptz;
  v_held jsonb;
  v_changed jsonb;
begin
  perform 1 from record_view v join jsonb_to_recordset(p->'records') as n(record_id uuid) on n.record_id = v.record_id
    order by v.record_id, v.rank for update of v;
  -- A statement of its own, with a snapshot and a clock from after the locks.
  v_now := clock_timestamp();
  if exists (select from jsonb_to_recordset(p->'records') as n(record_id uuid, version int)
             where not exists (select from seizure_record q join seizure_report r on r.id = q.report_id
                                where q.id = n.record_id and r.version = n.version)) then
    raise exception 'a report has changed since it was read' using errcode = 'serialization_failure';
  end if;
  select coalesce(array_agg(distinct v.record_id), '{}') into v_ids
    from record_view v join jsonb_to_recordset(p->'records') as n(record_id uuid) on n.record_id = v.record_id
    where v.policy_version < v_policy;
  select coalesce(jsonb_object_agg(v.record_id || ' ' || v.rank, record_view_content(v.record_id, v.rank)), '{}') into v_held
    from record_view v where v.record_id = any(v_ids);

  update record_view v
     set occurred_from = w.occurred_from, occurred_to = w.occurred_to, county_fips = w.county_fips, h3 = w.h3,
         setting = w.setting, port_of_entry = w.port_of_entry, conveyance = w.conveyance, route = w.route, people = w.people,
         source_reliability = w.source_reliability, source_credibility = w.source_credibility,
         contributor_id = case when w.contributor_withheld then null else q.agency_id end,
         contributor_withheld = w.contributor_withheld, transformations = w.transformations, packaging = w.packaging,
         remarks = w.remarks, policy_version = v_policy
    from jsonb_to_recordset(p->'views') as w(record_id uuid, rank smallint, occurred_from timestamptz, occurred_to timestamptz,
           county_fips text, h3 text, setting text, port_of_entry text, conveyance text, route jsonb, people jsonb,
           source_reliability text, source_credibility smallint, contributor_withheld boolean, transformations jsonb,
           packaging text, remarks text)
    join seizure_record q on q.id = w.record_id
   where v.record_id = w.record_id and v.rank = w.rank and v.record_id = any(v_ids);
  update record_view_substance s
     set form = n.form, laboratory_status = n.laboratory_status, unit = n.unit, amount = n.amount,
         min_milligrams = n.min_milligrams, max_milligrams = n.max_milligrams, min_units = n.min_units, max_units = n.max_units,
         estimated = n.estimated, purity_min = n.purity_min, purity_max = n.purity_max, signature = n.signature,
         adulterants = n.adulterants
    from jsonb_to_recordset(p->'substances') as n(record_id uuid, rank smallint, ordinal smallint, form text,
           laboratory_status text, unit text, amount double precision, min_milligrams int8, max_milligrams int8, min_units int8,
           max_units int8, estimated boolean, purity_min double precision, purity_max double precision, signature text,
           adulterants jsonb)
   where s.record_id = n.record_id and s.rank = n.rank and s.ordinal = n.ordinal and s.record_id = any(v_ids);
  delete from record_view_concealment c where c.record_id = any(v_ids);
  insert into record_view_concealment (record_id, rank, concealment)
  select n.record_id, n.rank, n.concealment from jsonb_to_recordset(p->'concealment') as n(record_id uuid, rank smallint, concealment text)
  where n.record_id = any(v_ids);

  select coalesce(jsonb_agg(jsonb_build_object('record_id', v.record_id, 'rank', v.rank)), '[]') into v_changed
    from record_view v
    where v.record_id = any(v_ids) and record_view_content(v.record_id, v.rank) <> v_held->(v.record_id || ' ' || v.rank);
  update record_view v set shown_version = v.shown_version + 1
    from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint) where v.record_id = n.record_id and v.rank = n.rank;
  insert into view_recoarsened (record_id, rank, policy_version, changed_at)
  select n.record_id, n.rank, v_policy, v_now from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint)
  on conflict do nothing;
  -- Nobody is told of what nobody may see yet; and a policy is no news: it raises no alert for whoever had none.
  insert into outbox (kind, subject_ids, available_at, raises_alerts)
  select 'record.amended', array_agg(distinct n.record_id), greatest(q.released_at, v_now), false
    from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint) join seizure_record q on q.id = n.record_id
    where q.released_at < unreleased()
    group by greatest(q.released_at, v_now);
  return query select n.record_id, n.rank from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint);
end $function$;
alter function recoarsen_views(jsonb) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.record_agreement(p jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if app_seat() is not null or not acts_as(array['SYSTEM_ADMIN']) then
    raise exception 'a system admin records agreements' using errcode = 'insufficient_privilege';
  end if;
  insert into agreement (id, name, widest_sharing, valid_from, valid_until, text_digest, purposes, data_classes,
      contact_name, contact_phone, contact_email, recorded_by)
  select a.id, a.name, a.widest_sharing, a.valid_from, a.valid_until, a.text_digest,
      array(select jsonb_array_elements_text(p->'purposes')), array(select jsonb_array_elements_text(p->'data_classes')),
      a.contact_name, a.contact_phone, a.contact_email, app_person()
  from jsonb_to_record(p) as a(id uuid, name text, widest_sharing text, valid_from timestamptz, valid_until timestamptz,
      text_digest text, contact_name text, contact_phone text, contact_email text);
  insert into agreement_invitation (agreement_id, agency_id)
  select (p->>'id')::uuid, i::uuid from jsonb_array_elements_text(p->'parties') i;
end $function$;
alter function record_agreement(jsonb) owner to concord_agreements;
-- granted: concord_agreements=X/concord_agreements, concord_api=X/concord_agreements

CREATE OR REPLACE FUNCTION public.record_audiences(p_person uuid, p_agency uuid, p_records uuid[])
 RETURNS TABLE(record_id uuid, opens text, key text, name text)
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select i.id, a.opens, a.key,
           case split_part(a.key, ':', 1)
             when 'agency' then (select g.name from agency g where g.id = substr(a.key, 8)::uuid)
             when 'taskforce' then (select t.name from task_force t where t.id = substr(a.key, 11)::uuid)
             when 'region' then (select r.name from region r where r.id = substr(a.key, 8))
           end
    from unnest(p_records) i(id) cross join lateral own_record_audience(i.id) a
    order by i.id, a.rank, a.key;
end $function$;

CREATE OR REPLACE FUNCTION public.record_count(p_person uuid, p_agency uuid, p_cap integer, p_condition text, p_values text[])
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  select counted from count_records(p_person, p_agency, p_cap, null, p_condition, p_values, null)
$function$;

CREATE OR REPLACE FUNCTION public.record_openers(p_person uuid, p_agency uuid, p_records uuid[])
 RETURNS TABLE(record_id uuid, opens text, key text, because text)
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select v.record_id, v.precision, h.key, h.because
    from actor_keys(p_person, p_agency) h
    join record_view v on v.record_id = any(p_records)
      and (h.key_id = any(v.audience) or v.rank = 2 and h.key = 'danger:' || v.record_id)
    order by v.record_id, v.rank, h.key;
end $function$;

CREATE OR REPLACE FUNCTION public.record_view_content(p_record uuid, p_rank smallint)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select to_jsonb(v) - array['version', 'shown_version', 'change', 'released_at', 'audience', 'policy_version']
      || jsonb_build_object(
           'substances', (select jsonb_agg(to_jsonb(s) order by s.ordinal) from record_view_substance s
                           where s.record_id = v.record_id and s.rank = v.rank),
           'concealment', (select jsonb_agg(c.concealment order by c.concealment) from record_view_concealment c
                            where c.record_id = v.record_id and c.rank = v.rank))
  from record_view v where v.record_id = p_record and v.rank = p_rank
$function$;

CREATE OR REPLACE FUNCTION public.record_view_listed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into record_key (key_id, sort_at, record_id, rank)
  select distinct k, n.released_at, n.record_id, n.rank from new_views n cross join lateral unnest(n.audience) k;
  return null;
end $function$;
alter function record_view_listed() owner to concord_lists;

CREATE OR REPLACE FUNCTION public.record_view_relisted()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  delete from record_key l using old_views o where l.record_id = o.record_id and l.rank = o.rank;
  delete from record_key_substance l using old_views o where l.record_id = o.record_id and l.rank = o.rank;
  insert into record_key (key_id, sort_at, record_id, rank)
  select distinct k, n.released_at, n.record_id, n.rank from new_views n cross join lateral unnest(n.audience) k;
  insert into record_key_substance (key_id, substance, sort_at, record_id, rank)
  select distinct k, substance_list_key(s.dea_code, s.category), n.released_at, n.record_id, n.rank
  from new_views n
  join record_view_substance s on s.record_id = n.record_id and s.rank = n.rank
  cross join lateral unnest(n.audience) k;
  return null;
end $function$;
alter function record_view_relisted() owner to concord_lists;

CREATE OR REPLACE FUNCTION public.record_view_substance_listed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into record_key_substance (key_id, substance, sort_at, record_id, rank)
  select distinct k, substance_list_key(n.dea_code, n.category), v.released_at, n.record_id, n.rank
  from new_substances n
  join record_view v on v.record_id = n.record_id and v.rank = n.rank
  cross join lateral unnest(v.audience) k;
  return null;
end $function$;
alter function record_view_substance_listed() owner to concord_lists;

CREATE OR REPLACE FUNCTION public.record_view_unlisted()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  delete from record_key l using old_views o where l.record_id = o.record_id and l.rank = o.rank;
  delete from record_key_substance l using old_views o where l.record_id = o.record_id and l.rank = o.rank;
  return null;
end $function$;
alter function record_view_unlisted() owner to concord_lists;

CREATE OR REPLACE FUNCTION public.release_moment(release_after timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
RETURN CASE WHEN (release_after > now()) THEN date_trunc('milliseconds'::text, (release_after + '00:00:00.000999'::interval)) ELSE date_trunc('milliseconds'::text, now()) END;

CREATE OR REPLACE FUNCTION public.release_policy_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or (to_jsonb(new) - 'applied_at') <> (to_jsonb(old) - 'applied_at') then
    raise exception 'a release policy is never changed: publish the next version' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.release_seizure_report(p jsonb)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer, record_version integer, content_digest text, submitter_reference text, tlp text)
 LANGUAGE sql
AS $function$ select * from book_decision(p, 'RELEASE') $function$;

CREATE OR REPLACE FUNCTION public.report_authors(p_report uuid)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
AS $function$
  with versions as (
    select r.version, r.change, coalesce(r.changed_by, r.submitted_by) as person_id, r.content from seizure_report r where r.id = p_report
    union all
    select h.version, h.change, h.changed_by, h.content from seizure_report_version h where h.report_id = p_report
  ), held as (
    -- Wherever they stood then: a substance more moves those behind it.
    select distinct to_jsonb(r.content #>> string_to_array(h->>'path', '.'))::text as words
    from seizure_report r cross join jsonb_array_elements(r.hold_reasons) h
    where r.id = p_report and h->>'from' is not null
  )
  select array(
    select distinct v.person_id from versions v
    where v.change in ('SUBMITTED', 'CORRECTED', 'LABORATORY_RESULT')
      and (v.version >= (select max(w.version) from versions w where w.change in ('SUBMITTED', 'CORRECTED'))
        or exists (select from held where strpos(v.content::text, held.words) > 0)))
$function$;

CREATE OR REPLACE FUNCTION public.report_context(p_agency uuid, p_county text)
 RETURNS TABLE(widest_sharing text, task_force_ids uuid[], region_ids text[], h3_resolution smallint, defaults jsonb)
 LANGUAGE sql
 STABLE
AS $function$
  select c.widest_sharing, c.task_force_ids, c.region_ids, c.h3_resolution,
         coalesce((select jsonb_strip_nulls(jsonb_build_object(
             'sharing', s.default_sharing, 'tlp', s.default_tlp, 'withhold', nullif(s.default_withhold, '{}'),
             'timePrecision', s.default_time_precision, 'embargoHours', s.default_embargo_hours,
             'holdUntilReleased', nullif(s.default_hold_until_released, false)))
           from agency_settings s where s.agency_id = p_agency), '{}')
  from submission_context(p_agency, p_county) c
$function$;

CREATE OR REPLACE FUNCTION public.report_rules(p_person uuid, p_agency uuid, p_county text, p_report uuid)
 RETURNS TABLE(widest_sharing text, task_force_ids uuid[], region_ids text[], h3_resolution smallint, defaults jsonb, policy_version integer, policy_digest text, looked_at integer, hold_partners boolean)
 LANGUAGE plpgsql
 STABLE
AS $function$
#variable_conflict use_column
declare
  v_own agency_settings;
  v_left int := 0;
begin
  select s.* into v_own from agency_settings s where s.agency_id = p_agency;
  if v_own.hold_first_reports > 0 then
    perform enter_actor(p_person, p_agency);
    select v_own.hold_first_reports - count(*) into v_left from (
      select from seizure_report r
      where r.submitted_by = p_person and r.agency_id = p_agency and r.id is distinct from p_report
        -- As long as they are members: of a newcomer that is the short end of the agency's list.
        and r.submitted_at >= coalesce((
          select min(m.valid_from) from membership m
          where m.person_id = p_person and m.agency_id = p_agency and m.valid_from <= statement_timestamp()
            and (m.valid_until is null or m.valid_until > statement_timestamp())), '-infinity')
      limit v_own.hold_first_reports) n;
  end if;
  return query
    select coalesce((
             select g.widest_sharing from agreement_party gp join agreement g on g.id = gp.agreement_id
             where gp.agency_id = p_agency and (gp.valid_until is null or gp.valid_until > now())
               and g.valid_from <= now() and (g.valid_until is null or g.valid_until > now())
             order by array_position(array['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'], g.widest_sharing) desc
             limit 1), 'AGENCY'),
           coalesce((
             select array_agg(t.id) from task_force_agency ta join task_force t on t.id = ta.task_force_id
             where ta.agency_id = p_agency and t.valid_from <= now() and t.valid_until > now()
               and ta.valid_from <= now() and (ta.valid_until is null or ta.valid_until > now())), '{}'),
           coalesce((select array_agg(rc.region_id order by rc.region_id) from region_county rc where rc.county_fips = p_county), '{}'),
           coalesce(v_own.h3_resolution, 6::smallint),
           jsonb_strip_nulls(jsonb_build_object(
             'sharing', v_own.default_sharing, 'tlp', v_own.default_tlp, 'withhold', nullif(v_own.default_withhold, '{}'),
             'timePrecision', v_own.default_time_precision, 'embargoHours', v_own.default_embargo_hours,
             'holdUntilReleased', nullif(v_own.default_hold_until_released, false))),
           p.version, p.digest, greatest(v_left, 0), coalesce(v_own.hold_sharing_partners, false)
    from (select version, digest from release_policy order by version desc limit 1) p;
end $function$;

CREATE OR REPLACE FUNCTION public.report_version_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.version <> old.version + 1
     or not exists (select from seizure_report_version v where v.report_id = old.id and v.version = old.version) then
    raise exception 'a report changes into its next version, and keeps the one before' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.reports_for_release(p_reports uuid[], p_below integer)
 RETURNS TABLE(report_id uuid, record_id uuid, agency_id uuid, version integer, sharing text, tlp text, occurred_from timestamp with time zone, occurred_to timestamp with time zone, offset_minutes integer, content jsonb, h3 text, older boolean, identifiers jsonb, keys jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select r.id, q.id, r.agency_id, r.version, r.sharing, r.tlp, r.occurred_from, r.occurred_to, r.offset_minutes, r.content, v.h3,
         o.older,
         case when o.older then coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'sensitivity', i.sensitivity,
                'sealed', encode(i.sealed, 'base64')) order by i.id) from sealed_identifier i where i.report_id = r.id), '[]')
              else '[]' end,
         case when p_below is null then (
                select jsonb_object_agg(x.precision, array(select k.key from access_key k where k.id = any(x.audience)))
                from record_view x where x.record_id = q.id)
              else '{}' end
  from unnest(p_reports) p(id)
  join seizure_report r on r.id = p.id and r.status not in ('RECALLED', 'PURGED')
  join seizure_record q on q.report_id = r.id
  join record_view v on v.record_id = q.id and v.rank = 0
  cross join lateral (
    select exists (select from record_view w where w.record_id = q.id and w.policy_version < p_below) as older) o
$function$;
alter function reports_for_release(uuid[],integer) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.reports_left_to_release(p_agency uuid, p_after uuid, p_limit integer, p_below integer)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select r.id from seizure_report r join seizure_record q on q.report_id = r.id
  where r.agency_id = p_agency and r.id > p_after and r.status not in ('RECALLED', 'PURGED')
    and (exists (
        select from record_view v where v.record_id = q.id and (v.policy_version < p_below
          or v.contributor_withheld and not exists (select from contributor_handle h where h.record_id = q.id)))
      or r.sharing = 'PARTNERS' and r.tlp in ('CLEAR', 'GREEN', 'AMBER')
        and not exists (select from community_candidate c where c.record_id = q.id)
        and exists (select from jsonb_array_elements(r.content->'substances') s
                    where s->>'laboratoryStatus' is distinct from 'REFUTED'))
  order by r.id limit p_limit
$function$;
alter function reports_left_to_release(uuid,uuid,integer,integer) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.reports_to_release(p_reports uuid[])
 RETURNS TABLE(report_id uuid, record_id uuid, agency_id uuid, version integer, sharing text, tlp text, occurred_from timestamp with time zone, occurred_to timestamp with time zone, offset_minutes integer, content jsonb, h3 text, identifiers jsonb, keys jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select r.id, q.id, r.agency_id, r.version, r.sharing, r.tlp, r.occurred_from, r.occurred_to, r.offset_minutes, r.content, v.h3,
         coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'sensitivity', i.sensitivity,
                     'sealed', encode(i.sealed, 'base64')) order by i.id) from sealed_identifier i where i.report_id = r.id), '[]'),
         (select jsonb_object_agg(x.precision, array(select k.key from access_key k where k.id = any(x.audience)))
            from record_view x where x.record_id = q.id)
  from unnest(p_reports) p(id)
  join seizure_report r on r.id = p.id and r.status not in ('RECALLED', 'PURGED')
  join seizure_record q on q.report_id = r.id
  join record_view v on v.record_id = q.id and v.rank = 0
$function$;
alter function reports_to_release(uuid[]) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.retry_dead_letters(p_ids bigint[] DEFAULT NULL::bigint[])
 RETURNS bigint
 LANGUAGE sql
AS $function$
  with put_back as (
    -- Relayed long ago: the reconciler finds it, and it comes into no batch with others.
    update outbox set dead_at = null, tries = 0, tried_at = null, relayed_at = '-infinity'
    where dead_at is not null and done_at is null and (p_ids is null or id = any(p_ids))
    returning id
  )
  select count(*) from put_back
$function$;

CREATE OR REPLACE FUNCTION public.return_seizure_report(p jsonb)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer, record_version integer, content_digest text, submitter_reference text, tlp text)
 LANGUAGE sql
AS $function$ select * from book_decision(p, 'RETURN') $function$;

CREATE OR REPLACE FUNCTION public.review_context(p_person uuid, p_agency uuid, p_report uuid)
 RETURNS TABLE(new_member boolean, hold_partners boolean)
 LANGUAGE plpgsql
 STABLE
AS $function$
declare v_first smallint; v_partners boolean;
begin
  select s.hold_first_reports, s.hold_sharing_partners into v_first, v_partners from agency_settings s where s.agency_id = p_agency;
  if coalesce(v_first, 0) = 0 then
    return query select false, coalesce(v_partners, false);
    return;
  end if;
  perform enter_actor(p_person, p_agency);
  return query
    select (select count(*) from (
              select from seizure_report r
              where r.submitted_by = p_person and r.agency_id = p_agency and r.id is distinct from p_report
                -- As long as they are members: of a newcomer that is the short end of the agency's list.
                and r.submitted_at >= coalesce((
                  select min(m.valid_from) from membership m
                  where m.person_id = p_person and m.agency_id = p_agency and m.valid_from <= statement_timestamp()
                    and (m.valid_until is null or m.valid_until > statement_timestamp())), '-infinity')
              limit v_first) n) < v_first,
           v_partners;
end $function$;

CREATE OR REPLACE FUNCTION public.review_imminent_danger(p_danger uuid, p_note text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_by uuid;
begin
  if app_seat() is null or not acts_as(array['AGENCY_ADMIN', 'PRIVACY_OFFICER']) then
    raise exception 'an admin or privacy officer reviews' using errcode = 'insufficient_privilege';
  end if;
  select d.person_id into v_by from imminent_danger d
    where d.id = p_danger and (d.agency_id = app_seat() or d.owner_agency_id = app_seat());
  if not found then return 'ABSENT'; end if;
  if v_by = app_person() then return 'OWN_ACT'; end if;
  insert into imminent_danger_review (imminent_danger_id, agency_id, person_id, note)
  values (p_danger, app_seat(), app_person(), p_note) on conflict do nothing;
  return case when found then 'REVIEWED' else 'UNCHANGED' end;
end $function$;
alter function review_imminent_danger(uuid,text) owner to concord_agreements;
-- granted: concord_agreements=X/concord_agreements, concord_api=X/concord_agreements

CREATE OR REPLACE FUNCTION public.reviewers_for(p_agency uuid, p_authors uuid[])
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case when has_reviewer(p_agency, p_authors) then 'OWN'
              when exists (select from agency a where a.id = p_agency and has_reviewer(a.parent_id, p_authors)) then 'PARENT'
              else 'NOBODY' end
$function$;

CREATE OR REPLACE FUNCTION public.revise_alerts(p_records uuid[], p_matches jsonb)
 RETURNS TABLE(alert_id uuid, inbox_id uuid, person_id uuid, agency_id uuid, record_id uuid, record_version integer, change text)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
begin
  return query
    with due as (
      select a.id, a.owner_person_id as person, a.owner_agency_id as agency, a.record_id, a.record_version, a.change, a.revision,
             a.raised_at, coalesce(a.policy_told, 0) as policy_told
      from alert a where a.record_id = any(p_records)
    ),
    ring as (
      select k.person, k.agency, k.keys
      from (select array_agg(person) as persons, array_agg(agency) as agencies from due) o
      cross join lateral actor_keyrings(o.persons, o.agencies) k
    ),
    met as (
      select d.id, m.rule_id, m.version, m.match
      from jsonb_to_recordset(p_matches) as m(rule_id uuid, record_id uuid, version int, rank smallint, match text)
      join alert_rule r on r.id = m.rule_id and r.enabled
      join due d on d.record_id = m.record_id and d.person = r.owner_person_id and d.agency = r.owner_agency_id
    ),
    judged as (
      select d.*, c.policy_version as recoarsened, v.version as seen_version, v.change as seen_change, dl.id as delivery, dl.state as told, i.id as inbox, i.last_position,
             (select case when bool_or(m.match = 'CERTAIN') then 'CERTAIN' else 'POSSIBLE' end
                from met m where m.id = d.id and m.version = v.version having count(*) > 0) as match
      from due d
      join ring on ring.person = d.person and ring.agency = d.agency
      join inbox i on i.person_id = d.person and i.agency_id = d.agency
      left join delivery dl on dl.alert_id = d.id and dl.inbox_id = i.id and dl.channel = 'LIVE'
      left join lateral (
        select x.rank, x.version, x.change from record_view x
        where x.record_id = d.record_id and x.audience && ring.keys and (x.rank = 0 or x.released_at <= now())
        order by x.rank limit 1) v on true
      -- Whoever was alerted while the policy was applied may have seen either view: told once more is better than not.
      left join lateral (
        select max(r.policy_version) as policy_version from view_recoarsened r
        where r.record_id = d.record_id and r.rank = v.rank and r.policy_version > d.policy_told
          and d.raised_at < r.changed_at + interval '10 minutes') c on true
    ),
    news as (
      select j.*, case when j.seen_version is null then 'RECALLED' when j.told = 'WITHHELD' then 'RAISED'
                       when j.seen_change = 'RELEASED' then 'CORRECTED' else j.seen_change end as news
      from judged j
      where (j.told = 'DELIVERED' and (
              (j.seen_version is null and j.change <> 'RECALLED')
              or j.seen_version > j.record_version
              or j.recoarsened is not null
              or (j.seen_version is not null and j.change = 'RECALLED')))
         or (j.told = 'WITHHELD' and j.match is not null)
    ),
    matched as (
      insert into alert_match (alert_id, rule_id, version, match)
      select m.id, m.rule_id, m.version, m.match from met m join judged j on j.id = m.id and j.seen_version = m.version
      on conflict do nothing
    ),
    -- Raised and not delivered yet: its first delivery shows what the record says by then.
    quiet as (
      update alert a set record_version = j.seen_version, match = coalesce(j.match, a.match),
             policy_told = greatest(j.recoarsened, a.policy_told)
      from judged j where a.id = j.id and j.told is null and (j.seen_version > a.record_version or j.recoarsened is not null)
    ),
    revised as (
      update alert a set revision = a.revision + 1, change = n.news, record_version = coalesce(n.seen_version, a.record_version),
             match = coalesce(n.match, a.match), state = 'DELIVERED', updated_at = now(),
             policy_told = greatest(n.recoarsened, a.policy_told)
      from news n where a.id = n.id
    ),
    sent as (
      update delivery d set state = 'DELIVERED' from news n where d.id = n.delivery and d.state <> 'DELIVERED'
    ),
    attempted as (
      insert into delivery_attempt (delivery_id, number, outcome, revision, record_version)
      select n.delivery, 1 + (select max(t.number) from delivery_attempt t where t.delivery_id = n.delivery), 'DELIVERED',
             n.revision + 1, n.seen_version
      from news n
    ),
    numbered as (
      select n.id, n.inbox, n.revision + 1 as revision,
             n.last_position + row_number() over (partition by n.inbox order by n.record_id, n.id) as position
      from news n
    ),
    entered as (
      insert into inbox_entry (inbox_id, position, alert_id, revision) select b.inbox, b.position, b.id, b.revision from numbered b
    ),
    moved as (
      update inbox i set last_position = b.top from (select inbox, max(position) as top from numbered group by inbox) b
      where i.id = b.inbox
    )
    select n.id, n.inbox, n.person, n.agency, n.record_id, coalesce(n.seen_version, n.record_version), n.news from news n;
end $function$;

CREATE OR REPLACE FUNCTION public.sample_standing_reports(p_limit integer)
 RETURNS SETOF uuid
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select r.id from seizure_report r where r.status not in ('RECALLED', 'PURGED') order by random() limit p_limit
$function$;
alter function sample_standing_reports(integer) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.seat_reviews(p_agency uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select p_agency = app_seat() or exists (select from agency a where a.id = p_agency and a.parent_id = app_seat())
$function$;

CREATE OR REPLACE FUNCTION public.seats_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('concord_seats', '');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.seizure_record_page(p_person uuid, p_agency uuid, p_limit integer, p_sort_at timestamp with time zone, p_record uuid, p_substances text[])
 RETURNS SETOF seizure_record_card
 LANGUAGE plpgsql
 STABLE
AS $function$
declare v_ring int4[] := enter_actor(p_person, p_agency);
begin
  if p_substances is null then
    return query
      with page as (
        select l.sort_at, l.record_id, min(l.rank) as rank
        from unnest(v_ring) u(key_id)
        cross join lateral (
          select k.sort_at, k.record_id, k.rank from record_key k
          where k.key_id = u.key_id and (k.sort_at, k.record_id) < (p_sort_at, p_record)
          order by k.sort_at desc, k.record_id desc, k.rank desc limit p_limit
        ) l
        group by l.sort_at, l.record_id
        order by l.sort_at desc, l.record_id desc limit p_limit
      )
      select c.* from page join seizure_record_card c on c.record_id = page.record_id and c.rank = page.rank
      order by page.sort_at desc, page.record_id desc;
  else
    return query
      with page as (
        select l.sort_at, l.record_id, min(l.rank) as rank
        from unnest(v_ring) u(key_id)
        cross join unnest(p_substances) w(substance)
        cross join lateral (
          select k.sort_at, k.record_id, k.rank from record_key_substance k
          where k.key_id = u.key_id and k.substance = w.substance and (k.sort_at, k.record_id) < (p_sort_at, p_record)
          order by k.sort_at desc, k.record_id desc, k.rank desc limit p_limit
        ) l
        group by l.sort_at, l.record_id
        order by l.sort_at desc, l.record_id desc limit p_limit
      )
      select c.* from page join seizure_record_card c on c.record_id = page.record_id and c.rank = page.rank
      order by page.sort_at desc, page.record_id desc;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.seizure_record_search(p_person uuid, p_agency uuid, p_limit integer, p_sort_at timestamp with time zone, p_record uuid, p_substances text[], p_condition text, p_values text[])
 RETURNS TABLE(card seizure_record_card, certain boolean)
 LANGUAGE plpgsql
 STABLE
 SET enable_hashagg TO 'off'
 SET enable_sort TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET max_parallel_workers_per_gather TO '0'
AS $function$
declare v_ring int4[] := enter_actor(p_person, p_agency);
begin
  return query execute format($q$
    select c, m.certain
    from (
      select n.sort_at, n.record_id, v.rank, f.hit is true as certain
      from (select l.sort_at, l.record_id from (%s) l group by l.sort_at, l.record_id
            order by l.sort_at desc, l.record_id desc) n
      cross join lateral (select * from record_view x where x.record_id = n.record_id order by x.rank limit 1) v
      cross join lateral (select (%s) as hit offset 0) f
      where f.hit is not false
      order by n.sort_at desc, n.record_id desc limit $3) m
    join seizure_record_card c on c.record_id = m.record_id and c.rank = m.rank
    order by m.sort_at desc, m.record_id desc $q$, merged_lists(v_ring, p_substances), p_condition)
    using p_sort_at, p_record, p_limit, null::text, null::text, null::text, p_values;
end $function$;

CREATE OR REPLACE FUNCTION public.seizure_records_by_id(p_person uuid, p_agency uuid, p_ids uuid[])
 RETURNS SETOF seizure_record_card
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select c.* from unnest(p_ids) i(id)
    cross join lateral (select * from seizure_record_card x where x.record_id = i.id order by x.rank limit 1) c;
end $function$;

CREATE OR REPLACE FUNCTION public.seizure_report_status(status text, release_after timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
RETURN CASE WHEN ((status = 'EMBARGOED'::text) AND (release_after <= now())) THEN 'RELEASED'::text ELSE status END;

CREATE OR REPLACE FUNCTION public.seizure_report_words(p_agency uuid, p_reference text, p_content jsonb)
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE COST 500
AS $function$
  select strip(to_tsvector('simple', translate(
    p_reference
      || ' ' || coalesce(p_content -> 'place' ->> 'countyFips', '')
      || ' ' || coalesce(p_content -> 'place' ->> 'setting', '')
      || ' ' || coalesce(p_content -> 'place' ->> 'portOfEntry', '')
      || ' ' || jsonb_path_query_array(p_content, '$.substances[*].name')::text
      || ' ' || jsonb_path_query_array(p_content, '$.substances[*].deaCode')::text
      || ' ' || jsonb_path_query_array(p_content, '$.substances[*].signature')::text
      || ' ' || jsonb_path_query_array(p_content, '$.substances[*].adulterants[*]')::text
      || ' ' || coalesce(p_content ->> 'concealment', '')
      || ' ' || coalesce(p_content ->> 'conveyance', '')
      || ' ' || coalesce(p_content ->> 'packaging', '')
      || ' ' || coalesce(p_content ->> 'remarks', ''),
    '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ')
    || coalesce(' ' || public.agency_word(p_agency), '')))
$function$;

CREATE OR REPLACE FUNCTION public.set_agency_places(p_agency uuid, p_places text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  delete from agency_place ap where ap.agency_id = p_agency and ap.place_key <> all(p_places);
  insert into agency_place (agency_id, place_key) select p_agency, k from unnest(p_places) k on conflict do nothing;
$function$;

CREATE OR REPLACE FUNCTION public.set_person_status(p_person uuid, p_status text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  update person p
  set status = p_status,
      disabled_at = case when p_status = 'DISABLED' then statement_timestamp() end,
      disabled_by = case when p_status = 'DISABLED' then app_person() end,
      disabled_for = case when p_status = 'DISABLED' then app_seat() end
  where p.id = p_person and p.id <> app_person() and p.status <> p_status
    and case when app_seat() is null then app_holds('SYSTEM_ADMIN')
          else app_holds('AGENCY_ADMIN') and not has_seat_elsewhere(p.id, app_seat())
            and (exists (select from membership m where m.person_id = p.id and m.agency_id = app_seat())
              or p.issuer is null and exists (select from invitation i where i.person_id = p.id and i.agency_id = app_seat()))
            and (p_status = 'DISABLED' or p.disabled_for = app_seat()) end;
  return found;
end $function$;
alter function set_person_status(uuid,text) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.sign_agreement(p_agreement uuid, p_digest text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_old agreement;
begin
  if app_seat() is null or not acts_as(array['AGENCY_ADMIN']) then
    raise exception 'an admin of the agency signs for it' using errcode = 'insufficient_privilege';
  end if;
  select g.* into v_old from agreement g
    where g.id = p_agreement and exists (select from agreement_invitation i where i.agreement_id = g.id and i.agency_id = app_seat());
  if not found then return 'ABSENT'; end if;
  if v_old.text_digest <> p_digest then return 'OTHER_TEXT'; end if;
  if v_old.valid_until <= statement_timestamp() then return 'ENDED'; end if;
  insert into agreement_party (agreement_id, agency_id, signed_by, signed_at)
  values (p_agreement, app_seat(), app_person(), statement_timestamp()) on conflict do nothing;
  if found then return 'SIGNED'; end if;
  return case when exists (select from agreement_party gp where gp.agreement_id = p_agreement and gp.agency_id = app_seat()
    and gp.valid_until <= statement_timestamp()) then 'ENDED' else 'UNCHANGED' end;
end $function$;
alter function sign_agreement(uuid,text) owner to concord_agreements;
-- granted: concord_agreements=X/concord_agreements, concord_api=X/concord_agreements

CREATE OR REPLACE FUNCTION public.standing_reports(p_agency uuid, p_after uuid, p_limit integer, p_below integer)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select r.id from seizure_report r
  where r.agency_id = p_agency and r.id > p_after and r.status not in ('RECALLED', 'PURGED')
    and (p_below is null or exists (
      select from seizure_record q join record_view v on v.record_id = q.id
      where q.report_id = r.id and v.policy_version < p_below))
  order by r.id limit p_limit
$function$;
alter function standing_reports(uuid,uuid,integer,integer) owner to concord_releases;
-- granted: concord_releases=X/concord_releases, concord_publisher=X/concord_releases

CREATE OR REPLACE FUNCTION public.submission_context(p_agency uuid, p_county text)
 RETURNS TABLE(widest_sharing text, task_force_ids uuid[], region_ids text[], h3_resolution smallint)
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce((
           select g.widest_sharing from agreement_party gp join agreement g on g.id = gp.agreement_id
           where gp.agency_id = p_agency and (gp.valid_until is null or gp.valid_until > now())
             and g.valid_from <= now() and (g.valid_until is null or g.valid_until > now())
           order by array_position(array['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'], g.widest_sharing) desc
           limit 1), 'AGENCY'),
         coalesce((
           select array_agg(t.id) from task_force_agency ta join task_force t on t.id = ta.task_force_id
           where ta.agency_id = p_agency and t.valid_from <= now() and t.valid_until > now()
             and ta.valid_from <= now() and (ta.valid_until is null or ta.valid_until > now())), '{}'),
         coalesce((select array_agg(rc.region_id order by rc.region_id) from region_county rc where rc.county_fips = p_county), '{}'),
         coalesce((select s.h3_resolution from agency_settings s where s.agency_id = p_agency), 6::smallint)
$function$;

CREATE OR REPLACE FUNCTION public.submit_imported_report(p jsonb, p_import uuid, p_ordinal integer, p_first_line integer, p_last_line integer, p_sealed_issues bytea)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer, content_digest text, released_at timestamp with time zone, release_after timestamp with time zone)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
declare v_stored record;
begin
  select * into v_stored from submit_seizure_report(p);
  if v_stored.outcome = 'CREATED' then
    insert into report_import_entry (import_id, ordinal, agency_id, first_line, last_line, outcome, report_id, sealed_issues)
    values (p_import, p_ordinal, (p->>'agencyId')::uuid, p_first_line, p_last_line,
      case when v_stored.status = 'HELD' then 'HELD' else 'ACCEPTED' end, v_stored.report_id, p_sealed_issues);
  end if;
  return query select v_stored.outcome, v_stored.report_id, v_stored.record_id, v_stored.status, v_stored.version,
    v_stored.content_digest, v_stored.released_at, v_stored.release_after;
end $function$;

CREATE OR REPLACE FUNCTION public.submit_seizure_report(p jsonb)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer, content_digest text, released_at timestamp with time zone, release_after timestamp with time zone)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
declare
  v_person uuid := (p->>'personId')::uuid;
  v_agency uuid := (p->>'agencyId')::uuid;
  v_report uuid := (p->'report'->>'id')::uuid;
  v_record uuid := (p->>'recordId')::uuid;
  v_after timestamptz := (p->'report'->>'release_after')::timestamptz;
  v_by_hand boolean := coalesce((p->'report'->>'hold_until_released')::boolean, false);
  v_hold jsonb := nullif(p->'hold', 'null');
  -- Rounded up to the column's precision: an embargo is never lifted early.
  v_released timestamptz(3) := case when v_hold is not null or v_by_hand then unreleased()
                                    when v_after > now() then date_trunc('milliseconds', v_after + interval '999 microseconds')
                                    else date_trunc('milliseconds', now()) end;
  v_status text := case when v_hold is not null then 'HELD' when v_by_hand or v_after > now() then 'EMBARGOED' else 'RELEASED' end;
  v_synthetic boolean := coalesce((p->>'synthetic')::boolean, false);
begin
  perform enter_actor(v_person, v_agency);
  insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, release_after,
      occurred_from, occurred_to, offset_minutes, content, sealed_narrative, synthetic, submitted_by,
      hold_until_released, hold_reasons)
  select v_report, v_agency, r.submitter_reference, v_status, r.content_digest, r.sharing, r.tlp, v_after,
      r.occurred_from, r.occurred_to, r.offset_minutes, r.content, decode(r.sealed_narrative, 'base64'), v_synthetic, v_person,
      v_by_hand, v_hold
  from jsonb_to_record(p->'report') as r(submitter_reference text, content_digest text, sharing text, tlp text,
      occurred_from timestamptz, occurred_to timestamptz, offset_minutes int, content jsonb, sealed_narrative text)
  on conflict (agency_id, submitter_reference) do nothing;
  if not found then
    return query
      select 'EXISTS', e.id, q.id, seizure_report_status(e.status, e.release_after), e.version, e.content_digest, q.released_at::timestamptz, e.release_after
      from seizure_report e join seizure_record q on q.report_id = e.id
      where e.agency_id = v_agency and e.submitter_reference = p->'report'->>'submitter_reference';
    return;
  end if;

  if p->'basis' is not null and p->'basis' <> 'null' then
    insert into report_basis (report_id, agency_id, activity, sealed, review_by)
    values (v_report, v_agency, p->'basis'->>'activity', decode(p->'basis'->>'sealed', 'base64'), (now() + interval '5 years')::date);
    insert into sealed_identifier (id, report_id, agency_id, kind, sensitivity, sealed)
    select i.id, v_report, v_agency, i.kind, i.sensitivity, decode(i.sealed, 'base64')
    from jsonb_to_recordset(p->'identifiers') as i(id uuid, kind text, sensitivity text, sealed text);
  end if;

  insert into seizure_record (id, report_id, agency_id, released_at, synthetic)
  values (v_record, v_report, v_agency, v_released, v_synthetic);

  insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to,
      offset_minutes, state_fips, county_fips, h3, latitude, longitude, setting, port_of_entry, conveyance, route, people,
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic, packaging, remarks,
      policy_version)
  select v_record, w.precision, w.rank, 1, v_released, access_key_ids(w.audience), w.tlp, w.occurred_from, w.occurred_to,
      w.offset_minutes, w.state_fips, w.county_fips, w.h3, w.latitude, w.longitude, w.setting, w.port_of_entry, w.conveyance,
      w.route, w.people, w.source_reliability, w.source_credibility,
      case when w.contributor_withheld then null else v_agency end, w.contributor_withheld, w.transformations, v_synthetic, w.packaging, w.remarks,
      coalesce(w.policy_version, 1)
  from jsonb_to_recordset(p->'views') as w(precision text, rank smallint, audience text[], tlp text, occurred_from timestamptz,
      occurred_to timestamptz, offset_minutes int, state_fips text, county_fips text, h3 text, latitude double precision,
      longitude double precision, setting text, port_of_entry text, conveyance text, route jsonb, people jsonb,
      source_reliability text, source_credibility smallint, contributor_withheld boolean, transformations jsonb, packaging text,
      remarks text, policy_version int);

  insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, laboratory_status, unit, amount,
      min_milligrams, max_milligrams, min_units, max_units, estimated, purity_min, purity_max, signature, adulterants)
  select v_record, s.rank, s.ordinal, s.dea_code, s.name, s.category, s.form, s.laboratory_status, s.unit, s.amount,
      s.min_milligrams, s.max_milligrams, s.min_units, s.max_units, s.estimated, s.purity_min, s.purity_max, s.signature, s.adulterants
  from jsonb_to_recordset(p->'substances') as s(rank smallint, ordinal smallint, dea_code text, name text, category text,
      form text, laboratory_status text, unit text, amount double precision, min_milligrams int8, max_milligrams int8,
      min_units int8, max_units int8, estimated boolean, purity_min double precision, purity_max double precision,
      signature text, adulterants jsonb);

  insert into record_view_concealment (record_id, rank, concealment)
  select v_record, c.rank, c.concealment from jsonb_to_recordset(p->'concealment') as c(rank smallint, concealment text);

  insert into community_candidate (record_id, ordinal, agency_id, state_fips, month, substance, band, policy_version, synthetic)
  select v_record, m.ordinal, v_agency, m.state_fips, m.month, m.substance, m.band, m.policy_version, v_synthetic
  from jsonb_to_recordset(coalesce(nullif(p->'community', 'null'), '[]')) as m(ordinal smallint, state_fips text, month date,
      substance text, band text, policy_version int);

  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
  from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);

  -- What somebody has yet to release raises its alerts then.
  if v_released < unreleased() then
    insert into outbox (kind, subject_ids, available_at, raises_alerts)
    values ('record.released', array[v_record], v_released, coalesce((p->>'raisesAlerts')::boolean, true));
  end if;
  return query select 'CREATED', v_report, v_record, v_status, 1, p->'report'->>'content_digest', v_released::timestamptz, v_after;
end $function$;

CREATE OR REPLACE FUNCTION public.substance_list_key(dea_code text, category text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
RETURN COALESCE(dea_code, CASE WHEN (category = 'UNKNOWN'::text) THEN 'UNKNOWN'::text ELSE ('name:'::text || category) END);

CREATE OR REPLACE FUNCTION public.tally_reads(p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_taken int;
begin
  with taken as (
    delete from read_to_tally t
    where t.entry_id in (select n.entry_id from read_to_tally n order by n.entry_id limit p_limit for update skip locked)
    returning t.entry_id
  ), shown as (
    select r.agency_id as owner, date_trunc('hour', e.at, 'UTC') as hour, e.agency_id as reader,
      coalesce(e.canonical::jsonb->'purpose'->>'code', 'NONE') as purpose, s.precision, count(*)::int as records
    from taken t
    join audit_entry e on e.id = t.entry_id
    cross join lateral jsonb_to_recordset(e.canonical::jsonb->'subjects') s(kind text, id text, "precision" text)
    join seizure_record r on r.id = case when s.kind = 'record' then s.id::uuid end
    where r.agency_id <> e.agency_id and s.precision is not null
    group by e.id, r.agency_id, e.at, e.agency_id, e.canonical, s.precision
  ), counted as (
    insert into read_tally (owner_agency_id, hour, reader_agency_id, purpose, "precision", answers, records)
    select owner, hour, reader, purpose, "precision", count(*), sum(records)
    from shown group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (owner_agency_id, hour, reader_agency_id, purpose, "precision")
      do update set answers = read_tally.answers + excluded.answers, records = read_tally.records + excluded.records
  )
  select count(*) into v_taken from taken;
  return v_taken;
end $function$;
alter function tally_reads(integer) owner to concord_books;
-- granted: concord_books=X/concord_books, concord_worker=X/concord_books

CREATE OR REPLACE FUNCTION public.try_alert_rule(p_person uuid, p_agency uuid, p_since timestamp with time zone, p_cap integer, p_samples integer, p_substances text[], p_condition text, p_values text[], p_until timestamp with time zone)
 RETURNS TABLE(counted integer, certain integer, complete boolean, newest uuid[])
 LANGUAGE plpgsql
 STABLE
 SET enable_hashagg TO 'off'
 SET enable_sort TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET max_parallel_workers_per_gather TO '0'
AS $function$
declare v_ring int4[] := enter_actor(p_person, p_agency);
begin
  return query execute format($q$
    select (count(*) filter (where not m.late))::int, (count(*) filter (where not m.late and m.hit is true))::int,
           not coalesce(bool_or(m.late), false),
           coalesce((array_agg(m.record_id order by m.sort_at desc, m.record_id desc) filter (where not m.late))[1:$6], '{}')
    from (
      select n.sort_at, n.record_id, t.late, f.hit
      from (select l.sort_at, l.record_id from (%s) l where l.sort_at >= $5 group by l.sort_at, l.record_id
            order by l.sort_at desc, l.record_id desc) n
      cross join lateral (select clock_timestamp() > $4 as late offset 0) t
      cross join lateral (select * from record_view x where x.record_id = n.record_id order by x.rank limit 1) v
      cross join lateral (select case when t.late then true else (%s) end as hit offset 0) f
      where f.hit is not false
      order by n.sort_at desc, n.record_id desc
      limit $3::bigint + 1) m $q$,
    merged_lists(v_ring, p_substances), coalesce(p_condition, 'true'))
    using 'infinity'::timestamptz, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid, p_cap, p_until, p_since, p_samples, p_values;
end $function$;

CREATE OR REPLACE FUNCTION public.unreleased()
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN '9999-12-31 00:00:00+00'::timestamp with time zone;

CREATE OR REPLACE FUNCTION public.view_tells_the_same(p_record uuid, p_rank smallint, p_substances jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select not exists (
    select from jsonb_to_recordset(p_substances) w(dea_code text, name text, unit text, amount float8,
        min_milligrams int8, max_milligrams int8, min_units int8, max_units int8)
    where not exists (
      select from record_view_substance s
      where s.record_id = p_record and s.rank = p_rank
        and s.dea_code is not distinct from w.dea_code and (w.dea_code is not null or lower(s.name) = lower(w.name))
        and s.min_milligrams is not distinct from w.min_milligrams and s.max_milligrams is not distinct from w.max_milligrams
        and s.min_units is not distinct from w.min_units and s.max_units is not distinct from w.max_units
        -- What has neither is told by its unit.
        and (w.min_milligrams is not null or w.min_units is not null
             or s.unit is not distinct from w.unit and s.amount is not distinct from w.amount)))
$function$;

CREATE OR REPLACE FUNCTION public.what_comes_back(p_person uuid, p_agency uuid, p_records uuid[], p_days integer, p_most integer)
 RETURNS TABLE(about uuid, kind text, scope text, place text, place_name text, records integer, own integer, since timestamp with time zone, whole boolean, shown jsonb)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_ring int4[] := enter_actor(p_person, p_agency);
  v_from timestamptz := now() - make_interval(days => p_days);
  v_record uuid;
  v_own record_view;
  v_substances text[];
  v_signatures text[];
  v_concealment text[];
begin
  foreach v_record in array p_records loop
    -- Only its own agency has this one.
    select * into v_own from record_view v where v.record_id = v_record and v.rank = 0;
    continue when v_own.record_id is null;
    select array_agg(distinct substance_list_key(s.dea_code, s.category)),
           array_agg(distinct lower(btrim(s.signature))) filter (where btrim(s.signature) <> '')
      into v_substances, v_signatures
      from record_view_substance s where s.record_id = v_record and s.rank = 0;
    select array_agg(c.concealment) into v_concealment
      from record_view_concealment c where c.record_id = v_record and c.rank = 0 and c.concealment not in ('NONE', 'OTHER', 'UNKNOWN');

    return query
      with listed as materialized (
        select l.record_id, min(l.rank) as rank, l.sort_at
        from unnest(v_ring) u(key_id)
        cross join unnest(v_substances) w(substance)
        cross join lateral (
          select k.sort_at, k.record_id, k.rank from record_key_substance k
          where k.key_id = u.key_id and k.substance = w.substance and k.sort_at >= v_from
          -- One more: the record itself is among them.
          order by k.sort_at desc, k.record_id desc, k.rank desc limit p_most + 1
        ) l
        where l.record_id <> v_record
        group by l.sort_at, l.record_id
        order by l.sort_at desc, l.record_id desc limit p_most
      ), counted_since as (
        -- Where there are more than are looked at, those looked at are all since then.
        select case when count(*) < p_most then v_from else min(l.sort_at) end as at, count(*) < p_most as whole from listed l
      ), found as materialized (
        select l.record_id, l.rank, l.sort_at, v.version, v.precision, v.county_fips, v.state_fips,
          array_remove(array[
            'SUBSTANCE',
            case when v_signatures is not null and exists (
              select from record_view_substance s
              where s.record_id = l.record_id and s.rank = l.rank and lower(btrim(s.signature)) = any(v_signatures)
                and substance_list_key(s.dea_code, s.category) = any(v_substances)) then 'SIGNATURE' end,
            case when lower(btrim(v.packaging)) = lower(btrim(v_own.packaging)) and btrim(v.packaging) <> '' then 'PACKAGING' end,
            case when v.route->>'originCountry' = v_own.route->>'originCountry'
              and v.route->>'destinationStateFips' = coalesce(v_own.route->>'destinationStateFips', left(v_own.route->>'destinationCountyFips', 2))
              then 'ROUTE' end,
            case when v_concealment is not null and v.conveyance = v_own.conveyance and exists (
              select from record_view_concealment c
              where c.record_id = l.record_id and c.rank = l.rank and c.concealment = any(v_concealment)) then 'METHOD' end
          ], null) as kinds
        from listed l
        join record_view v on v.record_id = l.record_id and v.rank = l.rank
        where v.occurred_to > v_from and v.synthetic = v_own.synthetic
      ), places as materialized (
        select 'COUNTY' as scope, v_own.county_fips as place, null::text as name, array[v_own.county_fips] as counties where v_own.county_fips is not null
        union all
        select 'REGION', r.id, r.name, array(select o.county_fips from region_county o where o.region_id = r.id)
        from region_county rc join region r on r.id = rc.region_id where rc.county_fips = v_own.county_fips
        union all select 'STATE', v_own.state_fips, null, null
        union all select 'NATION', 'us', null, null
      )
      select v_record, k.kind, p.scope, p.place, p.name, count(*)::int, count(*) filter (where f.rank = 0)::int,
        (select c.at from counted_since c), (select c.whole from counted_since c),
        (select jsonb_agg(n.it) from (
           select jsonb_build_object('id', e->>'id', 'version', e->'version', 'precision', e->>'precision') as it
           from unnest((array_agg(jsonb_build_object('id', f.record_id, 'version', f.version, 'precision', f.precision)
             order by f.sort_at desc, f.record_id desc))[1:5]) e) n)
      from found f
      cross join lateral unnest(f.kinds) k(kind)
      join places p on case p.scope when 'NATION' then true when 'STATE' then f.state_fips = p.place
        else f.county_fips = any(p.counties) end
      group by k.kind, p.scope, p.place, p.name;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.with_purpose(p_person uuid, p_purpose text)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
begin
  perform set_config('app.purpose', case p_purpose when 'ANY' then '' else coalesce(p_purpose, 'NONE') end, true);
  return p_person;
end $function$;

CREATE OR REPLACE FUNCTION public.withdraw_invitation(p_invitation uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_person uuid;
begin
  update invitation i set withdrawn_by = app_person(), withdrawn_at = statement_timestamp()
  where i.id = p_invitation and i.accepted_at is null and i.withdrawn_at is null
    and case when app_seat() is null
          then app_holds('SYSTEM_ADMIN') and exists (select from approval a where a.id = i.approval_id and a.agency_id is null)
          else i.agency_id = app_seat() and app_holds('AGENCY_ADMIN') end
  returning i.person_id into v_person;
  if v_person is null then
    return false;
  end if;
  -- The name that was made for the invitation is nobody's.
  update person p
  set status = 'DISABLED', disabled_at = statement_timestamp(), disabled_by = app_person(), disabled_for = app_seat()
  where p.id = v_person and p.issuer is null and p.status = 'ACTIVE';
  return true;
end $function$;
alter function withdraw_invitation(uuid) owner to concord_directory;
-- granted: concord_directory=X/concord_directory, concord_api=X/concord_directory

CREATE OR REPLACE FUNCTION public.withdraw_record_views(p_record uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare v_held jsonb;
begin
  if not exists (select from seizure_record r where r.id = p_record and r.agency_id = app_agency()) then
    raise exception 'not a record of this agency' using errcode = 'insufficient_privilege';
  end if;
  perform 1 from record_view v where v.record_id = p_record order by v.rank for update;
  select coalesce(jsonb_object_agg(v.rank, jsonb_build_object(
           'version', v.version, 'shown', v.shown_version, 'change', v.change, 'content', record_view_content(v.record_id, v.rank))), '{}')
    into v_held from record_view v where v.record_id = p_record;
  delete from record_view v where v.record_id = p_record;
  return v_held;
end $function$;
alter function withdraw_record_views(uuid) owner to concord_lists;
-- granted: concord_lists=X/concord_lists, concord_api=X/concord_lists
