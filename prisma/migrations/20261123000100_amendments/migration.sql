-- Corrections, laboratory results and recalls: a report has versions, its record's views follow, and whoever was told
-- of the record is told again.

-- ---------------------------------------------------------------------------------------------------------------
-- Reports: the current version stays in seizure_report, the ones before it move here, whole
-- ---------------------------------------------------------------------------------------------------------------
alter table seizure_report
  add column change text not null default 'SUBMITTED'
    check (change in ('SUBMITTED', 'CORRECTED', 'LABORATORY_RESULT', 'RECALLED')),
  -- Absent for the first version: who submitted it, and when, says the same.
  add column changed_by uuid references person,
  add column changed_at timestamptz,
  -- Why, in the words of whoever changed it: free text, so sealed.
  add column sealed_reason bytea;

create table seizure_report_version (
  report_id uuid not null,
  agency_id uuid not null references agency,
  version int not null,
  change text not null check (change in ('SUBMITTED', 'CORRECTED', 'LABORATORY_RESULT', 'RECALLED')),
  changed_by uuid not null references person,
  changed_at timestamptz not null,
  sealed_reason bytea,
  status text not null check (status in ('DRAFT', 'HELD', 'EMBARGOED', 'RELEASED', 'RECALLED', 'PURGED')),
  content_digest text not null,
  sharing text not null check (sharing in ('AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS')),
  tlp text not null check (tlp in ('CLEAR', 'GREEN', 'AMBER', 'AMBER_STRICT', 'RED')),
  release_after timestamptz,
  occurred_from timestamptz not null,
  occurred_to timestamptz not null,
  offset_minutes int not null,
  content jsonb not null,
  sealed_narrative bytea,
  -- What report_basis and sealed_identifier held, sealed as it was: activity, sealed, review_by; kind, sensitivity, sealed.
  basis jsonb,
  identifiers jsonb not null default '[]',
  primary key (report_id, version),
  foreign key (report_id, agency_id) references seizure_report (id, agency_id) on delete cascade
);

alter table seizure_report_version enable row level security;
alter table seizure_report_version force row level security;
grant select, insert on seizure_report_version to concord_api;
create policy version_of_own_agency on seizure_report_version to concord_api
  using (agency_id = app_agency()) with check (agency_id = app_agency());

-- Whoever of the agency corrects need not have submitted.
drop policy report_of_own_agency on seizure_report;
create policy report_of_own_agency on seizure_report for select to concord_api using (agency_id = app_agency());
create policy report_submitted on seizure_report for insert to concord_api
  with check (agency_id = app_agency() and submitted_by = app_person());
create policy report_changed on seizure_report for update to concord_api
  using (agency_id = app_agency()) with check (agency_id = app_agency() and changed_by = app_person());
grant update (status, version, content_digest, sharing, tlp, release_after, occurred_from, occurred_to, offset_minutes,
  content, sealed_narrative, change, changed_by, changed_at, sealed_reason) on seizure_report to concord_api;
grant update (version, released_at) on seizure_record to concord_api;
-- A correction replaces basis and identifiers; what was there stays in the version before.
grant delete on report_basis to concord_api;

-- ---------------------------------------------------------------------------------------------------------------
-- Views: each keeps the version in which it last changed, so that who sees coarsely is not told of what is finer
-- ---------------------------------------------------------------------------------------------------------------
alter table record_view
  add column change text not null default 'RELEASED' check (change in ('RELEASED', 'CORRECTED', 'LABORATORY_RESULT')),
  -- What its readers are shown as the version: how often this view changed, and nothing of the finer ones. `version` is
  -- the report's, for whoever must compare views of different precision.
  add column shown_version int not null default 1;

create or replace view record_card with (security_invoker = true) as
select v.record_id, v.precision, v.rank, v.shown_version as version, v.released_at, v.tlp, v.occurred_from, v.occurred_to,
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

grant select on seizure_record, record_view_concealment to concord_lists;
grant update (version, change, shown_version), delete on record_view to concord_lists;
create policy record_listed on seizure_record for select to concord_lists using (true);
create policy concealment_listed on record_view_concealment for select to concord_lists using (true);
create policy view_withdrawn on record_view for delete to concord_lists using (true);
create policy view_kept on record_view for update to concord_lists using (true) with check (true);

