-- An agency's own reports: found by words, period, status and submitter; and drafts, which are no reports yet (ADR 0032).

-- Letters alone, which no reader of words takes apart.
create or replace function agency_word(p_agency uuid) returns text language sql immutable parallel safe
return 'agency' || translate(p_agency::text, '0123456789-', 'ghijklmnop');

-- The words of a report that are not sealed, and one that stands for its agency: so a question about words looks at the
-- reports of one agency only. ASCII signs part words, so that each part of a reference is one.
create or replace function seizure_report_words(p_agency uuid, p_reference text, p_content jsonb) returns tsvector
language sql immutable parallel safe cost 500 as $$
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
$$;

-- Whoever wants no writer to wait makes the function and the indexes beforehand (docs/upgrade.md).
create index if not exists seizure_report_by_word on seizure_report
  using gin (seizure_report_words(agency_id, submitter_reference, content)) with (gin_pending_list_limit = 256);
create index if not exists seizure_report_by_time on seizure_report (agency_id, occurred_from);
create index if not exists seizure_report_by_submitter on seizure_report (agency_id, submitted_by, submitted_at desc, id desc);
create index if not exists seizure_report_unusual on seizure_report (agency_id, submitted_at desc, id desc) where status <> 'RELEASED';

-- A page of the own agency's reports: places in the order, and nothing of what they say. Runs as its owner because whether
-- a text holds a word is no leakproof question: under row-level security it is asked of every report that there is. It asks
-- for the agency of the seat itself, and what a place stands for is then read under row-level security.
--
-- The planner neither knows how many reports hold a word nor where in the order they lie, so what is looked for is found
-- where that is cheap: among what the conditions leave, if that is little; by the index of words, if few hold them;
-- among the newest, if many do. A bitmap has to be exact: what it has lost is looked for in every report of a page.
create function own_report_page(p jsonb, p_limit int) returns table (id uuid, submitted_at timestamptz)
language plpgsql stable rows 50 security definer set search_path = public, pg_temp
set work_mem = '64MB' set max_parallel_workers_per_gather = 0 as $$
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
end $$;
revoke execute on function own_report_page(jsonb, int) from public;
grant execute on function own_report_page(jsonb, int) to concord_api;
grant select (id, agency_id, submitter_reference, status, release_after, occurred_from, offset_minutes, content, submitted_by, submitted_at)
  on seizure_report to concord_lists;
create policy report_listed on seizure_report for select to concord_lists using (true);
grant create on schema public to concord_lists;
alter function own_report_page(jsonb, int) owner to concord_lists;
revoke create on schema public from concord_lists;

-- What somebody has begun and not submitted: nobody else's, whole and sealed. Once it is submitted its text is gone, and the
-- row says for a while which report it became, so that whoever sends it twice gets the same answer.
create table seizure_report_draft (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  person_id uuid not null references person (id),
  version int not null default 1 check (version >= 1),
  sealed bytea,
  created_at timestamptz not null default now(),
  saved_at timestamptz not null default now(),
  report_id uuid references seizure_report (id) on delete cascade,
  check ((sealed is null) = (report_id is not null))
);
create index seizure_report_draft_of_person on seizure_report_draft (person_id, agency_id, saved_at desc, id desc) where report_id is null;
create index seizure_report_draft_untouched on seizure_report_draft (saved_at);
create index seizure_report_draft_submitted on seizure_report_draft (report_id) where report_id is not null;
alter table seizure_report_draft enable row level security;
alter table seizure_report_draft force row level security;
grant select, insert (id, agency_id, person_id, sealed), update (version, sealed, saved_at, report_id), delete on seizure_report_draft to concord_api;
create policy draft_of_its_writer on seizure_report_draft to concord_api
  using (person_id = app_person() and agency_id = app_agency())
  with check (person_id = app_person() and agency_id = app_agency());

-- The worker takes away what nobody has touched for 90 days, and reads nothing of it.
create function draft_retention() returns interval language sql immutable parallel safe return interval '90 days';
grant select (id, agency_id, saved_at), delete on seizure_report_draft to concord_worker;
create policy draft_untouched on seizure_report_draft for select to concord_worker using (saved_at < now() - draft_retention());
create policy draft_swept on seizure_report_draft for delete to concord_worker using (saved_at < now() - draft_retention());

-- What waits for the supervisor whose seat was entered, by what holds it: the same reports as `held_reports`, and nothing of them.
create function held_report_summary(p_most int) returns table (reports int, at_least boolean, since timestamptz, reasons jsonb)
language plpgsql stable security definer set search_path = public, pg_temp as $$
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
end $$;
revoke execute on function held_report_summary(int) from public;
grant execute on function held_report_summary(int) to concord_api;
grant create on schema public to concord_review;
alter function held_report_summary(int) owner to concord_review;
revoke create on schema public from concord_review;
