import { RuleBook } from '@concord/matching';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import { openQueueBackend } from '@concord/platform/queue';
import { createLogger } from '@concord/platform/logging';
import { handleRecords } from '../../apps/worker/src/alerting.js';
import { DirectLane } from '../../apps/worker/src/direct-lane.js';
import { OutboxRelay } from '../../apps/worker/src/relay.js';
import { eventually } from './flow-client.builder.js';
import type { FlowStack } from './stack.builder.js';

/** Steps of the worker, one at a time, while the worker itself is stopped: what is between them can then be broken. */

/**
 * Matches and alerts (T2), and revises (T4), whatever was released, changed or recalled, and delivers nothing: what was
 * raised is left to the relay, or to a delivery that never comes, as when the worker is killed right after T2's commit.
 */
export async function matchOnly(stack: FlowStack, leftTo: 'relay' | 'nobody' = 'relay'): Promise<void> {
  const pool = openPool({ url: stack.database.appUrl, role: 'concord_worker', max: 2, statementTimeoutMs: 10_000 });
  const wakeUps = await openQueueBackend(stack.queue.config).openWakeUps(() => undefined);
  try {
    const { rows } = await stack.admin.query<{ id: string }>(
      `select id::text from outbox where kind like 'record.%' and done_at is null and available_at <= now()`,
    );
    const ids = rows.map((row) => row.id);
    const deliver = leftTo === 'nobody' ? { deliver: { hasRoom: true, take: () => undefined } } : {};
    await handleRecords({ pool, book: new RuleBook(pool), wakeUps, clock: systemClock, ...deliver }, ids);
  } finally {
    await wakeUps.close();
    await pool.end();
  }
}

/**
 * Puts every waiting outbox row on the queues, where nobody works, or into lanes that do nothing, as when the worker is
 * killed right after the relay's commit.
 */
export async function relayOnly(stack: FlowStack, into: 'queues' | 'dead lanes' = 'queues'): Promise<{ jobs: number }> {
  const pool = openPool({ url: stack.database.appUrl, role: 'concord_worker', max: 2, statementTimeoutMs: 10_000 });
  const backend = openQueueBackend(stack.queue.config);
  const alerting = backend.openQueue('alerting');
  const delivery = backend.openQueue('delivery');
  const queues = {
    'record.released': alerting,
    'record.amended': alerting,
    'record.recalled': alerting,
    'alert.raised': delivery,
    'agency.left': delivery,
  };
  const log = createLogger({ name: 'relay', level: 'silent' });
  const dead = new DirectLane({
    concurrency: 1,
    handle: () => Promise.resolve(),
    onFailed: () => Promise.resolve(),
  });
  const lanes =
    into === 'queues'
      ? undefined
      : {
          ...{ 'record.released': dead, 'record.amended': dead, 'record.recalled': dead },
          ...{ 'alert.raised': dead, 'agency.left': dead },
        };
  const relay = new OutboxRelay({ pool, listenUrl: stack.database.appUrl, queues, lanes, log });
  try {
    await relay.start();
    await eventually(
      'every row is relayed',
      async () => (await stack.count('from outbox where relayed_at is null and available_at <= now()')) === 0,
    );
    return { jobs: (await alerting.depth()) + (await delivery.depth()) };
  } finally {
    await relay.stop();
    await Promise.all([alerting, delivery].map((queue) => queue.close()));
    await pool.end();
  }
}