-- What a reader of one precision sees: everything but when, to whom and in which version it was released.
create function record_view_content(p_record uuid, p_rank smallint) returns jsonb language sql stable as $$
  select to_jsonb(v) - array['version', 'shown_version', 'change', 'released_at', 'audience']
      || jsonb_build_object(
           'substances', (select jsonb_agg(to_jsonb(s) order by s.ordinal) from record_view_substance s
                           where s.record_id = v.record_id and s.rank = v.rank),
           'concealment', (select jsonb_agg(c.concealment order by c.concealment) from record_view_concealment c
                            where c.record_id = v.record_id and c.rank = v.rank))
  from record_view v where v.record_id = p_record and v.rank = p_rank
$$;

-- Takes every view of one's own record out of sight, with its lists, and answers with what they held, by rank. Runs as
-- the keeper of the lists: the owner's keyring opens no partner's view, so row-level security would hide them from it.
create function withdraw_record_views(p_record uuid) returns jsonb language plpgsql security definer
set search_path = public, pg_temp as $$
declare v_held jsonb;
begin
  if not exists (select from seizure_record r where r.id = p_record and r.agency_id = app_agency()) then
    raise exception 'not a record of this agency' using errcode = 'insufficient_privilege';
  end if;
  select coalesce(jsonb_object_agg(v.rank, jsonb_build_object(
           'version', v.version, 'shown', v.shown_version, 'change', v.change, 'content', record_view_content(v.record_id, v.rank))), '{}')
    into v_held from record_view v where v.record_id = p_record;
  delete from record_view v where v.record_id = p_record;
  return v_held;
end $$;

-- Gives a view that holds what it held before its version back, and counts one on for the others.
create function keep_unchanged_views(p_record uuid, p_held jsonb) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if not exists (select from seizure_record r where r.id = p_record and r.agency_id = app_agency()) then
    raise exception 'not a record of this agency' using errcode = 'insufficient_privilege';
  end if;
  update record_view v
     set version = case when n.same then (p_held->v.rank::text->>'version')::int else v.version end,
         change = case when n.same then p_held->v.rank::text->>'change' else v.change end,
         shown_version = coalesce((p_held->v.rank::text->>'shown')::int, 0) + case when n.same then 0 else 1 end
    from (select x.rank, (p_held->x.rank::text->'content' = record_view_content(x.record_id, x.rank)) is true as same
            from record_view x where x.record_id = p_record) n
   where v.record_id = p_record and v.rank = n.rank;
end $$;

grant create on schema public to concord_lists;
alter function withdraw_record_views(uuid) owner to concord_lists;
alter function keep_unchanged_views(uuid, jsonb) owner to concord_lists;
revoke create on schema public from concord_lists;

-- The version that is about to be replaced, whole, into the history.
create function keep_report_version(p_report uuid) returns void language sql as $$
  insert into seizure_report_version (report_id, agency_id, version, change, changed_by, changed_at, sealed_reason, status,
      content_digest, sharing, tlp, release_after, occurred_from, occurred_to, offset_minutes, content, sealed_narrative,
      basis, identifiers)
  select r.id, r.agency_id, r.version, r.change, coalesce(r.changed_by, r.submitted_by), coalesce(r.changed_at, r.submitted_at),
      r.sealed_reason, seizure_report_status(r.status, r.release_after), r.content_digest, r.sharing, r.tlp, r.release_after,
      r.occurred_from, r.occurred_to, r.offset_minutes, r.content, r.sealed_narrative,
      (select jsonb_build_object('activity', b.activity, 'sealed', encode(b.sealed, 'base64'), 'review_by', b.review_by)
         from report_basis b where b.report_id = r.id),
      coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'sensitivity', i.sensitivity,
           'sealed', encode(i.sealed, 'base64')) order by i.id) from sealed_identifier i where i.report_id = r.id), '[]')
  from seizure_report r where r.id = p_report
$$;

-- Nothing that was submitted is overwritten: a report changes only into its next version, and the one before is kept.
create function report_version_is_kept() returns trigger language plpgsql as $$
begin
  if new.version <> old.version + 1
     or not exists (select from seizure_report_version v where v.report_id = old.id and v.version = old.version) then
    raise exception 'a report changes into its next version, and keeps the one before' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger report_version_is_kept before update on seizure_report for each row execute function report_version_is_kept();

