-- Agreements with purposes and signatures, the policy text, imminent danger, and why somebody sees a record. What decides
-- in all of it is the keyring, in the statement that reads.

-- Writes what is below in the name of whoever has the role for it, and nothing else; nobody can become it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'concord_agreements') then
    -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
    begin
      create role concord_agreements nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'concord_agreements', 'SET') then
    grant concord_agreements to current_user with inherit false, set true;
  end if;
end $$;
grant usage on schema public to concord_agreements;
grant select on agency, person, membership to concord_agreements;

-- 1. Agreements. What was agreed before purposes were looked at covers every purpose that there was, and no later one.
alter table agreement
  add column purposes text[] not null
    default array['INVESTIGATION', 'DECONFLICTION', 'TASK_FORCE', 'ANALYSIS', 'OFFICER_SAFETY', 'ADMINISTRATION', 'AUDIT', 'TRAINING']
    check (cardinality(purposes) > 0 and purposes <@ array['INVESTIGATION', 'DECONFLICTION', 'TASK_FORCE', 'ANALYSIS',
      'OFFICER_SAFETY', 'ADMINISTRATION', 'AUDIT', 'TRAINING']),
  add column data_classes text[] not null default array['SEIZURE_RECORDS']
    check (cardinality(data_classes) > 0 and data_classes <@ array['SEIZURE_RECORDS']),
  add column contact_name text,
  add column contact_phone text,
  add column contact_email text,
  add column recorded_by uuid references person,
  add column recorded_at timestamptz not null default now(),
  add column ended_by uuid references person,
  add column ended_reason text check (length(ended_reason) between 1 and 500);

-- A party is an agency that has signed; one that is asked to sign is in agreement_invitation, and carries nothing.
alter table agreement_party
  add column signed_by uuid references person,
  add column signed_at timestamptz,
  -- Null: as long as the agreement.
  add column valid_until timestamptz,
  add column ended_by uuid references person,
  add column ended_reason text check (length(ended_reason) between 1 and 500);

create table agreement_invitation (
  agreement_id uuid not null references agreement on delete cascade,
  agency_id uuid not null references agency on delete cascade,
  invited_at timestamptz not null default now(),
  primary key (agreement_id, agency_id)
);
create index agreement_invitation_by_agency on agreement_invitation (agency_id);
alter table agreement_invitation enable row level security;
alter table agreement_invitation force row level security;
grant select on agreement_invitation to concord_api;
create policy invitation_read on agreement_invitation for select to concord_api using (true);
create policy invitation_kept on agreement_invitation to concord_agreements using (true) with check (true);
grant select, insert on agreement_invitation to concord_agreements;
grant select, insert, update (valid_until, ended_by, ended_reason) on agreement to concord_agreements;
grant select, insert, update (valid_until, ended_by, ended_reason) on agreement_party to concord_agreements;

-- 2. The policy text. Each agency accepts the current one; a version counts from effective_from.
create table policy_text (
  version int not null primary key check (version > 0),
  body text not null check (length(body) between 1 and 100000),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  published_by uuid references person,
  published_at timestamptz not null default now(),
  effective_from timestamptz not null
);
create table policy_acceptance (
  agency_id uuid not null references agency on delete cascade,
  version int not null references policy_text,
  -- Null: seeded.
  person_id uuid references person,
  accepted_at timestamptz not null default now(),
  primary key (agency_id, version)
);
alter table policy_text enable row level security;
alter table policy_text force row level security;
alter table policy_acceptance enable row level security;
alter table policy_acceptance force row level security;
-- Part of the directory in all but name: whoever computes a keyring reads it.
grant select on policy_text, policy_acceptance to concord_api, concord_worker, concord_loader, concord_agreements;
create policy policy_read on policy_text for select to concord_api, concord_worker, concord_loader, concord_agreements using (true);
create policy acceptance_read on policy_acceptance for select to concord_api, concord_worker, concord_loader, concord_agreements using (true);
grant insert on policy_text, policy_acceptance to concord_agreements;
create policy policy_published on policy_text for insert to concord_agreements with check (true);
create policy policy_accepted on policy_acceptance for insert to concord_agreements with check (true);

