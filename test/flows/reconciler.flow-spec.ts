import { testQueueBackends } from '@concord/platform/testing';
import { Redis } from 'ioredis';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';
import { matchOnly, relayOnly } from './worker-steps.builder.js';

const REPORTS = 60;
const FEW = 8;

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`jobs that are lost, queues on ${backend.name}`, () => {
    let stack: FlowStack;
    beforeAll(async () => {
      stack = await FlowStack.start(backend, {
        reconciler: { reconcileMs: 100, lostAfterSeconds: 1 },
        rates: { factor: 100 },
      });
      await stack.as('state-analyst').rule('everything');
      await stack.as('federal-analyst').rule('everything');
    });
    afterAll(() => stack.stop());

    /** While the worker is stopped. */
    const submitAll = async (count = REPORTS): Promise<string[]> => {
      const submitter = stack.as('local-submitter');
      const answers = await Promise.all(Array.from({ length: count }, () => submitter.report(plainReport())));
      return answers.map((answer) => answer.recordId);
    };

    const expectOnceEach = async (records: readonly string[]): Promise<void> => {
      await stack.drain();
      for (const persona of ['state-analyst', 'federal-analyst'] as const) {
        const alerts = await stack.as(persona).alerts(['DELIVERED']);
        const told = alerts.map((alert) => alert.record?.id ?? '').filter((id) => records.includes(id));
        expect(told.sort()).toEqual([...records].sort());
      }
      const entries = 'from inbox_entry e join alert a on a.id = e.alert_id where a.record_id = any($1)';
      expect(await stack.count(entries, [records])).toBe(2 * records.length);
    };

    test('those of released records', async () => {
      await stack.stopWorker();
      const records = await submitAll();
      expect((await relayOnly(stack)).jobs).toBeGreaterThan(1);
      await loseEverything(stack);
      await stack.startWorker();
      await expectOnceEach(records);
      expect(await stack.count('from outbox where relays < 2 and subject_ids && $1', [records])).toBe(0);
    });

    test('those of raised alerts', async () => {
      await stack.stopWorker();
      const records = await submitAll();
      await matchOnly(stack);
      expect((await relayOnly(stack)).jobs).toBeGreaterThan(0);
      await loseEverything(stack);
      await stack.startWorker();
      await expectOnceEach(records);
    });

    test('those of a worker that was killed between the relay and T2: no job was ever there', async () => {
      await stack.stopWorker();
      const records = await submitAll(FEW);
      expect((await relayOnly(stack, 'dead lanes')).jobs).toBe(0);
      expect(
        await stack.count('from outbox where relayed_at is null or done_at is not null and subject_ids && $1', [
          records,
        ]),
      ).toBe(0);
      await stack.startWorker();
      await expectOnceEach(records);
    });

    test('those of a worker that was killed between T2 and its delivery', async () => {
      await stack.stopWorker();
      const records = await submitAll(FEW);
      await matchOnly(stack, 'nobody');
      expect(
        await stack.count(`from outbox where kind = 'alert.raised' and done_at is null and relayed_at is not null`),
      ).toBe(1);
      await stack.startWorker();
      await expectOnceEach(records);
    });

    test('not lost after all: the job and its second edition tell everybody once', async () => {
      await stack.stopWorker();
      const records = await submitAll();
      await relayOnly(stack);
      // As if they had been away for long: the reconciler and the queue both have them when the worker starts.
      await stack.admin.query(`update outbox set relayed_at = now() - interval '1 hour' where done_at is null`);
      await stack.startWorker();
      await expectOnceEach(records);
    });
  });
}

/** A flushed Redis, or the queue's tables emptied. */
async function loseEverything({ queue, admin }: FlowStack): Promise<void> {
  const { config } = queue;
  if (config.kind === 'redis') {
    const redis = new Redis(config.url);
    await redis.flushall();
    await redis.quit();
    return;
  }
  const { rows } = await admin.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = $1 and tablename !~ 'migration|version'`,
    [config.schema],
  );
  await admin.query(`truncate ${rows.map(({ name }) => `${config.schema}.${name}`).join(', ')} cascade`);
}
