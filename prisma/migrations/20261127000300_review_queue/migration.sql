-- Held for review: who decides, the queue, the decision; and the rules that an agency may set for it.

-- Off until an agency sets them.
alter table agency_settings
  add column hold_first_reports smallint not null default 0,
  add column hold_sharing_partners boolean not null default false,
  add constraint agency_settings_hold_first_reports_check check (hold_first_reports between 0 and 100);

create index seizure_report_held on seizure_report (agency_id, (coalesce(changed_at, submitted_at)), id) where status = 'HELD';

do $$
begin
  if not exists (select from pg_roles where rolname = 'concord_review') then
    -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
    begin
      create role concord_review nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'concord_review', 'SET') then
    grant concord_review to current_user with inherit false, set true;
  end if;
end $$;
grant usage on schema public to concord_review;
grant select on agency, person, membership, agreement, agreement_party, task_force, task_force_agency, region_county, agency_settings
  to concord_review;
create policy settings_of_reviewed on agency_settings for select to concord_review using (true);

-- What a supervisor may decide on: reports of the own agency, and of those that have it as their parent.
create function seat_reviews(p_agency uuid) returns boolean language sql stable as $$
  select p_agency = app_seat() or exists (select from agency a where a.id = p_agency and a.parent_id = app_seat())
$$;
create policy report_reviewed on seizure_report for select to concord_review using (seat_reviews(agency_id));
create policy report_decided on seizure_report for update to concord_review
  using (seat_reviews(agency_id))
  with check (changed_by = app_person() and change in ('RELEASED', 'RETURNED'));
create policy version_reviewed on seizure_report_version for select to concord_review using (seat_reviews(agency_id));
create policy version_of_decision on seizure_report_version for insert to concord_review with check (seat_reviews(agency_id));
create policy basis_kept_at_decision on report_basis for select to concord_review using (seat_reviews(agency_id));
create policy identifier_kept_at_decision on sealed_identifier for select to concord_review using (seat_reviews(agency_id));
create policy record_decided on seizure_record to concord_review using (seat_reviews(agency_id)) with check (seat_reviews(agency_id));
create policy view_decided on record_view for select to concord_review
  using (exists (select from seizure_record r where r.id = record_id offset 0));
create policy view_released on record_view for update to concord_review
  using (exists (select from seizure_record r where r.id = record_id offset 0)) with check (true);
create policy view_substance_reviewed on record_view_substance for select to concord_review
  using (exists (select from seizure_record r where r.id = record_id offset 0));
create policy view_concealment_reviewed on record_view_concealment for select to concord_review
  using (exists (select from seizure_record r where r.id = record_id offset 0));
grant select, update (status, version, change, changed_by, changed_at, sealed_reason, hold_until_released, hold_reasons, sealed_return_note)
  on seizure_report to concord_review;
grant select, insert on seizure_report_version to concord_review;
grant select on report_basis, sealed_identifier to concord_review;
grant select, update (version, released_at) on seizure_record to concord_review;
grant select, update (released_at) on record_view to concord_review;
grant select on record_view_substance, record_view_concealment, seizure_record_card to concord_review;

