-- An alert's life: seen, acknowledged, in work, closed; its history; to whom it was handed over (docs/alerts.md).

-- `state` keeps the three words that the version before knows; what is new is told by `work` beside it: whatever is in work
-- or closed is ACKNOWLEDGED there.
alter table alert
  add column work text,
  add column outcome text,
  add column assigned_by uuid references person(id),
  add column escalate_at timestamptz,
  add column escalated integer not null default 0;
alter table alert add constraint alert_work_check check (work in ('SEEN', 'IN_WORK', 'CLOSED')) not valid;
alter table alert add constraint alert_outcome_check
  check (outcome in ('USEFUL', 'NOT_USEFUL', 'DUPLICATE') and work = 'CLOSED' or outcome is null and work is distinct from 'CLOSED') not valid;
alter table alert add constraint alert_acknowledged_check check (work is null or work = 'SEEN' or state = 'ACKNOWLEDGED') not valid;
alter table alert validate constraint alert_work_check;
alter table alert validate constraint alert_outcome_check;
alter table alert validate constraint alert_acknowledged_check;
create index alert_to_escalate on alert (escalate_at) where escalate_at is not null;
grant update (work, outcome) on alert to concord_api;

-- What happened to an alert at its owner's, whatever version of Concord did it: written by the trigger below.
create table alert_step (
  alert_id uuid not null references alert(id) on delete cascade,
  number integer not null,
  at timestamptz not null default now(),
  step text not null check (step in ('SEEN', 'ACKNOWLEDGED', 'IN_WORK', 'CLOSED', 'NOTED', 'REVISED', 'ASSIGNED', 'ESCALATED', 'RECEIVED', 'NOT_HANDED_OVER')),
  -- Null: Concord itself.
  person_id uuid references person(id),
  -- To whom it went, or from whom it came.
  other_person_id uuid references person(id),
  outcome text check (outcome in ('USEFUL', 'NOT_USEFUL', 'DUPLICATE')),
  note text check (length(note) <= 2000),
  primary key (alert_id, number)
);
alter table alert_step enable row level security;
alter table alert_step force row level security;
create policy step_of_own_alert on alert_step for select to concord_api
  using (exists (select from alert a where a.id = alert_step.alert_id offset 0));
create policy step_by_owner on alert_step for insert to concord_api
  with check (person_id = app_person() and exists (select from alert a where a.id = alert_step.alert_id offset 0));
create policy step_worked on alert_step to concord_worker using (true) with check (true);
grant insert, select on alert_step to concord_api, concord_worker;

-- An alert that goes to a colleague of the same agency, who gets one of their own on the same record, seen with their own keys.
create table alert_handover (
  id uuid primary key default gen_random_uuid(),
  alert_id uuid not null references alert(id) on delete cascade,
  to_person_id uuid not null references person(id),
  why text not null check (why in ('ASSIGNED', 'ESCALATED')),
  note text check (length(note) <= 2000),
  made_at timestamptz not null default now(),
  done_at timestamptz,
  handed boolean,
  check ((done_at is null) = (handed is null))
);
create index alert_handover_due on alert_handover (made_at) where done_at is null;
create index alert_handover_of on alert_handover (alert_id);
alter table alert_handover enable row level security;
alter table alert_handover force row level security;
create policy handover_by_owner on alert_handover for insert to concord_api
  with check (why = 'ASSIGNED' and done_at is null and exists (select from alert a where a.id = alert_handover.alert_id offset 0));
create policy handover_worked on alert_handover to concord_worker using (true) with check (true);
grant insert (alert_id, to_person_id, why, note) on alert_handover to concord_api;
grant insert, select, update (done_at, handed) on alert_handover to concord_worker;

-- Who is told next when the owner of a rule's alert does not acknowledge it in time.
create table alert_escalation (
  rule_id uuid primary key references alert_rule(id) on delete cascade,
  after_minutes integer not null check (after_minutes between 1 and 10080),
  -- In this order: a person's id, or a role, which is everybody of the agency who has it then.
  targets text[] not null check (cardinality(targets) between 1 and 10),
  changed_at timestamptz not null default now()
);
alter table alert_escalation enable row level security;
alter table alert_escalation force row level security;
create policy escalation_of_own_rule on alert_escalation to concord_api
  using (exists (select from alert_rule r where r.id = alert_escalation.rule_id))
  with check (exists (select from alert_rule r where r.id = alert_escalation.rule_id and r.deleted_at is null));
create policy escalation_worked on alert_escalation for select to concord_worker using (true);
grant insert, select, update, delete on alert_escalation to concord_api;
grant select on alert_escalation to concord_worker;

