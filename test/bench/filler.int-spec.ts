import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';
import { fillRecords } from './filler.js';

/** The benchmarks' filler goes past the triggers: what it writes must be what they would have written. */
describe('the filler of the benchmarks', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.superuserUrl });
    await client.connect();
    await fillRecords(database.superuserUrl, 300);
  });

  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  const count = async (sql: string): Promise<number> =>
    Number((await client.query<{ n: string }>(`select count(*) as n from ${sql}`)).rows[0]?.n);

  it('writes the lists that the triggers write', async () => {
    const lists = ['record_key', 'record_key_substance'];
    const views = ['record_view', 'record_view_substance'];
    for (const table of [...lists, ...views]) await client.query(`create temp table kept_${table} as table ${table}`);
    // The same views once more, by the way of everybody else: deleting takes them off the lists, inserting puts them on.
    await client.query('delete from record_view');
    for (const list of lists) expect(await count(list)).toBe(0);
    for (const view of views) await client.query(`insert into ${view} select * from kept_${view}`);
    for (const list of lists) {
      expect(await count(list)).toBeGreaterThan(600);
      expect(await count(list)).toBe(await count(`kept_${list}`));
      expect(await count(`(table ${list} except table kept_${list}) d`)).toBe(0);
    }
  });

  it('leaves every index and key of the migrations in place', async () => {
    const untouched = await createTestDatabase();
    const other = new Client({ connectionString: untouched.superuserUrl });
    await other.connect();
    const DEFINED = `select regexp_replace(pg_get_indexdef(indexrelid), ' ON \\w+\\.', ' ON ') as d from pg_index
        where indrelid::regclass::text ~ '^(seizure|record)_'
      union all select conrelid::regclass || ' ' || conname || ' ' || replace(pg_get_constraintdef(oid), ' NOT VALID', '')
        from pg_constraint where conrelid::regclass::text ~ '^(seizure|record)_' and contype in ('p', 'u', 'f') order by 1`;
    try {
      const [filled, migrated] = await Promise.all([client.query(DEFINED), other.query(DEFINED)]);
      expect(filled.rows).toEqual(migrated.rows);
      expect(filled.rows.length).toBeGreaterThan(20);
    } finally {
      await other.end();
      await untouched.drop();
    }
  });
});
