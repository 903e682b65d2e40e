-- What 0.5 left thin: a policy is applied faster and fills in what records of before 0.5 lack, a submission asks for its
-- context once, and a bulk load tells no longer by its clock which records came together.

-- ---------------------------------------------------------------------------------------------------------------
-- 1. Applying a release policy
-- ---------------------------------------------------------------------------------------------------------------
-- Records of before 0.5 have no handle and no candidate until their next version: whoever applies a policy fills them in.
create policy candidate_filled on community_candidate for insert to concord_releases with check (true);
create policy candidate_known on community_candidate for select to concord_releases using (true);
create policy handle_filled on contributor_handle for insert to concord_releases with check (true);
create policy handle_known on contributor_handle for select to concord_releases using (true);
grant select (record_id), insert on community_candidate to concord_releases;
grant select (record_id), insert (record_id) on contributor_handle to concord_releases;

-- Standing reports of an agency after one, in order, of which something is left to do: a view of an older policy, a handle
-- that nobody made, or rows for community partners that nobody made (of a report that may have some: community.generaliser.ts).
create function reports_left_to_release(p_agency uuid, p_after uuid, p_limit int, p_below int) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select r.id from seizure_report r join seizure_record q on q.report_id = r.id
  where r.agency_id = p_agency and r.id > p_after and r.status not in ('RECALLED', 'PURGED')
    and (exists (
        select from record_view v where v.record_id = q.id and (v.policy_version < p_below
          or v.contributor_withheld and not exists (select from contributor_handle h where h.record_id = q.id)))
      or r.sharing = 'PARTNERS' and r.tlp in ('CLEAR', 'GREEN', 'AMBER')
        and not exists (select from community_candidate c where c.record_id = q.id)
        and exists (select from jsonb_array_elements(r.content->'substances') s
                    where s->>'laboratoryStatus' is distinct from 'REFUTED'))
  order by r.id limit p_limit
$$;

-- What views are made of. With a version: by which the views are to be made, and only of a report that has an older one the
-- identifiers, sealed as they are. Without: for a dry run, which opens nothing and asks whose keys open each view.
create function reports_for_release(p_reports uuid[], p_below int)
returns table (report_id uuid, record_id uuid, agency_id uuid, version int, sharing text, tlp text, occurred_from timestamptz,
               occurred_to timestamptz, offset_minutes int, content jsonb, h3 text, older boolean, identifiers jsonb, keys jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select r.id, q.id, r.agency_id, r.version, r.sharing, r.tlp, r.occurred_from, r.occurred_to, r.offset_minutes, r.content, v.h3,
         o.older,
         case when o.older then coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'sensitivity', i.sensitivity,
                'sealed', encode(i.sealed, 'base64')) order by i.id) from sealed_identifier i where i.report_id = r.id), '[]')
              else '[]' end,
         case when p_below is null then (
                select jsonb_object_agg(x.precision, array(select k.key from access_key k where k.id = any(x.audience)))
                from record_view x where x.record_id = q.id)
              else '{}' end
  from unnest(p_reports) p(id)
  join seizure_report r on r.id = p.id and r.status not in ('RECALLED', 'PURGED')
  join seizure_record q on q.report_id = r.id
  join record_view v on v.record_id = q.id and v.rank = 0
  cross join lateral (
    select exists (select from record_view w where w.record_id = q.id and w.policy_version < p_below) as older) o
$$;

-- `recoarsen_views`, which stays for the version before, and besides: what records of before 0.5 lack. Answers with the
-- records of which something was left to do, so that the books name each once, whoever comes second; and with how many views
-- say something else.
create function apply_release_policy(p jsonb) returns table (records uuid[], changed_views int)
language plpgsql security definer set search_path = public, pg_temp
set plan_cache_mode to force_generic_plan set enable_seqscan to off as $$
#variable_conflict use_column
declare
  v_policy int := (p->>'policyVersion')::int;
  v_ids uuid[];
  v_filled uuid[];
  v_now timestamptz;
  v_held jsonb;
  v_changed jsonb;
