-- People, what they are invited to, what they may do, and what a second person decides. The service writes no
-- membership itself: the functions at the end do, each of which asks for itself whether the seat that was entered may.

-- What the functions at the end run as.
do $$
begin
  if not exists (select from pg_roles where rolname = 'concord_directory') then
    -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
    begin
      create role concord_directory nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'concord_directory', 'SET') then
    grant concord_directory to current_user with inherit false, set true;
  end if;
end $$;
grant usage on schema public to concord_directory;

-- Whose admin decides where an agency has no second one.
alter table agency add column if not exists parent_id uuid references agency;

-- Nobody is known by a token before an invitation was accepted.
alter table person
  alter column issuer drop not null,
  alter column subject drop not null,
  add check ((issuer is null) = (subject is null)),
  add column disabled_at timestamptz,
  add column disabled_by uuid references person,
  -- Whose admin did it; absent: a system admin or an operator.
  add column disabled_for uuid references agency;

-- ---------------------------------------------------------------------------------------------------------------
-- Who holds what now. As whoever asks: policies call these.
-- ---------------------------------------------------------------------------------------------------------------
-- Whether the seat that was entered has the role at this moment.
create function app_holds(p_role text) returns boolean language sql stable as $$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    left join agency a on a.id = m.agency_id
    where m.person_id = app_person() and m.agency_id is not distinct from app_seat() and p_role = any(m.roles)
      and (m.agency_id is null or a.status = 'ACTIVE')
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$$;

-- Whether the agency (null: the deployment) has an admin who can act now, beside that person.
create function has_admin(p_agency uuid, p_except uuid) returns boolean language sql stable as $$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE' and p.issuer is not null
    left join agency a on a.id = m.agency_id
    where m.agency_id is not distinct from p_agency and m.person_id is distinct from p_except
      and case when p_agency is null then 'SYSTEM_ADMIN' = any(m.roles)
               else 'AGENCY_ADMIN' = any(m.roles) and a.status = 'ACTIVE' end
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$$;

-- Who decides at this moment: another admin of the agency; where there is none its parent's; else a system admin.
create function approval_needs(p_agency uuid, p_requester uuid) returns text language sql stable as $$
  select case
    when p_agency is null then 'SYSTEM_ADMIN'
    when has_admin(p_agency, p_requester) then 'AGENCY_ADMIN'
    when a.parent_id is not null and has_admin(a.parent_id, p_requester) then 'PARENT_ADMIN'
    else 'SYSTEM_ADMIN' end
  from (select) as asked left join agency a on a.id = p_agency
$$;

-- Nobody decides their own, whichever seat they take.
create function app_may_decide(p_agency uuid, p_requester uuid) returns boolean language sql stable as $$
  select p_requester <> app_person() and case approval_needs(p_agency, p_requester)
    when 'AGENCY_ADMIN' then app_seat() = p_agency and app_holds('AGENCY_ADMIN')
    when 'PARENT_ADMIN' then app_seat() = (select a.parent_id from agency a where a.id = p_agency) and app_holds('AGENCY_ADMIN')
    else app_seat() is null and app_holds('SYSTEM_ADMIN') end
$$;

