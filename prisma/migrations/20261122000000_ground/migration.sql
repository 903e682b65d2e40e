-- The ground: agencies and people, access keys, reports, records and their views, the inverted lists, outbox,
-- alerting, delivery and the books. Row-level security is the third ring (docs/architecture.md): what it says is
-- what libs/access says, and a test compares the two.

-- ---------------------------------------------------------------------------------------------------------------
-- Roles. None can log in: a login is granted concord_api or concord_worker and enters it at connection time.
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare r text;
begin
  foreach r in array array['concord_api', 'concord_worker', 'concord_lists', 'concord_audit_append'] loop
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
grant concord_audit_append to concord_api with inherit true;
grant concord_audit_append to concord_worker with inherit true;

-- ---------------------------------------------------------------------------------------------------------------
-- Agencies, people, agreements, task forces
-- ---------------------------------------------------------------------------------------------------------------
create table agency (
  id uuid primary key default gen_random_uuid(),
  -- Nine characters (NCIC); absent for COMMUNITY partners, which have none.
  ori text unique check (ori ~ '^[A-Z]{2}[A-Z0-9]{7}$'),
  name text not null,
  level text not null check (level in ('FEDERAL', 'STATE', 'LOCAL', 'TRIBAL', 'COMMUNITY')),
  status text not null default 'ACTIVE' check (status in ('ACTIVE', 'LEFT')),
  contact_phone text,
  synthetic boolean not null default false,
  created_at timestamptz not null default now(),
  check ((level = 'COMMUNITY') = (ori is null))
);

-- A jurisdiction is a set of places: 617 of the FBI's 18,702 agencies span several counties.
create table agency_place (
  agency_id uuid not null references agency on delete cascade,
  place_key text not null check (place_key ~ '^(nation:us|state:[0-9]{2}|county:[0-9]{5}|tribe:[a-z0-9-]+)$'),
  primary key (agency_id, place_key)
);
create index agency_place_by_key on agency_place (place_key);

create table agency_settings (
  agency_id uuid primary key references agency on delete cascade,
  h3_resolution smallint not null default 6 check (h3_resolution in (6, 7)),
  version int not null default 1,
  updated_at timestamptz not null default now()
);

