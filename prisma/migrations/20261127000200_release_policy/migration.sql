-- The release policy as data: which fields each precision carries and how exactly. Versions, never changed. What was
-- released under one version is brought to the next by an operator's job, record by record.

-- concord_publisher is what `concord release-policy` acts as: it reads what views are made of and nobody may be it for
-- anything else, operators neither. concord_releases owns the functions.
do $$
declare r text;
begin
  foreach r in array array['concord_releases', 'concord_publisher'] loop
    if not exists (select from pg_roles where rolname = r) then
      -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
      begin
        execute format('create role %I nologin noinherit', r);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
    if not pg_has_role(current_user, r, 'SET') then
      execute format('grant %I to current_user with inherit false, set true', r);
    end if;
  end loop;
end $$;
grant usage on schema public to concord_releases, concord_publisher;
grant concord_audit_append to concord_publisher with inherit true;
grant select (id) on agency to concord_publisher;

-- ---------------------------------------------------------------------------------------------------------------
-- Versions of the policy. In force is the one with the highest number, from the moment it is published
-- ---------------------------------------------------------------------------------------------------------------
create table release_policy (
  version int primary key check (version > 0),
  document jsonb not null check (document->'version' = to_jsonb(version)),
  -- SHA-256 of the document in RFC 8785 form, hexadecimal.
  digest text not null unique check (digest ~ '^[0-9a-f]{64}$'),
  note text not null check (note <> '' and length(note) <= 2000),
  -- Absent where an operator published it, in nobody's name.
  published_by uuid references person (id),
  published_at timestamptz not null default now(),
  -- When no view of an older version was left.
  applied_at timestamptz
);
-- Restoring a backup puts its rows in the place of this one.
comment on table release_policy is 'Filled by its migration.';
-- The table of design.md, section 6; libs/deidentification has the same and a test compares them.
insert into release_policy (version, document, digest, note, applied_at) values (1,
  '{"tiers":{
   "COMMUNITY":{"occurred":{"level":"MONTH"},
     "place":{"level":"STATE"},"substances.quantity":{"level":"THREE_BANDS"}},
   "PARTNER":{"concealment":{"level":"AS_REPORTED","withheldBy":"METHOD"},"contributor":{"level":"AS_REPORTED","withheldBy":"CONTRIBUTOR"},"conveyance":{"level":"AS_REPORTED","withheldBy":"METHOD"},"occurred":{"level":"ISO_WEEK","ownerMayChoose":"DAY"},
     "packaging":{"level":"AS_REPORTED","withheldBy":"METHOD"},"people.role":{"level":"AS_REPORTED"},
     "place":{"level":"COUNTY"},"place.setting":{"level":"AS_REPORTED"},"remarks":{"level":"AS_REPORTED"},"route":{"level":"STATE"},"source":{"level":"AS_REPORTED"},
     "substances.adulterants":{"level":"AS_REPORTED","withheldBy":"SIGNATURE"},"substances.form":{"level":"AS_REPORTED"},"substances.laboratoryStatus":{"level":"AS_REPORTED"},"substances.purity":{"level":"BAND_10"},"substances.quantity":{"level":"DECADE"},"substances.signature":{"level":"AS_REPORTED","withheldBy":"SIGNATURE"}},
   "TASK_FORCE":{"concealment":{"level":"AS_REPORTED"},"contributor":{"level":"AS_REPORTED"},"conveyance":{"level":"AS_REPORTED"},"occurred":{"level":"DAY"},
     "packaging":{"level":"AS_REPORTED"},"people.age":{"level":"BAND_10"},"people.role":{"level":"AS_REPORTED"},
     "place":{"level":"H3_6","ownerMayChoose":"H3_7"},"place.portOfEntry":{"level":"AS_REPORTED"},"place.setting":{"level":"AS_REPORTED"},"remarks":{"level":"AS_REPORTED"},"route":{"level":"COUNTY"},"source":{"level":"AS_REPORTED"},
     "substances.adulterants":{"level":"AS_REPORTED"},"substances.form":{"level":"AS_REPORTED"},"substances.laboratoryStatus":{"level":"AS_REPORTED"},"substances.purity":{"level":"EXACT"},"substances.quantity":{"level":"EXACT"},"substances.signature":{"level":"AS_REPORTED"}}},"version":1}',
  '749ce32be705d02d21abe2b464011bbfc7bc5c2eb6ff557295e9baa5152629df', 'The precisions as they were first.', now());

alter table release_policy enable row level security;
alter table release_policy force row level security;
create policy policy_followed on release_policy for select to concord_api, concord_loader, concord_worker, concord_publisher, concord_releases
  using (true);