-- Where an alert stands, in one word.
create function alert_stage(p_state text, p_work text) returns text language sql immutable parallel safe
return case when p_work in ('IN_WORK', 'CLOSED') then p_work
            when p_state in ('ACKNOWLEDGED', 'WITHHELD') then p_state
            else coalesce(p_work, p_state) end;

create function alert_life() returns trigger language plpgsql as $$
declare
  v_was text := alert_stage(old.state, old.work);
  v_is text;
  v_step text;
  v_revised boolean := new.revision > old.revision;
begin
  if v_revised then
    -- Who works on it goes on; everybody else is to take note once more.
    if old.work = 'IN_WORK' then new.state := old.state; else new.work := null; end if;
  end if;
  if new.work is distinct from 'CLOSED' then new.outcome := null; end if;
  v_is := alert_stage(new.state, new.work);
  if v_is in ('ACKNOWLEDGED', 'IN_WORK', 'CLOSED', 'WITHHELD') then
    new.escalate_at := null;
  elsif new.state = 'DELIVERED' and (old.state <> 'DELIVERED' or v_revised) then
    new.escalated := 0;
    new.escalate_at := (select now() + min(e.after_minutes) * interval '1 minute'
      from alert_match m join alert_escalation e on e.rule_id = m.rule_id where m.alert_id = new.id);
  end if;
  v_step := case
    when v_revised then case when v_was in ('SEEN', 'ACKNOWLEDGED', 'IN_WORK', 'CLOSED') then 'REVISED' end
    when v_is <> v_was and v_is in ('SEEN', 'ACKNOWLEDGED', 'IN_WORK', 'CLOSED') then v_is
    when new.outcome is distinct from old.outcome then v_is
    when new.note is distinct from old.note then 'NOTED' end;
  if v_step is not null then
    insert into alert_step (alert_id, number, step, person_id, outcome, note)
    values (new.id, coalesce((select max(s.number) from alert_step s where s.alert_id = new.id), 0) + 1, v_step,
            case when not v_revised then app_person() end, new.outcome,
            case when not v_revised and new.note is distinct from old.note then new.note end);
  end if;
  return new;
end $$;
create trigger alert_life before update on alert for each row execute function alert_life();

-- New columns stand at the end; the version before reads those that it knows.
create or replace view alert_card with (security_invoker = true) as
 select a.id, a.record_id, a.record_version, a.revision, a.match, a.state, a.raised_at, a.updated_at, a.owner_person_id, a.owner_agency_id,
    (select json_agg(json_build_object('id', r.id, 'name', r.name) order by r.created_at, r.id)
       from alert_match m join alert_rule r on r.id = m.rule_id
      where m.alert_id = a.id and m.version = (select max(x.version) from alert_match x where x.alert_id = a.id)) as rules,
    a.change, alert_stage(a.state, a.work) as stage, a.outcome, a.assigned_by, a.note
   from alert a;

create or replace function alert_page(p_person uuid, p_agency uuid, p_limit integer, p_raised_at timestamptz, p_alert uuid, p_states text[])
returns setof alert_card language plpgsql stable as $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select c.* from alert_card c
    where c.owner_person_id = p_person and c.owner_agency_id = p_agency and (c.raised_at, c.id) < (p_raised_at, p_alert)
      -- What was withheld at delivery was never told.
      and c.state <> 'WITHHELD' and (p_states is null or c.stage = any(p_states))
    order by c.raised_at desc, c.id desc limit p_limit;
end $$;