-- A region joins counties across states (a HIDTA's designated counties).
create table region (
  id text primary key check (id ~ '^[a-z0-9-]{1,60}$'),
  name text not null
);
create table region_county (
  region_id text not null references region on delete cascade,
  county_fips text not null check (county_fips ~ '^[0-9]{5}$'),
  primary key (region_id, county_fips)
);
create index region_county_by_county on region_county (county_fips);

-- A person is bound to an issuer's subject, never to an e-mail address.
create table person (
  id uuid primary key default gen_random_uuid(),
  issuer text not null,
  subject text not null,
  display_name text not null,
  status text not null default 'ACTIVE' check (status in ('ACTIVE', 'DISABLED')),
  created_at timestamptz not null default now(),
  unique (issuer, subject)
);

create table membership (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person on delete cascade,
  -- Absent for a system admin, who belongs to the deployment and not to an agency.
  agency_id uuid references agency on delete cascade,
  roles text[] not null check (cardinality(roles) > 0 and roles <@ array['SUBMITTER', 'ANALYST', 'SUPERVISOR',
    'AGENCY_ADMIN', 'SYSTEM_ADMIN', 'AUDITOR', 'PRIVACY_OFFICER', 'WATCH_OFFICER']),
  valid_from timestamptz not null default now(),
  valid_until timestamptz,
  check (valid_until is null or valid_until >= valid_from),
  check (('SYSTEM_ADMIN' = any(roles)) = (agency_id is null))
);
create index membership_by_person on membership (person_id);
create index membership_by_agency on membership (agency_id);

-- Participation under which an agency shares and reads: 28 CFR 23.20(f)(1).
create table agreement (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  widest_sharing text not null check (widest_sharing in ('AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS')),
  valid_from timestamptz not null default now(),
  valid_until timestamptz,
  text_digest text not null
);
create table agreement_party (
  agreement_id uuid not null references agreement on delete cascade,
  agency_id uuid not null references agency on delete cascade,
  primary key (agreement_id, agency_id)
);
create index agreement_party_by_agency on agreement_party (agency_id);

create table task_force (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  lead_agency_id uuid not null references agency,
  valid_from timestamptz not null default now(),
  valid_until timestamptz not null
);
create table task_force_activity (
  task_force_id uuid not null references task_force on delete cascade,
  activity text not null check (activity in ('TRAFFICKING', 'DISTRIBUTION', 'MANUFACTURE', 'MONEY_LAUNDERING', 'OVERDOSE_RESPONSE')),
  primary key (task_force_id, activity)
);
create table task_force_agency (
  task_force_id uuid not null references task_force on delete cascade,
  agency_id uuid not null references agency on delete cascade,
  valid_from timestamptz not null default now(),
  valid_until timestamptz,
  primary key (task_force_id, agency_id)
);
create index task_force_agency_by_agency on task_force_agency (agency_id);
-- Agencies join; named people of theirs read.
create table task_force_member (
  task_force_id uuid not null,
  agency_id uuid not null,
  person_id uuid not null references person on delete cascade,
  role text not null check (role in ('LEAD', 'MEMBER', 'OBSERVER')),
  valid_from timestamptz not null default now(),
  valid_until timestamptz,
  primary key (task_force_id, agency_id, person_id),
  foreign key (task_force_id, agency_id) references task_force_agency on delete cascade
);
create index task_force_member_by_person on task_force_member (person_id, agency_id);

-- ---------------------------------------------------------------------------------------------------------------
-- Access: keys and keyrings
-- ---------------------------------------------------------------------------------------------------------------
-- What opens a record has a text form for people (`county:06073`) and an int4 for the lists.
create table access_key (
  id int4 generated always as identity primary key,
  key text not null unique check (key ~ '^(agency|taskforce|county|state|region|tribe|nation):[a-z0-9-]+$')
);

-- Every key that an actor carries right now, what it opens and why. The one place in SQL that knows (libs/access
-- `keyringOf` says the same in TypeScript; a test compares them). Roles: those of the owning agency read at OWNER; a
-- SUBMITTER reads no other agency's records; AUDITOR, PRIVACY_OFFICER and SYSTEM_ADMIN read none. `now` is the
-- statement's and not the transaction's: a membership that ended while a transaction waited is over.
create function actor_keys(p_person uuid, p_agency uuid)
returns table (key text, key_id int4, opens text, because text)
language sql stable as $$
  with seat as (
    select a.id as agency_id, a.level, a.name,
           bool_or(m.roles && array['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER']) as reads_own,
           bool_or(m.roles && array['ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER']) as reads_shared
    from membership m
    join person p on p.id = m.person_id and p.status = 'ACTIVE'
    join agency a on a.id = m.agency_id and a.status = 'ACTIVE'
    where m.person_id = p_person and m.agency_id = p_agency
      and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())
    group by a.id
  ),
  agreed as (
    select s.agency_id, s.level, s.name, min(g.name) as agreement
    from seat s
    join agreement_party gp on gp.agency_id = s.agency_id
    join agreement g on g.id = gp.agreement_id
      and g.valid_from <= statement_timestamp() and (g.valid_until is null or g.valid_until > statement_timestamp())
    where s.reads_shared
    group by s.agency_id, s.level, s.name
  ),
  ring(key, opens, because) as (
    select 'agency:' || agency_id, 'OWNER', 'member of ' || name from seat where reads_own
    union all
    select 'taskforce:' || t.id, 'TASK_FORCE', 'named member of task force ' || t.name
    from agreed s
    join task_force_member tm on tm.agency_id = s.agency_id and tm.person_id = p_person
      and tm.valid_from <= statement_timestamp() and (tm.valid_until is null or tm.valid_until > statement_timestamp())
    join task_force_agency ta on ta.task_force_id = tm.task_force_id and ta.agency_id = tm.agency_id
      and ta.valid_from <= statement_timestamp() and (ta.valid_until is null or ta.valid_until > statement_timestamp())
    join task_force t on t.id = tm.task_force_id and t.valid_from <= statement_timestamp() and t.valid_until > statement_timestamp()
    union all
    select ap.place_key, 'PARTNER', lower(s.level) || ' agency of this jurisdiction under ' || s.agreement
    from agreed s
    join agency_place ap on ap.agency_id = s.agency_id
    where (s.level = 'FEDERAL' and ap.place_key = 'nation:us')
       or (s.level = 'STATE' and ap.place_key like 'state:%')
       or (s.level in ('LOCAL', 'TRIBAL') and (ap.place_key like 'county:%' or ap.place_key like 'tribe:%'))
    union all
    select distinct 'region:' || rc.region_id, 'PARTNER', 'county of this region under ' || s.agreement
    from agreed s
    join agency_place ap on ap.agency_id = s.agency_id and ap.place_key like 'county:%'
    join region_county rc on rc.county_fips = substr(ap.place_key, 8)
    where s.level in ('LOCAL', 'TRIBAL')
  )
  select ring.key, k.id, ring.opens, ring.because from ring left join access_key k on k.key = ring.key