create policy policy_published on release_policy for insert to concord_releases with check (true);
create policy policy_applied on release_policy for update to concord_releases using (applied_at is null) with check (applied_at is not null);
grant select (version, document, digest) on release_policy to concord_api, concord_loader, concord_worker;
grant select on release_policy to concord_publisher, concord_releases;
grant insert (version, document, digest, note), update (applied_at) on release_policy to concord_releases;

create function release_policy_is_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (to_jsonb(new) - 'applied_at') <> (to_jsonb(old) - 'applied_at') then
    raise exception 'a release policy is never changed: publish the next version' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger release_policy_is_kept before update or delete on release_policy for each row execute function release_policy_is_kept();

-- What a document would have changed, for whom: numbers and record ids, no content.
create table release_policy_dry_run (
  id uuid primary key,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  ran_at timestamptz not null default now(),
  -- Every standing report, or a sample of them.
  whole boolean not null,
  findings jsonb not null
);
create index release_policy_dry_run_of on release_policy_dry_run (digest);
alter table release_policy_dry_run enable row level security;
alter table release_policy_dry_run force row level security;
create policy dry_run_kept on release_policy_dry_run for insert to concord_publisher with check (true);
create policy dry_run_seen on release_policy_dry_run for select to concord_publisher, concord_releases using (true);
grant insert (id, digest, whole, findings), select on release_policy_dry_run to concord_publisher;
grant select on release_policy_dry_run to concord_releases;

-- The next version, if a dry run of this very document was kept. Two at the same moment: the second finds the number taken.
create function publish_release_policy(p_document jsonb, p_digest text, p_note text) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_version int := (p_document->>'version')::int;
begin
  if v_version is distinct from (select max(p.version) + 1 from release_policy p) then
    raise exception 'not the next version' using errcode = 'unique_violation';
  end if;
  if not exists (select from release_policy_dry_run d where d.digest = p_digest) then
    raise exception 'no dry run of this document' using errcode = 'check_violation';
  end if;
  insert into release_policy (version, document, digest, note) values (v_version, p_document, p_digest, p_note);
  return v_version;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- Bringing what was released to the policy in force
-- ---------------------------------------------------------------------------------------------------------------
-- Views whose readers see something else since a policy was applied: whoever was alerted is told (revise_alerts). The view's
-- version is the report's and stays.
create table view_recoarsened (
  record_id uuid not null references seizure_record (id) on delete cascade,
  rank smallint not null,
  policy_version int not null references release_policy (version),
  changed_at timestamptz not null,
  primary key (record_id, rank, policy_version)
);
alter table view_recoarsened enable row level security;
alter table view_recoarsened force row level security;
create policy recoarsened_told on view_recoarsened for select to concord_worker using (true);
create policy recoarsened_kept on view_recoarsened to concord_releases using (true) with check (true);
grant select on view_recoarsened to concord_worker;
grant select, insert on view_recoarsened to concord_releases;

-- The highest version whose change of a view the alert's owner was told of.
alter table alert add column policy_told int;

create policy report_rereleased on seizure_report for select to concord_releases using (status not in ('RECALLED', 'PURGED'));
create policy identifier_rereleased on sealed_identifier for select to concord_releases using (true);
create policy record_rereleased on seizure_record for select to concord_releases using (true);
create policy view_rereleased on record_view for select to concord_releases using (true);
create policy view_recoarsened on record_view for update to concord_releases using (true) with check (true);
create policy substance_rereleased on record_view_substance for select to concord_releases using (true);
create policy substance_recoarsened on record_view_substance for update to concord_releases using (true) with check (true);
create policy concealment_rereleased on record_view_concealment to concord_releases using (true) with check (true);
create policy outbox_of_policy on outbox for insert to concord_releases with check (kind = 'record.amended' and subject_ids is not null and not raises_alerts);
grant select (id, agency_id, status, version, sharing, tlp, occurred_from, occurred_to, offset_minutes, content, submitter_reference)
  on seizure_report to concord_releases;
grant select (id, report_id, kind, sensitivity, sealed) on sealed_identifier to concord_releases;
grant select on seizure_record, record_view, record_view_substance, record_view_concealment, access_key to concord_releases;
-- What a policy has a say in, and no more: neither audience, release, place in lists, substance nor contributor's choice.
grant update (occurred_from, occurred_to, county_fips, h3, setting, port_of_entry, conveyance, route, people, source_reliability,
  source_credibility, contributor_id, contributor_withheld, transformations, packaging, remarks, policy_version, shown_version)
  on record_view to concord_releases;
grant update (form, laboratory_status, unit, amount, min_milligrams, max_milligrams, min_units, max_units, estimated, purity_min,
  purity_max, signature, adulterants) on record_view_substance to concord_releases;
grant insert, delete on record_view_concealment to concord_releases;
grant select (id, level, status) on agency to concord_releases;
grant select on agency_place, region_county, task_force_agency to concord_releases;
grant insert on outbox to concord_releases;

