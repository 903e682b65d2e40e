-- The base of release: what a view carries besides, what holds a report, and what COMMUNITY is made of.

-- Text for readers, and the release policy that a view was made by.
alter table record_view
  add column packaging text,
  add column remarks text,
  add column policy_version int not null default 1;

-- HELD: a supervisor must decide (the reasons name places and no text). DRAFT: returned to its submitter, with a note.
alter table seizure_report
  add column hold_until_released boolean not null default false,
  add column hold_reasons jsonb,
  add column sealed_return_note bytea,
  drop constraint seizure_report_change_check,
  add constraint seizure_report_change_check
    check (change in ('SUBMITTED', 'CORRECTED', 'LABORATORY_RESULT', 'RECALLED', 'RELEASED', 'RETURNED'));
alter table seizure_report_version
  add column hold_until_released boolean not null default false,
  add column hold_reasons jsonb,
  add column sealed_return_note bytea,
  drop constraint seizure_report_version_change_check,
  add constraint seizure_report_version_change_check
    check (change in ('SUBMITTED', 'CORRECTED', 'LABORATORY_RESULT', 'RECALLED', 'RELEASED', 'RETURNED'));
grant update (hold_until_released, hold_reasons, sealed_return_note) on seizure_report to concord_api;

-- The time of release of what somebody has yet to release: no clock comes there, so row-level security keeps it in.
create function unreleased() returns timestamptz language sql immutable parallel safe
  return timestamptz '9999-12-31 00:00:00+00';

-- COMMUNITY rows of a record that may come into a batch: at the fixed precision, one a substance. They go with the view
-- for partners, whatever takes it away.
create table community_candidate (
  record_id uuid not null,
  rank smallint not null default 2 check (rank = 2),
  ordinal smallint not null,
  agency_id uuid not null references agency (id),
  state_fips text not null,
  month date not null check (extract(day from month) = 1),
  substance text not null,
  band text not null,
  policy_version int not null,
  synthetic boolean not null,
  primary key (record_id, ordinal),
  foreign key (record_id, rank) references record_view (record_id, rank) on delete cascade
);
alter table community_candidate enable row level security;
alter table community_candidate force row level security;
create policy candidate_of_own_record on community_candidate for insert to concord_api, concord_loader
  with check (agency_id = app_agency()
    and exists (select from seizure_record r where r.id = record_id and r.agency_id = app_agency()));
grant insert on community_candidate to concord_api, concord_loader;

create or replace function submit_seizure_report(p jsonb)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer, content_digest text, released_at timestamp with time zone, release_after timestamp with time zone)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $$
#variable_conflict use_column
declare
  v_person uuid := (p->>'personId')::uuid;
  v_agency uuid := (p->>'agencyId')::uuid;
  v_report uuid := (p->'report'->>'id')::uuid;
  v_record uuid := (p->>'recordId')::uuid;
  v_after timestamptz := (p->'report'->>'release_after')::timestamptz;
  v_by_hand boolean := coalesce((p->'report'->>'hold_until_released')::boolean, false);
  v_hold jsonb := nullif(p->'hold', 'null');
  -- Rounded up to the column's precision: an embargo is never lifted early.
  v_released timestamptz(3) := case when v_hold is not null or v_by_hand then unreleased()
                                    when v_after > now() then date_trunc('milliseconds', v_after + interval '999 microseconds')
                                    else date_trunc('milliseconds', now()) end;
  v_status text := case when v_hold is not null then 'HELD' when v_by_hand or v_after > now() then 'EMBARGOED' else 'RELEASED' end;
  v_synthetic boolean := coalesce((p->>'synthetic')::boolean, false);
