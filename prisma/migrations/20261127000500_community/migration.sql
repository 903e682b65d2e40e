-- COMMUNITY: what health, treatment and other partners see. Once a week, and in company only: five records of two agencies
-- (docs/community.md, ADR 0024).

-- Lets rows out, and nothing else; nobody can become it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'concord_community') then
    -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
    begin
      create role concord_community nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'concord_community', 'SET') then
    grant concord_community to current_user with inherit false, set true;
  end if;
end $$;
grant usage on schema public to concord_community;

-- 1. The key that opens it, carried by partners under an agreement that is valid now: it goes the instant the agreement does.
alter table access_key drop constraint access_key_key_check,
  add constraint access_key_key_check check (key ~ '^(agency|taskforce|county|state|region|tribe|nation|community):[a-z0-9-]+$');
insert into access_key (key) values ('community:us');
-- Read by restore: what a backup has takes the place of it.
comment on table access_key is 'Filled by its migration.';

create or replace function actor_keys(p_person uuid, p_agency uuid)
returns table(key text, key_id integer, opens text, because text)
language sql stable as $$
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
$$;

create function app_reads_community() returns boolean language sql stable parallel safe
return exists (select from access_key k where k.key = 'community:us' and k.id = any (app_keyring()));

-- 2. Batches. One row a week: of two workers at once, one makes it.
create table community_batch (
  number int not null primary key check (number > 0),
  -- The Monday, 06:00 UTC, whose batch it is, however late it was made.
  due_at timestamptz not null unique,
  made_at timestamptz not null,
  -- The year of due_at. The first batch of a year begins anew.
  edition int not null,
  records int not null default 0 check (records >= 0)
);

-- Which record counts in which class, and since when: what the next batch must not count again. For the batches alone. A
-- recalled record keeps its place, hence no reference to seizure_record. No other reference either, here and below: one
-- function writes all of it, at once, and a million rows would be looked up one by one (`concord verify` looks).
create table community_admission (
  record_id uuid not null,
  state_fips text not null,
  month date not null,
  substance text not null,
  band text not null,
  synthetic boolean not null,
  agency_id uuid not null,
  batch int not null,
  primary key (record_id, state_fips, month, substance, band)
);
create index community_admission_by_batch on community_admission (batch);

-- What partners read. As many rows in a class as records were let into it, and nothing that says which is whose: ids are
-- random, and were given in random order.
create table community_record (
  id uuid not null primary key,
  batch int not null,
  state_fips text not null,
  month date not null,
  substance text not null,
  band text not null,
  synthetic boolean not null
);
create unique index community_record_in_order on community_record (batch, id);
create index community_record_by_class on community_record (substance, state_fips, month);

alter table community_batch enable row level security;
alter table community_batch force row level security;
alter table community_admission enable row level security;
alter table community_admission force row level security;
alter table community_record enable row level security;
alter table community_record force row level security;
create policy batch_made on community_batch to concord_community using (true) with check (true);
create policy batch_opened_by_key on community_batch for select to concord_api using ((select app_reads_community()));
create policy admission_made on community_admission to concord_community using (true) with check (true);
create policy community_released on community_record to concord_community using (true) with check (true);
create policy community_opened_by_key on community_record for select to concord_api using ((select app_reads_community()));
create policy candidate_counted on community_candidate for select to concord_community using (true);
create policy record_counted on seizure_record for select to concord_community using (true);
grant select, insert, update (records) on community_batch to concord_community;
grant select, insert, delete on community_admission to concord_community;
grant select, insert, delete on community_record to concord_community;
grant select on community_candidate to concord_community;
grant select (id, released_at) on seizure_record to concord_community;
grant select (number, made_at, edition) on community_batch to concord_api;
grant select on community_record to concord_api;

-- The Monday, 06:00 UTC, at or before an instant.
create function community_due(p_at timestamptz) returns timestamptz language sql immutable parallel safe
return (date_trunc('week', (p_at at time zone 'UTC') - interval '6 hours') + interval '6 hours') at time zone 'UTC';

-- The batch that is due at an instant, unless it was made. What it adds to a class is by itself five records of two agencies:
-- whoever reads every week learns no more than from one release. Counted is what stands and is released; what waits is not
-- stored but found again each week, so that nothing has to be kept in step with it.
create function make_community_batch_at(p_at timestamptz)
returns table (number int, due_at timestamptz, edition int, records int)
language plpgsql set search_path = public, pg_temp set work_mem = '64MB' as $$
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
end $$;

-- By the database's clock: the worker has no say in when.
create function make_community_batch() returns table (number int, due_at timestamptz, edition int, records int)
language sql security definer set search_path = public, pg_temp as $$
  select number, due_at, edition, records from make_community_batch_at(statement_timestamp())
$$;

-- Before they change hands: whoever does not own a function takes nothing away from it, and is not told so.
revoke execute on function make_community_batch(), make_community_batch_at(timestamptz) from public;
grant execute on function make_community_batch() to concord_worker;
grant execute on function make_community_batch_at(timestamptz) to concord_community;
grant create on schema public to concord_community;
alter function make_community_batch() owner to concord_community;
revoke create on schema public from concord_community;