-- Standing reports of an agency after one, in order; with a version only those that have a view of an older one.
create function standing_reports(p_agency uuid, p_after uuid, p_limit int, p_below int) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select r.id from seizure_report r
  where r.agency_id = p_agency and r.id > p_after and r.status not in ('RECALLED', 'PURGED')
    and (p_below is null or exists (
      select from seizure_record q join record_view v on v.record_id = q.id
      where q.report_id = r.id and v.policy_version < p_below))
  order by r.id limit p_limit
$$;

-- So many standing reports of the agencies together, each as likely as any other.
create function sample_standing_reports(p_limit int) returns setof uuid
language sql volatile security definer set search_path = public, pg_temp as $$
  select r.id from seizure_report r where r.status not in ('RECALLED', 'PURGED') order by random() limit p_limit
$$;

-- What views are made of, with identifiers sealed as they are (a text that repeats one is left out); narrative and basis are
-- no part of it. `h3` is the owner's cell: of the resolution at which the record was released.
create function reports_to_release(p_reports uuid[])
returns table (report_id uuid, record_id uuid, agency_id uuid, version int, sharing text, tlp text, occurred_from timestamptz,
               occurred_to timestamptz, offset_minutes int, content jsonb, h3 text, identifiers jsonb, keys jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select r.id, q.id, r.agency_id, r.version, r.sharing, r.tlp, r.occurred_from, r.occurred_to, r.offset_minutes, r.content, v.h3,
         coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'sensitivity', i.sensitivity,
                     'sealed', encode(i.sealed, 'base64')) order by i.id) from sealed_identifier i where i.report_id = r.id), '[]'),
         (select jsonb_object_agg(x.precision, array(select k.key from access_key k where k.id = any(x.audience)))
            from record_view x where x.record_id = q.id)
  from unnest(p_reports) p(id)
  join seizure_report r on r.id = p.id and r.status not in ('RECALLED', 'PURGED')
  join seizure_record q on q.report_id = r.id
  join record_view v on v.record_id = q.id and v.rank = 0
$$;

-- How many agencies may carry one of these keys now: by their places and task forces, whoever is a member of them.
create function agencies_that_may_carry(p_keys text[]) returns int
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*)::int from agency a where a.status <> 'LEFT' and (
    (a.level = 'FEDERAL' and 'nation:us' = any(p_keys))
    or exists (select from agency_place p where p.agency_id = a.id and (p.place_key = any(p_keys)
         or exists (select from region_county c where 'county:' || c.county_fips = p.place_key and 'region:' || c.region_id = any(p_keys))))
    or exists (select from task_force_agency t where t.agency_id = a.id and 'taskforce:' || t.task_force_id = any(p_keys)
         and (t.valid_until is null or t.valid_until > now())))
$$;

-- Brings the views of some records to a policy, all or none. Who is changing one of the reports goes first: what was
-- computed from another version, or was recalled, is an error, and the caller reads again. A record whose views are of
-- that version is left as it is, so doing it twice changes nothing. Answers with the views whose readers see something else.
create function recoarsen_views(p jsonb) returns table (record_id uuid, rank smallint)
language plpgsql security definer set search_path = public, pg_temp
set plan_cache_mode to force_generic_plan set enable_seqscan to off as $$
#variable_conflict use_column
declare
  v_policy int := (p->>'policyVersion')::int;
  v_ids uuid[];
  v_now timestamptz;
  v_held jsonb;
  v_changed jsonb;
begin
  perform 1 from record_view v join jsonb_to_recordset(p->'records') as n(record_id uuid) on n.record_id = v.record_id
    order by v.record_id, v.rank for update of v;
  -- A statement of its own, with a snapshot and a clock from after the locks.
  v_now := clock_timestamp();
  if exists (select from jsonb_to_recordset(p->'records') as n(record_id uuid, version int)
             where not exists (select from seizure_record q join seizure_report r on r.id = q.report_id
                                where q.id = n.record_id and r.version = n.version)) then
    raise exception 'a report has changed since it was read' using errcode = 'serialization_failure';
  end if;
  select coalesce(array_agg(distinct v.record_id), '{}') into v_ids
    from record_view v join jsonb_to_recordset(p->'records') as n(record_id uuid) on n.record_id = v.record_id
    where v.policy_version < v_policy;
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
  return query select n.record_id, n.rank from jsonb_to_recordset(v_changed) as n(record_id uuid, rank smallint);
end $$;

