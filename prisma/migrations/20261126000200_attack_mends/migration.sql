-- What somebody found who tried to get more than was meant (test/attacks/administration.flow-spec.ts).

-- A machine decides nothing: an agency whose other admin is one would wait for it for ever.
create or replace function has_admin(p_agency uuid, p_except uuid) returns boolean language sql stable as $$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE' and p.issuer <> 'urn:concord:service'
    left join agency a on a.id = m.agency_id
    where m.agency_id is not distinct from p_agency and m.person_id is distinct from p_except
      and case when p_agency is null then 'SYSTEM_ADMIN' = any(m.roles)
               else 'AGENCY_ADMIN' = any(m.roles) and a.status = 'ACTIVE' end
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$$;

-- A key that was taken back is not brought back, whoever asks.
alter policy key_ended on api_key using (agency_id = app_seat() and revoked_at is null and app_manages_keys());

-- Asked once and not for each opening: who reads no others' waited for all of them.
alter policy danger_of_party on imminent_danger
  using (agency_id = app_seat() or owner_agency_id = app_seat() or (select acts_as(array['AUDITOR'])));

grant create on schema public to concord_directory, concord_agreements;
set role concord_directory;

-- Whether an agency takes part, so that it does not leave before this transaction is over (end_agency waits for it, or it
-- for that). The deployment always does.
create function agency_stays(p_agency uuid) returns boolean language plpgsql as $$
begin
  if p_agency is null then return true; end if;
  perform from agency a where a.id = p_agency and a.status = 'ACTIVE' for key share;
  return found;
end $$;
revoke execute on function agency_stays(uuid) from public;

