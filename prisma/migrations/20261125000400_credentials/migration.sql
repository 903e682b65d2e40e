-- Credentials: API keys of machines that submit, and when people were last there. A key's text is nowhere: it is found
-- by the SHA-256 of its 256 random bits, and only the function that judges it reads that column.

-- What the functions below run as.
do $$
begin
  if not exists (select from pg_roles where rolname = 'concord_keys') then
    -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
    begin
      create role concord_keys nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'concord_keys', 'SET') then
    grant concord_keys to current_user with inherit false, set true;
  end if;
end $$;
grant usage on schema public to concord_keys;

-- ---------------------------------------------------------------------------------------------------------------
-- When people were last there: CJIS AC-11 (thirty idle minutes), AC-2(3) (ninety idle days)
-- ---------------------------------------------------------------------------------------------------------------
-- A session is what follows one sign-in of one person: every token that says this `auth_time`, on every process.
create table person_session (
  person_id uuid not null references person on delete cascade,
  authenticated_at timestamptz not null,
  last_active_at timestamptz not null,
  primary key (person_id, authenticated_at)
);
create index person_session_oldest on person_session (authenticated_at);

create table person_activity (
  person_id uuid primary key references person on delete cascade,
  last_active_at timestamptz not null
);
-- The ninety days of whoever is here begin now. The embedded default's people sign in by an issuer that is exempt.
insert into person_activity (person_id, last_active_at)
select id, now() from person where issuer not like 'urn:concord:%';

do $$
declare t text;
begin
  foreach t in array array['person_session', 'person_activity'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
end $$;
grant select, insert, update (last_active_at), delete on person_session to concord_api;
grant select, insert, update (last_active_at) on person_activity to concord_api;
-- Asked before anybody has been entered, and noted for many people at once.
create policy session_asked on person_session for select to concord_api using (true);
create policy session_begun on person_session for insert to concord_api with check (true);
create policy session_active on person_session for update to concord_api using (true) with check (true);
-- No token of a sign-in that is so old is accepted any more.
create policy session_outlived on person_session for delete to concord_api using (authenticated_at < statement_timestamp() - interval '2 days');
create policy activity_asked on person_activity for select to concord_api using (true);
create policy activity_begun on person_activity for insert to concord_api with check (true);
create policy activity_noted on person_activity for update to concord_api using (true) with check (true);

grant select on person_activity to concord_keys;
create policy activity_judged on person_activity for select to concord_keys using (true);

-- An operator enables whoever was not there for ninety days: `concord enable`.
grant select, insert, update (last_active_at) on person_activity to concord_operator;
create policy activity_reset_asked on person_activity for select to concord_operator using (true);
create policy activity_reset on person_activity for insert to concord_operator with check (true);
create policy activity_reset_again on person_activity for update to concord_operator using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------
-- API keys
-- ---------------------------------------------------------------------------------------------------------------
create table api_key (
  id uuid primary key default gen_random_uuid(),
  agency_id uuid not null references agency on delete cascade,
  -- Whose seat in that agency it acts from: it can do no more than this person may at that moment.
  person_id uuid not null references person on delete cascade,
  name text not null check (length(name) between 1 and 64),
  -- What a key is recognised by in lists and scanners; no secret.
  prefix text not null unique check (prefix ~ '^[0-9a-f]{12}$'),
  digest bytea not null unique check (length(digest) = 32),
  capabilities text[] not null check (cardinality(capabilities) > 0 and capabilities <@ array['SUBMIT', 'CORRECT', 'READ_OWN']),
  widest_sharing text not null check (widest_sharing in ('AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS')),
  -- From where it may be used; empty: from anywhere.
  networks inet[] not null default '{}' check (cardinality(networks) <= 20),
  -- Two may live at once, so that a machine can be given the next before the last one goes. Null: it lives no more.
  slot smallint check (slot in (1, 2)),
  created_at timestamptz(3) not null default statement_timestamp(),
  created_by uuid not null references person,
  expires_at timestamptz(3) not null,
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  revoked_by uuid references person,
  check (expires_at > created_at and expires_at <= created_at + interval '400 days'),
  check ((revoked_at is null) = (revoked_by is null)),
  check (revoked_at is null or slot is null)
);
create unique index api_key_two_alive on api_key (agency_id, person_id, name, slot) where slot is not null;
create index api_key_newest on api_key (agency_id, created_at desc, id desc);

-- Whether the seat that was entered is an agency's admin's at this moment. As whoever asks.
create function app_manages_keys() returns boolean language sql stable as $$
  select exists (
    select from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    join agency a on a.id = m.agency_id and a.status = 'ACTIVE'
    where m.person_id = app_person() and m.agency_id = app_seat() and 'AGENCY_ADMIN' = any(m.roles)
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp()))
$$;

