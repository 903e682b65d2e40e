-- Taking tokens and seats back. A token is named by (issuer, jti) and never by its text: base64 and ECDSA signatures
-- have several forms of one token. The API looks here in the statement that finds the actor.

-- What an operator's command does, and nothing else: DATABASE_URL of `concord revoke` is a login that may enter it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'concord_operator') then
    -- Two databases of one cluster may be migrated at the same moment (test workers): the loser finds the role.
    begin
      create role concord_operator nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'concord_operator', 'SET') then
    grant concord_operator to current_user with inherit false, set true;
  end if;
end $$;
grant concord_audit_append to concord_operator with inherit true;
grant usage on schema public to concord_operator;

create table revoked_token (
  issuer text not null check (length(issuer) between 1 and 255),
  token_id text not null check (length(token_id) between 1 and 255),
  -- From here on no token of this id can be valid any more, whatever it says.
  expires_at timestamptz not null,
  revoked_at timestamptz not null default now(),
  reason text check (length(reason) between 1 and 200),
  primary key (issuer, token_id)
);

alter table revoked_token enable row level security;
alter table revoked_token force row level security;
grant select (issuer, token_id) on revoked_token to concord_api;
create policy revocation_asked on revoked_token for select to concord_api using (true);
grant select, insert, delete on revoked_token to concord_operator;
create policy revocation_seen on revoked_token for select to concord_operator using (true);
create policy revocation_made on revoked_token for insert to concord_operator with check (true);
-- Nobody takes a revocation back: it goes when it can matter no more, with a day for clocks.
create policy revocation_outlived on revoked_token for delete to concord_operator using (expires_at < now() - interval '1 day');

grant select (id, issuer, status), update (status) on person to concord_operator;

-- Each API process asks again about its open sockets when it hears this. No content, and nothing depends on its
-- arrival: it also asks by the clock.
create function seats_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('concord_seats', '');
  return null;
end $$;
create trigger seats_change after insert on revoked_token for each statement execute function seats_change();
create trigger seats_change after update or delete on person for each statement execute function seats_change();
create trigger seats_change after update or delete on membership for each statement execute function seats_change();
create trigger seats_change after update or delete on agency for each statement execute function seats_change();
