import { openPool } from '@concord/platform/database';
import { createLogger } from '@concord/platform/logging';
import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';
import { CommunityBatches } from './community.js';

describe('the worker’s look for a batch that is due', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: ReturnType<typeof openPool>;
  const log = createLogger({ name: 'test', level: 'silent' });

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_worker', max: 4, statementTimeoutMs: 10_000 });
    await pool.clock.known;
  });
  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });

  const options = () => ({ pool, clock: pool.clock, log });
  const batches = (): CommunityBatches => new CommunityBatches(options());
  const entries = async (): Promise<unknown[]> =>
    (
      await admin.query<{ subjects: unknown }>(
        `select canonical::jsonb->'subjects' as subjects from audit_entry where action = 'community.release'`,
      )
    ).rows.map(({ subjects }) => subjects);

  it('makes it once, whoever looks and however often, with its audit entry', async () => {
    const made = await Promise.all([batches().makeDue(), batches().makeDue(), batches().makeDue()]);
    expect(made.filter((it) => it !== null)).toMatchObject([{ number: 1, records: 0 }]);
    expect(await batches().makeDue()).toBeNull();
    expect(await entries()).toEqual([[{ id: '1', kind: 'community-batch' }]]);
  });

  it('makes one of now where weeks were missed, and nothing where its entry could not be written', async () => {
    await admin.query(`update community_batch set due_at = due_at - interval '5 weeks', edition = edition - 1`);
    await admin.query(`alter table audit_entry add constraint no_room check (action <> 'community.release') not valid`);
    await expect(batches().makeDue()).rejects.toMatchObject({ code: '23514' });
    await admin.query('alter table audit_entry drop constraint no_room');
    expect(await batches().makeDue()).toMatchObject({ number: 2 });
    expect(await batches().makeDue()).toBeNull();
    expect(await entries()).toHaveLength(2);
  });

  it('waits for no batch that takes longer than a stop may: it is rolled back, and as due as before', async () => {
    await admin.query('truncate community_batch');
    const holding = new Client({ connectionString: database.superuserUrl });
    await holding.connect();
    const made: unknown[] = [];
    try {
      // Whoever makes it waits for this one's row.
      await holding.query('begin');
      await holding.query('select from make_community_batch_at(now())');
      const stopped = new CommunityBatches({
        ...options(),
        lookMs: 5,
        stopMs: 50,
        onMade: (batch) => made.push(batch),
      });
      stopped.start();
      const waits = async (): Promise<boolean> =>
        (
          await admin.query(
            `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%make_community_batch%'`,
          )
        ).rowCount === 1;
      while (!(await waits()));
      await stopped.stop();
      // The server lets go of it too, and leaves the week to the next.
      while (await waits());
    } finally {
      await holding.query('rollback');
      await holding.end();
    }
    expect(made).toEqual([]);
    expect(await batches().makeDue()).toMatchObject({ number: 1 });
  });
});
