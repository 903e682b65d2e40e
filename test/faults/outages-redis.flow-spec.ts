import { locateRedisServer, startTestRedis, type TestQueueBackend, type TestRedis } from '@concord/platform/testing';
import { eventually } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { healthOf, say } from './outages.builder.js';

const REPORTS = 5;
/** docs/outages.md states 5 s until it is noticed and 25 s from healing to the alert. */
const NOTICED_MS = 10_000;
const HEALED_MS = 50_000;

let redis: TestRedis | null = null;
const running = (): TestRedis => {
  if (redis === null) throw new Error('no Redis');
  return redis;
};
const backend: TestQueueBackend = {
  name: 'Redis',
  available: locateRedisServer() !== null,
  async start({ name }) {
    redis = await startTestRedis();
    return { config: { kind: 'redis', url: running().url, prefix: name }, stop: () => running().stop() };
  },
};

/** Black holes are in scenarios/black-holes.flow-spec.ts. */
const FAULTS = [
  {
    name: 'stopped (SIGSTOP)',
    begin: async () => running().signal('SIGSTOP'),
    heal: async () => running().signal('SIGCONT'),
  },
  {
    name: 'killed, and back with nothing in it',
    begin: async ({ links }: FlowStack) => {
      await running().stop();
      await links.redis?.refuse();
    },
    heal: async ({ links }: FlowStack) => {
      redis = await startTestRedis();
      links.redis?.retarget(running().url);
      await links.redis?.listen();
    },
  },
] as const;

(backend.available ? describe : describe.skip)('Redis away', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start(backend, {
      rates: { factor: 100 },
      proxied: true,
      reconciler: { reconcileMs: 500, lostAfterSeconds: 3 },
    });
    await stack.as('state-analyst').rule('everything');
  });
  afterAll(() => stack.stop());

  const submitAll = async (): Promise<string[]> => {
    const answers = [];
    for (let n = 0; n < REPORTS; n += 1) answers.push(await stack.as('local-submitter').report(plainReport()));
    return answers.map(({ recordId }) => recordId);
  };
  const alerted = async (records: readonly string[]): Promise<boolean> => {
    const told = (await stack.as('state-analyst').alerts(['DELIVERED'])).map(({ record }) => record?.id);
    return records.every((id) => told.filter((it) => it === id).length === 1);
  };
  const degraded = (): Promise<boolean> =>
    healthOf(stack).then(({ ready, body }) => ready === 200 && body.status === 'degraded');

  test.each(FAULTS)(
    '$name: degraded, reports accepted, alerts after it is back',
    async (fault) => {
      expect((await healthOf(stack)).body).toEqual({ status: 'ready' });
      await fault.begin(stack);
      await eventually('it is noticed', degraded, NOTICED_MS);
      expect((await healthOf(stack)).body).toEqual({ status: 'degraded', reasons: ['QUEUE_AWAY'] });
      const began = performance.now();
      const records = await submitAll();
      const each = Math.round((performance.now() - began) / REPORTS);
      const healing = performance.now();
      await fault.heal(stack);
      await eventually('everybody is told, once', () => alerted(records), HEALED_MS);
      const ms = Math.round(performance.now() - healing);
      await eventually('it is ready', async () => (await healthOf(stack)).body.status === 'ready', HEALED_MS);
      say(`Redis ${fault.name}: ${each} ms a report meanwhile, all alerts ${ms} ms after healing`);
    },
    130_000,
  );

  test('api and worker start while Redis is away, and find it when it comes', async () => {
    await stack.stopApi();
    await stack.stopWorker();
    await stack.links.redis?.refuse();
    await Promise.all([stack.startApi(), stack.startWorker()]);
    expect(await degraded()).toBe(true);
    const records = await submitAll();
    await stack.links.redis?.listen();
    await eventually('everybody is told, once', () => alerted(records), HEALED_MS);
    await eventually('it is ready', async () => (await healthOf(stack)).body.status === 'ready', HEALED_MS);
    const live = await stack.live('state-analyst');
    const { recordId } = await stack.as('local-submitter').report(plainReport());
    expect((await live.next()).alert.record?.id).toBe(recordId);
  }, 130_000);

  test('both stop in time while Redis is away', async () => {
    stack.links.redis?.set({ kind: 'black-hole' });
    const began = performance.now();
    await Promise.all([stack.stopApi(), stack.stopWorker()]);
    const ms = Math.round(performance.now() - began);
    say(`stopped within ${ms} ms while Redis is a black hole`);
    expect(ms).toBeLessThan(25_000);
  });
});
