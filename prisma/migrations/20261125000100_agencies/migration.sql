-- Agencies are administered: parent, contact, version; regions with versions; the FBI's list; an agency leaves and its
-- records are recalled. The API gets no right to write the directory: each act is a function of a role that owns nothing
-- and cannot log in, and that asks by itself who acts.

-- ---------------------------------------------------------------------------------------------------------------
-- Roles: who writes the directory, and who recalls for an agency that has left
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare r text;
begin
  foreach r in array array['concord_directory', 'concord_departures'] loop
    if not exists (select from pg_roles where rolname = r) then
      -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
      begin
        execute format('create role %I nologin noinherit', r);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
    if not pg_has_role(current_user, r, 'SET') then
      execute format('grant %I to current_user with inherit false, set true', r);
    end if;
  end loop;
end $$;
grant usage on schema public to concord_directory, concord_departures;

-- ---------------------------------------------------------------------------------------------------------------
-- Agencies
-- ---------------------------------------------------------------------------------------------------------------
alter table agency
  add column parent_id uuid references agency,
  add column contact_name text,
  add column contact_email text,
  -- Counts up with every change: a change names the version that it was made against.
  add column version int not null default 1,
  add column changed_at timestamptz,
  add column left_at timestamptz,
  -- Who let it go; absent where an operator did.
  add column left_by uuid references person,
  -- Digest of what the FBI's list last said about it; absent where it was made by hand. What the list says again changes
  -- nothing, so that a change by hand stays.
  add column listed text;
create index agency_by_parent on agency (parent_id) where parent_id is not null;
create index agency_by_name on agency (lower(name), id);

-- The words by which an agency is found, each by its beginning. Not to_tsvector: its parser takes "city/county" for a
-- file and "st.george" for a host. Its cost is what it is: inlined it would look cheap, and tables be read whole.
create function agency_words(name text, ori text) returns tsvector language plpgsql immutable parallel safe cost 500 as $$
begin
  return array_to_tsvector(array_remove(
    string_to_array(regexp_replace(lower(name || ' ' || coalesce(ori, '')), '[^a-z0-9\u0080-\uffff]+', ' ', 'g'), ' '), ''));
end $$;
create index agency_by_word on agency using gin (agency_words(name, ori));

-- Whether agencies of one level may be under those of another: the same level or a higher one. Nobody is above a tribe but
-- states and the nation, and a tribe is above nobody but tribes and partners.
create function agency_level_is_under(child text, parent text) returns boolean language sql immutable
  return case child
    when 'FEDERAL' then parent = 'FEDERAL'
    when 'STATE' then parent in ('STATE', 'FEDERAL')
    when 'LOCAL' then parent in ('LOCAL', 'STATE', 'FEDERAL')
    when 'TRIBAL' then parent in ('TRIBAL', 'STATE', 'FEDERAL')
    else true end;

-- Over what is above what one thing is decided at a time: two changes, each right by itself, could close a circle.
create function agency_parent_fits() returns trigger language plpgsql as $$
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
end $$;
create trigger agency_parent_fits after insert or update on agency for each row execute function agency_parent_fits();

alter table region
  add column version int not null default 1,
  add column changed_at timestamptz;

grant select on agency, agency_place, region, region_county, person, membership to concord_directory;
grant insert (id, ori, name, level, parent_id, contact_name, contact_phone, contact_email, listed) on agency to concord_directory;
grant update (name, level, parent_id, contact_name, contact_phone, contact_email, listed, version, changed_at, status, left_at, left_by)
  on agency to concord_directory;
grant insert, delete on agency_place, region_county to concord_directory;
grant insert (id, name), update (name, version, changed_at) on region to concord_directory;
grant update (valid_until) on membership to concord_directory;
grant insert (kind, subject_ids) on outbox to concord_directory;

-- Whether the actor that was entered is a system admin or, where an agency is named, an admin of it or of its parent.
create function app_administers(p_agency uuid default null) returns boolean language sql stable security definer
set search_path = public, pg_temp as $$
  select exists (
    select from membership m join person p on p.id = m.person_id and p.status = 'ACTIVE'
    left join agency a on a.id = m.agency_id
    where m.person_id = app_person()
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())
      and (m.agency_id is null and 'SYSTEM_ADMIN' = any(m.roles)
        or a.status = 'ACTIVE' and 'AGENCY_ADMIN' = any(m.roles)
           and (a.id = p_agency or a.id = (select c.parent_id from agency c where c.id = p_agency))))
$$;

create function set_agency_places(p_agency uuid, p_places text[]) returns void language sql as $$
  delete from agency_place ap where ap.agency_id = p_agency and ap.place_key <> all(p_places);
  insert into agency_place (agency_id, place_key) select p_agency, k from unnest(p_places) k on conflict do nothing;
$$;

-- Makes an agency, by a system admin. Answers with false, and has made nothing, where the ORI is taken.
create function create_agency(p jsonb) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

-- Changes an agency, by a system admin. Answers with false, and has changed nothing, where it has left or is at another
-- version.
create function change_agency(p jsonb) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

-- A list of agencies in one statement, by an operator: [{id, ori, name, level, places, listed}]. `listed` is a digest of
-- what the list says; an agency of which it says the same as the last time is left alone, and so is one that was made by
-- hand or has left.
create function import_agencies(p jsonb) returns table (ori text, id uuid, version int, outcome text)
language plpgsql security definer set search_path = public, pg_temp
-- Nobody knows how long a list in JSON is: taken for a hundred rows, it would be walked once for each of its rows.
set enable_nestloop = off as $$
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
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- Regions. Who carries a region's key is computed when it is asked for; which key a record has was computed when it was
-- released (docs/agencies.md).
-- ---------------------------------------------------------------------------------------------------------------
create function create_region(p jsonb) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not app_administers() then
    raise exception 'system admins make regions' using errcode = 'insufficient_privilege';
  end if;
  insert into region (id, name) values (p->>'id', p->>'name') on conflict (id) do nothing;
  if not found then return false; end if;
  insert into region_county (region_id, county_fips) select p->>'id', c from jsonb_array_elements_text(p->'countyFips') c;
  return true;
