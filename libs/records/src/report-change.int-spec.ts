import { openPool } from '@concord/platform/database';
import { addAgency, addMembership, addPerson, createTestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';
import { amendReport } from './report-change.store.js';
import { buildReport, partsOf } from './report.builder.js';
import { persistReport } from './report.store.js';

describe('a correction beside a release policy that is being applied', () => {
  it('counts on from what the policy has shown, whoever comes first', async () => {
    const database = await createTestDatabase();
    const [publisher, watcher] = [
      new Client({ connectionString: database.superuserUrl }),
      new Client({ connectionString: database.superuserUrl }),
    ];
    await Promise.all([publisher.connect(), watcher.connect()]);
    const pool = openPool({ url: database.appUrl, role: 'concord_api', max: 2, statementTimeoutMs: 10_000 });
    try {
      const agencyId = await addAgency(publisher, { level: 'LOCAL', places: ['county:06073'] });
      const personId = await addPerson(publisher);
      await addMembership(publisher, { personId, agencyId, roles: ['ANALYST'] });
      const report = buildReport();
      const as = { personId, agencyId };
      const { reportId, recordId } = await persistReport(pool, report, partsOf(report, as, { hold: null }));

      // As recoarsen_views does it, and not committed yet.
      await publisher.query('begin');
      await publisher.query(
        'update record_view set conveyance = null, shown_version = shown_version + 1 where record_id = $1 and rank = 2',
        [recordId],
      );
      const corrected = amendReport(
        pool,
        { ...report, conveyance: 'BUS' },
        {
          ...partsOf({ ...report, conveyance: 'BUS' }, as, { hold: null, contentDigest: 'v1:corrected' }),
          ...{ reportId, version: 1, change: 'CORRECTED', sealedReason: null },
        },
      );
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while ((await watcher.query(waiting)).rowCount === 0);
      await publisher.query('commit');
      expect(await corrected).toMatchObject({ outcome: 'AMENDED' });
      const { rows } = await publisher.query(
        'select shown_version from record_view where record_id = $1 and rank = 2',
        [recordId],
      );
      expect(rows).toEqual([{ shown_version: 3 }]);
    } finally {
      await pool.end();
      await Promise.all([publisher.end(), watcher.end()]);
      await database.drop();
    }
  });
});