-- Who wrote what stands in a report: its last whole text, the laboratory's words since, and the words that hold it, whoever
-- has sent them along since then.
create function report_authors(p_report uuid) returns uuid[] language sql stable as $$
  with versions as (
    select r.version, r.change, coalesce(r.changed_by, r.submitted_by) as person_id, r.content from seizure_report r where r.id = p_report
    union all
    select h.version, h.change, h.changed_by, h.content from seizure_report_version h where h.report_id = p_report
  ), held as (
    -- Wherever they stood then: a substance more moves those behind it.
    select distinct to_jsonb(r.content #>> string_to_array(h->>'path', '.'))::text as words
    from seizure_report r cross join jsonb_array_elements(r.hold_reasons) h
    where r.id = p_report and h->>'from' is not null
  )
  select array(
    select distinct v.person_id from versions v
    where v.change in ('SUBMITTED', 'CORRECTED', 'LABORATORY_RESULT')
      and (v.version >= (select max(w.version) from versions w where w.change in ('SUBMITTED', 'CORRECTED'))
        or exists (select from held where strpos(v.content::text, held.words) > 0)))
$$;

-- Whether somebody else of the agency may decide now: otherwise its parent's supervisors do.
create function has_reviewer(p_agency uuid, p_authors uuid[]) returns boolean language sql stable as $$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    join agency a on a.id = m.agency_id and a.status = 'ACTIVE'
    where m.agency_id = p_agency and 'SUPERVISOR' = any(m.roles) and m.person_id <> all(p_authors)
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$$;

-- What decides whether a rule of the agency holds a report, and who could release it. What is off is not counted.
create function review_context(p_person uuid, p_agency uuid, p_report uuid)
 returns table(new_member boolean, hold_partners boolean)
 language plpgsql stable
as $$
declare v_first smallint; v_partners boolean;
begin
  select s.hold_first_reports, s.hold_sharing_partners into v_first, v_partners from agency_settings s where s.agency_id = p_agency;
  if coalesce(v_first, 0) = 0 then
    return query select false, coalesce(v_partners, false);
    return;
  end if;
  perform enter_actor(p_person, p_agency);
  return query
    select (select count(*) from (
              select from seizure_report r
              where r.submitted_by = p_person and r.agency_id = p_agency and r.id is distinct from p_report
                -- As long as they are members: of a newcomer that is the short end of the agency's list.
                and r.submitted_at >= coalesce((
                  select min(m.valid_from) from membership m
                  where m.person_id = p_person and m.agency_id = p_agency and m.valid_from <= statement_timestamp()
                    and (m.valid_until is null or m.valid_until > statement_timestamp())), '-infinity')
              limit v_first) n) < v_first,
           v_partners;
end $$;

-- OWN: somebody of the agency; PARENT: a supervisor of its parent; NOBODY: the report waits until one of them is there.
create function reviewers_for(p_agency uuid, p_authors uuid[]) returns text language sql stable as $$
  select case when has_reviewer(p_agency, p_authors) then 'OWN'
              when exists (select from agency a where a.id = p_agency and has_reviewer(a.parent_id, p_authors)) then 'PARENT'
              else 'NOBODY' end
$$;

-- Nobody decides on their own: held here too, whoever forgets to ask.
create function held_is_decided() returns trigger language plpgsql as $$
begin
  if new.change = 'CORRECTED' and new.hold_reasons is null then return new; end if;
  if new.change <> 'RELEASED' or app_person() = any(report_authors(old.id)) or not acts_as(array['SUPERVISOR'])
     or not (old.agency_id = app_seat() or not has_reviewer(old.agency_id, report_authors(old.id))) then
    raise exception 'a held report is released by a supervisor who did not write it' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger held_is_decided before update on seizure_report for each row
  when (old.status in ('HELD', 'DRAFT') and new.status in ('RELEASED', 'EMBARGOED')) execute function held_is_decided();

-- What is recalled waits for nobody any more; what held it is in the version that was recalled.
create or replace function recall_seizure_report(p jsonb)
 returns table(outcome text, report_id uuid, record_id uuid, status text, version integer)
 language plpgsql
 set plan_cache_mode to force_generic_plan
 set enable_seqscan to off
as $$
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
         changed_at = clock_timestamp(), sealed_reason = decode(p->>'sealedReason', 'base64'),
         hold_until_released = false, hold_reasons = null, sealed_return_note = null
   where r.id = v_old.id;
  perform withdraw_record_views(v_record);
  update seizure_record q set version = v_old.version + 1 where q.id = v_record;
  insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
  select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
  from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);
  insert into outbox (kind, subject_ids) values ('record.recalled', array[v_record]);
  return query select 'DONE', v_old.id, v_record, 'RECALLED', v_old.version + 1;
end $$;

/* Releases or returns one report, under its lock. The caller has entered the seat. ABSENT: not there, or not this seat's
   to decide on, which looks the same. */
create function decide_on_report(p_report uuid, p_version int, p_decision text, p_sealed_note bytea)
 returns table(outcome text, report_id uuid, record_id uuid, status text, version int, record_version int, content_digest text,
   submitter_reference text, tlp text, released_at timestamptz, was_shown boolean)
 language plpgsql security definer
 set search_path to 'public', 'pg_temp'