begin
  -- Who corrects one of them and who applies a policy beside this one wait here: what they filled in is found.
  perform 1 from record_view v join jsonb_to_recordset(p->'records') as n(record_id uuid) on n.record_id = v.record_id
    order by v.record_id, v.rank for update of v;
  -- A statement of its own, with a snapshot and a clock from after the locks.
  v_now := clock_timestamp();
  if exists (select from jsonb_to_recordset(p->'records') as n(record_id uuid, version int)
             where not exists (select from seizure_record q join seizure_report r on r.id = q.report_id
                                where q.id = n.record_id and r.version = n.version)) then
    raise exception 'a report has changed since it was read' using errcode = 'serialization_failure';
  end if;
  select coalesce(array_agg(v.record_id), '{}') into v_ids
    from record_view v join jsonb_to_recordset(p->'views') as n(record_id uuid, rank smallint) on n.record_id = v.record_id and n.rank = 0
    where v.rank = 0 and v.policy_version < v_policy;
  select coalesce(jsonb_object_agg(v.record_id || ' ' || v.rank, record_view_content(v.record_id, v.rank)), '{}') into v_held
    from record_view v where v.record_id = any(v_ids);

  update record_view v
     set occurred_from = w.occurred_from, occurred_to = w.occurred_to, county_fips = w.county_fips, h3 = w.h3,
         setting = w.setting, port_of_entry = w.port_of_entry, conveyance = w.conveyance, route = w.route, people = w.people,
         source_reliability = w.source_reliability, source_credibility = w.source_credibility,
         contributor_id = case when w.contributor_withheld then null else q.agency_id end,
         contributor_withheld = w.contributor_withheld, transformations = w.transformations, packaging = w.packaging,
         remarks = w.remarks, policy_version = v_policy
    from jsonb_to_recordset(p->'views') as w(record_id uuid, rank smallint, occurred_from timestamptz, occurred_to timestamptz,
           county_fips text, h3 text, setting text, port_of_entry text, conveyance text, route jsonb, people jsonb,
           source_reliability text, source_credibility smallint, contributor_withheld boolean, transformations jsonb,
           packaging text, remarks text)
    join seizure_record q on q.id = w.record_id
   where v.record_id = w.record_id and v.rank = w.rank and v.record_id = any(v_ids);
  update record_view_substance s
     set form = n.form, laboratory_status = n.laboratory_status, unit = n.unit, amount = n.amount,
         min_milligrams = n.min_milligrams, max_milligrams = n.max_milligrams, min_units = n.min_units, max_units = n.max_units,
         estimated = n.estimated, purity_min = n.purity_min, purity_max = n.purity_max, signature = n.signature,
         adulterants = n.adulterants
    from jsonb_to_recordset(p->'substances') as n(record_id uuid, rank smallint, ordinal smallint, form text,
           laboratory_status text, unit text, amount double precision, min_milligrams int8, max_milligrams int8, min_units int8,
           max_units int8, estimated boolean, purity_min double precision, purity_max double precision, signature text,
           adulterants jsonb)
   where s.record_id = n.record_id and s.rank = n.rank and s.ordinal = n.ordinal and s.record_id = any(v_ids);
  delete from record_view_concealment c where c.record_id = any(v_ids);
  insert into record_view_concealment (record_id, rank, concealment)
  select n.record_id, n.rank, n.concealment from jsonb_to_recordset(p->'concealment') as n(record_id uuid, rank smallint, concealment text)
  where n.record_id = any(v_ids);

  -- What has rows keeps them: COMMUNITY is never coarsened anew (ADR 0024).
  with filled as (
    insert into community_candidate (record_id, ordinal, agency_id, state_fips, month, substance, band, policy_version, synthetic)
    select q.id, m.ordinal, q.agency_id, m.state_fips, m.month, m.substance, m.band, m.policy_version, q.synthetic
    from jsonb_to_recordset(p->'community') as m(record_id uuid, ordinal smallint, state_fips text, month date,
        substance text, band text, policy_version int)
    join seizure_record q on q.id = m.record_id
    where not exists (select from community_candidate c where c.record_id = q.id)
    returning record_id),
  handled as (
    insert into contributor_handle (record_id)
    select distinct v.record_id from jsonb_to_recordset(p->'records') as n(record_id uuid)
    join record_view v on v.record_id = n.record_id and v.contributor_withheld
    where not exists (select from contributor_handle h where h.record_id = v.record_id)
    returning record_id)
  select array(select record_id from filled union select record_id from handled) into v_filled;

  select coalesce(jsonb_agg(jsonb_build_object('record_id', v.record_id, 'rank', v.rank)), '[]') into v_changed
    from record_view v
    where v.record_id = any(v_ids) and record_view_content(v.record_id, v.rank) <> v_held->(v.record_id || ' ' || v.rank);
  update record_view v set shown_version = v.shown_version + 1
    from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint) where v.record_id = n.record_id and v.rank = n.rank;
  insert into view_recoarsened (record_id, rank, policy_version, changed_at)
  select n.record_id, n.rank, v_policy, v_now from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint)
  on conflict do nothing;
  -- Nobody is told of what nobody may see yet; and a policy is no news: it raises no alert for whoever had none.
  insert into outbox (kind, subject_ids, available_at, raises_alerts)
  select 'record.amended', array_agg(distinct n.record_id), greatest(q.released_at, v_now), false
    from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint) join seizure_record q on q.id = n.record_id
    where q.released_at < unreleased()
    group by greatest(q.released_at, v_now);
  return query select array(select unnest(v_ids) union select unnest(v_filled)), jsonb_array_length(v_changed);