begin
  perform enter_actor(v_person, v_agency);
  insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, release_after,
      occurred_from, occurred_to, offset_minutes, content, sealed_narrative, synthetic, submitted_by,
      hold_until_released, hold_reasons)
  select v_report, v_agency, r.submitter_reference, v_status, r.content_digest, r.sharing, r.tlp, v_after,
      r.occurred_from, r.occurred_to, r.offset_minutes, r.content, decode(r.sealed_narrative, 'base64'), v_synthetic, v_person,
      v_by_hand, v_hold
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
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic, packaging, remarks,
      policy_version)
  select v_record, w.precision, w.rank, 1, v_released, access_key_ids(w.audience), w.tlp, w.occurred_from, w.occurred_to,
      w.offset_minutes, w.state_fips, w.county_fips, w.h3, w.latitude, w.longitude, w.setting, w.port_of_entry, w.conveyance,
      w.route, w.people, w.source_reliability, w.source_credibility,
      case when w.contributor_withheld then null else v_agency end, w.contributor_withheld, w.transformations, v_synthetic, w.packaging, w.remarks,
      coalesce(w.policy_version, 1)
  from jsonb_to_recordset(p->'views') as w(precision text, rank smallint, audience text[], tlp text, occurred_from timestamptz,
      occurred_to timestamptz, offset_minutes int, state_fips text, county_fips text, h3 text, latitude double precision,
      longitude double precision, setting text, port_of_entry text, conveyance text, route jsonb, people jsonb,
      source_reliability text, source_credibility smallint, contributor_withheld boolean, transformations jsonb, packaging text,
      remarks text, policy_version int);

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

  insert into community_candidate (record_id, ordinal, agency_id, state_fips, month, substance, band, policy_version, synthetic)
  select v_record, m.ordinal, v_agency, m.state_fips, m.month, m.substance, m.band, m.policy_version, v_synthetic
  from jsonb_to_recordset(coalesce(nullif(p->'community', 'null'), '[]')) as m(ordinal smallint, state_fips text, month date,
      substance text, band text, policy_version int);

  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
  from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);

  -- What somebody has yet to release raises its alerts then.
  if v_released < unreleased() then
    insert into outbox (kind, subject_ids, available_at, raises_alerts)
    values ('record.released', array[v_record], v_released, coalesce((p->>'raisesAlerts')::boolean, true));
  end if;
  return query select 'CREATED', v_report, v_record, v_status, 1, p->'report'->>'content_digest', v_released::timestamptz, v_after;
end $$;

create or replace function amend_seizure_report(p jsonb)
 RETURNS TABLE(outcome text, report_id uuid, record_id uuid, status text, version integer, record_version integer, content_digest text, released_at timestamp with time zone, release_after timestamp with time zone)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $$
