-- Records that somebody watches: an alert that nothing raised, whose further revisions tell what becomes of the record.

alter table alert add column watched_at timestamptz;
grant insert (owner_person_id, owner_agency_id, record_id, record_version, match, state, watched_at), update (watched_at), delete on alert to concord_api;
grant insert (alert_id, inbox_id, channel, state, record_version) on delivery to concord_api;
grant insert (delivery_id, number, outcome, record_version) on delivery_attempt to concord_api;

-- Only for oneself, only as a watch, and only of what one sees.
create policy alert_watched on alert for insert to concord_api
  with check (owner_person_id = app_person() and owner_agency_id = app_seat() and watched_at is not null and state = 'ACKNOWLEDGED'
    and exists (select from record_view v where v.record_id = alert.record_id and v.version = alert.record_version));
-- What no rule raised and nobody gave goes with the watch.
create policy alert_unwatched on alert for delete to concord_api
  using (owner_person_id = app_person() and owner_agency_id = app_seat() and watched_at is not null and assigned_by is null
    and not exists (select from alert_match m where m.alert_id = alert.id));
create policy delivery_of_watch on delivery for insert to concord_api
  with check (channel = 'LIVE' and state = 'DELIVERED'
    and exists (select from alert a where a.id = delivery.alert_id and a.watched_at is not null offset 0)
    and exists (select from inbox i where i.id = delivery.inbox_id offset 0));
create policy attempt_of_watch on delivery_attempt for insert to concord_api
  with check (number = 1 and outcome = 'DELIVERED' and exists (select from delivery d where d.id = delivery_attempt.delivery_id offset 0));

create or replace view alert_card with (security_invoker = true) as
 select a.id, a.record_id, a.record_version, a.revision, a.match, a.state, a.raised_at, a.updated_at, a.owner_person_id, a.owner_agency_id,
    (select json_agg(json_build_object('id', r.id, 'name', r.name) order by r.created_at, r.id)
       from alert_match m join alert_rule r on r.id = m.rule_id
      where m.alert_id = a.id and m.version = (select max(x.version) from alert_match x where x.alert_id = a.id)) as rules,
    a.change, alert_stage(a.state, a.work) as stage, a.outcome, a.assigned_by, a.note, a.watched_at
   from alert a;