end $$;

revoke execute on function reports_left_to_release(uuid, uuid, int, int), reports_for_release(uuid[], int), apply_release_policy(jsonb)
  from public;
grant execute on function reports_left_to_release(uuid, uuid, int, int), reports_for_release(uuid[], int), apply_release_policy(jsonb)
  to concord_publisher;
grant create on schema public to concord_releases;
alter function reports_left_to_release(uuid, uuid, int, int) owner to concord_releases;
alter function reports_for_release(uuid[], int) owner to concord_releases;
alter function apply_release_policy(jsonb) owner to concord_releases;
revoke create on schema public from concord_releases;

-- ---------------------------------------------------------------------------------------------------------------
-- 2. A submission
-- ---------------------------------------------------------------------------------------------------------------
-- All that a submission asks of the directory before it is checked, and the agency's settings once: `report_context` with
-- `review_context` and the policy in force, which stay for the version before. `looked_at`: how many of this member's next
-- reports the agency has a supervisor look at; p_report, the one that is corrected, counts for nothing.
create function report_rules(p_person uuid, p_agency uuid, p_county text, p_report uuid)
returns table (widest_sharing text, task_force_ids uuid[], region_ids text[], h3_resolution smallint, defaults jsonb,
               policy_version int, policy_digest text, looked_at int, hold_partners boolean)
language plpgsql stable as $$
#variable_conflict use_column
declare
  v_own agency_settings;
  v_left int := 0;
begin
  select s.* into v_own from agency_settings s where s.agency_id = p_agency;
  if v_own.hold_first_reports > 0 then
    perform enter_actor(p_person, p_agency);
    select v_own.hold_first_reports - count(*) into v_left from (
      select from seizure_report r
      where r.submitted_by = p_person and r.agency_id = p_agency and r.id is distinct from p_report
        -- As long as they are members: of a newcomer that is the short end of the agency's list.
        and r.submitted_at >= coalesce((
          select min(m.valid_from) from membership m
          where m.person_id = p_person and m.agency_id = p_agency and m.valid_from <= statement_timestamp()
            and (m.valid_until is null or m.valid_until > statement_timestamp())), '-infinity')
      limit v_own.hold_first_reports) n;
  end if;
  return query
    select coalesce((
             select g.widest_sharing from agreement_party gp join agreement g on g.id = gp.agreement_id
             where gp.agency_id = p_agency and (gp.valid_until is null or gp.valid_until > now())
               and g.valid_from <= now() and (g.valid_until is null or g.valid_until > now())
             order by array_position(array['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'], g.widest_sharing) desc
             limit 1), 'AGENCY'),
           coalesce((
             select array_agg(t.id) from task_force_agency ta join task_force t on t.id = ta.task_force_id
             where ta.agency_id = p_agency and t.valid_from <= now() and t.valid_until > now()
               and ta.valid_from <= now() and (ta.valid_until is null or ta.valid_until > now())), '{}'),
           coalesce((select array_agg(rc.region_id order by rc.region_id) from region_county rc where rc.county_fips = p_county), '{}'),
           coalesce(v_own.h3_resolution, 6::smallint),
           jsonb_strip_nulls(jsonb_build_object(
             'sharing', v_own.default_sharing, 'tlp', v_own.default_tlp, 'withhold', nullif(v_own.default_withhold, '{}'),
             'timePrecision', v_own.default_time_precision, 'embargoHours', v_own.default_embargo_hours,
             'holdUntilReleased', nullif(v_own.default_hold_until_released, false))),
           p.version, p.digest, greatest(v_left, 0), coalesce(v_own.hold_sharing_partners, false)
    from (select version, digest from release_policy order by version desc limit 1) p;
end $$;