#variable_conflict use_column
declare
  v_agency uuid := (p->>'agencyId')::uuid;
  v_after timestamptz := (p->'report'->>'release_after')::timestamptz;
  v_digest text := p->'report'->>'content_digest';
  v_change text := p->>'change';
  v_by_hand boolean := (p->'report'->>'hold_until_released')::boolean;
  v_hold jsonb := nullif(p->'hold', 'null');
  v_seen boolean;
  v_was_seen boolean;
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
  -- The version before says neither, and lets nothing out by it.
  v_by_hand := coalesce(v_by_hand, v_old.hold_until_released);
  if v_by_hand then v_after := null; end if;
  if not p ? 'hold' then v_hold := v_old.hold_reasons; end if;
  -- After the lock: whoever waited for another change judges the embargo by the time at which it acts.
  v_now := clock_timestamp();
  v_status := case when v_old.status = 'EMBARGOED' and v_old.release_after <= v_now then 'RELEASED' else v_old.status end;
  v_outcome := case
    when v_status in ('RECALLED', 'PURGED') then 'RECALLED'
    when v_old.content_digest = v_digest and ((v_old.version = (p->>'version')::int and v_status <> 'DRAFT')
      or (v_old.version = (p->>'version')::int + 1 and v_old.change = v_change)) then 'UNCHANGED'
    when v_old.version <> (p->>'version')::int then 'CONFLICT'
    when v_status = 'RELEASED' and (v_after > v_now or v_by_hand) then 'RELEASED'
    -- So near its end an embargo is not moved: it may be over before this commits, and somebody have seen the record.
    when v_status = 'EMBARGOED' and v_old.release_after <= v_now + interval '10 seconds' 
      and (v_after > v_old.release_after or v_by_hand) then 'RELEASED'
  end;
  if v_outcome is not null then
    return query select v_outcome, v_old.id, v_record.id, v_status, v_old.version,
      (select v.shown_version from record_view v where v.record_id = v_record.id and v.rank = 0),
      v_old.content_digest, v_record.released_at::timestamptz, v_old.release_after;
    return;
  end if;

  v_version := v_old.version + 1;
  v_was_seen := v_record.released_at <= v_now;
  -- A laboratory's answer decides nothing about the release.
  if v_change = 'LABORATORY_RESULT' then v_hold := v_old.hold_reasons; end if;
  if v_status = 'RELEASED' then
    v_after := v_old.release_after;
    v_released := v_record.released_at;
  end if;
  if v_change = 'LABORATORY_RESULT' and v_status = 'DRAFT' then
    v_released := unreleased();
  elsif v_hold is not null then
    v_status := 'HELD';
    v_released := unreleased();
  elsif v_status <> 'RELEASED' then
    v_status := case when v_by_hand or v_after > v_now then 'EMBARGOED' else 'RELEASED' end;
    v_released := case when v_by_hand then unreleased()
                       when v_after > v_now then date_trunc('milliseconds', v_after + interval '999 microseconds')
                       else date_trunc('milliseconds', v_now) end;
  end if;
  v_seen := v_released <= v_now;

  perform keep_report_version(v_old.id);
  update seizure_report r
     set status = v_status, version = v_version, content_digest = v_digest, sharing = n.sharing, tlp = n.tlp,
         release_after = v_after, occurred_from = n.occurred_from, occurred_to = n.occurred_to,
         offset_minutes = n.offset_minutes, content = n.content, sealed_narrative = decode(n.sealed_narrative, 'base64'),
         change = v_change, changed_by = (p->>'personId')::uuid, changed_at = v_now,
         sealed_reason = decode(p->>'sealedReason', 'base64'), hold_until_released = v_by_hand,
         hold_reasons = v_hold, sealed_return_note = case when v_status = 'DRAFT' then v_old.sealed_return_note end
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
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic, packaging, remarks,
      policy_version)
  select v_record.id, w.precision, w.rank, v_version, v_change, v_released, access_key_ids(w.audience), w.tlp, w.occurred_from,
      w.occurred_to, w.offset_minutes, w.state_fips, w.county_fips, w.h3, w.latitude, w.longitude, w.setting, w.port_of_entry,
      w.conveyance, w.route, w.people, w.source_reliability, w.source_credibility,
      case when w.contributor_withheld then null else v_agency end, w.contributor_withheld, w.transformations, v_old.synthetic,
      w.packaging, w.remarks, coalesce(w.policy_version, 1)
  from jsonb_to_recordset(p->'views') as w(precision text, rank smallint, audience text[], tlp text, occurred_from timestamptz,
      occurred_to timestamptz, offset_minutes int, state_fips text, county_fips text, h3 text, latitude double precision,
      longitude double precision, setting text, port_of_entry text, conveyance text, route jsonb, people jsonb,
      source_reliability text, source_credibility smallint, contributor_withheld boolean, transformations jsonb, packaging text,
      remarks text, policy_version int);
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

  insert into community_candidate (record_id, ordinal, agency_id, state_fips, month, substance, band, policy_version, synthetic)
  select v_record.id, m.ordinal, v_agency, m.state_fips, m.month, m.substance, m.band, m.policy_version, v_old.synthetic
  from jsonb_to_recordset(coalesce(nullif(p->'community', 'null'), '[]')) as m(ordinal smallint, state_fips text, month date,
      substance text, band text, policy_version int);

  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
  from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);
  -- Nobody is told of what nobody saw and nobody may see yet; who saw what is out of sight now is told at once.
  -- Of an embargo so near its end somebody may have been told before this commits.
  if v_was_seen or v_released < unreleased()
     or v_old.status = 'EMBARGOED' and v_old.release_after <= v_now + interval '10 seconds' then
    insert into outbox (kind, subject_ids, available_at)
    values ('record.amended', array[v_record.id], case when v_seen or v_released < unreleased() and not v_was_seen
                                                               then greatest(v_released, v_now) else v_now end);
  end if;
  return query select 'AMENDED', v_old.id, v_record.id, v_status, v_version,
    (select v.shown_version from record_view v where v.record_id = v_record.id and v.rank = 0),
    v_digest, v_released::timestamptz, v_after;
end $$;

create or replace function keep_report_version(p_report uuid)
 RETURNS void
 LANGUAGE sql
AS $$
  insert into seizure_report_version (report_id, agency_id, version, change, changed_by, changed_at, sealed_reason, status,
      content_digest, sharing, tlp, release_after, occurred_from, occurred_to, offset_minutes, content, sealed_narrative,
      basis, identifiers, hold_until_released, hold_reasons, sealed_return_note)
  select r.id, r.agency_id, r.version, r.change, coalesce(r.changed_by, r.submitted_by), coalesce(r.changed_at, r.submitted_at),
      r.sealed_reason, seizure_report_status(r.status, r.release_after), r.content_digest, r.sharing, r.tlp, r.release_after,
      r.occurred_from, r.occurred_to, r.offset_minutes, r.content, r.sealed_narrative,
      (select jsonb_build_object('activity', b.activity, 'sealed', encode(b.sealed, 'base64'), 'review_by', b.review_by)
         from report_basis b where b.report_id = r.id),
      coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'sensitivity', i.sensitivity,
           'sealed', encode(i.sealed, 'base64')) order by i.id) from sealed_identifier i where i.report_id = r.id), '[]'),
      r.hold_until_released, r.hold_reasons, r.sealed_return_note
  from seizure_report r where r.id = p_report