-- ---------------------------------------------------------------------------------------------------------------
-- T1 of a change: the report's next version, its views, audit entry and outbox row, all or none
-- ---------------------------------------------------------------------------------------------------------------
-- Outcomes: AMENDED; UNCHANGED (sent again, or nothing is different: nothing is written); ABSENT; CONFLICT (the report
-- is at another version); RECALLED; RELEASED (an embargo on what has been seen).
create function amend_seizure_report(p jsonb)
returns table (outcome text, report_id uuid, record_id uuid, status text, version int, record_version int,
               content_digest text, released_at timestamptz, release_after timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  v_agency uuid := (p->>'agencyId')::uuid;
  v_after timestamptz := (p->'report'->>'release_after')::timestamptz;
  v_digest text := p->'report'->>'content_digest';
  v_change text := p->>'change';
  v_old seizure_report;
  v_record seizure_record;
  v_now timestamptz;
  v_version int;
  v_status text;
  v_released timestamptz(3);
  v_review date;
  v_held jsonb;
  v_outcome text;
begin
  perform enter_actor((p->>'personId')::uuid, v_agency);
  select * into v_old from seizure_report r where r.id = (p->'report'->>'id')::uuid and r.agency_id = v_agency for update;
  if not found then
    return query select 'ABSENT', null::uuid, null::uuid, null::text, null::int, null::int, null::text, null::timestamptz, null::timestamptz;
    return;
  end if;
  select * into v_record from seizure_record q where q.report_id = v_old.id;
  -- After the lock: whoever waited for another change judges the embargo by the time at which it acts.
  v_now := clock_timestamp();
  v_status := case when v_old.status = 'EMBARGOED' and v_old.release_after <= v_now then 'RELEASED' else v_old.status end;
  v_outcome := case
    when v_status in ('RECALLED', 'PURGED') then 'RECALLED'
    when v_old.content_digest = v_digest and (v_old.version = (p->>'version')::int
      or (v_old.version = (p->>'version')::int + 1 and v_old.change = v_change)) then 'UNCHANGED'
    when v_old.version <> (p->>'version')::int then 'CONFLICT'
    when v_status = 'RELEASED' and v_after > v_now then 'RELEASED'
    -- So near its end an embargo is not moved: it may be over before this commits, and somebody have seen the record.
    when v_status = 'EMBARGOED' and v_old.release_after <= v_now + interval '10 seconds' and v_after > v_old.release_after then 'RELEASED'
  end;
  if v_outcome is not null then
    return query select v_outcome, v_old.id, v_record.id, v_status, v_old.version,
      (select v.shown_version from record_view v where v.record_id = v_record.id and v.rank = 0),
      v_old.content_digest, v_record.released_at::timestamptz, v_old.release_after;
    return;
  end if;

  v_version := v_old.version + 1;
  if v_status = 'RELEASED' then
    v_after := v_old.release_after;
    v_released := v_record.released_at;
  else
    v_status := case when v_after > v_now then 'EMBARGOED' else 'RELEASED' end;
    v_released := case when v_after > v_now then date_trunc('milliseconds', v_after + interval '999 microseconds')
                       else date_trunc('milliseconds', v_now) end;
  end if;

  perform keep_report_version(v_old.id);
  update seizure_report r
     set status = v_status, version = v_version, content_digest = v_digest, sharing = n.sharing, tlp = n.tlp,
         release_after = v_after, occurred_from = n.occurred_from, occurred_to = n.occurred_to,
         offset_minutes = n.offset_minutes, content = n.content, sealed_narrative = decode(n.sealed_narrative, 'base64'),
         change = v_change, changed_by = (p->>'personId')::uuid, changed_at = v_now,
         sealed_reason = decode(p->>'sealedReason', 'base64')
    from jsonb_to_record(p->'report') as n(sharing text, tlp text, occurred_from timestamptz, occurred_to timestamptz,
         offset_minutes int, content jsonb, sealed_narrative text)
   where r.id = v_old.id;

  -- The review date is of the first basis: a change extends no retention (28 CFR 23.20(h)).
  select least(min((h.basis->>'review_by')::date), (v_now + interval '5 years')::date) into v_review
    from seizure_report_version h where h.report_id = v_old.id;
  delete from report_basis b where b.report_id = v_old.id;
  if p->'basis' is not null and p->'basis' <> 'null' then
    insert into report_basis (report_id, agency_id, activity, sealed, review_by)
    values (v_old.id, v_agency, p->'basis'->>'activity', decode(p->'basis'->>'sealed', 'base64'), v_review);
    insert into sealed_identifier (id, report_id, agency_id, kind, sensitivity, sealed)
    select i.id, v_old.id, v_agency, i.kind, i.sensitivity, decode(i.sealed, 'base64')
    from jsonb_to_recordset(p->'identifiers') as i(id uuid, kind text, sensitivity text, sealed text);
  end if;

  v_held := withdraw_record_views(v_record.id);
  update seizure_record q set version = v_version, released_at = v_released where q.id = v_record.id;
  insert into record_view (record_id, precision, rank, version, change, released_at, audience, tlp, occurred_from, occurred_to,
      offset_minutes, state_fips, county_fips, h3, latitude, longitude, setting, port_of_entry, conveyance, route, people,
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic)
  select v_record.id, w.precision, w.rank, v_version, v_change, v_released, access_key_ids(w.audience), w.tlp, w.occurred_from,
      w.occurred_to, w.offset_minutes, w.state_fips, w.county_fips, w.h3, w.latitude, w.longitude, w.setting, w.port_of_entry,
      w.conveyance, w.route, w.people, w.source_reliability, w.source_credibility,
      case when w.contributor_withheld then null else v_agency end, w.contributor_withheld, w.transformations, v_old.synthetic
  from jsonb_to_recordset(p->'views') as w(precision text, rank smallint, audience text[], tlp text, occurred_from timestamptz,
      occurred_to timestamptz, offset_minutes int, state_fips text, county_fips text, h3 text, latitude double precision,
      longitude double precision, setting text, port_of_entry text, conveyance text, route jsonb, people jsonb,
      source_reliability text, source_credibility smallint, contributor_withheld boolean, transformations jsonb);
  insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, laboratory_status, unit, amount,
      min_milligrams, max_milligrams, min_units, max_units, estimated, purity_min, purity_max, signature, adulterants)
  select v_record.id, s.rank, s.ordinal, s.dea_code, s.name, s.category, s.form, s.laboratory_status, s.unit, s.amount,
      s.min_milligrams, s.max_milligrams, s.min_units, s.max_units, s.estimated, s.purity_min, s.purity_max, s.signature, s.adulterants
  from jsonb_to_recordset(p->'substances') as s(rank smallint, ordinal smallint, dea_code text, name text, category text,
      form text, laboratory_status text, unit text, amount double precision, min_milligrams int8, max_milligrams int8,
      min_units int8, max_units int8, estimated boolean, purity_min double precision, purity_max double precision,
      signature text, adulterants jsonb);
  insert into record_view_concealment (record_id, rank, concealment)
  select v_record.id, c.rank, c.concealment from jsonb_to_recordset(p->'concealment') as c(rank smallint, concealment text);
  perform keep_unchanged_views(v_record.id, v_held);

  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
  from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);
  insert into outbox (kind, subject_ids, available_at) values ('record.amended', array[v_record.id], greatest(v_released, v_now));
  return query select 'AMENDED', v_old.id, v_record.id, v_status, v_version,
    (select v.shown_version from record_view v where v.record_id = v_record.id and v.rank = 0),
    v_digest, v_released::timestamptz, v_after;
