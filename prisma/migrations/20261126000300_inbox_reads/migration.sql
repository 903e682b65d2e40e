-- What a live stream and a page of alerts read is bounded by what they answer, however many alerts the owner has had.

-- Asked once for each match that is read. Without `offset` the planner may turn it into a hash of all the owner's alerts,
-- built anew at every read.
alter policy match_of_own_alert on alert_match using (exists (select from alert a where a.id = alert_id offset 0));

-- The page is cut from the inbox in the order of its index first, and only what is left is looked up: joined freely, every
-- alert of the owner was read to find the one that is new.
create or replace function inbox_after(p_person uuid, p_agency uuid, p_after bigint, p_limit integer)
 returns table(entry_position bigint, entry_revision integer, card alert_card)
 language plpgsql
 stable
 set plan_cache_mode to force_generic_plan
 set enable_seqscan to off
as $$
begin
  perform enter_actor(p_person, p_agency);
  return query
    select e.position, e.revision, c.card
    from (
      select n.position, n.revision, n.alert_id
      from inbox_entry n
      where n.inbox_id = (select i.id from inbox i where i.person_id = p_person and i.agency_id = p_agency)
        and n.position > p_after
      order by n.position limit p_limit
    ) e
    cross join lateral (select a as card from alert_card a where a.id = e.alert_id offset 0) c
    order by e.position;
end $$;
