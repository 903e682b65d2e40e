-- Two functions that withdraw and keep views run as the role of the lists and were callable by everybody; they are for
-- the functions by which the API amends and recalls. Their owner revokes: whoever does not own a function revokes nothing.
set role concord_lists;
revoke execute on function withdraw_record_views(uuid), keep_unchanged_views(uuid, jsonb) from public;
grant execute on function withdraw_record_views(uuid), keep_unchanged_views(uuid, jsonb) to concord_api;
reset role;