as $$
#variable_conflict use_column
declare
  v_old seizure_report;
  v_record seizure_record;
  v_context record;
  v_authors uuid[];
  v_own boolean;
  v_by_hand boolean;
  v_now timestamptz;
  v_status text;
  v_released timestamptz(3);
  v_outcome text;
  v_change text := case p_decision when 'RELEASE' then 'RELEASED' else 'RETURNED' end;
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR']) then
    raise exception 'a supervisor decides' using errcode = 'insufficient_privilege';
  end if;
  select * into v_old from seizure_report r where r.id = p_report for update;
  if not found then
    return query select 'ABSENT', null::uuid, null::uuid, null::text, null::int, null::int, null::text, null::text, null::text, null::timestamptz, null::boolean;
    return;
  end if;
  select * into v_record from seizure_record q where q.report_id = v_old.id;
  -- After the lock: of two who decide at the same moment the second sees what the first did.
  v_now := clock_timestamp();
  v_own := v_old.agency_id = app_seat();
  v_authors := report_authors(v_old.id);
  v_by_hand := v_old.status = 'EMBARGOED' and v_old.hold_until_released;
  v_status := seizure_report_status(v_old.status, v_old.release_after);
  select * into v_context from submission_context(v_old.agency_id, v_old.content->'place'->>'countyFips');
  v_outcome := case
    when v_old.version = p_version + 1 and v_old.change = v_change and v_old.changed_by = app_person() then 'UNCHANGED'
    -- What an agency that has left kept back is nobody's to let out.
    when not v_own and (v_old.status <> 'HELD' or has_reviewer(v_old.agency_id, v_authors)
      or not exists (select from agency a where a.id = v_old.agency_id and a.status = 'ACTIVE')) then 'ABSENT'
    -- It came to be this seat's after the caller had looked, so no note is sealed for its agency.
    when p_decision = 'RETURN' and p_sealed_note is null then 'ABSENT'
    when v_old.status in ('RECALLED', 'PURGED') then 'RECALLED'
    when v_old.version <> p_version then 'CONFLICT'
    when v_old.status <> 'HELD' and not (v_by_hand and p_decision = 'RELEASE') then 'NOT_HELD'
    when v_old.status = 'HELD' and app_person() = any(v_authors) then 'OWN_REPORT'
    when p_decision = 'RELEASE' and array_position(array['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'], v_old.sharing)
       > array_position(array['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'], v_context.widest_sharing) then 'SHARING'
    when p_decision = 'RELEASE' and exists (
      select from jsonb_array_elements_text(v_old.content->'taskForceIds') t(id)
      where t.id::uuid <> all(v_context.task_force_ids)) then 'TASK_FORCE'
  end;
  if v_outcome is null then
    v_outcome := 'DONE';
    v_status := case when p_decision = 'RETURN' then 'DRAFT'
                     when not v_by_hand and (v_old.hold_until_released or v_old.release_after > v_now) then 'EMBARGOED'
                     else 'RELEASED' end;
    v_released := case when p_decision = 'RETURN' or v_status = 'EMBARGOED' and v_old.hold_until_released then unreleased()
                       when v_status = 'EMBARGOED' then date_trunc('milliseconds', v_old.release_after + interval '999 microseconds')
                       else date_trunc('milliseconds', v_now) end;
    perform keep_report_version(v_old.id);
    update seizure_report r
       set status = v_status, version = v_old.version + 1, change = v_change, changed_by = app_person(), changed_at = v_now,
           sealed_reason = case when p_decision = 'RELEASE' then p_sealed_note end,
           sealed_return_note = case when p_decision = 'RETURN' then p_sealed_note end,
           hold_until_released = v_old.hold_until_released and not v_by_hand,
           hold_reasons = case when p_decision = 'RETURN' then v_old.hold_reasons end
     where r.id = v_old.id;
    update seizure_record q set version = v_old.version + 1, released_at = v_released where q.id = v_record.id;
    if v_released <> v_record.released_at then
      -- In the order of whoever applies a policy: neither waits for the other in a circle.
      perform 1 from record_view w where w.record_id = v_record.id order by w.rank for update;
      update record_view w set released_at = v_released where w.record_id = v_record.id;
    end if;
  end if;
  return query
    select v_outcome, r.id, v_record.id, case when v_outcome = 'DONE' then v_status else seizure_report_status(r.status, r.release_after) end,
      r.version, (select w.shown_version from record_view w where w.record_id = v_record.id and w.rank = 0), r.content_digest,
      r.submitter_reference, r.tlp, q.released_at::timestamptz,
      exists (select from seizure_report_version h where h.report_id = r.id and h.status = 'RELEASED')
    from seizure_report r join seizure_record q on q.report_id = r.id where r.id = v_old.id;
end $$;

-- The decision with its entry in the books and, where it releases, its alerts: one transaction.
create function book_decision(p jsonb, p_decision text)
 returns table(outcome text, report_id uuid, record_id uuid, status text, version int, record_version int, content_digest text,
   submitter_reference text, tlp text)
 language plpgsql
