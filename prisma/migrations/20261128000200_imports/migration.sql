-- Imports: a file that an agency already has, row by row (docs/import-jobs.md, ADR 0029).

-- How an agency's columns are read. It holds headings and words for codes, and nothing of any report.
create table column_mapping (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  name text not null check (length(name) between 1 and 64),
  version int not null default 1 check (version > 0),
  mapping jsonb not null check (pg_column_size(mapping) <= 262144),
  changed_by uuid not null references person (id),
  changed_at timestamptz(3) not null default statement_timestamp()
);
create unique index column_mapping_name on column_mapping (agency_id, lower(name));
alter table column_mapping enable row level security;
alter table column_mapping force row level security;
grant select, insert (id, agency_id, name, mapping, changed_by), update (name, version, mapping, changed_by, changed_at)
  on column_mapping to concord_api;
create policy mapping_of_own_agency on column_mapping to concord_api
  using (agency_id = app_seat() and (select acts_as(array['SUBMITTER', 'ANALYST', 'SUPERVISOR'])))
  with check (agency_id = app_seat() and changed_by = app_person() and (select acts_as(array['SUBMITTER', 'ANALYST', 'SUPERVISOR'])));

-- One file and what has become of it. Nothing that the file says is in it: not even its name, which may name somebody.
create table report_import (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  -- In whose name its reports are submitted, and by which key.
  person_id uuid not null references person (id),
  api_key_id uuid references api_key (id),
  format text not null check (format in ('CSV', 'XLSX', 'JSON_LINES', 'NIBRS_FLAT', 'NIBRS_XML')),
  bytes int not null check (bytes between 1 and 104857600),
  received_bytes int not null default 0 check (received_bytes between 0 and bytes),
  -- SHA-256 of the file; null until it is known.
  content_digest text check (content_digest ~ '^[0-9a-f]{64}$'),
  -- Line ends: about how many rows it has; null where rows are no lines, and until the file is whole.
  lines int,
  -- SHA-256 of everything that was asked, the file's digest included: asked again it is the same import while that goes on.
  request_digest text check (request_digest ~ '^[0-9a-f]{64}$'),
  -- How its columns are read: null until it is confirmed.
  mapping jsonb check (pg_column_size(mapping) <= 262144),
  settings jsonb not null,
  raise_alerts boolean not null default false,
  dry_run boolean not null default false,
  state text not null check (state in ('RECEIVING', 'READY', 'RUNNING', 'PAUSED', 'DONE', 'FAILED', 'CANCELLED')),
  -- Why it is paused or has failed: a stable code.
  reason text check (length(reason) between 1 and 64),
  accepted int not null default 0,
  held int not null default 0,
  refused int not null default 0,
  duplicates int not null default 0,
  questions int not null default 0,
  created_at timestamptz(3) not null default statement_timestamp(),
  confirmed_at timestamptz(3),
  progressed_at timestamptz(3),
  ended_at timestamptz(3),
  content_removed_at timestamptz(3),
  -- The worker that has it, until when; how often it was taken and nothing came of it.
  holder uuid,
  held_until timestamptz(3),
  fruitless smallint not null default 0,
  unique (id, agency_id),
  check ((ended_at is not null) = (state in ('DONE', 'FAILED', 'CANCELLED'))),
  check (state = 'RUNNING' or holder is null),
  check (state not in ('RUNNING', 'PAUSED', 'DONE') or mapping is not null)
);
create unique index report_import_same on report_import (agency_id, person_id, request_digest)
  where ended_at is null and request_digest is not null;
create index report_import_listed on report_import (agency_id, created_at desc, id desc);
create index report_import_running on report_import (held_until) where state = 'RUNNING';
create index report_import_with_content on report_import (created_at) where content_removed_at is null;
alter table report_import enable row level security;
alter table report_import force row level security;
grant select,
  insert (id, agency_id, person_id, api_key_id, format, bytes, content_digest, request_digest, settings, raise_alerts, dry_run, state),
  update (state, reason, received_bytes, content_digest, lines, mapping, accepted, held, refused, duplicates, questions, confirmed_at, ended_at, holder,
    held_until, fruitless)
  on report_import to concord_api;
create policy import_of_own_agency on report_import for select to concord_api
  using (agency_id = app_seat() and (select acts_as(array['SUBMITTER', 'ANALYST', 'SUPERVISOR'])));
create policy import_started on report_import for insert to concord_api
  with check (agency_id = app_seat() and person_id = app_person() and (select acts_as(array['SUBMITTER', 'ANALYST', 'SUPERVISOR'])));
create policy import_steered on report_import for update to concord_api
  using (agency_id = app_seat() and (select acts_as(array['SUBMITTER', 'ANALYST', 'SUPERVISOR'])))
  with check (agency_id = app_seat());
-- The worker takes imports of every agency, counts, and ends them; it opens nothing of them in this role.
grant select,
  update (state, reason, accepted, held, refused, duplicates, questions, progressed_at, ended_at, content_removed_at, holder, held_until, fruitless)
  on report_import to concord_worker;
create policy import_worked_on on report_import to concord_worker using (true) with check (true);