$$;

create or replace function record_view_content(p_record uuid, p_rank smallint)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $$
  select to_jsonb(v) - array['version', 'shown_version', 'change', 'released_at', 'audience', 'policy_version']
      || jsonb_build_object(
           'substances', (select jsonb_agg(to_jsonb(s) order by s.ordinal) from record_view_substance s
                           where s.record_id = v.record_id and s.rank = v.rank),
           'concealment', (select jsonb_agg(c.concealment order by c.concealment) from record_view_concealment c
                            where c.record_id = v.record_id and c.rank = v.rank))
  from record_view v where v.record_id = p_record and v.rank = p_rank
$$;

create or replace function begin_report_load(p_person uuid, p_agency uuid, p_keys text[])
 RETURNS integer[]
 LANGUAGE plpgsql
AS $$
begin
  perform enter_actor(p_person, p_agency);
  -- A connection of the version before has these tables as they were.
  if to_regclass('pg_temp.staged_community') is null then
    drop table if exists pg_temp.staged_report, pg_temp.staged_basis, pg_temp.staged_identifier, pg_temp.staged_view,
      pg_temp.staged_substance, pg_temp.staged_concealment;
    create temporary table staged_report (
      id uuid not null, record_id uuid not null, submitter_reference text not null, content_digest text not null,
      sharing text not null, tlp text not null, release_after timestamptz, occurred_from timestamptz not null,
      occurred_to timestamptz not null, offset_minutes int not null, content jsonb not null, sealed_narrative bytea,
      hold_until_released boolean not null default false, hold_reasons jsonb,
      audit_id uuid not null, audit_at timestamptz not null, audit_action text not null, audit_outcome text not null,
      audit_canonical text not null
    ) on commit delete rows;
    create temporary table staged_basis (report_id uuid not null, activity text not null, sealed bytea not null) on commit delete rows;
    create temporary table staged_identifier (
      id uuid not null, report_id uuid not null, kind text not null, sensitivity text not null, sealed bytea not null
    ) on commit delete rows;
    create temporary table staged_view (
      record_id uuid not null, release_after timestamptz, audience int4[] not null, precision text not null, rank smallint not null,
      tlp text not null, occurred_from timestamptz not null, occurred_to timestamptz not null, offset_minutes int not null,
      state_fips text not null, county_fips text, h3 text, latitude double precision, longitude double precision, setting text,
      port_of_entry text, conveyance text, route jsonb, people jsonb not null, source_reliability text,
      source_credibility smallint, contributor_withheld boolean not null, transformations jsonb not null,
      packaging text, remarks text, policy_version int not null default 1, unreleased boolean not null default false
    ) on commit delete rows;
    create temporary table staged_substance (
      record_id uuid not null, rank smallint not null, ordinal smallint not null, dea_code text, name text not null,
      category text not null, form text, laboratory_status text, unit text, amount double precision, min_milligrams int8,
      max_milligrams int8, min_units int8, max_units int8, estimated boolean not null, purity_min double precision,
      purity_max double precision, signature text, adulterants jsonb
    ) on commit delete rows;
    create temporary table staged_concealment (record_id uuid not null, rank smallint not null, concealment text not null) on commit delete rows;
    create temporary table staged_community (
      record_id uuid not null, ordinal smallint not null, state_fips text not null, month date not null, substance text not null,
      band text not null, policy_version int not null
    ) on commit delete rows;
  end if;
  insert into access_key (key)
  select k from (select distinct k from unnest(p_keys) k) n where not exists (select from access_key a where a.key = n.k)
  order by k on conflict (key) do nothing;
  return (select coalesce(array_agg(a.id order by u.n), '{}') from unnest(p_keys) with ordinality u(key, n) join access_key a on a.key = u.key);
end $$;

create or replace function load_staged_reports(p_person uuid, p_agency uuid, p_synthetic boolean)
 RETURNS TABLE(submitter_reference text, report_id uuid, record_id uuid, status text, version integer, content_digest text, released_at timestamp with time zone, release_after timestamp with time zone)
 LANGUAGE plpgsql
