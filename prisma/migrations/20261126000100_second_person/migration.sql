-- A second person also lets an agency go; invitations that are open can be taken back; an agency's admin keeps its point
-- of contact; regions come from a list; an operator takes an API key back.

-- Functions of theirs are made again below.
grant create on schema public to concord_directory;

-- ---------------------------------------------------------------------------------------------------------------
-- An agency leaves when a second person has agreed, and never by one alone but by an operator
-- ---------------------------------------------------------------------------------------------------------------
-- As it was asked for and approved. An agency's own request says nothing of another agency, and the deployment's is a
-- system admin's. Null: it had left before, and nothing is changed.
create function leave_approved_agency(p_approval uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_agency uuid; v_requester uuid;
begin
  select (a.payload->>'agencyId')::uuid, a.requested_by into v_agency, v_requester
  from approval a
  where a.id = p_approval and a.kind = 'agency.leave' and a.state = 'APPROVED'
    and (a.agency_id = (a.payload->>'agencyId')::uuid
      or a.agency_id is null and exists (
        select from membership m
        where m.person_id = a.requested_by and m.agency_id is null and 'SYSTEM_ADMIN' = any(m.roles)
          and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())));
  if v_agency is null then
    raise exception 'nobody has approved that this agency leaves' using errcode = '42501';
  end if;
  return end_agency(v_agency, v_requester);
end $$;
revoke execute on function leave_approved_agency(uuid) from public;
grant execute on function leave_approved_agency(uuid) to concord_api;
alter function leave_approved_agency(uuid) owner to concord_directory;

-- Whoever administers an agency does not let it go alone any more. By its owner: nobody else drops it.
set role concord_directory;
drop function leave_agency(uuid);
reset role;

-- ---------------------------------------------------------------------------------------------------------------
-- Invitations are taken back
-- ---------------------------------------------------------------------------------------------------------------
alter table invitation
  add column withdrawn_by uuid references person,
  add column withdrawn_at timestamptz(3),
  add check ((withdrawn_by is null) = (withdrawn_at is null)),
  -- What was accepted is a membership, and ended as one.
  add check (withdrawn_at is null or accepted_at is null);
create index invitation_open on invitation (created_at desc, id desc) where accepted_at is null and withdrawn_at is null;
grant select (withdrawn_by, withdrawn_at) on invitation to concord_api;
grant update (withdrawn_by, withdrawn_at) on invitation to concord_directory;