-- Hands over what waits, as the worker. A colleague who has no alert on the record gets one, which is then delivered as any
-- other; one who has it is told again. Whoever may not see the record, or is not alerted in this agency, gets nothing.
create function hand_over_alerts(p_limit integer)
returns table (alert_id uuid, inbox_id uuid, person_id uuid, agency_id uuid, record_id uuid, record_version integer, handed boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  h record;
  v_version integer;
  v_alert uuid;
  v_inbox uuid;
  v_revision integer;
  v_position bigint;
begin
  for h in
    select o.id, o.alert_id, o.to_person_id, o.why, o.note, a.owner_person_id, a.owner_agency_id, a.record_id, a.record_version, a.match
    from alert_handover o join alert a on a.id = o.alert_id
    where o.done_at is null order by o.made_at, o.id limit p_limit for update of o skip locked
  loop
    select v.version into v_version
    from membership m
    cross join lateral actor_keyrings(array[h.to_person_id], array[h.owner_agency_id]) k
    join record_view v on v.record_id = h.record_id and v.audience && k.keys and (v.rank = 0 or v.released_at <= now())
    where m.person_id = h.to_person_id and m.agency_id = h.owner_agency_id and m.roles && array['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER']
      and m.valid_from <= now() and (m.valid_until is null or m.valid_until > now())
    order by v.rank limit 1;
    update alert_handover o set done_at = now(), handed = v_version is not null where o.id = h.id;
    if v_version is null then
      insert into alert_step (alert_id, number, step, other_person_id)
      select h.alert_id, coalesce(max(s.number), 0) + 1, 'NOT_HANDED_OVER', h.to_person_id from alert_step s where s.alert_id = h.alert_id;
      return query select h.alert_id, null::uuid, h.to_person_id, h.owner_agency_id, h.record_id, h.record_version, false;
      continue;
    end if;
    v_inbox := null;
    insert into alert (owner_person_id, owner_agency_id, record_id, record_version, match, assigned_by)
    values (h.to_person_id, h.owner_agency_id, h.record_id, v_version, h.match, h.owner_person_id)
    on conflict (owner_person_id, owner_agency_id, record_id) do nothing returning id into v_alert;
    if v_alert is null then
      select a.id into v_alert from alert a
      where a.owner_person_id = h.to_person_id and a.owner_agency_id = h.owner_agency_id and a.record_id = h.record_id;
      perform lock_inboxes(array[v_alert]);
      update alert a set revision = a.revision + 1, state = 'DELIVERED', assigned_by = h.owner_person_id, updated_at = now(), record_version = v_version
      where a.id = v_alert and exists (select from delivery d where d.alert_id = a.id and d.channel = 'LIVE')
      returning a.revision into v_revision;
      if found then
        update inbox i set last_position = i.last_position + 1
        where i.person_id = h.to_person_id and i.agency_id = h.owner_agency_id returning i.id, i.last_position into v_inbox, v_position;
        insert into inbox_entry (inbox_id, position, alert_id, revision) values (v_inbox, v_position, v_alert, v_revision);
        update delivery d set state = 'DELIVERED' where d.alert_id = v_alert and d.inbox_id = v_inbox and d.channel = 'LIVE' and d.state <> 'DELIVERED';
        insert into delivery_attempt (delivery_id, number, outcome, revision, record_version)
        select d.id, 1 + (select max(t.number) from delivery_attempt t where t.delivery_id = d.id), 'DELIVERED', v_revision, v_version
        from delivery d where d.alert_id = v_alert and d.inbox_id = v_inbox and d.channel = 'LIVE';
      end if;
    end if;
    insert into alert_step (alert_id, number, step, other_person_id, note)
    select v_alert, coalesce(max(s.number), 0) + 1, 'RECEIVED', h.owner_person_id, h.note from alert_step s where s.alert_id = v_alert;
    return query select v_alert, v_inbox, h.to_person_id, h.owner_agency_id, h.record_id, v_version, true;
  end loop;
end $$;

-- Puts in the way what nobody acknowledged in time, neither its owner nor anybody to whom it went; gives how many steps.
create function escalate_alerts(p_limit integer) returns integer language plpgsql as $$
#variable_conflict use_column
declare
  a record;
  e record;
  v_target text;
  v_steps integer := 0;
  v_told integer;
begin
  for a in
    select x.id, x.record_id, x.owner_person_id, x.owner_agency_id, x.escalated from alert x
    where x.escalate_at <= now() order by x.escalate_at limit p_limit for update skip locked
  loop
    select s.after_minutes, s.targets into e
    from alert_match m join alert_escalation s on s.rule_id = m.rule_id join alert_rule r on r.id = s.rule_id and r.deleted_at is null
    where m.alert_id = a.id order by s.after_minutes, s.rule_id limit 1;
    v_target := e.targets[a.escalated + 1];
    if v_target is null or exists (
      select from alert_handover o join alert y on y.owner_person_id = o.to_person_id and y.owner_agency_id = a.owner_agency_id and y.record_id = a.record_id
      where o.alert_id = a.id and y.state = 'ACKNOWLEDGED')
    then
      update alert x set escalate_at = null where x.id = a.id;
      continue;
    end if;
    with made as (
      insert into alert_handover (alert_id, to_person_id, why)
      select distinct a.id, m.person_id, 'ESCALATED' from membership m
      where m.agency_id = a.owner_agency_id and (m.person_id::text = v_target or v_target = any(m.roles))
        and m.person_id <> a.owner_person_id
        and m.valid_from <= now() and (m.valid_until is null or m.valid_until > now())
      returning to_person_id
    )
    insert into alert_step (alert_id, number, step, other_person_id)
    select a.id, row_number() over (order by m.to_person_id) + coalesce((select max(s.number) from alert_step s where s.alert_id = a.id), 0),
           'ESCALATED', m.to_person_id
    from made m;
    get diagnostics v_told = row_count;
    -- Where there is nobody to tell, the next one is not waited for.
    update alert x set escalated = x.escalated + 1,
      escalate_at = now() + case when v_told > 0 then e.after_minutes else 0 end * interval '1 minute'
    where x.id = a.id;
    v_steps := v_steps + 1;
  end loop;
  return v_steps;
end $$;