-- As before, and nothing in an agency that leaves at the same moment.
create or replace function grant_membership(p_person uuid, p_roles text[], p_from timestamptz, p_until timestamptz) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_id uuid;
begin
  perform lock_person(p_person);
  -- Nobody gives themselves a role: not even one that an admin gives others alone.
  if app_seat() is null or not agency_stays(app_seat()) or not app_holds('AGENCY_ADMIN') or p_person = app_person()
    or not p_roles <@ array['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'WATCH_OFFICER']
    or has_seat_elsewhere(p_person, app_seat()) or duties_clash(p_person, app_seat(), p_roles)
    or not exists (select from person p where p.id = p_person and p.status = 'ACTIVE') then
    raise exception 'this membership is not for this seat to give' using errcode = '42501';
  end if;
  insert into membership (person_id, agency_id, roles, valid_from, valid_until, granted_by)
  values (p_person, app_seat(), p_roles, greatest(p_from, statement_timestamp()), p_until, app_person())
  returning id into v_id;
  return v_id;
end $$;

-- As before; nothing in an agency that has left, and no right beside another agency's of which whoever approved was not
-- told: the request says whether there was one.
create or replace function grant_approved_membership(p_approval uuid) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_id uuid; v_person uuid; v_agency uuid;
begin
  select (a.payload->>'personId')::uuid, (a.payload->>'agencyId')::uuid into v_person, v_agency
  from approval a where a.id = p_approval and a.kind = 'role.grant';
  perform lock_person(v_person);
  if agency_stays(v_agency) then
    insert into membership (person_id, agency_id, roles, valid_from, valid_until, granted_by, approval_id)
    select v_person, v_agency, array(select jsonb_array_elements_text(a.payload->'roles')),
           greatest((a.payload->>'from')::timestamptz, statement_timestamp()), (a.payload->>'until')::timestamptz,
           a.requested_by, a.id
    from approval a
    where a.id = p_approval and a.kind = 'role.grant' and a.state = 'APPROVED'
      and (a.agency_id is null or a.agency_id = v_agency)
      and (not has_seat_elsewhere(v_person, v_agency) or coalesce((a.payload->>'elsewhere')::boolean, false))
      and not duties_clash(v_person, v_agency, array(select jsonb_array_elements_text(a.payload->'roles')))
    returning id into v_id;
  end if;
  if v_id is null then
    raise exception 'nobody has approved this membership' using errcode = '42501';
  end if;
  return v_id;
end $$;

-- As before; and
-- - one thing after the other for one person: of two decisions at the same moment none gives duties that clash;
-- - nothing for somebody who was disabled, nor in an agency that leaves;
-- - what a second person had to agree to is asked again where somebody who is known already brought the code: whoever
--   agreed, agreed to the name that was typed, and the inviter took the role with it;
-- - nobody who has got a seat elsewhere meanwhile, unless whoever agreed knew who it is.
create or replace function fulfil_invitation(p_invitation uuid) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare i invitation; v_id uuid; v_named boolean;
begin
  -- Of who accepts and who agrees at the same moment the second sees what the first did.
  select * into i from invitation v where v.id = p_invitation for update;
  if i.accepted_by is null or not agency_stays(i.agency_id) then return null; end if;
  perform lock_person(i.accepted_by);
  v_named := exists (select from approval a where a.id = i.approval_id and i.accepted_by = any(a.subject_ids));
  if i.approval_id is not null and i.accepted_by <> i.person_id and not v_named then
    insert into approval (kind, agency_id, subject_ids, payload, summary, requested_by)
    select a.kind, a.agency_id, array[i.id, p.id], a.payload,
           left(array_to_string(i.roles, ', ') || ' in ' || coalesce(g.name, 'the deployment') || ' for '
                || p.display_name || ', who was known before and has accepted an invitation for another name', 500),
           a.requested_by
    from approval a join person p on p.id = i.accepted_by left join agency g on g.id = i.agency_id
    where a.id = i.approval_id
    returning id into v_id;
    update invitation v set approval_id = v_id where v.id = i.id;
    return null;
  end if;
  insert into membership (person_id, agency_id, roles, valid_from, valid_until, granted_by, invitation_id, approval_id)
  select p.id, i.agency_id, i.roles, greatest(i.valid_from, statement_timestamp()), i.valid_until, i.created_by, i.id, i.approval_id
  from person p
  where p.id = i.accepted_by and p.status = 'ACTIVE'
    and (i.approval_id is null or exists (
      select from approval a where a.id = i.approval_id and a.state = 'APPROVED' and a.payload->>'invitationId' = i.id::text))
    and (v_named or not has_seat_elsewhere(p.id, i.agency_id))
    and (i.valid_until is null or i.valid_until > statement_timestamp())
    and not duties_clash(p.id, i.agency_id, i.roles)
  on conflict (invitation_id) do nothing
  returning id into v_id;
  return v_id;
end $$;

reset role;
set role concord_agreements;

-- As before; five an hour for a person are five in all the seats that the person has.
create or replace function open_in_imminent_danger(p_id uuid, p_record uuid, p_minutes int, p_reason text)
returns table (outcome text, id uuid, opened_at timestamptz, valid_until timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare v_now timestamptz;
begin
  if app_seat() is null or not acts_as(array['SUPERVISOR']) then
    raise exception 'a supervisor opens in imminent danger' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('imminent_danger of ' || app_person(), 0));
  perform pg_advisory_xact_lock(hashtextextended('imminent_danger ' || app_seat(), 0));
  v_now := clock_timestamp();
  return query select 'UNCHANGED', d.id, d.opened_at, d.valid_until from imminent_danger d
    where d.agency_id = app_seat() and d.person_id = app_person() and d.record_id = p_record and d.valid_until > v_now;
  if found then return; end if;
  if (select count(*) from imminent_danger d where d.person_id = app_person() and d.opened_at > v_now - interval '1 hour') >= 5
     or (select count(*) from imminent_danger d where d.agency_id = app_seat() and d.opened_at > v_now - interval '1 day') >= 20 then
    return query select 'TOO_MANY', null::uuid, null::timestamptz, null::timestamptz;
    return;
  end if;
  return query
    insert into imminent_danger (id, person_id, agency_id, record_id, owner_agency_id, reason, opened_at, valid_until)
    values (p_id, app_person(), app_seat(), p_record, (select r.agency_id from seizure_record r where r.id = p_record), p_reason,
      v_now, v_now + make_interval(mins => p_minutes))
    returning 'OPENED', imminent_danger.id, imminent_danger.opened_at, imminent_danger.valid_until;
end $$;

reset role;
revoke create on schema public from concord_directory, concord_agreements;

-- Openings of a person, for the count above.
create index imminent_danger_by_person on imminent_danger (person_id, opened_at);
