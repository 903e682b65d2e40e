-- What an agency gets back: observations on a report from what its reader may list anyway, and an account of what left the
-- agency and who read it (docs/something-comes-back.md, ADR 0035).

-- Counts who was shown whose records, and reads the books for nothing else; nobody can become it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'concord_books') then
    -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
    begin
      create role concord_books nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'concord_books', 'SET') then
    grant concord_books to current_user with inherit false, set true;
  end if;
end $$;
grant usage on schema public to concord_books;

-- 1. What comes back. Records are looked for in the asker's own lists, newest first, and judged on the view that row-level
--    security shows: what the asker cannot list is never touched, so that it changes neither a number nor the time it takes.
create function what_comes_back(p_person uuid, p_agency uuid, p_records uuid[], p_days int, p_most int)
returns table (about uuid, kind text, scope text, place text, place_name text, records int, own int, since timestamptz, whole boolean, shown jsonb)
language plpgsql stable
set plan_cache_mode to 'force_generic_plan'
set enable_seqscan to 'off'
as $$
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
end $$;

-- 2. Who was shown whose records, by the hour. The books say it record by record; a report of a day cannot read all that a
--    nation reads in a day. So each entry of a read is noted when it is booked, and counted afterwards, once.
create table read_to_tally (
  entry_id uuid primary key
);
create table read_tally (
  owner_agency_id uuid not null references agency on delete cascade,
  -- UTC; time zones here differ by whole hours.
  hour timestamptz not null,
  reader_agency_id uuid not null references agency on delete cascade,
  purpose text not null,
  "precision" text not null check ("precision" in ('OWNER', 'TASK_FORCE', 'PARTNER', 'COMMUNITY')),
  -- How many answers held records of the owner, and how many of its records they held, each time counted.
  answers int not null check (answers > 0),
  records int not null check (records >= answers),
  primary key (owner_agency_id, hour, reader_agency_id, purpose, "precision"),
  check (owner_agency_id <> reader_agency_id)
);
-- Earlier reads are in the books and in no tally.
create table read_tally_begun (
  id boolean primary key default true check (id),
  at timestamptz not null default now()
);
insert into read_tally_begun default values;
-- Read by restore: what a backup has takes the place of it.
comment on table read_tally_begun is 'Filled by its migration.';

alter table read_to_tally enable row level security;
alter table read_to_tally force row level security;
alter table read_tally enable row level security;
alter table read_tally force row level security;
alter table read_tally_begun enable row level security;
alter table read_tally_begun force row level security;
create policy read_noted on read_to_tally to concord_books using (true) with check (true);
create policy read_counted on read_tally to concord_books using (true) with check (true);
create policy tally_begun on read_tally_begun for select to concord_books using (true);
create policy audit_tallied on audit_entry for select to concord_books using (action in ('record.read', 'record.list'));
create policy record_tallied on seizure_record for select to concord_books using (true);
-- Update: whoever takes a note locks it first.
grant select, insert, delete, update on read_to_tally to concord_books;
grant select, insert, update (answers, records) on read_tally to concord_books;
grant select on read_tally_begun to concord_books;
grant select (id, at, agency_id, action, canonical) on audit_entry to concord_books;
grant select (id, agency_id) on seizure_record to concord_books;
grant select (id, ori, name) on agency to concord_books;
-- Of the seat that asks.
grant select (person_id, agency_id, roles, valid_from, valid_until) on membership to concord_books;
grant select (id, status) on person to concord_books;
grant select (status) on agency to concord_books;

create function note_read_to_tally() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into read_to_tally (entry_id)
  select e.id from new_entries e
  where e.action in ('record.read', 'record.list') and e.outcome = 'DONE' and e.agency_id is not null;
  return null;
end $$;
create trigger read_noted after insert on audit_entry referencing new table as new_entries
  for each statement execute function note_read_to_tally();
revoke execute on function note_read_to_tally() from public;

/* Counts up to so many noted reads and forgets the notes, in one statement: a worker that dies before its commit has done
   nothing, and two at once take different ones. */
create function tally_reads(p_limit int) returns int language plpgsql security definer set search_path = public, pg_temp as $$
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
end $$;

-- Of the seat's own agency alone: which agency, for what, how exactly, how often. Never who.
create function reads_of_own_records(p_from timestamptz, p_until timestamptz)
returns table (ori text, name text, purpose text, "precision" text, answers int, records int)
language plpgsql stable security definer set search_path = public, pg_temp as $$
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
end $$;

-- Since when reads are counted, and until when: whatever was booked earlier is in the tally.
create function read_tally_span() returns table (since timestamptz, until timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select b.at, least(now(), (select e.at from read_to_tally t join audit_entry e on e.id = t.entry_id order by t.entry_id limit 1))
  from read_tally_begun b
$$;

-- Which views of the seat's own records others could see from a moment in the time on, by precision and kind of audience.
create function own_records_left(p_from timestamptz, p_until timestamptz)
returns table ("precision" text, audience text, records int)
language sql stable security definer set search_path = public, pg_temp as $$
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
$$;

create function community_batches_made(p_from timestamptz, p_until timestamptz) returns int
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*)::int from community_batch b where b.made_at >= p_from and b.made_at < p_until
$$;

-- What became of reports, by each version's own time. Whoever wants no writer to wait makes them beforehand (docs/upgrade.md).
create index if not exists seizure_report_changed on seizure_report (agency_id, changed_at) where changed_at is not null;
create index if not exists seizure_report_version_changed on seizure_report_version (agency_id, changed_at);

create function agency_activity(p_person uuid, p_agency uuid, p_from timestamptz, p_until timestamptz) returns jsonb
language plpgsql stable
set plan_cache_mode to 'force_generic_plan'
set enable_seqscan to 'off'
as $$
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
end $$;

revoke execute on function tally_reads(int), reads_of_own_records(timestamptz, timestamptz), read_tally_span(),
  own_records_left(timestamptz, timestamptz), community_batches_made(timestamptz, timestamptz) from public;
grant execute on function tally_reads(int) to concord_worker;
grant execute on function reads_of_own_records(timestamptz, timestamptz), read_tally_span(),
  own_records_left(timestamptz, timestamptz), community_batches_made(timestamptz, timestamptz) to concord_api;
grant create on schema public to concord_books, concord_lists, concord_community;
alter function note_read_to_tally() owner to concord_books;
alter function tally_reads(int) owner to concord_books;
alter function reads_of_own_records(timestamptz, timestamptz) owner to concord_books;
alter function read_tally_span() owner to concord_books;
alter function own_records_left(timestamptz, timestamptz) owner to concord_lists;
alter function community_batches_made(timestamptz, timestamptz) owner to concord_community;
revoke create on schema public from concord_books, concord_lists, concord_community;
