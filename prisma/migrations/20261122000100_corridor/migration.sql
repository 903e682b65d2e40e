-- The statements of the corridor as functions: each is one call, one snapshot. They run as their caller, so that
-- row-level security holds inside them.

-- A record's view as a reader gets it: what record_view says and its lists.
create view record_card with (security_invoker = true) as
select v.record_id, v.precision, v.rank, v.version, v.released_at, v.tlp, v.occurred_from, v.occurred_to,
       v.offset_minutes, v.state_fips, v.county_fips, v.h3, v.latitude, v.longitude, v.setting, v.port_of_entry,
       v.conveyance, v.route, v.people, v.source_reliability, v.source_credibility, v.contributor_withheld,
       v.transformations, v.synthetic, a.name as contributor_name, a.level as contributor_level,
       a.ori as contributor_ori, a.contact_phone as contributor_phone,
       (select array_agg(c.concealment order by c.concealment) from record_view_concealment c
         where c.record_id = v.record_id and c.rank = v.rank) as concealment,
       (select json_agg(json_build_object('deaCode', s.dea_code, 'name', s.name, 'category', s.category,
           'form', s.form, 'laboratoryStatus', s.laboratory_status, 'unit', s.unit, 'amount', s.amount,
           'minMilligrams', s.min_milligrams::text, 'maxMilligrams', s.max_milligrams::text,
           'minUnits', s.min_units::text, 'maxUnits', s.max_units::text, 'estimated', s.estimated,
           'purityMin', s.purity_min, 'purityMax', s.purity_max, 'signature', s.signature,
           'adulterants', s.adulterants) order by s.ordinal)
         from record_view_substance s where s.record_id = v.record_id and s.rank = v.rank) as substances
from record_view v
left join agency a on a.id = v.contributor_id;

-- What validation and de-identification must know of the submitter: read before T1.
create function submission_context(p_agency uuid, p_county text)
returns table (widest_sharing text, task_force_ids uuid[], region_ids text[], h3_resolution smallint)
language sql stable as $$
  select coalesce((
           select g.widest_sharing from agreement_party gp join agreement g on g.id = gp.agreement_id
           where gp.agency_id = p_agency and g.valid_from <= now() and (g.valid_until is null or g.valid_until > now())
           order by array_position(array['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'], g.widest_sharing) desc
           limit 1), 'AGENCY'),
         coalesce((
           select array_agg(t.id) from task_force_agency ta join task_force t on t.id = ta.task_force_id
           where ta.agency_id = p_agency and t.valid_from <= now() and t.valid_until > now()
             and ta.valid_from <= now() and (ta.valid_until is null or ta.valid_until > now())), '{}'),
         coalesce((select array_agg(rc.region_id order by rc.region_id) from region_county rc where rc.county_fips = p_county), '{}'),
         coalesce((select s.h3_resolution from agency_settings s where s.agency_id = p_agency), 6::smallint)
$$;

create function access_key_ids(p_keys text[]) returns int4[] language plpgsql as $$
declare ids int4[];
begin
  if cardinality(p_keys) = 0 then return '{}'; end if;
  select array_agg(k.id order by k.id) into ids from access_key k where k.key = any(p_keys);
  if coalesce(cardinality(ids), 0) < cardinality(p_keys) then
    insert into access_key (key) select distinct k from unnest(p_keys) k on conflict (key) do nothing;
    select array_agg(k.id order by k.id) into ids from access_key k where k.key = any(p_keys);
  end if;
  return ids;
end $$;