-- Locks first: what a policy changes until then is counted in what readers were shown.
grant create on schema public to concord_lists;
set role concord_lists;
create or replace function withdraw_record_views(p_record uuid) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_held jsonb;
begin
  if not exists (select from seizure_record r where r.id = p_record and r.agency_id = app_agency()) then
    raise exception 'not a record of this agency' using errcode = 'insufficient_privilege';
  end if;
  perform 1 from record_view v where v.record_id = p_record order by v.rank for update;
  select coalesce(jsonb_object_agg(v.rank, jsonb_build_object(
           'version', v.version, 'shown', v.shown_version, 'change', v.change, 'content', record_view_content(v.record_id, v.rank))), '{}')
    into v_held from record_view v where v.record_id = p_record;
  delete from record_view v where v.record_id = p_record;
  return v_held;
end $$;
reset role;
revoke create on schema public from concord_lists;

-- Says that a version is applied, if it is. A report that is being stored by what was read before is found by the next run.
create function note_policy_applied(p_version int) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from record_view v where v.policy_version < p_version) then return false; end if;
  update release_policy set applied_at = clock_timestamp() where version = p_version and applied_at is null;
  return true;
end $$;

revoke execute on function publish_release_policy(jsonb, text, text), standing_reports(uuid, uuid, int, int),
  sample_standing_reports(int), reports_to_release(uuid[]), agencies_that_may_carry(text[]), recoarsen_views(jsonb), note_policy_applied(int) from public;
grant execute on function publish_release_policy(jsonb, text, text), standing_reports(uuid, uuid, int, int),
  sample_standing_reports(int), reports_to_release(uuid[]), agencies_that_may_carry(text[]), recoarsen_views(jsonb), note_policy_applied(int) to concord_publisher;
grant create on schema public to concord_releases;
alter function publish_release_policy(jsonb, text, text) owner to concord_releases;
alter function standing_reports(uuid, uuid, int, int) owner to concord_releases;
alter function sample_standing_reports(int) owner to concord_releases;
alter function reports_to_release(uuid[]) owner to concord_releases;
alter function agencies_that_may_carry(text[]) owner to concord_releases;
alter function recoarsen_views(jsonb) owner to concord_releases;
alter function note_policy_applied(int) owner to concord_releases;
revoke create on schema public from concord_releases;

-- It opens identifiers with the root key of the machine, to leave out of texts what names them.
create policy data_key_of_publisher on agency_data_key for select to concord_publisher using (true);
create policy root_key_of_publisher on root_key_check for select to concord_publisher using (true);
grant select on agency_data_key, root_key_check to concord_publisher;

-- T4 as before, and news also where a policy changed what the owner of the alert sees.
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
      select a.id, a.owner_person_id as person, a.owner_agency_id as agency, a.record_id, a.record_version, a.change, a.revision,
             a.raised_at, coalesce(a.policy_told, 0) as policy_told
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
      select d.*, c.policy_version as recoarsened, v.version as seen_version, v.change as seen_change, dl.id as delivery, dl.state as told, i.id as inbox, i.last_position,
             (select case when bool_or(m.match = 'CERTAIN') then 'CERTAIN' else 'POSSIBLE' end
                from met m where m.id = d.id and m.version = v.version having count(*) > 0) as match
      from due d
      join ring on ring.person = d.person and ring.agency = d.agency
      join inbox i on i.person_id = d.person and i.agency_id = d.agency
      left join delivery dl on dl.alert_id = d.id and dl.inbox_id = i.id and dl.channel = 'LIVE'
      left join lateral (
        select x.rank, x.version, x.change from record_view x
        where x.record_id = d.record_id and x.audience && ring.keys and (x.rank = 0 or x.released_at <= now())
        order by x.rank limit 1) v on true
      -- Whoever was alerted while the policy was applied may have seen either view: told once more is better than not.
      left join lateral (
        select max(r.policy_version) as policy_version from view_recoarsened r
        where r.record_id = d.record_id and r.rank = v.rank and r.policy_version > d.policy_told
          and d.raised_at < r.changed_at + interval '10 minutes') c on true
    ),
    news as (
      select j.*, case when j.seen_version is null then 'RECALLED' when j.told = 'WITHHELD' then 'RAISED'
                       when j.seen_change = 'RELEASED' then 'CORRECTED' else j.seen_change end as news
      from judged j
      where (j.told = 'DELIVERED' and (
              (j.seen_version is null and j.change <> 'RECALLED')
              or j.seen_version > j.record_version
              or j.recoarsened is not null
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
      update alert a set record_version = j.seen_version, match = coalesce(j.match, a.match),
             policy_told = greatest(j.recoarsened, a.policy_told)
      from judged j where a.id = j.id and j.told is null and (j.seen_version > a.record_version or j.recoarsened is not null)
    ),
    revised as (
      update alert a set revision = a.revision + 1, change = n.news, record_version = coalesce(n.seen_version, a.record_version),
             match = coalesce(n.match, a.match), state = 'DELIVERED', updated_at = now(),
             policy_told = greatest(n.recoarsened, a.policy_told)
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
