-- Counting and searching along the lists of many keys: all lists are merged into one order and read no further than the
-- answer needs. Before, a count evaluated its condition key by key, and a search read every list as far as a whole step.

-- The lists of these keys, and of these substances where some are named, as one subquery for the walks below: `sort_at`
-- and `record_id` beyond the cursor ($1, $2), a row for each list that holds the record. One branch a list, so that
-- PostgreSQL merges them as it reads (Merge Append): of a list that is not needed it reads one row. Where keys and
-- substances make too many branches to plan, the lists by key alone are walked: who calls judges each record anyway.
create function merged_lists(p_ring int4[], p_substances text[]) returns text language sql immutable as $$
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
$$;

-- The filtered page: the merged lists, newest first, each record judged on its finest visible view and on no other
-- (row-level security hides the finer ones), unknown counts as possible; it ends with the record that fills the page.
-- `p_condition` is compiled by libs/records from a closed set of templates; values travel in p_values as text and are
-- cast where they are used ($7)[n]. Plans that keep the order alone: whatever is estimated, nothing is read beyond the
-- page.
create or replace function record_search(p_person uuid, p_agency uuid, p_limit int, p_sort_at timestamptz, p_record uuid,
    p_substances text[], p_condition text, p_values text[])
returns table (card record_card, certain boolean) language plpgsql stable
set enable_hashagg = off set enable_sort = off set enable_hashjoin = off set enable_mergejoin = off
set max_parallel_workers_per_gather = 0 as $$
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
    join record_card c on c.record_id = m.record_id and c.rank = m.rank
    order by m.sort_at desc, m.record_id desc $q$, merged_lists(v_ring, p_substances), p_condition)
    using p_sort_at, p_record, p_limit, null::text, null::text, null::text, p_values;
end $$;

-- How many records the actor can list under the condition, counted up to p_cap + 1. `complete` is false when counting
-- ended at p_until (null: never) and there may be more. Judged as record_search judges.
create function count_records(p_person uuid, p_agency uuid, p_cap int, p_substances text[], p_condition text, p_values text[],
    p_until timestamptz)
returns table (counted int, complete boolean) language plpgsql stable
set enable_hashagg = off set enable_sort = off set enable_hashjoin = off set enable_mergejoin = off
set max_parallel_workers_per_gather = 0 as $$
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
end $$;

-- What a release before this one asks: the same number, however long it takes.
create or replace function record_count(p_person uuid, p_agency uuid, p_cap int, p_condition text, p_values text[])
returns int language sql stable as $$
  select counted from count_records(p_person, p_agency, p_cap, null, p_condition, p_values, null)
$$;