-- Whether whoever asked could still ask: what an admin asked for ends with the seat.
create function may_still_ask(p_agency uuid, p_requester uuid) returns boolean language sql stable as $$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    left join agency a on a.id = m.agency_id
    where m.person_id = p_requester and (m.agency_id is null or a.status = 'ACTIVE')
      and case when p_agency is null then m.roles && array['SYSTEM_ADMIN', 'AGENCY_ADMIN']
               else m.agency_id = p_agency and 'AGENCY_ADMIN' = any(m.roles) end
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- What waits for a second person
-- ---------------------------------------------------------------------------------------------------------------
create table approval (
  id uuid primary key default gen_random_uuid(),
  -- `noun.verb`; libs/agencies has what each of them does.
  kind text not null check (kind ~ '^[a-z]+([.][a-z]+)+$'),
  -- Whose second person decides; absent: a system admin.
  agency_id uuid references agency,
  subject_ids uuid[] not null default '{}',
  payload jsonb not null,
  -- One sentence for whoever decides, as it was when it was asked for.
  summary text not null check (length(summary) between 1 and 500),
  requested_by uuid not null references person,
  requested_at timestamptz(3) not null default statement_timestamp(),
  expires_at timestamptz(3) not null default statement_timestamp() + interval '7 days',
  -- EXPIRED by the clock: see approval_state().
  state text not null default 'PENDING' check (state in ('PENDING', 'APPROVED', 'REFUSED')),
  decided_by uuid references person,
  decided_at timestamptz(3),
  note text check (length(note) between 1 and 500),
  check ((state = 'PENDING') = (decided_by is null) and (state = 'PENDING') = (decided_at is null)),
  check (decided_by <> requested_by)
);
create index approval_newest on approval (requested_at desc, id desc);

create function approval_state(state text, expires_at timestamptz) returns text language sql stable
  return case when state = 'PENDING' and expires_at <= statement_timestamp() then 'EXPIRED' else state end;

alter table approval enable row level security;
alter table approval force row level security;
grant select, insert (id, kind, agency_id, subject_ids, payload, summary, requested_by),
      update (state, decided_by, decided_at, note) on approval to concord_api;
create policy approval_seen on approval for select to concord_api using (
  requested_by = app_person() or decided_by = app_person()
  or (agency_id = app_seat() and app_holds('AGENCY_ADMIN'))
  or (agency_id is null and app_seat() is null and app_holds('SYSTEM_ADMIN'))
  or app_may_decide(agency_id, requested_by));
create policy approval_asked on approval for insert to concord_api with check (
  requested_by = app_person() and state = 'PENDING'
  and case when app_seat() is null then agency_id is null and app_holds('SYSTEM_ADMIN')
           else coalesce(agency_id = app_seat(), true) and app_holds('AGENCY_ADMIN') end);
create policy approval_decided on approval for update to concord_api
  using (state = 'PENDING' and expires_at > statement_timestamp() and app_may_decide(agency_id, requested_by))
  with check (state <> 'PENDING' and decided_by = app_person());

-- ---------------------------------------------------------------------------------------------------------------
-- Invitations: a membership that is promised to whoever brings the code
-- ---------------------------------------------------------------------------------------------------------------
create table invitation (
  id uuid primary key default gen_random_uuid(),
  -- Who is meant; somebody who is known already accepts as who they are.
  person_id uuid not null references person,
  agency_id uuid references agency,
  roles text[] not null check (cardinality(roles) > 0),
  valid_from timestamptz not null,
  valid_until timestamptz,
  -- SHA-256 of a code of 160 random bits.
  code_hash bytea not null unique check (length(code_hash) = 32),
  created_by uuid not null references person,
  created_at timestamptz(3) not null default statement_timestamp(),
  expires_at timestamptz(3) not null default statement_timestamp() + interval '7 days',
  -- What a second person decides about it; absent: nothing.
  approval_id uuid references approval,
  accepted_by uuid references person,
  accepted_at timestamptz(3),
  check (valid_until > valid_from),
  check (('SYSTEM_ADMIN' = any(roles)) = (agency_id is null)),
  check ((accepted_by is null) = (accepted_at is null))
);

alter table invitation enable row level security;
alter table invitation force row level security;
grant select (id, person_id, agency_id, roles, valid_from, valid_until, created_by, created_at, expires_at, approval_id,
        accepted_by, accepted_at),
      insert (id, person_id, agency_id, roles, valid_from, valid_until, code_hash, created_by, approval_id)
      on invitation to concord_api;