alter table api_key enable row level security;
alter table api_key force row level security;
grant select (id, agency_id, person_id, name, prefix, capabilities, widest_sharing, networks, slot, created_at, created_by,
        expires_at, last_used_at, revoked_at, revoked_by),
      insert (id, agency_id, person_id, name, prefix, digest, capabilities, widest_sharing, networks, slot, created_by, expires_at),
      update (slot, revoked_at, revoked_by) on api_key to concord_api;
create policy key_of_own_agency on api_key for select to concord_api using (agency_id = app_seat() and app_manages_keys());
create policy key_made on api_key for insert to concord_api
  with check (agency_id = app_seat() and created_by = app_person() and app_manages_keys());
create policy key_ended on api_key for update to concord_api using (agency_id = app_seat() and app_manages_keys())
  with check (agency_id = app_seat() and slot is null and (revoked_by is null or revoked_by = app_person()));

grant select, update (last_used_at) on api_key to concord_keys;
create policy key_judged on api_key for select to concord_keys using (true);
create policy key_use_noted on api_key for update to concord_keys using (true) with check (true);

-- A key that is taken back ends its sockets too. Its use changes nothing that a socket depends on.
create trigger seats_change after update of revoked_at or delete on api_key for each statement execute function seats_change();

-- The seat that a machine acts from where no person is named: a person whom no issuer knows, in the agency of the admin
-- who asks. Giving out SUBMITTER is an agency admin's to decide alone.
create function open_service_seat(p_name text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_subject text := app_seat() || '/' || p_name; v_person uuid;
begin
  if not app_manages_keys() then
    raise exception 'service seats are for an admin of the agency to open' using errcode = '42501';
  end if;
  insert into person (issuer, subject, display_name) values ('urn:concord:service', v_subject, p_name)
    on conflict (issuer, subject) do nothing;
  select p.id into strict v_person from person p where p.issuer = 'urn:concord:service' and p.subject = v_subject;
  insert into membership (person_id, agency_id, roles)
  select v_person, app_seat(), array['SUBMITTER']
  where not exists (
    select from membership m
    where m.person_id = v_person and m.agency_id = app_seat()
      and (m.valid_until is null or m.valid_until > statement_timestamp()));
  return v_person;
end $$;

-- Who a key acts as, and why it may not (null: it may). One snapshot with the statement that asks.
create function api_key_seat(p_digest bytea, p_address inet)
returns table (key_id uuid, person_id uuid, agency_id uuid, capabilities text[], widest_sharing text, expires_at timestamptz, refusal text)
language sql stable rows 1 security definer set search_path = public, pg_temp as $$
  select k.id, k.person_id, k.agency_id, k.capabilities, k.widest_sharing, k.expires_at,
    case
      when k.revoked_at is not null then 'API_KEY_REVOKED'
      when k.expires_at <= statement_timestamp() then 'API_KEY_EXPIRED'
      when cardinality(k.networks) > 0 and not coalesce(p_address <<= any(k.networks), false) then 'API_KEY_NETWORK'
      -- CJIS AC-2(3): an account that nobody used for ninety days is disabled; so is one whose person was not there.
      when greatest(k.created_at, k.last_used_at) < statement_timestamp() - interval '90 days' then 'API_KEY_DORMANT'
      when exists (select from person_activity x where x.person_id = k.person_id
        and x.last_active_at < statement_timestamp() - interval '90 days') then 'PERSON_DORMANT'
      -- A seat that was given up once since the key was made ended it for good: a later membership is another seat.
      -- A millisecond less, for that is how exactly `created_at` is kept.
      when not coalesce((select range_agg(tstzrange(m.valid_from, m.valid_until))
          @> tstzrange(least(k.created_at + interval '1 millisecond', statement_timestamp()), statement_timestamp(), '[]')
        from membership m where m.person_id = k.person_id and m.agency_id = k.agency_id), false) then 'NO_SEAT'
    end
  from api_key k where k.digest = p_digest
$$;

-- Noted by the API some seconds after it happened, off every request's path; at most one write a minute for each.
create function note_key_uses(p_keys uuid[]) returns void
language sql security definer set search_path = public, pg_temp as $$
  update api_key set last_used_at = statement_timestamp()
  where id = any(p_keys) and (last_used_at is null or last_used_at < statement_timestamp() - interval '50 seconds')
$$;

grant select, insert (issuer, subject, display_name) on person to concord_keys;
grant select, insert (person_id, agency_id, roles) on membership to concord_keys;
grant select (id, status) on agency to concord_keys;
-- Before they change hands: whoever no longer owns a function revokes nothing.
revoke execute on function open_service_seat(text), api_key_seat(bytea, inet), note_key_uses(uuid[]) from public;
grant execute on function open_service_seat(text), api_key_seat(bytea, inet), note_key_uses(uuid[]) to concord_api;
grant create on schema public to concord_keys;
alter function open_service_seat(text) owner to concord_keys;
alter function api_key_seat(bytea, inet) owner to concord_keys;
alter function note_key_uses(uuid[]) owner to concord_keys;
revoke create on schema public from concord_keys;
