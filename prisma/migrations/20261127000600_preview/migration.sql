-- The preview of a report: what is stored under its reference, whom its audience names, and in how many released views of
-- the same place and time somebody who knows what was in the news would look for it (docs/preview.md, ADR 0025).

-- Views that somebody opens besides their owner, by place and time. No other statement names this predicate. Whoever wants
-- no writer to wait makes it beforehand (docs/upgrade.md).
create index if not exists record_view_by_place on record_view (county_fips, rank, occurred_from)
  where rank in (1, 2) and audience <> '{}';

-- Whether everything that a preview tells of its substances is true of a stored view too, as that view shows it.
create function view_tells_the_same(p_record uuid, p_rank smallint, p_substances jsonb) returns boolean
language sql stable as $$
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
$$;

-- Of the seat's own agency alone, at the precision that others get: the agency's key opens its finest view only.
create function own_views_in_place(p_view jsonb, p_audience int4[], p_synthetic boolean) returns table (record_id uuid, alike boolean)
language sql stable security definer set search_path = public, pg_temp as $$
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
$$;
revoke execute on function own_views_in_place(jsonb, int4[], boolean) from public;
grant execute on function own_views_in_place(jsonb, int4[], boolean) to concord_api;
grant create on schema public to concord_lists;
alter function own_views_in_place(jsonb, int4[], boolean) owner to concord_lists;
revoke create on schema public from concord_lists;

create function preview_seizure_report(p_person uuid, p_agency uuid, p jsonb) returns jsonb
language plpgsql stable
set plan_cache_mode to 'force_generic_plan'
set enable_seqscan to 'off'
as $$
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
end $$;