create policy invitation_seen on invitation for select to concord_api using (
  created_by = app_person() or (agency_id = app_seat() and app_holds('AGENCY_ADMIN'))
  -- Whoever may see what a second person decides about it; the approval's own policy says who.
  or exists (select from approval a where a.id = approval_id));
-- Of one's own agency; a system admin invites system admins and an agency's admin, and a second one agrees.
create policy invitation_made on invitation for insert to concord_api with check (
  created_by = app_person() and accepted_by is null
  and (approval_id is not null or roles <@ array['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'])
  and case when app_seat() is null
        then app_holds('SYSTEM_ADMIN') and (agency_id is null or roles = array['AGENCY_ADMIN'])
        else agency_id = app_seat() and app_holds('AGENCY_ADMIN') end);

-- A person who is known by no token and has no membership can do nothing.
grant insert (id, display_name) on person to concord_api;

-- ---------------------------------------------------------------------------------------------------------------
-- Memberships: where each comes from and how it ended. Rows are history; they change once, when they end.
-- ---------------------------------------------------------------------------------------------------------------
alter table membership
  add column granted_by uuid references person,
  add column granted_at timestamptz(3) not null default statement_timestamp(),
  add column approval_id uuid unique references approval,
  add column invitation_id uuid unique references invitation,
  add column ended_by uuid references person,
  add column ended_at timestamptz(3),
  add column end_reason text check (length(end_reason) between 1 and 200),
  add check ((ended_by is null) = (ended_at is null) and (ended_by is null) = (end_reason is null));

grant select on person, membership, agency, approval, invitation to concord_directory;
grant insert (issuer, subject, display_name), update (issuer, subject, status, disabled_at, disabled_by, disabled_for)
  on person to concord_directory;
grant insert, update (valid_until, ended_by, ended_at, end_reason) on membership to concord_directory;
grant insert on approval to concord_directory;
grant update (accepted_by, accepted_at, approval_id) on invitation to concord_directory;
create policy approval_kept on approval to concord_directory using (true) with check (true);
create policy invitation_kept on invitation to concord_directory using (true) with check (true);

-- Whether the person has, or will have, a seat in another agency than this one (null: the deployment).
create function has_seat_elsewhere(p_person uuid, p_agency uuid) returns boolean language sql stable as $$
  select exists (
    select from membership m left join agency a on a.id = m.agency_id
    where m.person_id = p_person and m.agency_id is distinct from p_agency
      and (m.agency_id is null or a.status = 'ACTIVE')
      and (m.valid_until is null or m.valid_until > greatest(m.valid_from, statement_timestamp())))
$$;

-- Whether the person would hold what one person may not (CJIS AC-5): libs/agencies/src/people/duties.ts says the same, with
-- words; a test compares the two.
create function duties_clash(p_person uuid, p_agency uuid, p_roles text[]) returns boolean language sql stable as $$
  with kept as (
    select m.agency_id, m.roles from membership m
    where m.person_id = p_person and (m.valid_until is null or m.valid_until > greatest(m.valid_from, statement_timestamp()))
  ), added as (
    select array(select unnest(p_roles) union select unnest(k.roles) from kept k where k.agency_id = p_agency) as roles
  )
  select case when 'SYSTEM_ADMIN' = any(p_roles) then cardinality(p_roles) > 1 or exists (select from kept where agency_id is not null)
         else exists (select from kept where agency_id is null) end
      or (select 'AUDITOR' = any(roles) and cardinality(roles) > 1 from added)
$$;

-- What is given to one person, is given one thing after the other: two agencies' admins do not miss each other.
create function lock_person(p_person uuid) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('concord.person:' || p_person, 0))
$$;

-- Changes of one agency's memberships go one behind the other: of two admins who end each other one stays.
create function lock_memberships(p_agency uuid) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('concord.membership:' || coalesce(p_agency::text, 'deployment'), 0))
$$;