-- By an admin of the agency that it is to; what a system admin has made, whom another one decides, by a system admin.
-- False: there is none open that this seat may take back.
create function withdraw_invitation(p_invitation uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_person uuid;
begin
  update invitation i set withdrawn_by = app_person(), withdrawn_at = statement_timestamp()
  where i.id = p_invitation and i.accepted_at is null and i.withdrawn_at is null
    and case when app_seat() is null
          then app_holds('SYSTEM_ADMIN') and exists (select from approval a where a.id = i.approval_id and a.agency_id is null)
          else i.agency_id = app_seat() and app_holds('AGENCY_ADMIN') end
  returning i.person_id into v_person;
  if v_person is null then
    return false;
  end if;
  -- The name that was made for the invitation is nobody's.
  update person p
  set status = 'DISABLED', disabled_at = statement_timestamp(), disabled_by = app_person(), disabled_for = app_seat()
  where p.id = v_person and p.issuer is null and p.status = 'ACTIVE';
  return true;
end $$;
revoke execute on function withdraw_invitation(uuid) from public;
grant execute on function withdraw_invitation(uuid) to concord_api;
alter function withdraw_invitation(uuid) owner to concord_directory;

-- As before (20261125000200), and: a code that was taken back is good for nobody. Nor is one whose person was disabled,
-- whoever brings it: somebody who is known already was let in by it until now.
set role concord_directory;
create or replace function accept_invitation(p_code_hash bytea, p_issuer text, p_subject text)
returns table (invitation_id uuid, person_id uuid, agency_id uuid, membership_id uuid, approval_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare i invitation; v_person uuid; v_status text; v_approval uuid;
begin
  -- One token accepts one code at a time, and so is bound once.
  perform pg_advisory_xact_lock(hashtextextended('concord.subject:' || p_issuer || ' ' || p_subject, 0));
  select * into i from invitation v
    where v.code_hash = p_code_hash and v.accepted_by is null and v.withdrawn_at is null and v.expires_at > statement_timestamp()
      and not exists (select from approval a where a.id = v.approval_id and approval_state(a.state, a.expires_at) in ('REFUSED', 'EXPIRED'))
      and exists (select from person p where p.id = v.person_id and p.status = 'ACTIVE')
    for update;
  select p.id, p.status into v_person, v_status from person p where p.issuer = p_issuer and p.subject = p_subject;
  -- Whoever is known by a key alone is a machine, and is invited to nothing. Whoever invited gives themselves no role by it.
  if i.id is null or v_status = 'DISABLED' or p_issuer = 'urn:concord:service' or v_person = i.created_by or not may_still_ask(case when exists (
       select from membership m where m.person_id = i.created_by and m.agency_id = i.agency_id) then i.agency_id end, i.created_by) then
    return;
  end if;
  perform lock_person(coalesce(v_person, i.person_id));
  if duties_clash(coalesce(v_person, i.person_id), i.agency_id, i.roles) then
    return;
  end if;
  if v_person is null then
    update person p set issuer = p_issuer, subject = p_subject
      where p.id = i.person_id and p.issuer is null and p.status = 'ACTIVE' returning p.id into v_person;
    if v_person is null then
      return;
    end if;
  elsif v_person <> i.person_id then
    -- The name that was made for the invitation is nobody's.
    update person p set status = 'DISABLED', disabled_at = statement_timestamp() where p.id = i.person_id and p.issuer is null;
  end if;
  v_approval := i.approval_id;
  if has_seat_elsewhere(v_person, i.agency_id) then
    -- Nobody who agreed before knew that it is somebody with rights elsewhere: a second person is asked, again if need be.
    insert into approval (kind, agency_id, subject_ids, payload, summary, requested_by)
    -- Whoever's admin invited, decides; what a system admin asks, another one does.
    select 'invitation.confirm', case when exists (
               select from membership m where m.person_id = i.created_by and m.agency_id = i.agency_id) then i.agency_id end,
           array[i.id, v_person], jsonb_build_object('invitationId', i.id),
           left(array_to_string(i.roles, ', ') || ' in ' || coalesce(g.name, 'the deployment') || ' for '
                || p.display_name || ', who has accepted an invitation and acts for another agency too', 500),
           i.created_by
    from person p left join agency g on g.id = i.agency_id where p.id = v_person
    returning id into v_approval;
  end if;
  update invitation v set accepted_by = v_person, accepted_at = statement_timestamp(), approval_id = v_approval where v.id = i.id;
  return query select i.id, v_person, i.agency_id, fulfil_invitation(i.id), v_approval;
end $$;
reset role;

-- ---------------------------------------------------------------------------------------------------------------
-- An agency's admin says whom to call there, and nothing else of the directory
-- ---------------------------------------------------------------------------------------------------------------
-- Answers with false, and has changed nothing, where the agency is at another version.
create function change_agency_contact(p jsonb) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if app_seat() is null or not app_holds('AGENCY_ADMIN') then
    raise exception 'admins of an agency change its point of contact' using errcode = 'insufficient_privilege';
  end if;
  update agency a
     set contact_name = p->>'contactName', contact_phone = p->>'contactPhone', contact_email = p->>'contactEmail',
         version = a.version + 1, changed_at = now()
   where a.id = app_seat() and a.version = (p->>'version')::int and a.status = 'ACTIVE';
  return found;
end $$;
revoke execute on function change_agency_contact(jsonb) from public;
grant execute on function change_agency_contact(jsonb) to concord_api;
alter function change_agency_contact(jsonb) owner to concord_directory;

-- ---------------------------------------------------------------------------------------------------------------
-- A list of regions, as a list of agencies is taken
-- ---------------------------------------------------------------------------------------------------------------
-- Digest of what a list last said about it; absent where it was made by hand.
alter table region add column listed text;
grant insert (listed), update (listed) on region to concord_directory;

-- A list of regions in one statement, by an operator: [{id, name, counties, listed}]. What the list says as the last time
-- is left alone, so that a change by hand stays, and so is a region that was made by hand.
create function import_regions(p jsonb) returns table (id text, version int, outcome text)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  return query
    with listed as materialized (
      select * from jsonb_to_recordset(p) as r(id text, name text, counties text[], listed text)
    ),
    made as (
      insert into region (id, name, listed)
      select l.id, l.name, l.listed from listed l
      where not exists (select from region r where r.id = l.id) order by l.id
      on conflict (id) do nothing
      returning region.id, region.version
    ),
    changed as (
      update region r set name = l.name, listed = l.listed, version = r.version + 1, changed_at = now()
      from listed l where r.id = l.id and r.listed <> l.listed
      returning r.id, r.version
    ),
    touched as (
      select m.id, m.version, 'created' as outcome from made m union all select c.id, c.version, 'updated' from changed c
    ),
    cleared as (
      delete from region_county rc using changed c join listed l on l.id = c.id
      where rc.region_id = c.id and rc.county_fips <> all(l.counties)
    ),
    filled as (
      insert into region_county (region_id, county_fips)
      select t.id, c from touched t join listed l on l.id = t.id cross join lateral unnest(l.counties) c
      on conflict do nothing
    )
    select l.id, coalesce(t.version, r.version),
           coalesce(t.outcome, case when r.listed is null then 'by hand' else 'unchanged' end)
    from listed l left join touched t on t.id = l.id left join region r on r.id = l.id;
end $$;
revoke execute on function import_regions(jsonb) from public;
grant execute on function import_regions(jsonb) to concord_operator;
alter function import_regions(jsonb) owner to concord_directory;

revoke create on schema public from concord_directory;

-- ---------------------------------------------------------------------------------------------------------------
-- API keys are taken back by an operator too, in nobody's name: `concord revoke --api-key`
-- ---------------------------------------------------------------------------------------------------------------
alter table api_key drop constraint api_key_check1,
  add constraint api_key_revoked_check check (revoked_by is null or revoked_at is not null);
grant select (id, revoked_at), update (revoked_at, slot) on api_key to concord_operator;
create policy key_named_by_operator on api_key for select to concord_operator using (true);
create policy key_ended_by_operator on api_key for update to concord_operator
  using (revoked_at is null) with check (revoked_at is not null and slot is null);
