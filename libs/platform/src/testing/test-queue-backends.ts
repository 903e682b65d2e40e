import { QUEUE_SCHEMA, type QueueBackendConfig } from '@concord/platform/queue';
import type { TestDatabase } from './test-database.js';
import { locateRedisServer, startTestRedis, tellThatRedisIsMissing } from './test-redis.js';

/** A place where queues can live, for `describe.each`: the same tests run on all of them. */
export interface TestQueueBackend {
  readonly name: 'PostgreSQL' | 'Redis';
  /** False: skip (it was said aloud). */
  readonly available: boolean;
  start(database: TestDatabase): Promise<RunningTestQueue>;
}

export interface RunningTestQueue {
  readonly config: QueueBackendConfig;
  stop(): Promise<void>;
}

/**
 * Both kinds of queue.
 *
 *     for (const backend of testQueueBackends()) {
 *       (backend.available ? describe : describe.skip)(`on ${backend.name}`, () => { … backend.start(database) … });
 *     }
 */
export function testQueueBackends(): readonly TestQueueBackend[] {
  const redis = locateRedisServer() !== null;
  if (!redis) tellThatRedisIsMissing();
  return [
    {
      name: 'PostgreSQL',
      available: true,
      start: async ({ appUrl }) => ({
        config: { kind: 'postgres', url: appUrl, schema: QUEUE_SCHEMA, role: 'concord_worker' },
        stop: async () => undefined,
      }),
    },
    {
      name: 'Redis',
      available: redis,
      async start({ name }) {
        const server = await startTestRedis();
        if (server === null) throw new Error('no redis-server on this machine: look at `available` first');
        return { config: { kind: 'redis', url: server.url, prefix: name }, stop: () => server.stop() };
      },
    },
  ];
}
