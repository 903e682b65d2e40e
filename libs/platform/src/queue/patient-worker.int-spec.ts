import { createTestDatabase, testQueueBackends } from '@concord/platform/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { openQueueBackend, type OutboxJob, type QueueBackendConfig } from './index.js';

const WATCHED_MS = 3_000;
/** 250 ms, 500 ms, 1 s, 2 s: and what renews locks or looks for stalled jobs may fail beside it. */
const MOST_ERRORS = 12;

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`a worker whose queue answers with errors, on ${backend.name}`, () => {
    it('does not spin, and goes on when it is well', async () => {
      const database = await createTestDatabase();
      const running = await backend.start(database);
      const queues = openQueueBackend(running.config);
      const errors: Error[] = [];
      const done: string[] = [];
      const queue = queues.openQueue('trial');
      let finish = (): void => undefined;
      const held = new Promise<void>((resolve) => (finish = resolve));
      const handle = async ({ outboxIds }: OutboxJob): Promise<void> => {
        done.push(...outboxIds);
        if (outboxIds.includes('first')) await held;
      };
      const onError = (error: Error): void => void errors.push(error);
      const worker = await queues.openWorker('trial', handle, { concurrency: 1, onError });
      await queue.add('first', { outboxIds: ['first'] });
      await until(() => done.length === 1);
      // Something to do is what made it spin: a queue that is empty is waited for.
      await queue.add('second', { outboxIds: ['second'] });
      const repair = await breakQueue(running.config, database.superuserUrl);
      finish();
      await until(() => errors.length > 0);
      await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
      process.stderr.write(`${errors.length} errors in ${WATCHED_MS} ms on ${backend.name}\n`);
      expect(errors.length).toBeLessThanOrEqual(MOST_ERRORS);
      await repair();
      await until(() => done.includes('second'));
      await worker.close();
      await queue.close();
      await running.stop();
      await database.drop();
    });
  });
}

/** It answers, and refuses everything; gives what makes it well again. */
async function breakQueue(config: QueueBackendConfig, superuserUrl: string): Promise<() => Promise<unknown>> {
  if (config.kind === 'redis') {
    const redis = new Redis(config.url);
    await redis.config('SET', 'maxmemory', '1');
    return () => redis.config('SET', 'maxmemory', '0').finally(() => redis.disconnect());
  }
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query(`revoke usage on schema ${config.schema} from ${config.role}`);
  return () => client.query(`grant usage on schema ${config.schema} to ${config.role}`).finally(() => client.end());
}

async function until(probe: () => boolean, patienceMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !probe();) {
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${probe.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