-- 3. Imminent danger. The record has no foreign key: an id that does not exist is opened like one that is hidden.
create table imminent_danger (
  id uuid not null primary key,
  person_id uuid not null references person,
  agency_id uuid not null references agency,
  record_id uuid not null,
  -- Null where there is no such record. Told to the owner and to nobody else.
  owner_agency_id uuid references agency,
  reason text not null check (length(reason) between 20 and 500),
  opened_at timestamptz not null,
  valid_until timestamptz not null,
  check (valid_until > opened_at and valid_until <= opened_at + interval '60 minutes')
);
create index imminent_danger_by_agency on imminent_danger (agency_id, person_id, valid_until);
create index imminent_danger_by_owner on imminent_danger (owner_agency_id, opened_at);
create index imminent_danger_newest on imminent_danger (opened_at, id);
create table imminent_danger_review (
  imminent_danger_id uuid not null references imminent_danger,
  agency_id uuid not null references agency,
  person_id uuid not null references person,
  note text not null check (length(note) between 1 and 2000),
  reviewed_at timestamptz not null default now(),
  primary key (imminent_danger_id, agency_id)
);
alter table imminent_danger enable row level security;
alter table imminent_danger force row level security;
alter table imminent_danger_review enable row level security;
alter table imminent_danger_review force row level security;

-- The purpose that the asker named. '' and null: none was asked for, as by the worker, whose delivery has no purpose,
-- and by the version before; a reader that named none has NONE, which no agreement covers.
create function app_purpose() returns text language sql stable parallel safe
return nullif(current_setting('app.purpose', true), '');

-- In the place of the first argument of whatever reads: `record_page(with_purpose($1, $2), …)`. Arguments are evaluated
-- before the function: one statement and one snapshot as before. ANY: for what stands beyond one request.
create function with_purpose(p_person uuid, p_purpose text) returns uuid language plpgsql as $$
begin
  perform set_config('app.purpose', case p_purpose when 'ANY' then '' else coalesce(p_purpose, 'NONE') end, true);
  return p_person;
end $$;

-- Records that the actor has opened in imminent danger.
create function app_danger() returns uuid[] language sql stable parallel safe
return nullif(current_setting('app.danger', true), '')::uuid[];

-- Whether the actor has one of the roles in its seat at this moment.
create function acts_as(p_roles text[]) returns boolean language sql stable as $$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    left join agency a on a.id = m.agency_id
    where m.person_id = app_person() and m.agency_id is not distinct from app_seat() and m.roles && p_roles
      and (m.agency_id is null or a.status = 'ACTIVE')
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$$;

grant select on imminent_danger, imminent_danger_review to concord_api;
-- actor_keys asks, whoever enters; for a loader there is nothing.
grant select (person_id, agency_id, record_id, valid_until) on imminent_danger to concord_loader;
create policy danger_of_party on imminent_danger for select to concord_api
  using (agency_id = app_seat() or owner_agency_id = app_seat() or acts_as(array['AUDITOR']));
create policy danger_review_of_party on imminent_danger_review for select to concord_api
  using (exists (select from imminent_danger d where d.id = imminent_danger_id));
grant select, insert on imminent_danger, imminent_danger_review to concord_agreements;
create policy danger_kept on imminent_danger to concord_agreements using (true) with check (true);
create policy danger_review_kept on imminent_danger_review to concord_agreements using (true) with check (true);
grant select (id, agency_id) on seizure_record to concord_agreements;
create policy record_owner_asked on seizure_record for select to concord_agreements using (true);

