-- The owner's controls: a handle for who withholds its name, contact brokered through the record, standing defaults.

-- What a withheld contributor is called: random, of one record and of all its versions, so that two records of one agency
-- have nothing in common. Records of before have none until their next version.
create table contributor_handle (
  record_id uuid primary key references seizure_record (id) on delete cascade,
  handle uuid not null unique default gen_random_uuid()
);
alter table contributor_handle enable row level security;
alter table contributor_handle force row level security;
grant select, insert on contributor_handle to concord_lists;
grant select on contributor_handle to concord_api, concord_review;
create policy handle_kept on contributor_handle to concord_lists using (true) with check (true);
-- `offset 0`: asked for the rows of a page, never as a hash of all views.
create policy handle_of_visible_view on contributor_handle for select to concord_api
  using (exists (select from record_view v where v.record_id = contributor_handle.record_id and v.contributor_withheld offset 0));

-- The queue shows the card of what is held.
create policy handle_reviewed on contributor_handle for select to concord_review
  using (exists (select from seizure_record r where r.id = contributor_handle.record_id offset 0));

create function contributor_handle_made() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  insert into contributor_handle (record_id) values (new.record_id) on conflict (record_id) do nothing;
  return null;
end $$;

-- Who sees a record asks its owner, whoever that is. The owner's id is there for row-level security alone: no column of
-- the asker's side names it, and everything is sealed with the asker's key, because a seal names its key and a key its agency.
create table contact_request (
  id uuid primary key,
  record_id uuid not null references seizure_record (id) on delete cascade,
  owner_agency_id uuid not null references agency (id),
  asker_agency_id uuid not null references agency (id),
  asker_id uuid not null references person (id),
  asked_at timestamptz not null default now(),
  sealed_message bytea not null,
  state text not null default 'OPEN' check (state in ('OPEN', 'ANSWERED', 'DECLINED')),
  -- A day: the minute at which somebody is at work tells where they are.
  answered_on date,
  sealed_answer bytea,
  revealed_agency_id uuid references agency (id),
  check (owner_agency_id <> asker_agency_id),
  check ((state = 'OPEN') = (answered_on is null)),
  check ((state = 'ANSWERED') = (sealed_answer is not null)),
  check (revealed_agency_id is null or state = 'ANSWERED' and revealed_agency_id = owner_agency_id)
);
create unique index contact_request_open on contact_request (record_id, asker_agency_id) where state = 'OPEN';
create index contact_request_received on contact_request (owner_agency_id, asked_at desc, id desc);
create index contact_request_asked on contact_request (asker_id, asker_agency_id, asked_at desc, id desc);
alter table contact_request enable row level security;
alter table contact_request force row level security;
grant select (id, record_id, asker_agency_id, asker_id, asked_at, sealed_message, state, answered_on, sealed_answer, revealed_agency_id),
  insert (id, record_id, asker_agency_id, asker_id, sealed_message),
  update (state, answered_on, sealed_answer, revealed_agency_id) on contact_request to concord_api;
create policy contact_asked on contact_request for select to concord_api
  using (asker_id = app_person() and asker_agency_id = app_agency());
create policy contact_received on contact_request for select to concord_api
  using (owner_agency_id = app_agency());
create policy contact_of_visible_record on contact_request for insert to concord_api
  with check (asker_id = app_person() and asker_agency_id = app_agency()
    and exists (select from record_view v where v.record_id = contact_request.record_id offset 0));
create policy contact_answered on contact_request for update to concord_api
  using (owner_agency_id = app_agency() and state = 'OPEN')
  with check (owner_agency_id = app_agency());

create function contact_request_owned() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  new.owner_agency_id := (select r.agency_id from seizure_record r where r.id = new.record_id);
  return new;
end $$;

grant create on schema public to concord_lists;
alter function contributor_handle_made() owner to concord_lists;
alter function contact_request_owned() owner to concord_lists;
revoke create on schema public from concord_lists;
revoke all on function contributor_handle_made(), contact_request_owned() from public;

create trigger contact_request_owned before insert on contact_request
  for each row execute function contact_request_owned();
create trigger contributor_handle_made after insert or update of contributor_withheld on record_view
  for each row when (new.contributor_withheld) execute function contributor_handle_made();

-- The handle comes with the view that withholds the name.
create or replace view seizure_record_card with (security_invoker=true) as
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
    case when v.contributor_withheld then (select h.handle from contributor_handle h where h.record_id = v.record_id) end
      as contributor_handle
   FROM record_view v
     LEFT JOIN agency a ON a.id = v.contributor_id;

-- What a report says where it leaves something out: null is "as ever".
alter table agency_settings
  add column default_sharing text check (default_sharing in ('AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS')),
  add column default_tlp text check (default_tlp in ('CLEAR', 'GREEN', 'AMBER', 'AMBER_STRICT', 'RED')),
  add column default_withhold text[] not null default '{}' check (default_withhold <@ array['CONTRIBUTOR', 'METHOD', 'SIGNATURE']),
  add column default_time_precision text check (default_time_precision in ('DAY', 'WEEK')),
  add column default_embargo_hours int check (default_embargo_hours between 1 and 8760),
  add column default_hold_until_released boolean not null default false,
  add constraint agency_settings_embargo_once check (not (default_hold_until_released and default_embargo_hours is not null));

-- `submission_context` with the defaults; that one stays for the version before.
create function report_context(p_agency uuid, p_county text)
returns table (widest_sharing text, task_force_ids uuid[], region_ids text[], h3_resolution smallint, defaults jsonb)
language sql stable as $$
  select c.widest_sharing, c.task_force_ids, c.region_ids, c.h3_resolution,
         coalesce((select jsonb_strip_nulls(jsonb_build_object(
             'sharing', s.default_sharing, 'tlp', s.default_tlp, 'withhold', nullif(s.default_withhold, '{}'),
             'timePrecision', s.default_time_precision, 'embargoHours', s.default_embargo_hours,
             'holdUntilReleased', nullif(s.default_hold_until_released, false)))
           from agency_settings s where s.agency_id = p_agency), '{}')
  from submission_context(p_agency, p_county) c
$$;
