import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';

/**
 * PostgreSQL looks at what a PL/pgSQL function calls when it calls it: a migration that drops a function says nothing of
 * whoever calls it still, and the first to know would be whoever asks.
 */
describe('what functions call', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.superuserUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  it('is there', async () => {
    const { rows } = await client.query<{ caller: string; called: string }>(
      `select distinct p.proname as caller, c.name[1] as called
       from pg_proc p
       cross join lateral regexp_matches(regexp_replace(p.prosrc, '--[^\\n]*', '', 'g'),
         '\\m(?:from|join|lateral|perform)\\s+(?:public\\.)?([a-z_0-9]+)\\s*\\(', 'g') c(name)
       where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p')
         and c.name[1] not in ('select', 'values', 'lateral', 'rows')
         and not exists (select from pg_proc k where k.proname = c.name[1])
       order by 1, 2`,
    );
    expect(rows).toEqual([]);
  });
});