-- The file in sealed pieces, in order; removed when the import has been over for some days.
create table report_import_chunk (
  import_id uuid not null,
  -- Where the piece begins, in bytes.
  position int not null check (position >= 0),
  agency_id uuid not null,
  sealed bytea not null,
  primary key (import_id, position),
  foreign key (import_id, agency_id) references report_import (id, agency_id) on delete cascade
);
alter table report_import_chunk enable row level security;
alter table report_import_chunk force row level security;
grant select, insert on report_import_chunk to concord_api;
create policy chunk_of_own_agency on report_import_chunk for select to concord_api
  using (agency_id = app_seat() and (select acts_as(array['SUBMITTER', 'ANALYST', 'SUPERVISOR'])));
create policy chunk_received on report_import_chunk for insert to concord_api
  with check (agency_id = app_seat() and (select acts_as(array['SUBMITTER', 'ANALYST', 'SUPERVISOR'])));
grant select (import_id), delete on report_import_chunk to concord_worker;
create policy chunk_removed on report_import_chunk to concord_worker using (true);

-- What became of each report to be, in the order of the file.
create table report_import_entry (
  import_id uuid not null,
  ordinal int not null check (ordinal >= 0),
  agency_id uuid not null,
  first_line int not null,
  last_line int not null,
  outcome text not null check (outcome in ('ACCEPTED', 'HELD', 'REFUSED', 'DUPLICATE', 'QUESTION')),
  -- Null where none was stored.
  report_id uuid references seizure_report (id),
  -- What is wrong with it and what would be right. Sealed: it may say what stands in the row.
  sealed_issues bytea,
  primary key (import_id, ordinal),
  foreign key (import_id, agency_id) references report_import (id, agency_id) on delete cascade,
  check (report_id is null or outcome in ('ACCEPTED', 'HELD', 'DUPLICATE'))
);
create index report_import_entry_by_outcome on report_import_entry (import_id, outcome, ordinal);
create index report_import_entry_of_report on report_import_entry (report_id) where report_id is not null;
alter table report_import_entry enable row level security;
alter table report_import_entry force row level security;
grant select, insert on report_import_entry to concord_api;
create policy entry_of_own_agency on report_import_entry for select to concord_api
  using (agency_id = app_seat() and (select acts_as(array['SUBMITTER', 'ANALYST', 'SUPERVISOR'])));
create policy entry_judged on report_import_entry for insert to concord_api
  with check (agency_id = app_seat() and (select acts_as(array['SUBMITTER', 'ANALYST', 'SUPERVISOR'])));
grant select (import_id, outcome), update (sealed_issues) on report_import_entry to concord_worker;
create policy entry_worked_on on report_import_entry to concord_worker using (true) with check (true);

-- T1 of an import: the report and what became of its entry commit together. Killed at any line, the entry is done or it
-- is not. What exists already is judged by the caller, and noted by it.
create function submit_imported_report(p jsonb, p_import uuid, p_ordinal int, p_first_line int, p_last_line int, p_sealed_issues bytea)
 returns table(outcome text, report_id uuid, record_id uuid, status text, version integer, content_digest text, released_at timestamptz, release_after timestamptz)
 language plpgsql
 set plan_cache_mode to force_generic_plan
 set enable_seqscan to off
as $$
#variable_conflict use_column
declare v_stored record;
begin
  select * into v_stored from submit_seizure_report(p);
  if v_stored.outcome = 'CREATED' then
    insert into report_import_entry (import_id, ordinal, agency_id, first_line, last_line, outcome, report_id, sealed_issues)
    values (p_import, p_ordinal, (p->>'agencyId')::uuid, p_first_line, p_last_line,
      case when v_stored.status = 'HELD' then 'HELD' else 'ACCEPTED' end, v_stored.report_id, p_sealed_issues);
  end if;
  return query select v_stored.outcome, v_stored.report_id, v_stored.record_id, v_stored.status, v_stored.version,
    v_stored.content_digest, v_stored.released_at, v_stored.release_after;
end $$;

-- What a key may still do, for an import that it started: the reasons of api_key_seat but for the network, which is that of
-- a request.
create function api_key_of_import(p_key uuid) returns table(capabilities text[], widest_sharing text)
 language sql stable security definer rows 1 set search_path = public, pg_temp as $$
  select k.capabilities, k.widest_sharing
  from api_key k
  where k.id = p_key and k.agency_id = app_seat() and k.person_id = app_person() and k.revoked_at is null
    and k.expires_at > statement_timestamp()
    and coalesce((select range_agg(tstzrange(m.valid_from, m.valid_until))
        @> tstzrange(least(k.created_at + interval '1 millisecond', statement_timestamp()), statement_timestamp(), '[]')
      from membership m where m.person_id = k.person_id and m.agency_id = k.agency_id), false)
$$;
revoke execute on function api_key_of_import(uuid) from public;
grant execute on function api_key_of_import(uuid) to concord_api;
grant create on schema public to concord_keys;
alter function api_key_of_import(uuid) owner to concord_keys;
revoke create on schema public from concord_keys;
