-- What an alert rule would have raised since a moment: the walk of `count_records`, which ends at that moment, and how many are
-- certain. A record counts in the finest view that the actor may see, as a rule is judged.
create function try_alert_rule(p_person uuid, p_agency uuid, p_since timestamptz, p_cap int, p_samples int, p_substances text[],
  p_condition text, p_values text[], p_until timestamptz)
returns table (counted int, certain int, complete boolean, newest uuid[])
language plpgsql stable
set enable_hashagg = off set enable_sort = off set enable_hashjoin = off set enable_mergejoin = off
set max_parallel_workers_per_gather = 0 as $$
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
end $$;