as $$
declare d record;
begin
  perform enter_actor((p->>'personId')::uuid, (p->>'agencyId')::uuid);
  select * into d from decide_on_report((p->>'reportId')::uuid, (p->>'version')::int, p_decision, decode(p->>'sealedNote', 'base64'));
  if d.outcome = 'DONE' then
    insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
    select a.id, a.at, a.person_id, a.agency_id, a.action, a.outcome, a.canonical
    from jsonb_to_record(p->'audit') as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text);
    -- Whoever was told of an earlier version is told again; everybody else for the first time.
    if d.released_at < unreleased() then
      insert into outbox (kind, subject_ids, available_at)
      values (case when d.was_shown then 'record.amended' else 'record.released' end, array[d.record_id], d.released_at);
    end if;
  end if;
  return query select d.outcome, d.report_id, d.record_id, d.status, d.version, d.record_version, d.content_digest,
    d.submitter_reference, d.tlp;
end $$;

create function release_seizure_report(p jsonb)
 returns table(outcome text, report_id uuid, record_id uuid, status text, version int, record_version int, content_digest text,
   submitter_reference text, tlp text)
 language sql as $$ select * from book_decision(p, 'RELEASE') $$;

create function return_seizure_report(p jsonb)
 returns table(outcome text, report_id uuid, record_id uuid, status text, version int, record_version int, content_digest text,
   submitter_reference text, tlp text)
 language sql as $$ select * from book_decision(p, 'RETURN') $$;

/* What waits for the supervisor of the seat that was entered, oldest first: the texts that hold it, and the finest view
   that others would get. Of a child agency nothing else is shown: neither narrative, identifiers, basis nor point. */
create function held_reports(p_limit int, p_after_at timestamptz, p_after_id uuid, p_report uuid)
 returns table(report_id uuid, agency_id uuid, agency_name text, agency_ori text, version int, held_at timestamptz,
   submitter_id uuid, submitter_name text, sharing text, release_after timestamptz, hold_until_released boolean,
   reasons jsonb, texts jsonb, may_release boolean, card seizure_record_card)
 language plpgsql stable security definer
 set search_path to 'public', 'pg_temp'
as $$
#variable_conflict use_column
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR']) then
    raise exception 'a supervisor decides' using errcode = 'insufficient_privilege';
  end if;
  return query
    select r.id, r.agency_id, a.name, a.ori, r.version, coalesce(r.changed_at, r.submitted_at), s.id, s.display_name, r.sharing,
      r.release_after, r.hold_until_released, r.hold_reasons,
      (select jsonb_object_agg(t.path, r.content #>> string_to_array(t.path, '.'))
         from (select distinct h->>'path' as path from jsonb_array_elements(r.hold_reasons) h where h->'from' <> 'null') t),
      app_person() <> all(w.authors), c
    from (select app_seat() as id union select g.id from agency g where g.parent_id = app_seat()) seat
    join agency a on a.id = seat.id
    join seizure_report r on r.agency_id = seat.id and r.status = 'HELD'
    join person s on s.id = r.submitted_by
    join seizure_record q on q.report_id = r.id
    cross join lateral (select report_authors(r.id) as authors) w
    left join lateral (
      select v.rank from record_view v where v.record_id = q.id and v.rank > 0
      -- What nobody else would get is shown as coarsely as there is.
      order by cardinality(v.audience) = 0, case when cardinality(v.audience) = 0 then -v.rank else v.rank end limit 1) f on true
    left join seizure_record_card c on c.record_id = q.id and c.rank = f.rank
    where (coalesce(r.changed_at, r.submitted_at), r.id) > (p_after_at, p_after_id)
      and (p_report is null or r.id = p_report)
      and (seat.id = app_seat() or a.status = 'ACTIVE' and not has_reviewer(seat.id, w.authors))
    order by coalesce(r.changed_at, r.submitted_at), r.id limit p_limit;
end $$;

revoke all on function decide_on_report(uuid, int, text, bytea), held_reports(int, timestamptz, uuid, uuid) from public;
grant execute on function decide_on_report(uuid, int, text, bytea), held_reports(int, timestamptz, uuid, uuid) to concord_api;
grant create on schema public to concord_review;
alter function decide_on_report(uuid, int, text, bytea) owner to concord_review;
alter function held_reports(int, timestamptz, uuid, uuid) owner to concord_review;
revoke create on schema public from concord_review;
