-- From a submission to its alerts with less work: the keyrings of many owners in one look, inboxes locked by their index,
-- and plans that are made once a connection. Every function keeps its name and what it answers, so that the version before
-- runs beside this one.

-- The keyrings of many seats, each as `actor_keys` has it (a test holds one against the other), in one snapshot and one
-- statement. What an agency may read is looked up once, however many of its people are asked for.
create function actor_keyrings(p_persons uuid[], p_agencies uuid[])
returns table (person uuid, agency uuid, keys int4[])
language sql stable as $$
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
      where gp.agency_id = s.agency)
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
grant execute on function actor_keyrings(uuid[], uuid[]) to concord_api, concord_worker;

create or replace function raise_alerts(p_matches jsonb)
 returns table(alert_id uuid, record_id uuid, record_version integer, created boolean)
 language plpgsql
 set plan_cache_mode to force_generic_plan
 set enable_seqscan to off
as $$
#variable_conflict use_column
begin
  return query
    with m as (
      select * from jsonb_to_recordset(p_matches) as x(rule_id uuid, record_id uuid, version int, rank smallint, match text)
    ),
    ruled as (
      select m.*, r.owner_person_id as person, r.owner_agency_id as agency
      from m join alert_rule r on r.id = m.rule_id and r.enabled
    ),
    ring as (
      select k.person, k.agency, k.keys
      from (select array_agg(person) as persons, array_agg(agency) as agencies from ruled) o
      cross join lateral actor_keyrings(o.persons, o.agencies) k
    ),
    live as (
      select r.* from ruled r
      join ring on ring.person = r.person and ring.agency = r.agency
      join record_view v on v.record_id = r.record_id and v.rank = r.rank and v.version = r.version
      where v.audience && ring.keys and (v.rank = 0 or v.released_at <= now())
    ),
    raised as (
      insert into alert (owner_person_id, owner_agency_id, record_id, record_version, match)
      select person, agency, record_id, max(version),
             case when bool_or(match = 'CERTAIN') then 'CERTAIN' else 'POSSIBLE' end
      from live group by person, agency, record_id
      order by person, agency, record_id
      on conflict (owner_person_id, owner_agency_id, record_id) do nothing
      returning id, owner_person_id, owner_agency_id, record_id, record_version
    ),
    met as (
      insert into alert_match (alert_id, rule_id, version, match)
      select n.id, l.rule_id, l.version, l.match
      from live l join raised n on n.owner_person_id = l.person and n.owner_agency_id = l.agency and n.record_id = l.record_id
      on conflict do nothing
    )
    select r.id, r.record_id, r.record_version, true from raised r;
end $$;

create or replace function deliver_alerts(p_alerts uuid[])
 returns table(delivery_id uuid, alert_id uuid, inbox_id uuid, person_id uuid, agency_id uuid, record_id uuid, record_version integer, state text)
 language plpgsql
 set plan_cache_mode to force_generic_plan
 set enable_seqscan to off