-- 4. The keyring.
create or replace function actor_keys(p_person uuid, p_agency uuid)
returns table (key text, key_id int4, opens text, because text) language sql stable as $$
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
    -- Opens one record, at PARTNER, by its id and in no list: no access_key and no row of the lists stands for it.
    select distinct 'danger:' || d.record_id, 'PARTNER', 'opened in imminent danger'
    from seat s
    join imminent_danger d on d.agency_id = s.agency_id and d.person_id = p_person and d.valid_until > statement_timestamp()
    where s.supervises
  )
  select ring.key, k.id, ring.opens, ring.because from ring left join access_key k on k.key = ring.key
$$;

-- Those of many at once, for the worker: under any purpose, for what is delivered names none.
create or replace function actor_keyrings(p_persons uuid[], p_agencies uuid[])
returns table (person uuid, agency uuid, keys int4[]) language sql stable as $$
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
$$;

create or replace function enter_actor(p_person uuid, p_agency uuid) returns int4[] language plpgsql stable as $$
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
end $$;

-- For `me.keyring`: as whoever reads would carry them.
create function held_keys(p_person uuid, p_agency uuid)
returns table (key text, opens text, because text) language plpgsql stable as $$
begin
  perform enter_actor(p_person, p_agency);
  return query select k.key, k.opens, k.because from actor_keys(p_person, p_agency) k;
end $$;

-- One record, at PARTNER, once it is released: danger lifts no embargo.
alter policy view_opened_by_key on record_view
  using ((audience && app_keyring() or rank = 2 and record_id = any(app_danger())) and (rank = 0 or released_at <= now()));

-- The owner's side: how wide sharing goes.
create or replace function submission_context(p_agency uuid, p_county text)
returns table (widest_sharing text, task_force_ids uuid[], region_ids text[], h3_resolution smallint)
language sql stable as $$
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
$$;

-- 5. What admins do. Each asks again who acts, in the transaction that writes.
create function record_agreement(p jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

create function sign_agreement(p_agreement uuid, p_digest text) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

-- A system admin ends it for all, an agency's admin for that agency.
create function end_agreement(p_agreement uuid, p_reason text) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

-- Published twice it is one version: the text that is newest already stays as it is.
create function publish_policy_text(p_body text, p_digest text, p_effective_from timestamptz) returns table (outcome text, version int)
language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

create function accept_policy(p_version int) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if app_seat() is null or not acts_as(array['AGENCY_ADMIN']) then
    raise exception 'an admin of the agency accepts for it' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from policy_text t where t.version = p_version) then return 'ABSENT'; end if;
  if exists (select from policy_text t where t.version > p_version and t.effective_from <= statement_timestamp()) then return 'SUPERSEDED'; end if;
  insert into policy_acceptance (agency_id, version, person_id) values (app_seat(), p_version, app_person()) on conflict do nothing;
  return case when found then 'ACCEPTED' else 'UNCHANGED' end;
end $$;

-- 28 CFR 23.20(f)(2). An hour at most, five an hour for a person and twenty a day for an agency, whatever the ids are.
create function open_in_imminent_danger(p_id uuid, p_record uuid, p_minutes int, p_reason text)
returns table (outcome text, id uuid, opened_at timestamptz, valid_until timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare v_now timestamptz;
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR']) then
    raise exception 'a supervisor opens in imminent danger' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('imminent_danger ' || app_seat(), 0));
  v_now := clock_timestamp();
  return query select 'UNCHANGED', d.id, d.opened_at, d.valid_until from imminent_danger d
    where d.agency_id = app_seat() and d.person_id = app_person() and d.record_id = p_record and d.valid_until > v_now;
  if found then return; end if;
  if (select count(*) from imminent_danger d where d.agency_id = app_seat() and d.person_id = app_person()
        and d.opened_at > v_now - interval '1 hour') >= 5
     or (select count(*) from imminent_danger d where d.agency_id = app_seat() and d.opened_at > v_now - interval '1 day') >= 20 then
    return query select 'TOO_MANY', null::uuid, null::timestamptz, null::timestamptz;
    return;
  end if;
  return query
    insert into imminent_danger (id, person_id, agency_id, record_id, owner_agency_id, reason, opened_at, valid_until)
    values (p_id, app_person(), app_seat(), p_record, (select r.agency_id from seizure_record r where r.id = p_record), p_reason,
      v_now, v_now + make_interval(mins => p_minutes))
    returning 'OPENED', imminent_danger.id, imminent_danger.opened_at, imminent_danger.valid_until;
