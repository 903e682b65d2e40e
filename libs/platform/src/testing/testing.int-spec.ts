import { randomUUID } from 'node:crypto';
import { openPool } from '@concord/platform/database';
import { openQueueBackend, type OutboxJob } from '@concord/platform/queue';
import { Client } from 'pg';
import { addAgency, createTestDatabase, startTestRedis, testQueueBackends } from './index.js';

async function on<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('createTestDatabase', () => {
  it('makes databases that are migrated, empty and apart from each other', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const agencies = async (url: string): Promise<number> =>
      on(url, async (client) => (await client.query('select from agency')).rowCount ?? -1);
    await on(one.superuserUrl, (client) => addAgency(client, { level: 'STATE', places: ['state:06'] }));
    expect([await agencies(one.ownerUrl), await agencies(other.ownerUrl)]).toEqual([1, 0]);
    await Promise.all([one.drop(), other.drop()]);
    await one.drop();
    await expect(agencies(one.superuserUrl)).rejects.toMatchObject({ code: '3D000' });
  });

  it('gives the application a login that is nothing until it enters a role', async () => {
    const database = await createTestDatabase();
    await on(database.appUrl, async (client) => {
      await expect(client.query('select from agency')).rejects.toMatchObject({ code: '42501' });
    });
    for (const role of ['concord_api', 'concord_worker'] as const) {
      const pool = openPool({ url: database.appUrl, role, max: 1, statementTimeoutMs: 5_000 });
      expect((await pool.query('select current_user as name')).rows).toEqual([{ name: role }]);
      await pool.end();
    }
    await database.drop();
  });

  it('drops what somebody is still connected to', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.appUrl });
    client.on('error', () => undefined);
    await client.connect();
    await database.drop();
  });
});

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`a queue on ${backend.name}`, () => {
    it('hands a job to a worker and wakes a listener', async () => {
      const database = await createTestDatabase();
      const running = await backend.start(database);
      const queues = openQueueBackend(running.config);
      const errors: Error[] = [];
      const onError = (error: Error): void => void errors.push(error);
      const queue = queues.openQueue('trial');
      const wakeUps = await queues.openWakeUps(onError);
      const woken = new Promise<readonly string[]>((resolve) => void wakeUps.subscribe(resolve));
      let close = async (): Promise<void> => undefined;
      const handled = new Promise<OutboxJob>((resolve, reject) => {
        queues
          .openWorker('trial', async (job) => resolve(job), { concurrency: 1, onError })
          .then((worker) => (close = () => worker.close()), reject);
      });
      const outboxIds = [randomUUID()];
      await queue.add('job-1', { outboxIds });
      expect(await handled).toEqual({ outboxIds });
      await wakeUps.publish(outboxIds);
      expect(await woken).toEqual(outboxIds);
      await close();
      await Promise.all([queue.close(), wakeUps.close()]);
      await running.stop();
      await database.drop();
      expect(errors).toEqual([]);
    });
  });
}

describe('startTestRedis', () => {
  it('is null, aloud, where there is no redis-server', async () => {
    const path = process.env['PATH'];
    const written: unknown[] = [];
    const write = process.stderr.write;
    try {
      process.env['PATH'] = '/nowhere';
      process.stderr.write = (text: unknown): boolean => written.push(text) > 0;
      expect(await startTestRedis()).toBeNull();
      expect(testQueueBackends().map(({ available }) => available)).toEqual([true, false]);
    } finally {
      process.env['PATH'] = path;
      process.stderr.write = write;
    }
    // Once a process; earlier where it is really missing.
    expect(written.length).toBeLessThanOrEqual(1);
    for (const line of written) expect(line).toBe('SKIPPED on Redis: no redis-server on this machine\n');
  });
});
