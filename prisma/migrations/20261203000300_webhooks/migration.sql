-- Webhooks: alerts that are pushed to an address of their owner's (docs/webhooks.md, ADR 0037).

create table webhook (
  id uuid primary key,
  person_id uuid not null references person(id) on delete cascade,
  agency_id uuid not null references agency(id) on delete cascade,
  url text not null check (length(url) between 9 and 2000),
  -- UNVERIFIED: nothing but the challenge is sent. ENDED: nothing is sent any more.
  state text not null default 'UNVERIFIED' check (state in ('UNVERIFIED', 'ACTIVE', 'ENDED')),
  ended_because text check (ended_because in ('NOT_VERIFIED', 'GONE', 'REMOVED')),
  created_at timestamptz not null default now(),
  verified_at timestamptz,
  -- Failures in a row, and until when nothing is tried because of them.
  failures integer not null default 0,
  paused_until timestamptz,
  last_failure text,
  check ((state = 'ENDED') = (ended_because is not null))
);
create index webhook_of_owner on webhook (person_id, agency_id) where state <> 'ENDED';
alter table webhook enable row level security;
alter table webhook force row level security;
create policy webhook_of_owner on webhook to concord_api
  using (person_id = app_person() and agency_id = app_seat()) with check (person_id = app_person() and agency_id = app_seat());
create policy webhook_worked on webhook to concord_worker using (true) with check (true);
grant insert (id, person_id, agency_id, url), select, update (state, ended_because) on webhook to concord_api;
grant select, update on webhook to concord_worker;

-- What its messages are signed with: the two latest, so that a receiver can change over.
create table webhook_secret (
  id uuid primary key,
  webhook_id uuid not null references webhook(id) on delete cascade,
  agency_id uuid not null references agency(id) on delete cascade,
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp()
);
create index webhook_secret_of on webhook_secret (webhook_id, made_at);
alter table webhook_secret enable row level security;
alter table webhook_secret force row level security;
create policy secret_of_own_webhook on webhook_secret to concord_api
  using (exists (select from webhook w where w.id = webhook_secret.webhook_id offset 0))
  with check (agency_id = app_seat() and exists (select from webhook w where w.id = webhook_secret.webhook_id offset 0));
create policy secret_worked on webhook_secret for select to concord_worker using (true);
grant insert, select (id, webhook_id, made_at), delete on webhook_secret to concord_api;
grant select on webhook_secret to concord_worker;

-- One revision of an alert to one webhook, or the challenge that verifies it.
create table push (
  id uuid primary key default gen_random_uuid(),
  webhook_id uuid not null references webhook(id) on delete cascade,
  alert_id uuid references alert(id) on delete cascade,
  revision integer,
  state text not null default 'PENDING' check (state in ('PENDING', 'DELIVERED', 'WITHHELD', 'DEAD')),
  reason text,
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  next_at timestamptz not null default now(),
  retry_until timestamptz not null default now() + interval '3 days',
  lease_until timestamptz,
  done_at timestamptz,
  unique (webhook_id, alert_id, revision),
  check ((alert_id is null) = (revision is null)),
  check ((state = 'PENDING') = (done_at is null))
);
create unique index push_challenge on push (webhook_id) where alert_id is null;
create index push_due on push (webhook_id, next_at) where state = 'PENDING';
create index push_of_alert on push (alert_id);
create index push_dead on push (done_at) where state = 'DEAD';
alter table push enable row level security;
alter table push force row level security;
create policy push_of_own_webhook on push to concord_api
  using (exists (select from webhook w where w.id = push.webhook_id offset 0))
  with check (exists (select from webhook w where w.id = push.webhook_id offset 0));
create policy push_worked on push to concord_worker using (true) with check (true);
grant insert (webhook_id, retry_until), select, update (state, reason, next_at, retry_until, done_at) on push to concord_api;
grant insert, select, update on push to concord_worker;

