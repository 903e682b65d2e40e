-- T3's first statement. A session that planned it on a new installation, when alerts and inboxes were empty, read every inbox in
-- the order of its id and for each of them went through the index of all alerts: 45 ms of PostgreSQL for three alerts among 200
-- inboxes and 3,000 alerts, and more with each of either. Now each alert and each inbox is looked up by its key, in an order of
-- steps that leaves the planner no other way.
create or replace function lock_inboxes(p_alerts uuid[]) returns void
language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_persons uuid[];
  v_agencies uuid[];
  v_inboxes uuid[];
begin
  select array_agg(o.person order by o.person, o.agency), array_agg(o.agency order by o.person, o.agency)
    into v_persons, v_agencies
  from (
    select distinct a.person, a.agency
    from unnest(p_alerts) as w(id)
    cross join lateral (
      select x.owner_person_id as person, x.owner_agency_id as agency from alert x where x.id = w.id offset 0) a
  ) o;
  if v_persons is null then return; end if;

  insert into inbox (person_id, agency_id)
  select o.person, o.agency
  from unnest(v_persons, v_agencies) with ordinality as o(person, agency, at)
  where not exists (select from inbox i where i.person_id = o.person and i.agency_id = o.agency)
  order by o.at on conflict do nothing;

  select array_agg(i.id) into v_inboxes
  from unnest(v_persons, v_agencies) as o(person, agency)
  cross join lateral (select x.id from inbox x where x.person_id = o.person and x.agency_id = o.agency offset 0) i;

  -- In one order, whoever else locks some of them at the same time.
  perform 1 from inbox i where i.id = any(v_inboxes) order by i.id for update;
end $$;