-- T1: report, sealed parts, record, views, lists (by trigger), audit entry and outbox row, all or none, in one call.
-- A reference that exists answers with what is stored; nothing is written then.
create function submit_seizure_report(p jsonb)
returns table (outcome text, report_id uuid, record_id uuid, status text, version int, content_digest text,
               released_at timestamptz, release_after timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  v_person uuid := (p->>'personId')::uuid;
  v_agency uuid := (p->>'agencyId')::uuid;
  v_report uuid := (p->'report'->>'id')::uuid;
  v_record uuid := (p->>'recordId')::uuid;
  v_after timestamptz := (p->'report'->>'release_after')::timestamptz;
  -- Rounded up to the column's precision: an embargo is never lifted early.
  v_released timestamptz(3) := case when v_after > now() then date_trunc('milliseconds', v_after + interval '999 microseconds')
                                    else date_trunc('milliseconds', now()) end;
  v_status text := case when v_after > now() then 'EMBARGOED' else 'RELEASED' end;
  v_synthetic boolean := coalesce((p->>'synthetic')::boolean, false);
begin
  perform enter_actor(v_person, v_agency);
  insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, release_after,
      occurred_from, occurred_to, offset_minutes, content, sealed_narrative, synthetic, submitted_by)
  select v_report, v_agency, r.submitter_reference, v_status, r.content_digest, r.sharing, r.tlp, v_after,
      r.occurred_from, r.occurred_to, r.offset_minutes, r.content, decode(r.sealed_narrative, 'base64'), v_synthetic, v_person
  from jsonb_to_record(p->'report') as r(submitter_reference text, content_digest text, sharing text, tlp text,
      occurred_from timestamptz, occurred_to timestamptz, offset_minutes int, content jsonb, sealed_narrative text)
  on conflict (agency_id, submitter_reference) do nothing;
  if not found then
    return query
      select 'EXISTS', e.id, q.id, seizure_report_status(e.status, e.release_after), e.version, e.content_digest, q.released_at::timestamptz, e.release_after
      from seizure_report e join seizure_record q on q.report_id = e.id
      where e.agency_id = v_agency and e.submitter_reference = p->'report'->>'submitter_reference';
    return;
  end if;

  if p->'basis' is not null and p->'basis' <> 'null' then
    insert into report_basis (report_id, agency_id, activity, sealed, review_by)
    values (v_report, v_agency, p->'basis'->>'activity', decode(p->'basis'->>'sealed', 'base64'), (now() + interval '5 years')::date);
    insert into sealed_identifier (id, report_id, agency_id, kind, sensitivity, sealed)
    select i.id, v_report, v_agency, i.kind, i.sensitivity, decode(i.sealed, 'base64')
    from jsonb_to_recordset(p->'identifiers') as i(id uuid, kind text, sensitivity text, sealed text);
  end if;

  insert into seizure_record (id, report_id, agency_id, released_at, synthetic)
  values (v_record, v_report, v_agency, v_released, v_synthetic);

  insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to,
      offset_minutes, state_fips, county_fips, h3, latitude, longitude, setting, port_of_entry, conveyance, route, people,
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic)
  select v_record, w.precision, w.rank, 1, v_released, access_key_ids(w.audience), w.tlp, w.occurred_from, w.occurred_to,
      w.offset_minutes, w.state_fips, w.county_fips, w.h3, w.latitude, w.longitude, w.setting, w.port_of_entry, w.conveyance,
      w.route, w.people, w.source_reliability, w.source_credibility,
      case when w.contributor_withheld then null else v_agency end, w.contributor_withheld, w.transformations, v_synthetic
  from jsonb_to_recordset(p->'views') as w(precision text, rank smallint, audience text[], tlp text, occurred_from timestamptz,
      occurred_to timestamptz, offset_minutes int, state_fips text, county_fips text, h3 text, latitude double precision,
      longitude double precision, setting text, port_of_entry text, conveyance text, route jsonb, people jsonb,
      source_reliability text, source_credibility smallint, contributor_withheld boolean, transformations jsonb);

  insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, laboratory_status, unit, amount,
      min_milligrams, max_milligrams, min_units, max_units, estimated, purity_min, purity_max, signature, adulterants)
  select v_record, s.rank, s.ordinal, s.dea_code, s.name, s.category, s.form, s.laboratory_status, s.unit, s.amount,
      s.min_milligrams, s.max_milligrams, s.min_units, s.max_units, s.estimated, s.purity_min, s.purity_max, s.signature, s.adulterants
  from jsonb_to_recordset(p->'substances') as s(rank smallint, ordinal smallint, dea_code text, name text, category text,
      form text, laboratory_status text, unit text, amount double precision, min_milligrams int8, max_milligrams int8,
      min_units int8, max_units int8, estimated boolean, purity_min double precision, purity_max double precision,
      signature text, adulterants jsonb);

  insert into record_view_concealment (record_id, rank, concealment)
  select v_record, c.rank, c.concealment from jsonb_to_recordset(p->'concealment') as c(rank smallint, concealment text);

  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
  from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);

  insert into outbox (kind, subject_ids, available_at, raises_alerts)
  values ('record.released', array[v_record], v_released, coalesce((p->>'raisesAlerts')::boolean, true));
  return query select 'CREATED', v_report, v_record, v_status, 1, p->'report'->>'content_digest', v_released::timestamptz, v_after;
