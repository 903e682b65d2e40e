import { openPool } from '@concord/platform/database';
import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { randomUUID } from 'node:crypto';
import { Client, type Pool, type PoolClient } from 'pg';
import { deliverAlerts } from './deliver-alerts.js';

const INBOXES = 300;
const ALERTS_APIECE = 10;
/** Rows of alerts and inboxes that a delivery may read for each alert. */
const ROWS_APIECE = 12;

describe('delivering alerts', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  let worker: PoolClient;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    // What a new installation has: nothing, and statistics that say so.
    await admin.query('analyze alert, inbox, inbox_entry, delivery');
    pool = openPool({ url: database.appUrl, role: 'concord_worker', max: 1, statementTimeoutMs: 10_000 });
    worker = await pool.connect();
    await inTransaction(() => deliverAlerts(worker, [randomUUID()], new Date()));
    await fill();
  }, 60_000);

  afterAll(async () => {
    worker?.release();
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });

  const inTransaction = async <T>(work: () => Promise<T>): Promise<T> => {
    await worker.query('begin');
    try {
      return await work();
    } finally {
      await worker.query('rollback');
    }
  };

  /** Alerts of people who are not there, on records that are not there: what is read of them is all that counts here. */
  const fill = async (): Promise<void> => {
    await admin.query('begin; set local session_replication_role = replica');
    await admin.query(
      `with owner as (select gen_random_uuid() as person, gen_random_uuid() as agency from generate_series(1, $1::int)),
            box as (insert into inbox (person_id, agency_id, last_position) select person, agency, 0 from owner)
       insert into alert (owner_person_id, owner_agency_id, record_id, record_version, match, state, raised_at)
       select person, agency, gen_random_uuid(), 1, 'CERTAIN', 'RAISED', now() - n * interval '1 minute'
       from owner cross join generate_series(1, $2::int) n`,
      [INBOXES, ALERTS_APIECE],
    );
    await admin.query('commit');
  };

  const readSoFar = async (): Promise<number> => {
    const { rows } = await worker.query<{ read: number }>(
      `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
       where relname in ('alert', 'inbox')`,
    );
    return rows[0]?.read ?? Number.NaN;
  };

  // The plans of this session were made before there was anything.
  test('reads the alerts and their inboxes, and no others', async () => {
    const { rows } = await admin.query<{ id: string }>('select id from alert order by id limit 5');
    const ids = rows.map(({ id }) => id);
    const read = await inTransaction(async () => {
      const before = await readSoFar();
      await worker.query('select lock_inboxes($1)', [ids]);
      return (await readSoFar()) - before;
    });
    expect(read).toBeGreaterThanOrEqual(2 * ids.length);
    expect(read).toBeLessThan(ROWS_APIECE * ids.length);
  });

  test('locks the inboxes of the owners, and makes those that are missing', async () => {
    const { rows } = await admin.query<{ id: string; person: string; inbox: string }>(
      `select a.id, a.owner_person_id as person, i.id as inbox from alert a
       join inbox i on i.person_id = a.owner_person_id and i.agency_id = a.owner_agency_id order by a.id limit 4`,
    );
    const [missing, ...others] = rows;
    if (missing === undefined) throw new Error('there are alerts');
    await admin.query('begin; set local session_replication_role = replica');
    await admin.query('delete from inbox where id = $1', [missing.inbox]);
    await admin.query('commit; begin; set local session_replication_role = replica');
    await admin.query('select lock_inboxes($1)', [rows.map(({ id }) => id)]);
    const made = await admin.query('select from inbox where person_id = $1', [missing.person]);
    expect(made.rowCount).toBe(1);
    const free = await worker.query<{ id: string }>('select id from inbox for update skip locked');
    const freeIds = new Set(free.rows.map(({ id }) => id));
    expect(others.filter(({ inbox }) => freeIds.has(inbox))).toEqual([]);
    expect(freeIds.size).toBe(INBOXES - 1 - others.length);
    await admin.query('rollback');
  });
});