create table push_attempt (
  push_id uuid not null references push(id) on delete cascade,
  number integer not null,
  began_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  -- Null: under way, or its worker was killed.
  outcome text check (outcome in ('DELIVERED', 'FAILED', 'WITHHELD')),
  status integer,
  reason text,
  primary key (push_id, number)
);
alter table push_attempt enable row level security;
alter table push_attempt force row level security;
create policy attempt_of_own_push on push_attempt for select to concord_api
  using (exists (select from push p where p.id = push_attempt.push_id offset 0));
create policy push_attempt_worked on push_attempt to concord_worker using (true) with check (true);
grant select on push_attempt to concord_api;
grant insert, select, update on push_attempt to concord_worker;

-- Live deliveries and their attempts, to whoever was told; one that was withheld was never told.
create policy delivery_told on delivery for select to concord_api
  using (state = 'DELIVERED' and exists (select from alert a where a.id = delivery.alert_id offset 0));
create policy attempt_told on delivery_attempt for select to concord_api
  using (outcome = 'DELIVERED' and exists (select from delivery d where d.id = delivery_attempt.delivery_id offset 0));
grant select on delivery, delivery_attempt to concord_api;

-- Whatever enters an inbox goes to its owner's webhooks too, in the same transaction, whatever version of Concord put it there.
create function push_entries() returns trigger language plpgsql as $$
begin
  insert into push (webhook_id, alert_id, revision)
  select w.id, n.alert_id, n.revision
  from entered n join inbox i on i.id = n.inbox_id
  join webhook w on w.person_id = i.person_id and w.agency_id = i.agency_id and w.state = 'ACTIVE'
  on conflict do nothing;
  return null;
end $$;
create trigger push_entries after insert on inbox_entry referencing new table as entered
  for each statement execute function push_entries();

-- Takes what is due, at most two at once to one webhook, and says what is sent: to whoever still has a seat, and still sees
-- the record (or is told that it is recalled). What nobody may be told any more is withheld here, in the same snapshot.
create function claim_pushes(p_limit integer, p_each integer, p_lease interval)
returns table (push_id uuid, number integer, webhook_id uuid, agency_id uuid, person_id uuid, url text, alert_id uuid, revision integer,
               change text, state text, told_at timestamptz, secrets jsonb)
language plpgsql as $$
#variable_conflict use_column
begin
  -- What took too long, whatever became of it.
  update push p set state = 'DEAD', reason = coalesce(p.reason, 'GIVEN_UP'), done_at = now()
  where p.state = 'PENDING' and p.retry_until < now() and (p.lease_until is null or p.lease_until < now());
  update webhook w set state = 'ENDED', ended_because = 'NOT_VERIFIED'
  from push p where p.webhook_id = w.id and p.alert_id is null and p.state = 'DEAD' and w.state = 'UNVERIFIED';
  return query
    with due as (
      select d.* from webhook w
      cross join lateral (
        select p.id, p.webhook_id, p.alert_id, p.revision, p.attempts, w.person_id as person, w.agency_id as agency, w.url as address
        from push p
        where p.webhook_id = w.id and p.state = 'PENDING' and p.next_at <= now() and (p.lease_until is null or p.lease_until < now())
          and (w.state = 'ACTIVE' or p.alert_id is null)
        order by p.next_at, p.id
        limit greatest(0, p_each - (select count(*)::int from push q where q.webhook_id = w.id and q.state = 'PENDING' and q.lease_until >= now()))
        for update skip locked) d
      where w.state <> 'ENDED' and (w.paused_until is null or w.paused_until <= now())
      limit p_limit
    ),
    ring as (
      select k.person, k.agency, k.keys
      from (select array_agg(person) as persons, array_agg(agency) as agencies from due) o
      cross join lateral actor_keyrings(o.persons, o.agencies) k
    ),
    judged as (
      select d.*, a.change as news, d.alert_id is null
             or (a.state <> 'WITHHELD' and a.change = 'RECALLED' and cardinality(ring.keys) > 0)
             or (a.state <> 'WITHHELD' and exists (
                   select from record_view v where v.record_id = a.record_id and v.audience && ring.keys and (v.rank = 0 or v.released_at <= now())))
             as opens
      from due d join ring on ring.person = d.person and ring.agency = d.agency left join alert a on a.id = d.alert_id
    ),
    taken as (
      update push p set attempts = p.attempts + 1,
        lease_until = case when j.opens then now() + p_lease end,
        state = case when j.opens then 'PENDING' else 'WITHHELD' end,
        reason = case when j.opens then p.reason else 'KEY_GONE' end,
        done_at = case when j.opens then null else now() end
      from judged j where p.id = j.id
      returning p.id, p.attempts, p.created_at
    ),
    begun as (
      insert into push_attempt (push_id, number, ended_at, outcome, reason)
      select t.id, t.attempts, case when j.opens then null else now() end, case when j.opens then null else 'WITHHELD' end,
             case when j.opens then null else 'KEY_GONE' end
      from taken t join judged j on j.id = t.id
    )
    select t.id, t.attempts, j.webhook_id, j.agency, j.person, j.address, j.alert_id, j.revision, j.news,
           case when j.opens then 'PENDING' else 'WITHHELD' end, t.created_at,
           (select jsonb_agg(jsonb_build_object('id', s.id, 'sealed', encode(s.sealed, 'base64')) order by s.made_at desc)
              from (select * from webhook_secret x where x.webhook_id = j.webhook_id order by x.made_at desc limit 2) s)
    from taken t join judged j on j.id = t.id;
