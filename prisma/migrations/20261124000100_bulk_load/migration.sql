-- Many reports of one agency in one transaction: COPY into staging tables of the session, then one function that writes
-- what submit_seizure_report writes (docs/adr/0016). PostgreSQL refuses COPY into a table with row-level security, and a
-- staging table without it would show one agency's reports to another: so these are temporary. They are in no backup, no
-- two loads share them, and they are gone with the session that made them.

-- What `concord seed` enters, and no service: the login that runs the API cannot.
do $$
begin
  if not exists (select from pg_roles where rolname = 'concord_loader') then
    -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
    begin
      create role concord_loader nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'concord_loader', 'SET') then
    grant concord_loader to current_user with inherit false, set true;
  end if;
  -- Everybody may by default; an operator may have taken it away.
  execute format('grant temporary on database %I to concord_loader', current_database());
end $$;
grant concord_audit_append to concord_loader with inherit true;
grant usage on schema public to concord_loader;

-- Whoever loads does so in the name of a person in an agency, and row-level security holds it to that agency by the
-- policies of the API. It reads what tells a report sent again from a reference used twice; no view, no list, no alert.
grant select on agency, agency_place, agency_settings, region_county, person, membership, agreement, agreement_party,
  task_force, task_force_agency, task_force_member, access_key to concord_loader;
grant insert on access_key to concord_loader;
alter policy settings_read on agency_settings to concord_api, concord_worker, concord_loader;

grant select, insert on seizure_report, seizure_record to concord_loader;
grant select on seizure_report_version to concord_loader;
grant insert on report_basis, sealed_identifier, record_view, record_view_substance, record_view_concealment to concord_loader;
alter policy report_of_own_agency on seizure_report to concord_api, concord_loader;
alter policy report_submitted on seizure_report to concord_api, concord_loader;
alter policy version_of_own_agency on seizure_report_version to concord_api, concord_loader;
alter policy record_of_own_agency on seizure_record to concord_api, concord_loader;
alter policy basis_of_own_agency on report_basis to concord_api, concord_loader;
alter policy identifier_of_own_agency on sealed_identifier to concord_api, concord_loader;
alter policy view_of_own_record on record_view to concord_api, concord_loader;
alter policy substance_of_own_record on record_view_substance to concord_api, concord_loader;
alter policy concealment_of_own_record on record_view_concealment to concord_api, concord_loader;

grant select, insert on agency_data_key, root_key_check to concord_loader;
alter policy data_key_held on agency_data_key to concord_api, concord_loader;
alter policy root_key_checked on root_key_check to concord_api, concord_loader;

-- A range of one's own records that raises no alerts: the worker marks it done. What lies between belongs to whom it
-- belongs, and nothing is done with it.
grant insert on outbox to concord_loader;
create policy outbox_of_load on outbox for insert to concord_loader
  with check (kind = 'record.released' and not raises_alerts and subject_ids is null
    and exists (select from seizure_record r where r.sequence = range_from and r.agency_id = app_agency())
    and exists (select from seizure_record r where r.sequence = range_to and r.agency_id = app_agency()));

-- Begins a load: enters the actor, makes the session's staging tables where they are missing, and answers with the ids
-- of the keys, in the order in which they are named. New keys are made in the order of their names, so that two loads
-- that make the same ones wait for each other and never in a circle.
create function begin_report_load(p_person uuid, p_agency uuid, p_keys text[]) returns int4[] language plpgsql as $$
begin
  perform enter_actor(p_person, p_agency);
  if to_regclass('pg_temp.staged_report') is null then
    create temporary table staged_report (
      id uuid not null, record_id uuid not null, submitter_reference text not null, content_digest text not null,
      sharing text not null, tlp text not null, release_after timestamptz, occurred_from timestamptz not null,
      occurred_to timestamptz not null, offset_minutes int not null, content jsonb not null, sealed_narrative bytea,
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
      source_credibility smallint, contributor_withheld boolean not null, transformations jsonb not null
    ) on commit delete rows;
    create temporary table staged_substance (
      record_id uuid not null, rank smallint not null, ordinal smallint not null, dea_code text, name text not null,
      category text not null, form text, laboratory_status text, unit text, amount double precision, min_milligrams int8,
      max_milligrams int8, min_units int8, max_units int8, estimated boolean not null, purity_min double precision,
      purity_max double precision, signature text, adulterants jsonb
    ) on commit delete rows;
    create temporary table staged_concealment (record_id uuid not null, rank smallint not null, concealment text not null) on commit delete rows;
  end if;
  insert into access_key (key)
  select k from (select distinct k from unnest(p_keys) k) n where not exists (select from access_key a where a.key = n.k)
  order by k on conflict (key) do nothing;
  return (select coalesce(array_agg(a.id order by u.n), '{}') from unnest(p_keys) with ordinality u(key, n) join access_key a on a.key = u.key);