$$;

create function actor_keyring(p_person uuid, p_agency uuid) returns int4[]
language sql stable as $$
  select coalesce(array_agg(key_id order by key_id) filter (where key_id is not null), '{}')
  from actor_keys(p_person, p_agency)
$$;

-- Enters the actor for the rest of the transaction: row-level security reads these settings. One call, one snapshot.
create function enter_actor(p_person uuid, p_agency uuid) returns int4[]
language plpgsql stable as $$
declare ring int4[]; own boolean;
begin
  select coalesce(array_agg(key_id order by key_id) filter (where key_id is not null), '{}'),
         coalesce(bool_or(opens = 'OWNER'), false)
    into ring, own from actor_keys(p_person, p_agency);
  perform set_config('app.keyring', ring::text, true),
          set_config('app.person', coalesce(p_person::text, ''), true),
          -- Set only for those who read their agency's reports: an auditor of the same agency has none.
          set_config('app.agency', case when own then p_agency::text else '' end, true),
          set_config('app.seat', coalesce(p_agency::text, ''), true);
  return ring;
end $$;

create function app_keyring() returns int4[] language sql stable parallel safe
  return nullif(current_setting('app.keyring', true), '')::int4[];
create function app_agency() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.agency', true), '')::uuid;
create function app_seat() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.seat', true), '')::uuid;
create function app_person() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.person', true), '')::uuid;

-- ---------------------------------------------------------------------------------------------------------------
-- Reports: the owner's, whole. Identifiers, narrative and basis are sealed and live apart (28 CFR Part 23).
-- ---------------------------------------------------------------------------------------------------------------
create table seizure_report (
  id uuid primary key,
  agency_id uuid not null references agency,
  submitter_reference text not null check (length(submitter_reference) between 1 and 64),
  -- EMBARGOED turns into RELEASED by the clock: see seizure_report_status().
  status text not null check (status in ('DRAFT', 'HELD', 'EMBARGOED', 'RELEASED', 'RECALLED', 'PURGED')),
  version int not null default 1,
  content_digest text not null,
  sharing text not null check (sharing in ('AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS')),
  tlp text not null check (tlp in ('CLEAR', 'GREEN', 'AMBER', 'AMBER_STRICT', 'RED')),
  release_after timestamptz,
  occurred_from timestamptz not null,
  occurred_to timestamptz not null,
  offset_minutes int not null,
  -- Coded facts as submitted, readable so that they can be counted; whatever names somebody is sealed.
  content jsonb not null,
  sealed_narrative bytea,
  synthetic boolean not null default false,
  submitted_by uuid not null references person,
  submitted_at timestamptz not null default now(),
  -- Per agency: a reference of another agency's gives nothing away.
  unique (agency_id, submitter_reference),
  -- What hangs on a report names its agency too: foreign keys bypass row-level security, and this one cannot be
  -- pointed at another agency's report.
  unique (id, agency_id)
);
create index seizure_report_newest on seizure_report (agency_id, submitted_at desc, id desc);

create function seizure_report_status(status text, release_after timestamptz) returns text language sql stable
  return case when status = 'EMBARGOED' and release_after <= now() then 'RELEASED' else status end;

