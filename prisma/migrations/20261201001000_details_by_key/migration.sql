-- What belongs to a view is shown with it. A session that planned its reads on a new installation gathered all views that the
-- reader may open, once for substances and once for ways of concealment, to look whether one of them is among them: 3 ms for a
-- record among 600, and more with each record, until the first analyze. `offset 0` leaves the planner the look by key alone.
alter policy substance_of_open_view on record_view_substance using (exists (
  select from record_view v
  where v.record_id = record_view_substance.record_id and v.rank = record_view_substance.rank offset 0));
alter policy concealment_of_open_view on record_view_concealment using (exists (
  select from record_view v
  where v.record_id = record_view_concealment.record_id and v.rank = record_view_concealment.rank offset 0));