end $$;

-- The flat page: newest first, before a cursor, optionally of some substances. Every list that the actor's keys name
-- is walked in order; a record that several of them hold comes back once, in its finest visible view.
create function record_page(p_person uuid, p_agency uuid, p_limit int, p_sort_at timestamptz, p_record uuid, p_substances text[])
returns setof record_card language plpgsql stable as $$
declare v_ring int4[] := enter_actor(p_person, p_agency);
begin
  if p_substances is null then
    return query
      with page as (
        select l.sort_at, l.record_id, min(l.rank) as rank
        from unnest(v_ring) u(key_id)
        cross join lateral (
          select k.sort_at, k.record_id, k.rank from record_key k
          where k.key_id = u.key_id and (k.sort_at, k.record_id) < (p_sort_at, p_record)
          order by k.sort_at desc, k.record_id desc, k.rank desc limit p_limit
        ) l
        group by l.sort_at, l.record_id
        order by l.sort_at desc, l.record_id desc limit p_limit
      )
      select c.* from page join record_card c on c.record_id = page.record_id and c.rank = page.rank
      order by page.sort_at desc, page.record_id desc;
  else
    return query
      with page as (
        select l.sort_at, l.record_id, min(l.rank) as rank
        from unnest(v_ring) u(key_id)
        cross join unnest(p_substances) w(substance)
        cross join lateral (
          select k.sort_at, k.record_id, k.rank from record_key_substance k
          where k.key_id = u.key_id and k.substance = w.substance and (k.sort_at, k.record_id) < (p_sort_at, p_record)
          order by k.sort_at desc, k.record_id desc, k.rank desc limit p_limit
        ) l
        group by l.sort_at, l.record_id
        order by l.sort_at desc, l.record_id desc limit p_limit
      )
      select c.* from page join record_card c on c.record_id = page.record_id and c.rank = page.rank
      order by page.sort_at desc, page.record_id desc;
  end if;
end $$;

-- The filtered page: the same walk in steps, the lists of all keys merged before anything is evaluated, so that a record
-- that many keys name is looked at once and nothing beyond the step that fills the page is. The condition is evaluated
-- on each record's finest visible view and on no other (row-level security hides the finer ones), unknown counts as
-- possible. `p_condition` is compiled by libs/records from a closed set of templates; values travel in p_values as text
-- and are cast where they are used ($7)[n]. A stable function: every step reads the same snapshot.
create function record_search(p_person uuid, p_agency uuid, p_limit int, p_sort_at timestamptz, p_record uuid,
    p_substances text[], p_condition text, p_values text[])
returns table (card record_card, certain boolean) language plpgsql stable as $$
declare
  v_ring int4[] := enter_actor(p_person, p_agency);
  v_at timestamptz := p_sort_at;
  v_record uuid := p_record;
  v_step int := 2 * p_limit;
  v_ids uuid[] := '{}';
  v_ranks smallint[] := '{}';
  v_certain boolean[] := '{}';
  v_walk record;