as $$
#variable_conflict use_column
begin
  return query
    with due as (
      select a.id, a.revision, a.record_id, a.record_version, a.raised_at, a.owner_person_id as person, a.owner_agency_id as agency
      from alert a where a.id = any(p_alerts)
    ),
    ring as (
      select k.person, k.agency, k.keys
      from (select array_agg(person) as persons, array_agg(agency) as agencies from due) o
      cross join lateral actor_keyrings(o.persons, o.agencies) k
    ),
    judged as (
      select d.*, i.id as inbox, i.last_position,
             v.version is not null as opens, coalesce(v.version, d.record_version) as told_version
      from due d
      join ring on ring.person = d.person and ring.agency = d.agency
      join inbox i on i.person_id = d.person and i.agency_id = d.agency
      left join lateral (
        select x.version from record_view x
        where x.record_id = d.record_id and x.audience && ring.keys and (x.rank = 0 or x.released_at <= now())
        order by x.rank limit 1) v on true
    ),
    made as (
      insert into delivery (alert_id, inbox_id, channel, state, record_version)
      select j.id, j.inbox, 'LIVE', case when j.opens then 'DELIVERED' else 'WITHHELD' end, j.told_version from judged j
      on conflict (alert_id, inbox_id, channel) do nothing
      returning id, alert_id, inbox_id, state, record_version
    ),
    attempted as (
      insert into delivery_attempt (delivery_id, number, outcome, record_version) select m.id, 1, m.state, m.record_version from made m
    ),
    numbered as (
      select m.alert_id, m.inbox_id, j.revision, j.last_position + row_number() over (partition by m.inbox_id order by j.raised_at, j.id) as position
      from made m join judged j on j.id = m.alert_id and j.inbox = m.inbox_id
      where m.state = 'DELIVERED'
    ),
    entered as (
      insert into inbox_entry (inbox_id, position, alert_id, revision)
      select n.inbox_id, n.position, n.alert_id, n.revision from numbered n
    ),
    moved as (
      update inbox i set last_position = n.top from (select inbox_id, max(position) as top from numbered group by inbox_id) n
      where i.id = n.inbox_id
    ),
    told as (
      update alert a set state = m.state, record_version = m.record_version from made m where a.id = m.alert_id and a.state = 'RAISED'
    )
    select m.id, m.alert_id, m.inbox_id, j.person, j.agency, j.record_id, m.record_version, m.state
    from made m join judged j on j.id = m.alert_id and j.inbox = m.inbox_id;
end $$;

create or replace function revise_alerts(p_records uuid[], p_matches jsonb)
 returns table(alert_id uuid, inbox_id uuid, person_id uuid, agency_id uuid, record_id uuid, record_version integer, change text)
 language plpgsql
 set plan_cache_mode to force_generic_plan
 set enable_seqscan to off
as $$
#variable_conflict use_column
begin
  return query
    with due as (
      select a.id, a.owner_person_id as person, a.owner_agency_id as agency, a.record_id, a.record_version, a.change, a.revision
      from alert a where a.record_id = any(p_records)
    ),
    ring as (
      select k.person, k.agency, k.keys
      from (select array_agg(person) as persons, array_agg(agency) as agencies from due) o
      cross join lateral actor_keyrings(o.persons, o.agencies) k
    ),
    met as (
      select d.id, m.rule_id, m.version, m.match
      from jsonb_to_recordset(p_matches) as m(rule_id uuid, record_id uuid, version int, rank smallint, match text)
      join alert_rule r on r.id = m.rule_id and r.enabled
      join due d on d.record_id = m.record_id and d.person = r.owner_person_id and d.agency = r.owner_agency_id
    ),
    judged as (
      select d.*, v.version as seen_version, v.change as seen_change, dl.id as delivery, dl.state as told, i.id as inbox, i.last_position,
             (select case when bool_or(m.match = 'CERTAIN') then 'CERTAIN' else 'POSSIBLE' end
                from met m where m.id = d.id and m.version = v.version having count(*) > 0) as match
      from due d
      join ring on ring.person = d.person and ring.agency = d.agency
      join inbox i on i.person_id = d.person and i.agency_id = d.agency
      left join delivery dl on dl.alert_id = d.id and dl.inbox_id = i.id and dl.channel = 'LIVE'
      left join lateral (
        select x.version, x.change from record_view x
        where x.record_id = d.record_id and x.audience && ring.keys and (x.rank = 0 or x.released_at <= now())
        order by x.rank limit 1) v on true
    ),
    news as (
      select j.*, case when j.seen_version is null then 'RECALLED' when j.told = 'WITHHELD' then 'RAISED'
                       when j.seen_change = 'RELEASED' then 'CORRECTED' else j.seen_change end as news
      from judged j
      where (j.told = 'DELIVERED' and (
              (j.seen_version is null and j.change <> 'RECALLED')
              or j.seen_version > j.record_version
              or (j.seen_version is not null and j.change = 'RECALLED')))
         or (j.told = 'WITHHELD' and j.match is not null)
    ),
    matched as (
      insert into alert_match (alert_id, rule_id, version, match)
      select m.id, m.rule_id, m.version, m.match from met m join judged j on j.id = m.id and j.seen_version = m.version
      on conflict do nothing
    ),
    -- Raised and not delivered yet: its first delivery shows what the record says by then.
    quiet as (
      update alert a set record_version = j.seen_version, match = coalesce(j.match, a.match)
      from judged j where a.id = j.id and j.told is null and j.seen_version > a.record_version
    ),
    revised as (
      update alert a set revision = a.revision + 1, change = n.news, record_version = coalesce(n.seen_version, a.record_version),
             match = coalesce(n.match, a.match), state = 'DELIVERED', updated_at = now()
      from news n where a.id = n.id
    ),
    sent as (
      update delivery d set state = 'DELIVERED' from news n where d.id = n.delivery and d.state <> 'DELIVERED'
    ),
    attempted as (
      insert into delivery_attempt (delivery_id, number, outcome, revision, record_version)
      select n.delivery, 1 + (select max(t.number) from delivery_attempt t where t.delivery_id = n.delivery), 'DELIVERED',
             n.revision + 1, n.seen_version
      from news n
    ),
    numbered as (
      select n.id, n.inbox, n.revision + 1 as revision,
             n.last_position + row_number() over (partition by n.inbox order by n.record_id, n.id) as position
      from news n
    ),
    entered as (
      insert into inbox_entry (inbox_id, position, alert_id, revision) select b.inbox, b.position, b.id, b.revision from numbered b
    ),
    moved as (
      update inbox i set last_position = b.top from (select inbox, max(position) as top from numbered group by inbox) b
      where i.id = b.inbox
    )
    select n.id, n.inbox, n.person, n.agency, n.record_id, coalesce(n.seen_version, n.record_version), n.news from news n;
