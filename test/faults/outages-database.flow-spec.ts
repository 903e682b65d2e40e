import { testQueueBackends } from '@concord/platform/testing';
import { eventually } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { ask, healthOf, say, UNAVAILABLE } from './outages.builder.js';

/** docs/outages.md states 3.5 s until an outage without a sound is known; the rest is this machine's. */
const KNOWN_MS = 8_000;
/** And 5 s from healing until everything works. */
const HEALED_MS = 20_000;
const AT_ONCE = 40;

/** Black holes are in scenarios/black-holes.flow-spec.ts. */
const FAULTS = [
  {
    name: 'refused',
    reason: 'DATABASE_REFUSED',
    begin: async ({ links }: FlowStack) => links.database.refuse(),
    heal: async ({ links }: FlowStack) => links.database.listen(),
  },
  {
    name: '3 s away',
    reason: 'DATABASE_SILENT',
    begin: async ({ links }: FlowStack) => links.database.set({ kind: 'latency', ms: 3_000 }),
    heal: async ({ links }: FlowStack) => links.database.heal(),
  },
  {
    name: 'five bytes a second',
    reason: 'DATABASE_SILENT',
    begin: async ({ links }: FlowStack) => links.database.set({ kind: 'slow', bytesPerSecond: 5 }),
    heal: async ({ links }: FlowStack) => links.database.heal(),
  },
] as const;

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`PostgreSQL away, queues on ${backend.name}`, () => {
    let stack: FlowStack;
    beforeAll(async () => {
      stack = await FlowStack.start(backend, {
        proxied: true,
        rates: { factor: 100 },
        reconciler: { reconcileMs: 200, lostAfterSeconds: 2 },
      });
      await stack.as('state-analyst').rule('everything');
    });
    afterAll(() => stack.stop());

    test.each(FAULTS)('$name: quickly told, nobody piles up, and it comes back by itself', async (fault) => {
      const analyst = stack.as('state-analyst');
      const live = await stack.live('state-analyst');
      await fault.begin(stack);
      const told = await Promise.all(Array.from({ length: AT_ONCE }, () => ask(analyst)));
      for (const answer of told) expect(answer).toMatchObject({ ...UNAVAILABLE, data: null });
      const slowest = Math.max(...told.map(({ ms }) => ms));
      expect(slowest).toBeLessThan(KNOWN_MS);
      await eventually('it is known', () => stack.api.services.db.trouble === fault.reason, KNOWN_MS);
      // From then on nobody waits at all.
      const later = await Promise.all(Array.from({ length: AT_ONCE }, () => ask(analyst)));
      for (const answer of later) expect(answer).toMatchObject(UNAVAILABLE);
      expect(stack.api.services.db.waiting).toBe(0);
      expect(stack.api.services.db.totalCount - stack.api.services.db.idleCount).toBeLessThanOrEqual(16);
      const health = await healthOf(stack);
      expect(health).toMatchObject({ live: 200, ready: 503, body: { status: 'not ready', reason: fault.reason } });
      expect(health.text).not.toMatch(/127\.0\.0\.1|postgres|concord_app|password/);

      const healed = performance.now();
      await fault.heal(stack);
      await eventually('it answers again', async () => (await ask(analyst)).status === 200, HEALED_MS);
      const answered = Math.round(performance.now() - healed);
      const { recordId } = await stack.as('local-submitter').report(plainReport());
      // The stream that was open all the time gets it: it was never told of the outage.
      const event = await live.next(HEALED_MS);
      expect(event.alert.record?.id).toBe(recordId);
      say(
        `${backend.name}, ${fault.name}: first answers within ${slowest} ms, later ones within ${Math.max(...later.map(({ ms }) => ms))} ms; after healing answers in ${answered} ms, alerts in ${Math.round(performance.now() - healed)} ms`,
      );
      expect(await healthOf(stack)).toMatchObject({ live: 200, ready: 200, body: { status: 'ready' } });
      await live.close();
    });
  });
}