end $$;

-- Books what became of one attempt; of one that another worker has taken over since, nothing. Gives whether it was booked.
create function finish_push(p_push uuid, p_number integer, p_outcome text, p_status integer, p_reason text, p_after interval, p_pause interval)
returns boolean language plpgsql as $$
declare v_webhook uuid; v_alert uuid;
begin
  update push p set lease_until = null,
    state = case when p_outcome = 'DELIVERED' then 'DELIVERED' when p_outcome = 'ENDED' then 'DEAD' else 'PENDING' end,
    done_at = case when p_outcome = 'RETRY' then null else now() end,
    reason = case when p_outcome = 'DELIVERED' then null else p_reason end,
    next_at = case when p_outcome = 'RETRY' then now() + p_after else p.next_at end
  where p.id = p_push and p.attempts = p_number and p.state = 'PENDING'
  returning p.webhook_id, p.alert_id into v_webhook, v_alert;
  if not found then return false; end if;
  update push_attempt t set ended_at = clock_timestamp(), status = p_status, reason = p_reason,
    outcome = case when p_outcome = 'DELIVERED' then 'DELIVERED' else 'FAILED' end
  where t.push_id = p_push and t.number = p_number;
  if p_outcome = 'DELIVERED' then
    update webhook w set failures = 0, paused_until = null, last_failure = null,
      state = case when w.state = 'UNVERIFIED' and v_alert is null then 'ACTIVE' else w.state end,
      verified_at = case when v_alert is null then coalesce(w.verified_at, now()) else w.verified_at end
    where w.id = v_webhook and (w.failures > 0 or v_alert is null);
  else
    update webhook w set failures = w.failures + 1, last_failure = p_reason,
      paused_until = case when w.failures + 1 >= 5 then now() + p_pause else w.paused_until end,
      state = case when p_outcome = 'ENDED' then 'ENDED' else w.state end,
      ended_because = case when p_outcome = 'ENDED' and w.state <> 'ENDED' then case when v_alert is null then 'NOT_VERIFIED' else 'GONE' end else w.ended_because end
    where w.id = v_webhook;
    if p_outcome = 'ENDED' then
      update push p set state = 'DEAD', reason = p_reason, done_at = now()
      where p.webhook_id = v_webhook and p.state = 'PENDING' and (p.lease_until is null or p.lease_until < now());
    end if;
  end if;
  return true;
end $$;