-- An agency's admin gives a working role to somebody whose other memberships, if any, are in the same agency.
create function grant_membership(p_person uuid, p_roles text[], p_from timestamptz, p_until timestamptz) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_id uuid;
begin
  perform lock_person(p_person);
  if app_seat() is null or not app_holds('AGENCY_ADMIN')
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

-- What was asked for and a second person has approved: as it was asked, once.
create function grant_approved_membership(p_approval uuid) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_id uuid;
begin
  perform lock_person((a.payload->>'personId')::uuid) from approval a where a.id = p_approval and a.kind = 'role.grant';
  insert into membership (person_id, agency_id, roles, valid_from, valid_until, granted_by, approval_id)
  select (a.payload->>'personId')::uuid, (a.payload->>'agencyId')::uuid,
         array(select jsonb_array_elements_text(a.payload->'roles')),
         greatest((a.payload->>'from')::timestamptz, statement_timestamp()), (a.payload->>'until')::timestamptz,
         a.requested_by, a.id
  from approval a
  where a.id = p_approval and a.kind = 'role.grant' and a.state = 'APPROVED'
    and (a.agency_id is null or a.agency_id = (a.payload->>'agencyId')::uuid)
    and not duties_clash((a.payload->>'personId')::uuid, (a.payload->>'agencyId')::uuid,
                         array(select jsonb_array_elements_text(a.payload->'roles')))
  returning id into v_id;
  if v_id is null then
    raise exception 'nobody has approved this membership' using errcode = '42501';
  end if;
  return v_id;
end $$;

-- An invitation comes true when it was accepted and, where somebody has to, a second person has agreed. Null: not yet.
create function fulfil_invitation(p_invitation uuid) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_id uuid;
begin
  -- Of who accepts and who agrees at the same moment the second sees what the first did.
  perform from invitation i where i.id = p_invitation for update;
  insert into membership (person_id, agency_id, roles, valid_from, valid_until, granted_by, invitation_id, approval_id)
  select i.accepted_by, i.agency_id, i.roles, greatest(i.valid_from, statement_timestamp()), i.valid_until, i.created_by,
         i.id, i.approval_id
  from invitation i
  left join approval a on a.id = i.approval_id and a.payload->>'invitationId' = i.id::text
  left join agency g on g.id = i.agency_id
  where i.id = p_invitation and i.accepted_by is not null and (i.approval_id is null or a.state = 'APPROVED')
    and (i.agency_id is null or g.status = 'ACTIVE')
    and (i.valid_until is null or i.valid_until > statement_timestamp())
    and not duties_clash(i.accepted_by, i.agency_id, i.roles)
  on conflict (invitation_id) do nothing
  returning id into v_id;
  return v_id;
end $$;

