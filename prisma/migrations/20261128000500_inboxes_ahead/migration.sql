-- A look at many inboxes at once: ten thousand streams that each looked for themselves every ten seconds left no connection for
-- anything else (docs/faults.md, 13). It says which ones have something behind a position, and nothing of what.
create policy inbox_looked_at on inbox for select to concord_keys using (true);
grant select (id, last_position) on inbox to concord_keys;

create function inboxes_ahead(p_inboxes uuid[], p_positions bigint[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp rows 10 as $$
  select w.id
  from unnest(p_inboxes, p_positions) as w(id, position)
  cross join lateral (select from inbox i where i.id = w.id and i.last_position > w.position offset 0) moved
$$;
revoke execute on function inboxes_ahead(uuid[], bigint[]) from public;
grant execute on function inboxes_ahead(uuid[], bigint[]) to concord_api;
grant create on schema public to concord_keys;
alter function inboxes_ahead(uuid[], bigint[]) owner to concord_keys;
revoke create on schema public from concord_keys;