end $$;

-- Each of the two agencies reviews for itself; nobody their own.
create function review_imminent_danger(p_danger uuid, p_note text) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

-- 6. Who sees a record, and why.
grant select on access_key to concord_lists;
-- Of a record of the actor's own agency: every key that opens one of its views, whoever carries it.
create function own_record_audience(p_record uuid) returns table (opens text, rank smallint, key text, released boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select v.precision, v.rank, k.key, v.rank = 0 or v.released_at <= now()
  from seizure_record r
  join record_view v on v.record_id = r.id
  cross join lateral unnest(v.audience) u(key_id)
  join access_key k on k.id = u.key_id
  where r.id = p_record and r.agency_id = app_agency()
$$;
-- Before they change hands: whoever made them takes back what everybody has.
revoke execute on function record_agreement(jsonb), sign_agreement(uuid, text), end_agreement(uuid, text),
  publish_policy_text(text, text, timestamptz), accept_policy(int), open_in_imminent_danger(uuid, uuid, int, text),
  review_imminent_danger(uuid, text), own_record_audience(uuid) from public;
grant execute on function record_agreement(jsonb), sign_agreement(uuid, text), end_agreement(uuid, text),
  publish_policy_text(text, text, timestamptz), accept_policy(int), open_in_imminent_danger(uuid, uuid, int, text),
  review_imminent_danger(uuid, text), own_record_audience(uuid) to concord_api;
grant create on schema public to concord_agreements, concord_lists;
alter function record_agreement(jsonb) owner to concord_agreements;
alter function sign_agreement(uuid, text) owner to concord_agreements;
alter function end_agreement(uuid, text) owner to concord_agreements;
alter function publish_policy_text(text, text, timestamptz) owner to concord_agreements;
alter function accept_policy(int) owner to concord_agreements;
alter function open_in_imminent_danger(uuid, uuid, int, text) owner to concord_agreements;
alter function review_imminent_danger(uuid, text) owner to concord_agreements;
alter function own_record_audience(uuid) owner to concord_lists;
revoke create on schema public from concord_agreements, concord_lists;

-- For the owner: who can see these. Others' records have no rows.
create function record_audiences(p_person uuid, p_agency uuid, p_records uuid[])
returns table (record_id uuid, opens text, key text, name text) language plpgsql stable as $$
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
end $$;

-- For a reader: which of the actor's own keys open these, at which precision.
create function record_openers(p_person uuid, p_agency uuid, p_records uuid[])
returns table (record_id uuid, opens text, key text, because text) language plpgsql stable as $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select v.record_id, v.precision, h.key, h.because
    from actor_keys(p_person, p_agency) h
    join record_view v on v.record_id = any(p_records)
      and (h.key_id = any(v.audience) or v.rank = 2 and h.key = 'danger:' || v.record_id)
    order by v.record_id, v.rank, h.key;
end $$;

-- What a person of any agency reads of a record of the actor's own agency, by reading it in that person's name; null where
-- it is not the agency's. Keys of the person's that do not open it are not told; nor is whether there is such a person.
create function explain_access(p_person uuid, p_agency uuid, p_record uuid, p_other uuid) returns jsonb language plpgsql stable as $$
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
    select c.precision, c.rank into v_card from records_by_id(p_other, v_seat, array[p_record]) c;
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
end $$;
