import { openPool } from '@concord/platform/database';
import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client, type Pool } from 'pg';
import { OUTBOX_KINDS, readOutboxLag } from './index.js';

describe('how far the outbox is behind', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_worker', max: 1, statementTimeoutMs: 5_000 });
    await admin.query(`
      insert into outbox (kind, subject_ids, available_at, relayed_at, done_at)
        select 'record.released', array[gen_random_uuid()], now() - interval '1 hour', now(), now() from generate_series(1, 20000);
      insert into outbox (kind, subject_ids, available_at, relayed_at)
        values ('record.released', array[gen_random_uuid()], now() - interval '90 seconds', now());
      insert into outbox (kind, subject_ids, available_at)
        values ('record.released', array[gen_random_uuid()], now() - interval '10 seconds'),
               ('record.released', array[gen_random_uuid()], now() + interval '1 day'),
               ('alert.raised', array[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()], now() - interval '5 seconds');
      analyze outbox`);
  });

  afterAll(async () => {
    await pool.end();
    await admin.end();
    await database.drop();
  });

  it('counts what is due and not done, relayed or not, and knows the oldest', async () => {
    const lag = await readOutboxLag(pool);
    const of = (kind: string) => lag.find((one) => one.kind === kind);
    const [released, raised] = [of('record.released'), of('alert.raised')];
    expect(released).toMatchObject({ kind: 'record.released', rows: 2, subjects: 2 });
    expect(released?.oldestSeconds).toBeGreaterThanOrEqual(90);
    expect(released?.oldestSeconds).toBeLessThan(600);
    expect(raised).toMatchObject({ kind: 'alert.raised', rows: 1, subjects: 3 });
  });

  it('does so by its two indexes, without a look at what is done', async () => {
    const scans = async (): Promise<number> => {
      const { rows } = await admin.query<{ n: string }>(
        `select seq_scan as n from pg_stat_user_tables where relname = 'outbox'`,
      );
      return Number(rows[0]?.n);
    };
    const flush = (): Promise<unknown> => pool.query('select pg_stat_force_next_flush()');
    await flush();
    const before = await scans();
    for (let time = 0; time < 8; time += 1) await readOutboxLag(pool);
    await flush();
    expect(await scans()).toBe(before);
    // That a scan would have been seen:
    await pool.query('select count(*) from outbox where relays > 100');
    await flush();
    expect(await scans()).toBe(before + 1);
  });

  it('is nothing where there is nothing', async () => {
    await admin.query('truncate outbox');
    expect(await readOutboxLag(pool)).toEqual(
      OUTBOX_KINDS.map((kind) => ({ kind, rows: 0, subjects: 0, oldestSeconds: 0 })),
    );
  });
});
