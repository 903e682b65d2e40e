-- Alert rules that their owner lists, changes and deletes (docs/alert-rules.md).

-- Null: never changed. A column without a default is no rewrite of the table.
alter table alert_rule add column changed_at timestamptz;
-- A deleted rule is a state, because alerts that it raised name it. It is disabled as well, which is what the matching of
-- this version and of the one before asks for.
alter table alert_rule add column deleted_at timestamptz;
alter table alert_rule add constraint alert_rule_deleted_check check (deleted_at is null or not enabled) not valid;
alter table alert_rule validate constraint alert_rule_deleted_check;

-- The owner's rules, newest first, each with the alerts of the last 30 days that it met: these are looked up from the owner's
-- alerts, of which there are few beside the matches of everybody.
create function alert_rule_page(p_person uuid, p_agency uuid, p_limit integer, p_created_at timestamptz, p_rule uuid)
returns table (id uuid, name text, enabled boolean, filter jsonb, created_at timestamptz, changed_at timestamptz,
               position_at text, alerts_raised integer)
language plpgsql stable as $$
#variable_conflict use_column
begin
  perform enter_actor(p_person, p_agency);
  return query
    with page as (
      select r.* from alert_rule r
      where r.owner_person_id = p_person and r.owner_agency_id = p_agency and r.deleted_at is null
        and (r.created_at, r.id) < (p_created_at, p_rule)
      order by r.created_at desc, r.id desc limit p_limit
    ),
    raised as (
      select m.rule_id, count(distinct a.id)::int as alerts
      from alert a join alert_match m on m.alert_id = a.id
      where a.owner_person_id = p_person and a.owner_agency_id = p_agency and a.raised_at >= now() - interval '30 days'
        -- What was withheld at delivery was never told.
        and a.state <> 'WITHHELD'
      group by m.rule_id
    )
    select p.id, p.name, p.enabled, p.filter, p.created_at, p.changed_at,
           to_char(p.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(n.alerts, 0)
    from page p left join raised n on n.rule_id = p.id
    order by p.created_at desc, p.id desc;
end $$;
