-- An agency's own reports, found also by the import that brought them. The page is that of 20261128000400 with one condition
-- more; who does not name an import is answered as before.
grant select (import_id, agency_id, outcome, report_id) on report_import_entry to concord_lists;
create policy entry_listed on report_import_entry for select to concord_lists using (true);

grant create on schema public to concord_lists;
set role concord_lists;
create or replace function own_report_page(p jsonb, p_limit int) returns table (id uuid, submitted_at timestamptz)
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
end $$;
reset role;
revoke create on schema public from concord_lists;