AS $$
#variable_conflict use_column
declare
  v_staged int;
  v_written int;
  v_from bigint;
  v_to bigint;
begin
  perform enter_actor(p_person, p_agency);
  select count(*) into v_staged from pg_temp.staged_report;
  -- In the order of the references: two loads of the same reports wait for each other and never in a circle.
  with written as (
    insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, release_after,
        occurred_from, occurred_to, offset_minutes, content, sealed_narrative, synthetic, submitted_by,
        hold_until_released, hold_reasons)
    select s.id, p_agency, s.submitter_reference, case when s.hold_reasons is not null then 'HELD'
        when s.hold_until_released or s.release_after > now() then 'EMBARGOED' else 'RELEASED' end,
        s.content_digest, s.sharing, s.tlp, s.release_after, s.occurred_from, s.occurred_to, s.offset_minutes, s.content,
        s.sealed_narrative, p_synthetic, p_person, s.hold_until_released, s.hold_reasons
    from pg_temp.staged_report s order by s.submitter_reference
    on conflict (agency_id, submitter_reference) do nothing
    returning id)
  select count(*) into v_written from written;
  if v_written < v_staged then
    return query
      select e.submitter_reference, e.id, q.id, seizure_report_status(e.status, e.release_after), e.version, e.content_digest,
          q.released_at::timestamptz, e.release_after
      from pg_temp.staged_report s
      join seizure_report e on e.agency_id = p_agency and e.submitter_reference = s.submitter_reference and e.id <> s.id
      join seizure_record q on q.report_id = e.id;
    delete from pg_temp.staged_report s where not exists (select from seizure_report r where r.id = s.id);
    delete from pg_temp.staged_basis b where not exists (select from pg_temp.staged_report s where s.id = b.report_id);
    delete from pg_temp.staged_identifier i where not exists (select from pg_temp.staged_report s where s.id = i.report_id);
    delete from pg_temp.staged_view v where not exists (select from pg_temp.staged_report s where s.record_id = v.record_id);
    delete from pg_temp.staged_substance v where not exists (select from pg_temp.staged_report s where s.record_id = v.record_id);
    delete from pg_temp.staged_concealment v where not exists (select from pg_temp.staged_report s where s.record_id = v.record_id);
    delete from pg_temp.staged_community v where not exists (select from pg_temp.staged_report s where s.record_id = v.record_id);
  end if;
  if v_written = 0 then return; end if;

  insert into report_basis (report_id, agency_id, activity, sealed, review_by)
  select b.report_id, p_agency, b.activity, b.sealed, (now() + interval '5 years')::date from pg_temp.staged_basis b;
  insert into sealed_identifier (id, report_id, agency_id, kind, sensitivity, sealed)
  select i.id, i.report_id, p_agency, i.kind, i.sensitivity, i.sealed from pg_temp.staged_identifier i;

  with written as (
    insert into seizure_record (id, report_id, agency_id, released_at, synthetic)
    select s.record_id, s.id, p_agency,
        case when s.hold_reasons is not null or s.hold_until_released then unreleased() else release_moment(s.release_after) end,
        p_synthetic from pg_temp.staged_report s
    returning sequence)
  select min(w.sequence), max(w.sequence) into v_from, v_to from written w;

  insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to,
      offset_minutes, state_fips, county_fips, h3, latitude, longitude, setting, port_of_entry, conveyance, route, people,
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic, packaging, remarks,
      policy_version)
  select w.record_id, w.precision, w.rank, 1,
      case when w.unreleased then unreleased() else release_moment(w.release_after) end, w.audience, w.tlp, w.occurred_from, w.occurred_to,
      w.offset_minutes, w.state_fips, w.county_fips, w.h3, w.latitude, w.longitude, w.setting, w.port_of_entry, w.conveyance,
      w.route, w.people, w.source_reliability, w.source_credibility,
      case when w.contributor_withheld then null else p_agency end, w.contributor_withheld, w.transformations, p_synthetic,
      w.packaging, w.remarks, w.policy_version
  from pg_temp.staged_view w;

  insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, laboratory_status, unit, amount,
      min_milligrams, max_milligrams, min_units, max_units, estimated, purity_min, purity_max, signature, adulterants)
  select s.record_id, s.rank, s.ordinal, s.dea_code, s.name, s.category, s.form, s.laboratory_status, s.unit, s.amount,
      s.min_milligrams, s.max_milligrams, s.min_units, s.max_units, s.estimated, s.purity_min, s.purity_max, s.signature, s.adulterants
  from pg_temp.staged_substance s;

  insert into record_view_concealment (record_id, rank, concealment)
  select c.record_id, c.rank, c.concealment from pg_temp.staged_concealment c;

  insert into community_candidate (record_id, ordinal, agency_id, state_fips, month, substance, band, policy_version, synthetic)
  select m.record_id, m.ordinal, p_agency, m.state_fips, m.month, m.substance, m.band, m.policy_version, p_synthetic
  from pg_temp.staged_community m;

  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select s.audit_id, s.audit_at, p_person, p_agency, s.audit_action, s.audit_outcome, s.audit_canonical
  from pg_temp.staged_report s;

  insert into outbox (kind, range_from, range_to, raises_alerts) values ('record.released', v_from, v_to, false);