end $$;

-- The record goes out of everybody's sight when this commits; who had it is told through the outbox. Outcomes: DONE;
-- UNCHANGED (it had been recalled); ABSENT; CONFLICT.
create function recall_seizure_report(p jsonb)
returns table (outcome text, report_id uuid, record_id uuid, status text, version int) language plpgsql as $$
#variable_conflict use_column
declare
  v_agency uuid := (p->>'agencyId')::uuid;
  v_old seizure_report;
  v_record uuid;
begin
  perform enter_actor((p->>'personId')::uuid, v_agency);
  select * into v_old from seizure_report r where r.id = (p->>'reportId')::uuid and r.agency_id = v_agency for update;
  if not found then
    return query select 'ABSENT', null::uuid, null::uuid, null::text, null::int;
    return;
  end if;
  select q.id into v_record from seizure_record q where q.report_id = v_old.id;
  if v_old.status in ('RECALLED', 'PURGED') then
    return query select 'UNCHANGED', v_old.id, v_record, v_old.status, v_old.version;
    return;
  end if;
  if v_old.version <> (p->>'version')::int then
    return query select 'CONFLICT', v_old.id, v_record, seizure_report_status(v_old.status, v_old.release_after), v_old.version;
    return;
  end if;
  perform keep_report_version(v_old.id);
  update seizure_report r
     set status = 'RECALLED', version = v_old.version + 1, change = 'RECALLED', changed_by = (p->>'personId')::uuid,
         changed_at = clock_timestamp(), sealed_reason = decode(p->>'sealedReason', 'base64')
   where r.id = v_old.id;
  perform withdraw_record_views(v_record);
  update seizure_record q set version = v_old.version + 1 where q.id = v_record;
  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
  from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);
  insert into outbox (kind, subject_ids) values ('record.recalled', array[v_record]);
  return query select 'DONE', v_old.id, v_record, 'RECALLED', v_old.version + 1;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- Outbox, alerts and inboxes: what was told is told again