end $$;

-- Only inboxes that are missing are written; the others are found by their index and locked in the order of their ids.
create or replace function lock_inboxes(p_alerts uuid[]) returns void
 language plpgsql
 set plan_cache_mode to force_generic_plan
 set enable_seqscan to off
as $$
begin
  insert into inbox (person_id, agency_id)
  select distinct a.owner_person_id, a.owner_agency_id from alert a
  where a.id = any(p_alerts)
    and not exists (select from inbox i where i.person_id = a.owner_person_id and i.agency_id = a.owner_agency_id)
  order by 1, 2 on conflict do nothing;

  perform 1
  from (select distinct a.owner_person_id, a.owner_agency_id from alert a where a.id = any(p_alerts)) o
  join inbox i on i.person_id = o.owner_person_id and i.agency_id = o.owner_agency_id
  order by i.id for update of i;
end $$;

create or replace function inbox_after(p_person uuid, p_agency uuid, p_after bigint, p_limit integer)
 returns table(entry_position bigint, entry_revision integer, card alert_card)
 language plpgsql
 stable
 set plan_cache_mode to force_generic_plan
 set enable_seqscan to off
as $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select e.position, e.revision, c
    from inbox i
    join inbox_entry e on e.inbox_id = i.id and e.position > p_after
    join alert_card c on c.id = e.alert_id
    where i.person_id = p_person and i.agency_id = p_agency
    order by e.position limit p_limit;
end $$;

create or replace function records_by_id(p_person uuid, p_agency uuid, p_ids uuid[])
 returns setof record_card
 language plpgsql
 stable
 set plan_cache_mode to force_generic_plan
 set enable_seqscan to off
as $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select c.* from unnest(p_ids) i(id)
    cross join lateral (select * from record_card x where x.record_id = i.id order by x.rank limit 1) c;
end $$;

-- A row that is written as relayed is taken further by its writer: no relay need look.
create or replace trigger outbox_wakes after insert on outbox
  for each row when (new.relayed_at is null) execute function outbox_wakes();