end $$;

create function change_region(p jsonb) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- An agency leaves: its access ends with this transaction, its records are recalled by the worker
-- ---------------------------------------------------------------------------------------------------------------
alter table outbox drop constraint outbox_kind_check,
  add constraint outbox_kind_check check (kind in ('record.released', 'record.amended', 'record.recalled', 'alert.raised', 'agency.left'));
create policy outbox_of_departure on outbox for insert to concord_directory with check (kind = 'agency.left' and subject_ids is not null);

-- Ends an agency. Answers with its version; null, and has changed nothing, where it has left before. The lock is one that
-- waits for every submission that has begun: each of them holds the agency's row (agency_takes_reports).
create function end_agency(p_agency uuid, p_by uuid) returns int language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

-- The same for whoever administers it: a system admin, an admin of the agency or of its parent. Whether a second person
-- has agreed is for the caller to see.
create function leave_agency(p_agency uuid) returns int language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not app_administers(p_agency) then
    raise exception 'who administers an agency lets it go' using errcode = 'insufficient_privilege';
  end if;
  return end_agency(p_agency, app_person());
end $$;

-- A report that was under way when its agency left is refused, or its agency waits for it: never does one come after.
create function agency_takes_reports() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from agency a where a.id = new.agency_id and a.status = 'ACTIVE' for key share;
  if not found then
    raise exception 'an agency that has left submits nothing' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger agency_takes_reports before insert on seizure_report for each row execute function agency_takes_reports();

-- Reads and recalls reports of agencies that have left, and nothing of any other.
create policy report_of_left_agency on seizure_report for select to concord_departures
  using (exists (select from agency a where a.id = agency_id and a.status = 'LEFT'));
create policy report_recalled_at_departure on seizure_report for update to concord_departures
  using (exists (select from agency a where a.id = agency_id and a.status = 'LEFT')) with check (status = 'RECALLED');
create policy version_of_left_agency on seizure_report_version to concord_departures
  using (exists (select from agency a where a.id = agency_id and a.status = 'LEFT'))
  with check (exists (select from agency a where a.id = agency_id and a.status = 'LEFT'));
create policy basis_of_left_agency on report_basis for select to concord_departures
  using (exists (select from agency a where a.id = agency_id and a.status = 'LEFT'));
create policy identifier_of_left_agency on sealed_identifier for select to concord_departures
  using (exists (select from agency a where a.id = agency_id and a.status = 'LEFT'));
create policy record_of_left_agency on seizure_record to concord_departures
  using (exists (select from agency a where a.id = agency_id and a.status = 'LEFT'))
  with check (exists (select from agency a where a.id = agency_id and a.status = 'LEFT'));
create policy view_of_left_agency on record_view for select to concord_departures
  using (exists (select from seizure_record r where r.id = record_id));
create policy view_withdrawn_at_departure on record_view for delete to concord_departures
  using (exists (select from seizure_record r where r.id = record_id));
grant select on seizure_report, seizure_report_version, report_basis, sealed_identifier, seizure_record to concord_departures;
grant select (id, status, left_by) on agency to concord_departures;
grant select (record_id), delete on record_view to concord_departures;
grant insert on seizure_report_version to concord_departures;
grant update (status, version, change, changed_by, changed_at, sealed_reason) on seizure_report to concord_departures;
grant update (version) on seizure_record to concord_departures;
create index seizure_report_standing on seizure_report (agency_id, id) where status not in ('RECALLED', 'PURGED');

-- Recalls up to so many reports of an agency that has left, as recall_seizure_report does, whatever their sharing: none of
-- their views is left. Audit entries and outbox rows are the caller's, in this transaction. Fewer than asked for: that
-- was all.
create function recall_left_reports(p_agency uuid, p_limit int)
returns table (report_id uuid, record_id uuid, version int, recalled_by uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

-- Before they change hands: whoever does not own a function takes nothing away from it, and is not told so.
revoke execute on function app_administers(uuid), create_agency(jsonb), change_agency(jsonb), import_agencies(jsonb),
  create_region(jsonb), change_region(jsonb), end_agency(uuid, uuid), leave_agency(uuid), recall_left_reports(uuid, int) from public;
grant execute on function app_administers(uuid), create_agency(jsonb), change_agency(jsonb), create_region(jsonb),
  change_region(jsonb), leave_agency(uuid) to concord_api;
grant execute on function end_agency(uuid, uuid) to concord_operator;
grant execute on function import_agencies(jsonb) to concord_operator;
grant execute on function recall_left_reports(uuid, int) to concord_worker;

grant create on schema public to concord_directory, concord_departures;
alter function app_administers(uuid) owner to concord_directory;
alter function create_agency(jsonb) owner to concord_directory;
alter function change_agency(jsonb) owner to concord_directory;
alter function import_agencies(jsonb) owner to concord_directory;
alter function create_region(jsonb) owner to concord_directory;
alter function change_region(jsonb) owner to concord_directory;
alter function end_agency(uuid, uuid) owner to concord_directory;
alter function leave_agency(uuid) owner to concord_directory;
alter function agency_takes_reports() owner to concord_directory;
alter function recall_left_reports(uuid, int) owner to concord_departures;
revoke create on schema public from concord_directory, concord_departures;

-- To name the agency that leaves.
grant select (id, ori, name, status) on agency to concord_operator;