end $$;

-- The moment from which others than the owner see a record; rounded up to the column's precision, so that an embargo is
-- never lifted early.
create function release_moment(release_after timestamptz) returns timestamptz language sql stable
  return case when release_after > now() then date_trunc('milliseconds', release_after + interval '999 microseconds')
              else date_trunc('milliseconds', now()) end;

-- Writes what is staged, as submit_seizure_report would have, and one outbox row for all. Answers with what it did not
-- write because the agency has a report of that reference: as that is stored.
create function load_staged_reports(p_person uuid, p_agency uuid, p_synthetic boolean)
returns table (submitter_reference text, report_id uuid, record_id uuid, status text, version int, content_digest text,
               released_at timestamptz, release_after timestamptz)
language plpgsql as $$
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
        occurred_from, occurred_to, offset_minutes, content, sealed_narrative, synthetic, submitted_by)
    select s.id, p_agency, s.submitter_reference, case when s.release_after > now() then 'EMBARGOED' else 'RELEASED' end,
        s.content_digest, s.sharing, s.tlp, s.release_after, s.occurred_from, s.occurred_to, s.offset_minutes, s.content,
        s.sealed_narrative, p_synthetic, p_person
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
  end if;
  if v_written = 0 then return; end if;

  insert into report_basis (report_id, agency_id, activity, sealed, review_by)
  select b.report_id, p_agency, b.activity, b.sealed, (now() + interval '5 years')::date from pg_temp.staged_basis b;
  insert into sealed_identifier (id, report_id, agency_id, kind, sensitivity, sealed)
  select i.id, i.report_id, p_agency, i.kind, i.sensitivity, i.sealed from pg_temp.staged_identifier i;

  with written as (
    insert into seizure_record (id, report_id, agency_id, released_at, synthetic)
    select s.record_id, s.id, p_agency, release_moment(s.release_after), p_synthetic from pg_temp.staged_report s
    returning sequence)
  select min(w.sequence), max(w.sequence) into v_from, v_to from written w;

  insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to,
      offset_minutes, state_fips, county_fips, h3, latitude, longitude, setting, port_of_entry, conveyance, route, people,
      source_reliability, source_credibility, contributor_id, contributor_withheld, transformations, synthetic)
  select w.record_id, w.precision, w.rank, 1, release_moment(w.release_after), w.audience, w.tlp, w.occurred_from, w.occurred_to,
      w.offset_minutes, w.state_fips, w.county_fips, w.h3, w.latitude, w.longitude, w.setting, w.port_of_entry, w.conveyance,
      w.route, w.people, w.source_reliability, w.source_credibility,
      case when w.contributor_withheld then null else p_agency end, w.contributor_withheld, w.transformations, p_synthetic
  from pg_temp.staged_view w;

  insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, laboratory_status, unit, amount,
      min_milligrams, max_milligrams, min_units, max_units, estimated, purity_min, purity_max, signature, adulterants)
  select s.record_id, s.rank, s.ordinal, s.dea_code, s.name, s.category, s.form, s.laboratory_status, s.unit, s.amount,
      s.min_milligrams, s.max_milligrams, s.min_units, s.max_units, s.estimated, s.purity_min, s.purity_max, s.signature, s.adulterants
  from pg_temp.staged_substance s;

  insert into record_view_concealment (record_id, rank, concealment)
  select c.record_id, c.rank, c.concealment from pg_temp.staged_concealment c;

  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select s.audit_id, s.audit_at, p_person, p_agency, s.audit_action, s.audit_outcome, s.audit_canonical
  from pg_temp.staged_report s;

  insert into outbox (kind, range_from, range_to, raises_alerts) values ('record.released', v_from, v_to, false);
end $$;