begin
  loop
    execute format($q$
      with walked as (
        select l.sort_at, l.record_id
        from unnest($1::int4[]) u(key_id) %s
        cross join lateral (
          select k.sort_at, k.record_id from %s k
          where k.key_id = u.key_id %s and (k.sort_at, k.record_id) < ($3, $4)
          order by k.sort_at desc, k.record_id desc, k.rank desc limit $2
        ) l
        group by l.sort_at, l.record_id
        order by l.sort_at desc, l.record_id desc limit $2
      ),
      met as (
        select n.sort_at, n.record_id, v.rank, f.hit is true as certain
        from walked n
        cross join lateral (select * from record_view x where x.record_id = n.record_id order by x.rank limit 1) v
        cross join lateral (select (%s) as hit offset 0) f
        where f.hit is not false
        order by n.sort_at desc, n.record_id desc limit $6::int
      )
      select n.read, n.ats[n.read] as sort_at, n.ids[n.read] as record_id, m.ids, m.ranks, m.certain
      from (select count(*)::int as read, array_agg(sort_at order by sort_at desc, record_id desc) as ats,
                   array_agg(record_id order by sort_at desc, record_id desc) as ids from walked) n
      cross join (select array_agg(record_id order by sort_at desc, record_id desc) as ids,
                         array_agg(rank order by sort_at desc, record_id desc) as ranks,
                         array_agg(certain order by sort_at desc, record_id desc) as certain from met) m $q$,
      case when p_substances is null then '' else 'cross join unnest($5::text[]) w(substance)' end,
      case when p_substances is null then 'record_key' else 'record_key_substance' end,
      case when p_substances is null then '' else 'and k.substance = w.substance' end,
      p_condition)
      into v_walk using v_ring, v_step, v_at, v_record, p_substances, (p_limit - cardinality(v_ids))::text, p_values;
    v_ids := v_ids || coalesce(v_walk.ids, '{}');
    v_ranks := v_ranks || coalesce(v_walk.ranks, '{}');
    v_certain := v_certain || coalesce(v_walk.certain, '{}');
    exit when v_walk.read < v_step or cardinality(v_ids) >= p_limit;
    v_at := v_walk.sort_at;
    v_record := v_walk.record_id;
    v_step := least(2 * v_step, 2000);
  end loop;
  return query
    select c, h.certain from unnest(v_ids, v_ranks, v_certain) with ordinality as h(record_id, rank, certain, n)
    join record_card c on c.record_id = h.record_id and c.rank = h.rank
    order by h.n;
end $$;

-- How many records the actor can list under the condition, counted up to p_cap + 1.
create function record_count(p_person uuid, p_agency uuid, p_cap int, p_condition text, p_values text[])
returns int language plpgsql stable as $$
declare v_ring int4[] := enter_actor(p_person, p_agency); n int;
begin
  if p_condition is null then
    select count(*) into n from (
      select distinct l.record_id from unnest(v_ring) u(key_id)
      cross join lateral (
        select k.record_id from record_key k where k.key_id = u.key_id
        order by k.sort_at desc, k.record_id desc limit p_cap + 1) l
      limit p_cap + 1) d;
  else
    execute format($q$
      select count(*) from (
        select distinct l.record_id from unnest($1::int4[]) u(key_id)
        cross join lateral (
          select k.record_id from record_key k
          cross join lateral (select * from record_view x where x.record_id = k.record_id order by x.rank limit 1) v
          where k.key_id = u.key_id and (%s) is not false
          order by k.sort_at desc, k.record_id desc limit $2 + 1) l
        limit $2 + 1) d $q$, p_condition)
      into n using v_ring, p_cap, null::text, null::text, null::text, null::text, p_values;
  end if;
  return n;
end $$;

-- Records by id, each in the actor's finest visible view; what it may not see is simply not there.
create function records_by_id(p_person uuid, p_agency uuid, p_ids uuid[])
returns setof record_card language plpgsql stable as $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select c.* from unnest(p_ids) i(id)
    cross join lateral (select * from record_card x where x.record_id = i.id order by x.rank limit 1) c;
end $$;

-- Alerts of one owner with the rules that met them.
create view alert_card with (security_invoker = true) as
select a.id, a.record_id, a.record_version, a.revision, a.match, a.state, a.raised_at, a.updated_at,
       a.owner_person_id, a.owner_agency_id,
       (select json_agg(json_build_object('id', r.id, 'name', r.name) order by r.created_at, r.id)
          from (select distinct am.rule_id from alert_match am where am.alert_id = a.id) m
          join alert_rule r on r.id = m.rule_id) as rules
from alert a;