end $$;

-- What readers get, with the new columns. The functions before stay for the version before (docs/upgrade.md).
create view seizure_record_card with (security_invoker=true) as
 SELECT v.record_id,
    v."precision",
    v.rank,
    v.shown_version AS version,
    v.released_at,
    v.tlp,
    v.occurred_from,
    v.occurred_to,
    v.offset_minutes,
    v.state_fips,
    v.county_fips,
    v.h3,
    v.latitude,
    v.longitude,
    v.setting,
    v.port_of_entry,
    v.conveyance,
    v.route,
    v.people,
    v.source_reliability,
    v.source_credibility,
    v.contributor_withheld,
    v.transformations,
    v.synthetic,
    a.name AS contributor_name,
    a.level AS contributor_level,
    a.ori AS contributor_ori,
    a.contact_phone AS contributor_phone,
    ( SELECT array_agg(c.concealment ORDER BY c.concealment) AS array_agg
           FROM record_view_concealment c
          WHERE c.record_id = v.record_id AND c.rank = v.rank) AS concealment,
    ( SELECT json_agg(json_build_object('deaCode', s.dea_code, 'name', s.name, 'category', s.category, 'form', s.form, 'laboratoryStatus', s.laboratory_status, 'unit', s.unit, 'amount', s.amount, 'minMilligrams', s.min_milligrams::text, 'maxMilligrams', s.max_milligrams::text, 'minUnits', s.min_units::text, 'maxUnits', s.max_units::text, 'estimated', s.estimated, 'purityMin', s.purity_min, 'purityMax', s.purity_max, 'signature', s.signature, 'adulterants', s.adulterants) ORDER BY s.ordinal) AS json_agg
           FROM record_view_substance s
          WHERE s.record_id = v.record_id AND s.rank = v.rank) AS substances,
    v.packaging,
    v.remarks,
    v.policy_version
   FROM record_view v
     LEFT JOIN agency a ON a.id = v.contributor_id;
grant select on seizure_record_card to concord_api;

create function seizure_record_page(p_person uuid, p_agency uuid, p_limit integer, p_sort_at timestamp with time zone, p_record uuid, p_substances text[])
 RETURNS SETOF seizure_record_card
 LANGUAGE plpgsql
 STABLE
AS $$
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
      select c.* from page join seizure_record_card c on c.record_id = page.record_id and c.rank = page.rank
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
      select c.* from page join seizure_record_card c on c.record_id = page.record_id and c.rank = page.rank
      order by page.sort_at desc, page.record_id desc;
  end if;
end $$;

create function seizure_record_search(p_person uuid, p_agency uuid, p_limit integer, p_sort_at timestamp with time zone, p_record uuid, p_substances text[], p_condition text, p_values text[])
 RETURNS TABLE(card seizure_record_card, certain boolean)
 LANGUAGE plpgsql
 STABLE
 SET enable_hashagg TO 'off'
 SET enable_sort TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET max_parallel_workers_per_gather TO '0'
AS $$
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
    join seizure_record_card c on c.record_id = m.record_id and c.rank = m.rank
    order by m.sort_at desc, m.record_id desc $q$, merged_lists(v_ring, p_substances), p_condition)
    using p_sort_at, p_record, p_limit, null::text, null::text, null::text, p_values;
end $$;

create function seizure_records_by_id(p_person uuid, p_agency uuid, p_ids uuid[])
 RETURNS SETOF seizure_record_card
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select c.* from unnest(p_ids) i(id)
    cross join lateral (select * from seizure_record_card x where x.record_id = i.id order by x.rank limit 1) c;
end $$;
