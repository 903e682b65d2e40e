import { openPool } from '@concord/platform/database';
import { addAgency, addMembership, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { randomUUID } from 'node:crypto';
import { Client, type Pool, type PoolClient } from 'pg';
import { findRecordsById, type ReadAs } from './record.reader.js';
import { buildReport, partsOf } from './report.builder.js';
import { persistReport } from './report.store.js';

const REPORTS = 120;

// A session of a new installation keeps for a while the plans that it made when there was nothing.
describe('a record, its substances and its ways of concealment', () => {
  let database: TestDatabase;
  let admin: Client;
  let writers: Pool;
  let readers: Pool;
  let session: PoolClient;
  let reader: ReadAs;
  const ids: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    await admin.query('analyze record_view, record_view_substance, record_view_concealment');
    const agencyId = await addAgency(admin, { level: 'LOCAL', places: ['county:06073'] });
    const personId = await addPerson(admin);
    await addMembership(admin, { personId, agencyId, roles: ['ANALYST'] });
    reader = { personId, agencyId, purpose: 'ANALYSIS' };
    readers = openPool({ url: database.appUrl, role: 'concord_api', max: 1, statementTimeoutMs: 10_000 });
    session = await readers.connect();
    await findRecordsById(session, reader, [randomUUID()]);
    writers = openPool({ url: database.appUrl, role: 'concord_api', max: 4, statementTimeoutMs: 10_000 });
    for (let index = 0; index < REPORTS; index += 1) {
      const report = buildReport();
      ids.push((await persistReport(writers, report, partsOf(report, reader, {}))).recordId);
    }
  }, 60_000);

  afterAll(async () => {
    session?.release();
    await readers?.end();
    await writers?.end();
    await admin?.end();
    await database?.drop();
  });

  const readSoFar = async (): Promise<number> => {
    const { rows } = await session.query<{ read: number }>(
      `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
       where relname in ('record_view', 'record_view_substance', 'record_view_concealment')`,
    );
    return rows[0]?.read ?? Number.NaN;
  };

  test.each([1, 10])('are read by their keys: %i of them', async (count) => {
    await session.query('begin');
    try {
      const before = await readSoFar();
      const found = await findRecordsById(session, reader, ids.slice(0, count));
      const read = (await readSoFar()) - before;
      expect(found.map((card) => card?.substances.length)).toEqual(Array.from({ length: count }, () => 1));
      expect(read).toBeGreaterThanOrEqual(3 * count);
      expect(read).toBeLessThan(20 * count);
    } finally {
      await session.query('rollback');
    }
  });
});