create function alert_page(p_person uuid, p_agency uuid, p_limit int, p_raised_at timestamptz, p_alert uuid, p_states text[])
returns setof alert_card language plpgsql stable as $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select c.* from alert_card c
    where c.owner_person_id = p_person and c.owner_agency_id = p_agency and (c.raised_at, c.id) < (p_raised_at, p_alert)
      -- What was withheld at delivery was never told.
      and c.state <> 'WITHHELD' and (p_states is null or c.state = any(p_states))
    order by c.raised_at desc, c.id desc limit p_limit;
end $$;

-- The live stream's read: entries after a position, in order.
create function inbox_after(p_person uuid, p_agency uuid, p_after bigint, p_limit int)
returns table (entry_position bigint, entry_revision int, card alert_card) language plpgsql stable as $$
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

-- A recipient's inbox, made at the first look, and where it stands now.
create function open_inbox(p_person uuid, p_agency uuid)
returns table (inbox_id uuid, last_position bigint) language plpgsql as $$
begin
  perform enter_actor(p_person, p_agency);
  insert into inbox (person_id, agency_id) values (p_person, p_agency) on conflict do nothing;
  return query select i.id, i.last_position from inbox i where i.person_id = p_person and i.agency_id = p_agency;
end $$;

-- T2: alerts for matches that still hold in this snapshot: the rule is on, its owner's keyring opens that view now,
-- the view is released and still of that version. One alert an owner and record, with every rule that met it.
create function raise_alerts(p_matches jsonb) returns table (alert_id uuid, record_id uuid, record_version int, created boolean)
language plpgsql as $$
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
      select o.person, o.agency, actor_keyring(o.person, o.agency) as keys from (select distinct person, agency from ruled) o
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

-- T3, first statement: the recipients' inboxes, made where missing and locked in id order, so that two workers never
-- deadlock. A statement of its own: whoever had to wait judges what follows by a snapshot and a clock from after it.
create function lock_inboxes(p_alerts uuid[]) returns void language plpgsql as $$
begin
  insert into inbox (person_id, agency_id)
  select distinct a.owner_person_id, a.owner_agency_id from alert a where a.id = any(p_alerts)
  order by 1, 2 on conflict do nothing;

  perform 1 from inbox i
  where exists (select from alert a where a.id = any(p_alerts) and a.owner_person_id = i.person_id and a.owner_agency_id = i.agency_id)
  order by i.id for update;
end $$;

-- T3, second statement: one delivery an alert, recipient and channel. The recipient's keyring is asked again in the
-- statement that writes; positions are numbered under the lock that lock_inboxes took.
create function deliver_alerts(p_alerts uuid[])
returns table (delivery_id uuid, alert_id uuid, inbox_id uuid, person_id uuid, agency_id uuid, record_id uuid,
               record_version int, state text)
language plpgsql as $$
#variable_conflict use_column
begin
  return query
    with due as (
      select a.id, a.revision, a.record_id, a.record_version, a.raised_at, a.owner_person_id as person, a.owner_agency_id as agency
      from alert a where a.id = any(p_alerts)
    ),
    ring as (
      select o.person, o.agency, actor_keyring(o.person, o.agency) as keys from (select distinct person, agency from due) o
    ),
    judged as (
      select d.*, i.id as inbox, i.last_position,
             exists (select from record_view v where v.record_id = d.record_id and v.audience && ring.keys
                       and (v.rank = 0 or v.released_at <= now())) as opens
      from due d
      join ring on ring.person = d.person and ring.agency = d.agency
      join inbox i on i.person_id = d.person and i.agency_id = d.agency
    ),
    made as (
      insert into delivery (alert_id, inbox_id, channel, state, record_version)
      select j.id, j.inbox, 'LIVE', case when j.opens then 'DELIVERED' else 'WITHHELD' end, j.record_version from judged j
      on conflict (alert_id, inbox_id, channel) do nothing
      returning id, alert_id, inbox_id, state
    ),
    attempted as (
      insert into delivery_attempt (delivery_id, number, outcome) select m.id, 1, m.state from made m
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
      update alert a set state = m.state from made m where a.id = m.alert_id and a.state = 'RAISED'
    )
    select m.id, m.alert_id, m.inbox_id, j.person, j.agency, j.record_id, j.record_version, m.state
    from made m join judged j on j.id = m.alert_id and j.inbox = m.inbox_id;
end $$;