-- ---------------------------------------------------------------------------------------------------------------
alter table outbox drop constraint outbox_kind_check,
  add constraint outbox_kind_check check (kind in ('record.released', 'record.amended', 'record.recalled', 'alert.raised'));
drop policy outbox_written on outbox;
create policy outbox_written on outbox for insert to concord_api
  with check (kind in ('record.released', 'record.amended', 'record.recalled') and subject_ids is not null
  and not exists (select from unnest(subject_ids) s(id)
    where not exists (select from seizure_record r where r.id = s.id and r.agency_id = app_agency())));

-- What the latest revision of an alert is about.
alter table alert add column change text not null default 'RAISED'
  check (change in ('RAISED', 'CORRECTED', 'LABORATORY_RESULT', 'RECALLED'));
create index alert_by_record on alert (record_id);

-- Which revision, of which version, was sent when: the dissemination ledger.
alter table delivery_attempt add column revision int not null default 1, add column record_version int;
-- delivery.record_version stays that of the first; later attempts have their own.
grant update (state) on delivery to concord_worker;

-- The rules that met the record when one last did: a correction may have taken it out of the reach of others.
create or replace view alert_card with (security_invoker = true) as
select a.id, a.record_id, a.record_version, a.revision, a.match, a.state, a.raised_at, a.updated_at,
       a.owner_person_id, a.owner_agency_id,
       (select json_agg(json_build_object('id', r.id, 'name', r.name) order by r.created_at, r.id)
          from alert_match m join alert_rule r on r.id = m.rule_id
         where m.alert_id = a.id and m.version = (select max(x.version) from alert_match x where x.alert_id = a.id)) as rules,
       a.change
from alert a;

-- T3 again, with the version that the recipient sees at that moment in alert, delivery and attempt: a correction may have
-- come between the alert and its delivery.
create or replace function deliver_alerts(p_alerts uuid[])
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

-- T4, second statement (lock_inboxes is the first): every alert about these records whose owner was told of an older
-- version, or of one that it may no longer see, gets a further revision and a further inbox entry. What an owner sees is
-- asked of its keyring in this statement. A view that says what it said before is no news. An alert that was withheld
-- when it was raised is told now if a rule of its owner meets what its owner may see now.
create function revise_alerts(p_records uuid[], p_matches jsonb)
returns table (alert_id uuid, inbox_id uuid, person_id uuid, agency_id uuid, record_id uuid, record_version int, change text)
language plpgsql as $$
#variable_conflict use_column
begin
  return query
    with due as (
      select a.id, a.owner_person_id as person, a.owner_agency_id as agency, a.record_id, a.record_version, a.change, a.revision
      from alert a where a.record_id = any(p_records)
    ),
    ring as (
      select o.person, o.agency, actor_keyring(o.person, o.agency) as keys from (select distinct person, agency from due) o
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
