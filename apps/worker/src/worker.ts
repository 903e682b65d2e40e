import { RuleBook } from '@concord/matching';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import type { Logger } from '@concord/platform/logging';
import { openQueueBackend, type QueueBackendConfig } from '@concord/platform/queue';
import { handleRecords } from './alerting.js';
import { handleRaisedAlerts } from './delivery.js';
import { rehearse } from './rehearsal.js';
import { OutboxRelay } from './relay.js';

export interface WorkerConfig {
  readonly databaseUrl: string;
  readonly queue: QueueBackendConfig;
  /** Periods of the reconciler; defaults in relay.ts. */
  readonly reconcileMs?: number;
  readonly lostAfterSeconds?: number;
}

export interface RunningWorker {
  /** Finishes the jobs under way and lets go of everything. */
  stop(): Promise<void>;
}

/** Queues are named for what they work on. */
const ALERTING_QUEUE = 'alerting';
const DELIVERY_QUEUE = 'delivery';
const KEEP_UP_MS = 1_000;

/** Relay, reconciler and the workers of every queue, in this process. Any number of processes may run it. */
export async function startWorker(config: WorkerConfig, log: Logger): Promise<RunningWorker> {
  const pool = openPool({ url: config.databaseUrl, role: 'concord_worker', max: 8, statementTimeoutMs: 30_000 });
  const backend = openQueueBackend(config.queue);
  let stopping = false;
  // Connections that break because everything goes down are no news.
  const onError = (error: Error): void => {
    if (!stopping) log.error({ err: error }, 'queue.error');
  };
  const alerting = backend.openQueue(ALERTING_QUEUE);
  const delivery = backend.openQueue(DELIVERY_QUEUE);
  const queues = {
    'record.released': alerting,
    'record.amended': alerting,
    'record.recalled': alerting,
    'alert.raised': delivery,
  };
  const wakeUps = await backend.openWakeUps(onError);
  const book = new RuleBook(pool, (ruleId, error) => log.error({ err: error, ruleId }, 'rule.unreadable'));
  await book.sync();
  await rehearse(pool, book);
  const clock = systemClock;
  const workers = await Promise.all([
    backend.openWorker(ALERTING_QUEUE, (job) => handleRecords({ pool, book, wakeUps, clock }, job.outboxIds), {
      concurrency: 2,
      onError,
    }),
    backend.openWorker(DELIVERY_QUEUE, (job) => handleRaisedAlerts({ pool, wakeUps, clock }, job.outboxIds), {
      concurrency: 2,
      onError,
    }),
  ]);
  // Rules are read as they change and not by the first record that comes after them.
  const keepUp = setInterval(() => void book.sync().catch(() => undefined), KEEP_UP_MS);
  const relay = new OutboxRelay({
    pool,
    listenUrl: config.databaseUrl,
    queues,
    log,
    reconcileMs: config.reconcileMs,
    lostAfterSeconds: config.lostAfterSeconds,
  });
  await relay.start();
  log.info({ rules: book.size }, 'worker.ready');
  return {
    async stop() {
      stopping = true;
      clearInterval(keepUp);
      await relay.stop();
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all([alerting, delivery].map((queue) => queue.close()));
      await wakeUps.close();
      await pool.end();
    },
  };
}
