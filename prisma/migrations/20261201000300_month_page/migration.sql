-- The days of an agency's month, for its page (docs/something-comes-back.md). Each is a part of a figure of agency_activity: over
-- all days they add up to it.

-- Answers of others that held records of the seat's own agency, by the day there.
create function reads_of_own_records_by_day(p_zone text, p_from timestamptz, p_until timestamptz)
returns table (day date, answers int)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR', 'AGENCY_ADMIN']) then
    raise exception 'a supervisor or an admin of the agency reads who read' using errcode = 'insufficient_privilege';
  end if;
  return query
    select (t.hour at time zone p_zone)::date, sum(t.answers)::int
    from read_tally t
    where t.owner_agency_id = app_seat() and t.hour >= p_from and t.hour < p_until
    group by 1;
end $$;

-- Records of the seat's own agency that others could see from a moment of the day on, as they stand.
create function own_records_left_by_day(p_zone text, p_from timestamptz, p_until timestamptz)
returns table (day date, records int)
language sql stable security definer set search_path = public, pg_temp as $$
  select (k.sort_at at time zone p_zone)::date, count(distinct k.record_id)::int
  from record_key k
  join access_key a on a.id = k.key_id and a.key = 'agency:' || app_agency()
  where k.sort_at >= p_from and k.sort_at < p_until and k.sort_at <= now()
    and exists (select from record_view v where v.record_id = k.record_id and v.rank in (1, 2) and v.audience <> '{}')
  group by 1
$$;

create function agency_activity_days(p_person uuid, p_agency uuid, p_zone text, p_from timestamptz, p_until timestamptz)
returns table (day date, received int, records_left int, answers int)
language plpgsql stable
set plan_cache_mode to 'force_generic_plan'
set enable_seqscan to 'off'
as $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select d.day, coalesce(r.n, 0), coalesce(l.records, 0), coalesce(s.answers, 0)
    from (
      select g::date as day
      from generate_series((p_from at time zone p_zone)::date, ((p_until at time zone p_zone) - interval '1 microsecond')::date, '1 day') g
    ) d
    left join (
      select (o.submitted_at at time zone p_zone)::date as day, count(*)::int as n
      from seizure_report o
      where o.agency_id = p_agency and o.submitted_at >= p_from and o.submitted_at < p_until
      group by 1
    ) r on r.day = d.day
    left join own_records_left_by_day(p_zone, p_from, p_until) l on l.day = d.day
    left join reads_of_own_records_by_day(p_zone, p_from, p_until) s on s.day = d.day
    order by d.day;
end $$;

-- The agency's own records of reports that were received in the time and still stand, newest first, and how many there are.
create function own_records_received(p_person uuid, p_agency uuid, p_from timestamptz, p_until timestamptz, p_most int)
returns table (record_id uuid, of int)
language plpgsql stable
set plan_cache_mode to 'force_generic_plan'
set enable_seqscan to 'off'
as $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select s.id, (count(*) over ())::int
    from seizure_report o
    join seizure_record s on s.report_id = o.id
    join record_view v on v.record_id = s.id and v.rank = 0
    where o.agency_id = p_agency and o.submitted_at >= p_from and o.submitted_at < p_until
    order by o.submitted_at desc, s.id
    limit p_most;
end $$;

revoke execute on function reads_of_own_records_by_day(text, timestamptz, timestamptz),
  own_records_left_by_day(text, timestamptz, timestamptz) from public;
grant execute on function reads_of_own_records_by_day(text, timestamptz, timestamptz),
  own_records_left_by_day(text, timestamptz, timestamptz) to concord_api;
grant create on schema public to concord_books, concord_lists;
alter function reads_of_own_records_by_day(text, timestamptz, timestamptz) owner to concord_books;
alter function own_records_left_by_day(text, timestamptz, timestamptz) owner to concord_lists;
revoke create on schema public from concord_books, concord_lists;
