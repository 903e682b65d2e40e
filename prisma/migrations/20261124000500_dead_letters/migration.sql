-- Outbox rows that no worker can finish: each of them ends its job, or its worker, whenever it is begun. They are set
-- aside as dead letters, so that nothing waits behind them, and stay until an operator tries them again.

alter table outbox
  -- Relays in which the row was begun by itself and not finished.
  add column tries integer not null default 0,
  add column tried_at timestamptz,
  add column dead_at timestamptz;

-- Few, and asked for by every look at the metrics.
create index outbox_dead on outbox (dead_at) where dead_at is not null and done_at is null;

grant select (id, kind, subject_ids, range_from, range_to, available_at, relays, tries, tried_at, dead_at, done_at),
      update (relayed_at, tries, tried_at, dead_at) on outbox to concord_operator;
-- Whoever operates sees these and no others, and can only put them back.
create policy outbox_buried on outbox for select to concord_operator using (dead_at is not null or relayed_at = '-infinity');
create policy outbox_put_back on outbox for update to concord_operator using (dead_at is not null) with check (dead_at is null);

-- Puts dead letters back, all of them or those that are named; each is then tried by itself again. Gives how many.
create function retry_dead_letters(p_ids bigint[] default null) returns bigint language sql as $$
  with put_back as (
    -- Relayed long ago: the reconciler finds it, and it comes into no batch with others.
    update outbox set dead_at = null, tries = 0, tried_at = null, relayed_at = '-infinity'
    where dead_at is not null and done_at is null and (p_ids is null or id = any(p_ids))
    returning id
  )
  select count(*) from put_back
$$;
