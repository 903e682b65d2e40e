import { RuleBook } from '@concord/matching';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import { waitForDatabase } from '@concord/platform/database-link';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import { openQueueBackend, type OutboxJob, type QueueBackendConfig } from '@concord/platform/queue';
import { handleReleasedRecords } from './alerting.js';
import { handleRaisedAlerts } from './delivery.js';
import { rehearse } from './rehearsal.js';
import { OutboxRelay } from './relay.js';

export interface WorkerConfig {
  readonly databaseUrl: string;
  readonly queue: QueueBackendConfig;
  /** Periods of the reconciler; defaults in relay.ts. */
  readonly reconcileMs?: number;
  readonly lostAfterSeconds?: number;
  /** How long a start waits for PostgreSQL; default 60 s. */
  readonly databaseWaitMs?: number;
}

export interface RunningWorker {
  /** Finishes the jobs under way and lets go of everything. */
  stop(): Promise<void>;
}

/** Queues are named for what they work on. */
const ALERTING_QUEUE = 'alerting';
const DELIVERY_QUEUE = 'delivery';
const KEEP_UP_MS = 1_000;
const DATABASE_WAIT_MS = 60_000;

/** Relay, reconciler and the workers of every queue, in this process. Any number of processes may run it. */
export async function startWorker(config: WorkerConfig, log: Logger): Promise<RunningWorker> {
  await waitForDatabase({
    url: config.databaseUrl,
    patienceMs: config.databaseWaitMs ?? DATABASE_WAIT_MS,
    onWait: (reason, pauseMs) => log.warn({ reason, pauseMs }, 'start.waiting-for-database'),
  });
  const releases: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let release = releases.pop(); release !== undefined; release = releases.pop()) await release();
  };
  try {
    return await openWorker(config, log, releases, stop);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function openWorker(
  config: WorkerConfig,
  log: Logger,
  releases: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<RunningWorker> {
  const pool = openPool({
    url: config.databaseUrl,
    role: 'concord_worker',
    max: 8,
    statementTimeoutMs: 30_000,
    onChange: (reason) => (reason === null ? log.warn('database.back') : log.error({ reason }, 'database.away')),
  });
  releases.push(() => pool.end());
  const backend = openQueueBackend(config.queue);
  let stopping = false;
  // Connections that break because everything goes down are no news.
  const report = boundedErrors(log, 'queue.error');
  const onError = (error: Error): void => {
    if (!stopping) report(error);
  };
  const queues = {
    'record.released': backend.openQueue(ALERTING_QUEUE),
    'alert.raised': backend.openQueue(DELIVERY_QUEUE),
  };
  releases.push(() => Promise.all(Object.values(queues).map((queue) => queue.close())));
  const wakeUps = await backend.openWakeUps(onError);
  releases.push(() => wakeUps.close());
  const book = new RuleBook(pool, (ruleId, error) => log.error({ err: error, ruleId }, 'rule.unreadable'));
  await book.sync();
  await rehearse(pool, book);
  const clock = systemClock;
  const handlers = [
    [ALERTING_QUEUE, (job: OutboxJob) => handleReleasedRecords({ pool, book, clock }, job.outboxIds)],
    [DELIVERY_QUEUE, (job: OutboxJob) => handleRaisedAlerts({ pool, wakeUps, clock }, job.outboxIds)],
  ] as const;
  const opening = handlers.map(([name, handle]) => backend.openWorker(name, handle, { concurrency: 2, onError }));
  releases.push(async () => {
    const opened = await Promise.allSettled(opening);
    await Promise.all(opened.flatMap((worker) => (worker.status === 'fulfilled' ? [worker.value.close()] : [])));
  });
  await Promise.all(opening);
  // Rules are read as they change and not by the first record that comes after them.
  let syncing = false;
  const keepUp = setInterval(() => {
    if (syncing) return;
    syncing = true;
    void book
      .sync()
      .catch(() => undefined)
      .finally(() => (syncing = false));
  }, KEEP_UP_MS);
  releases.push(() => Promise.resolve(clearInterval(keepUp)));
  const relay = new OutboxRelay({
    pool,
    listenUrl: config.databaseUrl,
    queues,
    log,
    reconcileMs: config.reconcileMs,
    lostAfterSeconds: config.lostAfterSeconds,
  });
  releases.push(() => relay.stop());
  await relay.start();
  log.info({ rules: book.size }, 'worker.ready');
  return {
    stop: () => {
      stopping = true;
      return stop();
    },
  };
}
