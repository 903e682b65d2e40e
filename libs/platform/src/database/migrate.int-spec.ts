import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from './migrate.js';

describe('a migration beside others', () => {
  let database: TestDatabase;
  let holder: Client;
  let folder: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    holder = new Client({ connectionString: database.superuserUrl });
    await holder.connect();
    folder = await mkdtemp(join(tmpdir(), 'concord-migrations-'));
  });
  afterAll(async () => {
    await holder.query('drop role if exists concord_race_group, concord_race_member');
    await holder.end();
    await rm(folder, { recursive: true, force: true });
    await database.drop();
  });

  const script = async (name: string, sql: string): Promise<string> => {
    const directory = join(folder, name);
    await mkdir(join(directory, name), { recursive: true });
    await writeFile(join(directory, name, 'migration.sql'), sql);
    return directory;
  };
  /** Until the migration stands before what the holder holds. */
  const itWaits = async (): Promise<void> => {
    const waiting = `select from pg_stat_activity where application_name = 'concord_migrate' and wait_event_type = 'Lock'`;
    // In a transaction the activity stays as it was first seen.
    do await holder.query('select pg_stat_clear_snapshot()');
    while ((await holder.query(waiting)).rowCount === 0);
  };

  test('gives way to whoever holds a table, and is applied when that is over', async () => {
    await holder.query('create table held (id int)');
    await holder.query('begin');
    await holder.query('lock table held in access share mode');
    const applied = migrate(database.superuserUrl, await script('0001_table', 'alter table held add column more int'));
    await itWaits();
    await holder.query('commit');
    expect(await applied).toEqual(['0001_table']);
  });

  test('comes again when the database beside it has just written the same rows of the catalogue', async () => {
    await holder.query('create role concord_race_group');
    await holder.query('create role concord_race_member');
    await holder.query('begin');
    await holder.query('grant concord_race_group to concord_race_member');
    const grant = 'grant concord_race_group to concord_race_member with inherit false';
    const applied = migrate(database.superuserUrl, await script('0002_grant', grant));
    await itWaits();
    await holder.query('commit');
    expect(await applied).toEqual(['0002_grant']);
  });

  test('is applied among requests that never cease, whichever of its tables they hold first', async () => {
    await holder.query('create table signs_in (id int); create table looks_up (id int)');
    let over = false;
    const request = async (client: Client): Promise<void> => {
      await client.query('begin');
      await client.query('select from signs_in');
      await client.query('select pg_sleep(0.02)');
      await client.query('select from looks_up');
      await client.query('commit');
    };
    const clients = Array.from({ length: 4 }, () => new Client({ connectionString: database.superuserUrl }));
    const traffic = clients.map(async (client) => {
      await client.connect();
      while (!over) await request(client);
      await client.end();
    });
    const sql = 'alter table looks_up add column more int;\nalter table signs_in add column more int;';
    const applied = migrate(database.superuserUrl, await script('0003_two_tables', sql)).finally(() => (over = true));
    expect(await applied).toEqual(['0003_two_tables']);
    await Promise.all(traffic);
  }, 15_000);
});
