import { RuleBook } from '@concord/matching';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import type { Logger } from '@concord/platform/logging';
import { createMetrics, listenForOperators, type MetricsRegistry } from '@concord/platform/metrics';
import { openQueueBackend, type OutboxJob, type QueueBackendConfig } from '@concord/platform/queue';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import { handleRecords } from './alerting.js';
import { handleRaisedAlerts } from './delivery.js';
import { workerNotReadyBecause } from './readiness.js';
import { rehearse } from './rehearsal.js';
import { OutboxRelay } from './relay.js';
import { WorkerMetrics } from './worker-metrics.js';

export interface WorkerConfig {
  readonly databaseUrl: string;
  readonly queue: QueueBackendConfig;
  /** Periods of the reconciler; defaults in relay.ts. */
  readonly reconcileMs?: number;
  readonly lostAfterSeconds?: number;
  /** Shared with the API where both run in one process; absent: one of its own. */
  readonly metrics?: MetricsRegistry;
  readonly tracer?: Tracer;
  /** Where /metrics and health are served; null or absent: nowhere. */
  readonly operations?: OperationsAddress | null;
}

export interface OperationsAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface RunningWorker {
  /** Of /metrics and health; null where they are not served. */
  readonly operationsPort: number | null;
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
  const registry = config.metrics ?? createMetrics();
  const tracer = config.tracer ?? NO_TRACING;
  const named = { [ALERTING_QUEUE]: alerting, [DELIVERY_QUEUE]: delivery };
  const metrics = new WorkerMetrics({ registry, pool, queues: named, rules: () => book.size, log });
  const alert = metrics.watched(ALERTING_QUEUE, (job: OutboxJob) =>
    handleRecords({ pool, book, wakeUps, clock, tracer }, job.outboxIds),
  );
  const deliver = metrics.watched(DELIVERY_QUEUE, (job: OutboxJob) =>
    handleRaisedAlerts({ pool, wakeUps, clock, tracer }, job.outboxIds),
  );
  const workers = await Promise.all([
    backend.openWorker(ALERTING_QUEUE, alert, { concurrency: 2, onError }),
    backend.openWorker(DELIVERY_QUEUE, deliver, { concurrency: 2, onError }),
  ]);
  // Rules are read as they change and not by the first record that comes after them.
  const keepUp = setInterval(() => void book.sync().catch(() => undefined), KEEP_UP_MS);
  const relay = new OutboxRelay({
    pool,
    listenUrl: config.databaseUrl,
    queues,
    log,
    tracer,
    onRequeued: (rows) => metrics.requeued(rows),
    reconcileMs: config.reconcileMs,
    lostAfterSeconds: config.lostAfterSeconds,
  });
  await relay.start();
  const operations =
    config.operations === undefined || config.operations === null
      ? null
      : await listenForOperators({
          ...config.operations,
          metrics: registry,
          notReadyBecause: () => workerNotReadyBecause(pool, relay),
        });
  if (operations !== null) log.info({ port: operations.port }, 'metrics.listening');
  log.info({ rules: book.size }, 'worker.ready');
  return {
    operationsPort: operations?.port ?? null,
    async stop() {
      stopping = true;
      await operations?.close();
      clearInterval(keepUp);
      await relay.stop();
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all([alerting, delivery].map((queue) => queue.close()));
      await wakeUps.close();
      await pool.end();
    },
  };
}