-- Candidates are of their record's agency (the policy of inserts says so, `concord verify` asks), and records of an agency
-- that exists: a second look at the agency, with a lock on its row, says nothing new.
alter table community_candidate drop constraint community_candidate_agency_id_fkey;

-- ---------------------------------------------------------------------------------------------------------------
-- 3. A bulk load
-- ---------------------------------------------------------------------------------------------------------------
-- As before, but what withholds its contributor comes out a little later each, at a moment of its own: records that have one
-- in common are of one agency. Never earlier than the rest: lists are in the order of release, and nobody looks back.
create or replace function begin_report_load(p_person uuid, p_agency uuid, p_keys text[])
 RETURNS integer[]
 LANGUAGE plpgsql
AS $$
begin
  perform enter_actor(p_person, p_agency);
  -- A connection of the version before has these tables as they were.
  if not exists (select from pg_attribute a where a.attrelid = to_regclass('pg_temp.staged_view') and a.attname = 'delay_ms') then
    drop table if exists pg_temp.staged_report, pg_temp.staged_basis, pg_temp.staged_identifier, pg_temp.staged_view,
      pg_temp.staged_substance, pg_temp.staged_concealment, pg_temp.staged_community;
    create temporary table staged_report (
      id uuid not null, record_id uuid not null, submitter_reference text not null, content_digest text not null,
      sharing text not null, tlp text not null, release_after timestamptz, occurred_from timestamptz not null,
      occurred_to timestamptz not null, offset_minutes int not null, content jsonb not null, sealed_narrative bytea,
      hold_until_released boolean not null default false, hold_reasons jsonb, delay_ms int not null default 0,
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
      packaging text, remarks text, policy_version int not null default 1, unreleased boolean not null default false,
      delay_ms int not null default 0
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
        case when s.hold_reasons is not null or s.hold_until_released then unreleased() else release_moment(s.release_after) + s.delay_ms * interval '1 millisecond' end,
        p_synthetic from pg_temp.staged_report s
    returning sequence)
  select min(w.sequence), max(w.sequence) into v_from, v_to from written w;

  insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to,
      offset_minutes, state_fips, county_fips, h3, latitude, longitude, setting, port_of_entry, conveyance, route, people,
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic, packaging, remarks,
      policy_version)
  select w.record_id, w.precision, w.rank, 1,
      case when w.unreleased then unreleased() else release_moment(w.release_after) + w.delay_ms * interval '1 millisecond' end, w.audience, w.tlp, w.occurred_from, w.occurred_to,
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

-- ---------------------------------------------------------------------------------------------------------------
-- 4. What 0.4 asked for and 0.5 does not (docs/upgrade.md)
-- ---------------------------------------------------------------------------------------------------------------
-- It asked one of them still.
create or replace function explain_access(p_person uuid, p_agency uuid, p_record uuid, p_other uuid) returns jsonb language plpgsql stable as $$
declare
  v_audience jsonb;
  v_seat uuid;
  v_card record;
  v_rank smallint;
  v_precision text;
  v_held jsonb := '[]';
begin
  perform enter_actor(p_person, p_agency);
  if not exists (select from seizure_record r where r.id = p_record and r.agency_id = app_agency()) then return null; end if;
  select coalesce(jsonb_agg(to_jsonb(a) order by a.rank, a.key), '[]') into v_audience from own_record_audience(p_record) a;
  for v_seat in select distinct m.agency_id from membership m where m.person_id = p_other and m.agency_id is not null loop
    select c.precision, c.rank into v_card from seizure_records_by_id(p_other, v_seat, array[p_record]) c;
    if found and (v_rank is null or v_card.rank < v_rank) then
      v_rank := v_card.rank;
      v_precision := v_card.precision;
    end if;
    v_held := v_held || coalesce((
      select jsonb_agg(jsonb_build_object('key', h.key, 'because', h.because) order by h.key)
      from actor_keys(p_other, v_seat) h
      where h.key = 'danger:' || p_record or exists (select from jsonb_to_recordset(v_audience) as a(key text) where a.key = h.key)), '[]');
  end loop;
  perform enter_actor(p_person, p_agency);
  return jsonb_build_object('precision', v_precision, 'held', v_held, 'audience', v_audience);
end $$;
drop function record_page(uuid, uuid, integer, timestamptz, uuid, text[]);
drop function record_search(uuid, uuid, integer, timestamptz, uuid, text[], text, text[]);
drop function records_by_id(uuid, uuid, uuid[]);
drop view record_card;