create table report_basis (
  report_id uuid primary key,
  agency_id uuid not null references agency,
  activity text not null check (activity in ('POSSESSION', 'DISTRIBUTION', 'TRAFFICKING', 'MANUFACTURE', 'MONEY_LAUNDERING', 'OTHER')),
  -- Reasonable suspicion and who decided: free text about people, so sealed.
  sealed bytea not null,
  -- 28 CFR 23.20(h): five years at most, then a fresh finding or a purge.
  review_by date not null,
  unique (report_id, agency_id),
  foreign key (report_id, agency_id) references seizure_report (id, agency_id) on delete cascade
);

create table sealed_identifier (
  id uuid primary key,
  report_id uuid not null,
  agency_id uuid not null references agency,
  kind text not null check (kind in ('PHONE', 'PLATE', 'VIN', 'PARCEL', 'ACCOUNT', 'CRYPTO_ADDRESS', 'HANDLE', 'EMAIL', 'DEVICE', 'PERSON')),
  sensitivity text not null check (sensitivity in ('OPEN', 'CONTACT_ONLY', 'SILENT')),
  sealed bytea not null,
  foreign key (report_id, agency_id) references report_basis (report_id, agency_id) on delete cascade
);
create index sealed_identifier_by_report on sealed_identifier (report_id);

