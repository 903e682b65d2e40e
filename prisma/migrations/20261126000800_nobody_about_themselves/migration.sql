-- Nobody approves what is about themselves, as little as what they have asked for: of two admins one could ask for what
-- the other one then gives to himself. Where that leaves nobody in the agency, its parent's admin decides, then a system
-- admin. A machine decides nothing.

create function has_other_admin(p_agency uuid, p_except uuid[]) returns boolean language sql stable as $$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE' and p.issuer <> 'urn:concord:service'
    left join agency a on a.id = m.agency_id
    where m.agency_id is not distinct from p_agency and m.person_id <> all (p_except)
      and case when p_agency is null then 'SYSTEM_ADMIN' = any(m.roles)
               else 'AGENCY_ADMIN' = any(m.roles) and a.status = 'ACTIVE' end
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$$;

-- Who decides what somebody has asked for about these people (other ids among the subjects are nobody's).
create function approval_needs(p_agency uuid, p_requester uuid, p_subjects uuid[]) returns text language sql stable as $$
  select case
    when p_agency is null then 'SYSTEM_ADMIN'
    when has_other_admin(p_agency, p_requester || p_subjects) then 'AGENCY_ADMIN'
    when a.parent_id is not null and has_other_admin(a.parent_id, p_requester || p_subjects) then 'PARENT_ADMIN'
    else 'SYSTEM_ADMIN' end
  from (select) as asked left join agency a on a.id = p_agency
$$;

create function app_may_decide(p_agency uuid, p_requester uuid, p_subjects uuid[]) returns boolean language sql stable as $$
  select app_person() <> all (p_requester || p_subjects) and case approval_needs(p_agency, p_requester, p_subjects)
    when 'AGENCY_ADMIN' then app_seat() = p_agency and app_holds('AGENCY_ADMIN')
    when 'PARENT_ADMIN' then app_seat() = (select a.parent_id from agency a where a.id = p_agency) and app_holds('AGENCY_ADMIN')
    else app_seat() is null and app_holds('SYSTEM_ADMIN') end
$$;

alter policy approval_seen on approval using (
  requested_by = app_person() or decided_by = app_person()
  or (agency_id = app_seat() and app_holds('AGENCY_ADMIN'))
  or (agency_id is null and app_seat() is null and app_holds('SYSTEM_ADMIN'))
  or app_may_decide(agency_id, requested_by, subject_ids));
alter policy approval_decided on approval
  using (state = 'PENDING' and expires_at > statement_timestamp() and app_may_decide(agency_id, requested_by, subject_ids));

alter table approval add constraint approval_about_another check (decided_by <> all (subject_ids));

drop function app_may_decide(uuid, uuid);
drop function approval_needs(uuid, uuid);
