import type { AgencyActor } from '@concord/access';
import { createLocalKeyHolder, PostgresAgencyKeyStore } from '@concord/blinding';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import { testQueueBackends } from '@concord/platform/testing';
import { loadReports } from '@concord/submission';
import { randomBytes } from 'node:crypto';
import { agencyId, personId } from '../../apps/embedded/src/personas.js';
import { sanDiegoReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`a bulk load, queues on ${backend.name}`, () => {
    let stack: FlowStack;
    beforeAll(async () => {
      stack = await FlowStack.start(backend);
    });
    afterAll(() => stack?.stop());

    const alerts = (): Promise<number> => stack.count('from alert');

    test('is done by the worker and told to nobody', async () => {
      await stack.as('state-analyst').rule('any fentanyl', { substance: { deaCodes: ['9801'] } });
      const pool = openPool({
        ...{ url: stack.database.ownerUrl, role: 'concord_loader', max: 2, statementTimeoutMs: 20_000 },
      });
      const actor: AgencyActor = {
        ...{ personId: personId('local-submitter'), displayName: 'submitter', roles: new Set(['SUBMITTER'] as const) },
        ...{ agency: { id: agencyId('san-diego'), ori: null, name: 'agency', level: 'LOCAL' }, purpose: null },
      };
      const kek = { id: 'test', key: randomBytes(32) };
      const keyHolder = createLocalKeyHolder({ kek, agencyKeys: new PostgresAgencyKeyStore(pool) });
      const services = { db: pool, keyHolder, clock: systemClock, digestKey: randomBytes(32) };
      const reports = Array.from({ length: 20 }, (_unused, index) => ({
        ...sanDiegoReport({ identifiers: [], basis: null, narrative: null }),
        submitterReference: `bulk-${index}`,
      }));
      try {
        expect(await loadReports(services, actor, reports, { synthetic: true })).toMatchObject({ loaded: 20 });
      } finally {
        await pool.end();
      }
      await stack.drain();
      const { rows } = await stack.admin.query(
        `select kind, subject_ids, range_to - range_from + 1 as records, done_at is not null as done from outbox where not raises_alerts`,
      );
      expect(rows).toEqual([{ kind: 'record.released', subject_ids: null, records: '20', done: true }]);
      expect(await alerts()).toBe(0);

      // The rule would have met each of them: it meets the same report submitted.
      await stack.as('local-submitter').report(sanDiegoReport());
      await stack.drain();
      expect(await alerts()).toBe(1);
    });
  });
}