-- An agency's data key, wrapped by the key holder's key-encryption key: iv | ciphertext | tag.
create table agency_data_key (
  key_id text primary key,
  agency_id uuid not null references agency,
  -- Which key-encryption key unwraps it.
  kek_id text not null,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
create unique index agency_data_key_current on agency_data_key (agency_id) where retired_at is null;

-- Tells whether the root key that a process was started with is the one that this database was filled under.
create table root_key_check (
  id text primary key check (id = 'root'),
  digest text not null
);

-- ---------------------------------------------------------------------------------------------------------------
-- Records: the anonymized form, one stored view a precision
-- ---------------------------------------------------------------------------------------------------------------
create table seizure_record (
  -- Random: shared ids say nothing.
  id uuid primary key,
  report_id uuid not null unique,
  agency_id uuid not null references agency,
  -- Internal, never shown: names a bulk load's range in the outbox.
  sequence bigint generated by default as identity unique,
  version int not null default 1,
  released_at timestamptz(3) not null,
  synthetic boolean not null default false,
  foreign key (report_id, agency_id) references seizure_report (id, agency_id) on delete cascade
);

create table record_view (
  record_id uuid not null references seizure_record on delete cascade,
  precision text not null check (precision in ('OWNER', 'TASK_FORCE', 'PARTNER', 'COMMUNITY')),
  -- 0 is the finest. Kept beside the name so that "finest visible" is an index order.
  rank smallint not null check (rank = case precision when 'OWNER' then 0 when 'TASK_FORCE' then 1 when 'PARTNER' then 2 else 3 end),
  version int not null,
  -- The sort key: the same in all views of a record, so that a reader meets it once, in its finest visible view.
  released_at timestamptz(3) not null,
  audience int4[] not null,
  tlp text not null check (tlp in ('CLEAR', 'GREEN', 'AMBER', 'AMBER_STRICT', 'RED')),
  occurred_from timestamptz not null,
  occurred_to timestamptz not null,
  offset_minutes int not null,
  state_fips text not null,
  county_fips text,
  h3 text,
  latitude double precision,
  longitude double precision,
  setting text,
  port_of_entry text,
  conveyance text,
  route jsonb,
  people jsonb not null default '[]',
  source_reliability text,
  source_credibility smallint,
  -- Absent where the precision does not name it or the owner withheld it.
  contributor_id uuid references agency,
  contributor_withheld boolean not null default false,
  transformations jsonb not null default '[]',
  synthetic boolean not null default false,
  primary key (record_id, rank)
);

create table record_view_substance (
  record_id uuid not null,
  rank smallint not null,
  ordinal smallint not null,
  dea_code text,
  name text not null,
  category text not null,
  form text,
  laboratory_status text,
  unit text,
  amount double precision,
  min_milligrams int8,
  max_milligrams int8,
  min_units int8,
  max_units int8,
  estimated boolean not null default false,
  purity_min double precision,
  purity_max double precision,
  signature text,
  adulterants jsonb,
  primary key (record_id, rank, ordinal),
  foreign key (record_id, rank) references record_view on delete cascade
);

create table record_view_concealment (
  record_id uuid not null,
  rank smallint not null,
  concealment text not null,
  primary key (record_id, rank, concealment),
  foreign key (record_id, rank) references record_view on delete cascade
);

-- The inverted lists, in time order (design.md section 5): filled by triggers, read by every hot page.
create table record_key (
  key_id int4 not null,
  sort_at timestamptz(3) not null,
  record_id uuid not null,
  rank smallint not null,
  primary key (key_id, sort_at, record_id, rank)
);
create index record_key_by_record on record_key (record_id, rank);
create table record_key_substance (
  key_id int4 not null,
  substance text not null,
  sort_at timestamptz(3) not null,
  record_id uuid not null,
  rank smallint not null,
  primary key (key_id, substance, sort_at, record_id, rank)
);
create index record_key_substance_by_record on record_key_substance (record_id, rank);

create function substance_list_key(dea_code text, category text) returns text language sql immutable
  return coalesce(dea_code, case when category = 'UNKNOWN' then 'UNKNOWN' else 'name:' || category end);

create function record_view_listed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into record_key (key_id, sort_at, record_id, rank)
  select distinct k, n.released_at, n.record_id, n.rank from new_views n cross join lateral unnest(n.audience) k;
  return null;
end $$;

create function record_view_substance_listed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into record_key_substance (key_id, substance, sort_at, record_id, rank)
  select distinct k, substance_list_key(n.dea_code, n.category), v.released_at, n.record_id, n.rank
  from new_substances n
  join record_view v on v.record_id = n.record_id and v.rank = n.rank
  cross join lateral unnest(v.audience) k;
  return null;
end $$;

-- Sharing changed, or a release time: the lists of those views are made anew.
create function record_view_relisted() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from record_key l using old_views o where l.record_id = o.record_id and l.rank = o.rank;
  delete from record_key_substance l using old_views o where l.record_id = o.record_id and l.rank = o.rank;
  insert into record_key (key_id, sort_at, record_id, rank)
  select distinct k, n.released_at, n.record_id, n.rank from new_views n cross join lateral unnest(n.audience) k;
  insert into record_key_substance (key_id, substance, sort_at, record_id, rank)
  select distinct k, substance_list_key(s.dea_code, s.category), n.released_at, n.record_id, n.rank
  from new_views n
  join record_view_substance s on s.record_id = n.record_id and s.rank = n.rank
  cross join lateral unnest(n.audience) k;
  return null;
end $$;

create function record_view_unlisted() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from record_key l using old_views o where l.record_id = o.record_id and l.rank = o.rank;
  delete from record_key_substance l using old_views o where l.record_id = o.record_id and l.rank = o.rank;
  return null;
end $$;

create trigger record_view_listed after insert on record_view
  referencing new table as new_views for each statement execute function record_view_listed();
create trigger record_view_relisted after update on record_view
  referencing old table as old_views new table as new_views for each statement execute function record_view_relisted();
create trigger record_view_unlisted after delete on record_view
  referencing old table as old_views for each statement execute function record_view_unlisted();
create trigger record_view_substance_listed after insert on record_view_substance
  referencing new table as new_substances for each statement execute function record_view_substance_listed();

-- ---------------------------------------------------------------------------------------------------------------
-- Outbox: what happened, written in the transaction in which it happened
-- ---------------------------------------------------------------------------------------------------------------
create table outbox (
  id bigint generated by default as identity primary key,
  kind text not null check (kind in ('record.released', 'alert.raised')),
  -- What it is about: ids, or a range of seizure_record.sequence for a bulk load. Never content.
  subject_ids uuid[],
  range_from bigint,
  range_to bigint,
  raises_alerts boolean not null default true,
  -- An embargo's end; relayed from then on.
  available_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  relayed_at timestamptz,
  relays int not null default 0,
  done_at timestamptz,
  check ((subject_ids is not null) <> (range_from is not null and range_to >= range_from))
);
create index outbox_waiting on outbox (available_at, id) where relayed_at is null;
create index outbox_unfinished on outbox (relayed_at) where done_at is null and relayed_at is not null;
create index outbox_finished on outbox (done_at) where done_at is not null;

create function outbox_wakes() returns trigger language plpgsql as $$
begin
  perform pg_notify('concord_outbox', '');
  return null;
end $$;
create trigger outbox_wakes after insert on outbox for each statement execute function outbox_wakes();

-- ---------------------------------------------------------------------------------------------------------------
-- Rules, alerts, deliveries, inboxes
-- ---------------------------------------------------------------------------------------------------------------
create table alert_rule (
  id uuid primary key default gen_random_uuid(),
  owner_person_id uuid not null references person on delete cascade,
  owner_agency_id uuid not null references agency on delete cascade,
  name text not null check (length(name) between 1 and 120),
  filter jsonb not null,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  -- Lets the worker read what changed since its last look without stepping over a late commit.
  changed_xid xid8 not null default pg_current_xact_id()
);
create function alert_rule_changes() returns trigger language plpgsql as $$
begin
  new.changed_xid := pg_current_xact_id();
  return new;
end $$;
create trigger alert_rule_changes before update on alert_rule for each row execute function alert_rule_changes();
create index alert_rule_changed on alert_rule (changed_xid);
create index alert_rule_by_owner on alert_rule (owner_person_id, owner_agency_id, created_at);

create table alert (
  id uuid primary key default gen_random_uuid(),
  owner_person_id uuid not null references person on delete cascade,
  owner_agency_id uuid not null references agency on delete cascade,
  -- No foreign key: a recall or purge leaves the alert as a tombstone.
  record_id uuid not null,
  record_version int not null,
  revision int not null default 1,
  match text not null check (match in ('CERTAIN', 'POSSIBLE')),
  state text not null default 'RAISED' check (state in ('RAISED', 'DELIVERED', 'WITHHELD', 'ACKNOWLEDGED')),
  note text check (length(note) <= 2000),
  raised_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (owner_person_id, owner_agency_id, record_id)
);
create index alert_newest on alert (owner_person_id, owner_agency_id, raised_at desc, id desc);

create table alert_match (
  alert_id uuid not null references alert on delete cascade,
  rule_id uuid not null references alert_rule on delete cascade,
  version int not null,
  match text not null check (match in ('CERTAIN', 'POSSIBLE')),
  primary key (alert_id, rule_id, version)
);

-- Positions are numbered under this row's lock, so that they are dense and in commit order for each recipient.
create table inbox (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person on delete cascade,
  agency_id uuid not null references agency on delete cascade,
  last_position bigint not null default 0,
  unique (person_id, agency_id)
);
create table inbox_entry (
  inbox_id uuid not null references inbox on delete cascade,
  position bigint not null,
  alert_id uuid not null references alert on delete cascade,
  revision int not null,
  delivered_at timestamptz not null default now(),
  primary key (inbox_id, position),
  unique (inbox_id, alert_id, revision)
);

create table delivery (
  id uuid primary key default gen_random_uuid(),
  alert_id uuid not null references alert on delete cascade,
  inbox_id uuid not null references inbox on delete cascade,
  channel text not null check (channel in ('LIVE')),
  -- WITHHELD: the recipient's keyring no longer opened the record at the moment of sending.
  state text not null check (state in ('DELIVERED', 'WITHHELD')),
  record_version int not null,
  created_at timestamptz not null default now(),
  unique (alert_id, inbox_id, channel)
);
create table delivery_attempt (
  delivery_id uuid not null references delivery on delete cascade,
  number int not null,
  at timestamptz not null default now(),
  outcome text not null check (outcome in ('DELIVERED', 'WITHHELD')),
  primary key (delivery_id, number)
);

-- ---------------------------------------------------------------------------------------------------------------
-- The books: 28 CFR 23.20(g), CJIS AU-2, AU-3
-- ---------------------------------------------------------------------------------------------------------------
create table audit_entry (
  id uuid primary key,
  at timestamptz(3) not null,
  person_id uuid,
  agency_id uuid,
  action text not null,
  outcome text not null,
  -- RFC 8785 form of the whole entry; ids and digests, never content. What a Merkle log will seal.
  canonical text not null
);
create index audit_entry_by_time on audit_entry (at);

create function audit_entry_is_final() returns trigger language plpgsql as $$
begin
  raise exception 'audit entries are never changed or removed' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entry_is_final before update or delete or truncate on audit_entry
  for each statement execute function audit_entry_is_final();
