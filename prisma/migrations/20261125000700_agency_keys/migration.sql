-- An agency has its key from its first moment: whoever reads for it carries one before anything was submitted there, and
-- may make a rule for what is to come.
insert into access_key (key)
select 'agency:' || a.id from agency a where not exists (select from access_key k where k.key = 'agency:' || a.id);

create function agency_has_its_key() returns trigger language plpgsql as $$
begin
  -- Looks first: a refused insert would use up an id of the int4 sequence.
  insert into access_key (key)
  select 'agency:' || a.id from new_agencies a where not exists (select from access_key k where k.key = 'agency:' || a.id)
  on conflict (key) do nothing;
  return null;
end $$;
create trigger agency_has_its_key after insert on agency referencing new table as new_agencies
  for each statement execute function agency_has_its_key();
grant select, insert (key) on access_key to concord_directory;