-- Binds the code's invitation to a verified token, or to a person who is signed in. A code that is wrong, used or out of
-- date gives no row, and so does a token of somebody who is disabled.
create function accept_invitation(p_code_hash bytea, p_issuer text, p_subject text)
returns table (invitation_id uuid, person_id uuid, agency_id uuid, membership_id uuid, approval_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare i invitation; v_person uuid; v_status text; v_approval uuid;
begin
  -- One token accepts one code at a time, and so is bound once.
  perform pg_advisory_xact_lock(hashtextextended('concord.subject:' || p_issuer || ' ' || p_subject, 0));
  select * into i from invitation v
    where v.code_hash = p_code_hash and v.accepted_by is null and v.expires_at > statement_timestamp()
      and not exists (select from approval a where a.id = v.approval_id and approval_state(a.state, a.expires_at) in ('REFUSED', 'EXPIRED'))
    for update;
  select p.id, p.status into v_person, v_status from person p where p.issuer = p_issuer and p.subject = p_subject;
  -- Whoever is known by a key alone is a machine, and is invited to nothing.
  if i.id is null or v_status = 'DISABLED' or p_issuer = 'urn:concord:service' or not may_still_ask(case when exists (
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

-- Ends a membership from this moment on. An agency's admin ends those of the agency; a system admin those of system
-- admins and of agencies' admins. Null: there is none that this seat may end.
create function end_membership(p_membership uuid, p_reason text) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_until timestamptz;
begin
  update membership m
  set valid_until = greatest(m.valid_from, statement_timestamp()), ended_by = app_person(), ended_at = statement_timestamp(),
      end_reason = p_reason
  where m.id = p_membership and m.ended_by is null and (m.valid_until is null or m.valid_until > statement_timestamp())
    and case when app_seat() is null
          then app_holds('SYSTEM_ADMIN') and (m.agency_id is null or 'AGENCY_ADMIN' = any(m.roles))
          else m.agency_id = app_seat() and app_holds('AGENCY_ADMIN') end
  returning m.valid_until into v_until;
  return v_until;
end $$;

-- Makes a system admin while there are fewer than two, who could decide for each other: by a command of whoever operates.
create function appoint_system_admin(p_issuer text, p_subject text, p_name text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_person uuid;
begin
  perform lock_memberships(null);
  select p.id into v_person from person p where p.issuer = p_issuer and p.subject = p_subject and p.status = 'ACTIVE';
  if (select count(distinct m.person_id) from membership m join person p on p.id = m.person_id and p.status = 'ACTIVE'
      where m.agency_id is null and (m.valid_until is null or m.valid_until > greatest(m.valid_from, statement_timestamp()))) >= 2 then
    raise exception 'there are two system admins: they invite further ones' using errcode = 'check_violation';
  end if;
  if v_person is null then
    insert into person (issuer, subject, display_name) values (p_issuer, p_subject, p_name) returning id into v_person;
  elsif exists (select from membership m where m.person_id = v_person
      and (m.valid_until is null or m.valid_until > greatest(m.valid_from, statement_timestamp()))) then
    raise exception 'this person has a seat already' using errcode = 'check_violation';
  end if;
  insert into membership (person_id, roles) values (v_person, '{SYSTEM_ADMIN}');
  return v_person;
end $$;

-- Ends or gives back every seat of a person. An agency's admin does it where no other agency is touched, and gives back
-- only what this agency took; nobody does it to themselves. False: not for this seat, or nothing to change.
create function set_person_status(p_person uuid, p_status text) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update person p
  set status = p_status,
      disabled_at = case when p_status = 'DISABLED' then statement_timestamp() end,
      disabled_by = case when p_status = 'DISABLED' then app_person() end,
      disabled_for = case when p_status = 'DISABLED' then app_seat() end
  where p.id = p_person and p.id <> app_person() and p.status <> p_status
    and case when app_seat() is null then app_holds('SYSTEM_ADMIN')
          else app_holds('AGENCY_ADMIN') and not has_seat_elsewhere(p.id, app_seat())
            and (exists (select from membership m where m.person_id = p.id and m.agency_id = app_seat())
              or p.issuer is null and exists (select from invitation i where i.person_id = p.id and i.agency_id = app_seat()))
            and (p_status = 'DISABLED' or p.disabled_for = app_seat()) end;
  return found;
end $$;

grant create on schema public to concord_directory;
do $$
declare f text;
begin
  foreach f in array array['grant_membership(uuid, text[], timestamptz, timestamptz)', 'grant_approved_membership(uuid)',
    'fulfil_invitation(uuid)', 'accept_invitation(bytea, text, text)', 'end_membership(uuid, text)',
    'set_person_status(uuid, text)'] loop
    -- Before they change hands: whoever no longer owns a function revokes nothing.
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to concord_api', f);
    execute format('alter function %s owner to concord_directory', f);
  end loop;
end $$;
revoke execute on function appoint_system_admin(text, text, text) from public;
grant execute on function appoint_system_admin(text, text, text) to concord_operator;
alter function appoint_system_admin(text, text, text) owner to concord_directory;
revoke create on schema public from concord_directory;
