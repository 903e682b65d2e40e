import { RuleBook } from '@concord/matching';
import { openPool } from '@concord/platform/database';
import { isOutage, waitForDatabase } from '@concord/platform/database-link';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import { createMetrics, listenForOperators, type MetricsRegistry } from '@concord/platform/metrics';
import { openQueueBackend, type QueueBackendConfig } from '@concord/platform/queue';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import { BlockList } from 'node:net';
import { handleRecords } from './alerting.js';
import { COMMUNITY_TIMEOUT_MS, CommunityBatches } from './community.js';
import { handleRaisedAlerts } from './delivery.js';
import { handleDepartures } from './departures.js';
import { Imports, type ImportsConfig } from './imports.js';
import { DirectLane } from './direct-lane.js';
import { DraftSweep } from './draft-sweep.js';
import { HandOvers } from './hand-overs.js';
import { ReadTally } from './read-tally.js';
import { oneByOneAgain } from './one-by-one.js';
import { workerNotReadyBecause } from './readiness.js';
import { rehearse } from './rehearsal.js';
import { OutboxRelay } from './relay.js';
import { WebhookSender, type WebhookSenderOptions } from './webhook-sender.js';
import { WorkerMetrics } from './worker-metrics.js';

export interface WorkerConfig {
  readonly databaseUrl: string;
  readonly queue: QueueBackendConfig;
  /** Periods of the reconciler; defaults in relay.ts. */
  readonly reconcileMs?: number;
  readonly lostAfterSeconds?: number;
  /** After how much silence of a worker its job is given to another; default 30 s. */
  readonly lockMs?: number;
  /** Shared with the API where both run in one process; absent: one of its own. */
  readonly metrics?: MetricsRegistry;
  /** False: everything goes through the queues, nothing is worked on at once (ADR 0017). */
  readonly direct?: boolean;
  readonly tracer?: Tracer;
  /** Where /metrics and health are served; null or absent: nowhere. */
  readonly operations?: OperationsAddress | null;
  /** How often it looks whether a batch for community partners is due; default a minute. */
  readonly communityLookMs?: number;
  /** Absent: this worker does no imports, and opens nothing that is sealed. */
  readonly imports?: ImportsConfig | null;
  /** Absent: webhooks reach public addresses only. */
  readonly webhooks?: WebhooksConfig;
  /** How long a start waits for PostgreSQL; default 60 s. */
  readonly databaseWaitMs?: number;
}

/** How webhooks are sent; they are where imports are, because their secrets are sealed. */
export type WebhooksConfig = Partial<Pick<WebhookSenderOptions, 'networks' | 'lookMs' | 'timeoutMs' | 'resolve'>>;

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
const DEPARTURES_QUEUE = 'departures';
const KEEP_UP_MS = 1_000;
/** For what is under way in a lane when the worker stops. */
const DRAIN_MS = 10_000;
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
    onChange: (reason) => (reason === null ? log.warn({}, 'database.back') : log.error({ reason }, 'database.away')),
  });
  releases.push(() => pool.end());
  const backend = openQueueBackend(config.queue);
  let stopping = false;
  // Connections that break because everything goes down are no news.
  const report = boundedErrors(log, 'queue.error');
  const onError = (error: Error): void => {
    if (!stopping) report(error);
  };
  const alerting = backend.openQueue(ALERTING_QUEUE);
  const delivery = backend.openQueue(DELIVERY_QUEUE);
  const departures = backend.openQueue(DEPARTURES_QUEUE);
  const queues = {
    'record.released': alerting,
    'record.amended': alerting,
    'record.recalled': alerting,
    'alert.raised': delivery,
    'agency.left': departures,
  };
  releases.push(() => Promise.all([alerting, delivery, departures].map((queue) => queue.close())));
  const wakeUps = await backend.openWakeUps(onError);
  releases.push(() => wakeUps.close());
  const book = new RuleBook(pool, (ruleId, error) => log.error({ err: error, ruleId }, 'rule.unreadable'));
  await book.sync();
  // What is slow or away is no reason not to start.
  await rehearse(pool, book).catch((error: unknown) => (isOutage(error) ? undefined : Promise.reject(error as Error)));
  // Whatever this machine's clock says.
  const { clock } = pool;
  await clock.known;
  clock.warnIfApart((seconds) => log.warn({ seconds }, 'clock.apart'));
  const registry = config.metrics ?? createMetrics();
  const tracer = config.tracer ?? NO_TRACING;
  const named = { [ALERTING_QUEUE]: alerting, [DELIVERY_QUEUE]: delivery, [DEPARTURES_QUEUE]: departures };
  const metrics = new WorkerMetrics({
    ...{ registry, pool, queues: named, log },
    rules: () => book.size,
    lanes: () => ({ [ALERTING_QUEUE]: alertingLane.rows, [DELIVERY_QUEUE]: deliveryLane.rows }),
  });
  // Two reports at once, as by the queue; of deliveries one, which would wait for the same inboxes otherwise.
  const deliveryLane: DirectLane = new DirectLane({
    concurrency: 1,
    handle: (outboxIds) => handleDelivery({ outboxIds }),
    onFailed: (outboxIds) => relay.putBack('alert.raised', outboxIds),
  });
  const services = {
    pool,
    book,
    wakeUps,
    clock,
    tracer,
    ...(config.direct === false ? {} : { deliver: deliveryLane }),
  };
  const watched = (queue: string, handle: (outboxIds: readonly string[]) => Promise<void>) =>
    metrics.watched(queue, oneByOneAgain(pool, log, handle));
  const handleAlerting = watched(ALERTING_QUEUE, (outboxIds) => handleRecords(services, outboxIds));
  const handleDelivery = watched(DELIVERY_QUEUE, (outboxIds) => handleRaisedAlerts(services, outboxIds));
  const handleDeparture = watched(DEPARTURES_QUEUE, (outboxIds) => handleDepartures(services, outboxIds));
  const alertingLane: DirectLane = new DirectLane({
    concurrency: 2,
    handle: (outboxIds) => handleAlerting({ outboxIds }),
    onFailed: (outboxIds) => relay.putBack('record.released', outboxIds),
  });
  const handlers = [
    [ALERTING_QUEUE, handleAlerting],
    [DELIVERY_QUEUE, handleDelivery],
    [DEPARTURES_QUEUE, handleDeparture],
  ] as const;
  // Delivered by the lane is also what a job of the queue has raised.
  releases.push(() => deliveryLane.idle(DRAIN_MS));
  const opening = handlers.map(([name, handle]) =>
    backend.openWorker(name, handle, { concurrency: 2, lockMs: config.lockMs, onError }),
  );
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
    lanes:
      config.direct === false
        ? undefined
        : {
            'record.released': alertingLane,
            'record.amended': alertingLane,
            'record.recalled': alertingLane,
            'alert.raised': deliveryLane,
          },
    log,
    tracer,
    onRequeued: (rows) => metrics.requeued(rows),
    reconcileMs: config.reconcileMs,
    lostAfterSeconds: config.lostAfterSeconds,
  });
  releases.push(() => alertingLane.idle(DRAIN_MS));
  releases.push(() => relay.stop());
  await relay.start();
  // A pool of its own: the others' statements are given up on after half a minute.
  const batches = openPool({
    ...{ url: config.databaseUrl, role: 'concord_worker', max: 1, statementTimeoutMs: COMMUNITY_TIMEOUT_MS },
  });
  releases.push(() => batches.end());
  const community = new CommunityBatches({
    ...{ pool: batches, clock, log, lookMs: config.communityLookMs },
    onMade: (batch, seconds) => metrics.communityBatch(batch, seconds),
  });
  releases.push(() => community.stop());
  community.start();
  if (config.imports) {
    const { databaseUrl } = config;
    const onEntriesDone = (entries: number): void => metrics.importEntries(entries);
    const imports = await Imports.open({ ...config.imports, databaseUrl, pool, wakeUps, log, tracer, onEntriesDone });
    releases.push(() => imports.stop());
    imports.start();
    const { rootKey } = config.imports;
    const webhooks = new WebhookSender({
      pool,
      databaseUrl,
      rootKey,
      clock,
      log,
      networks: new BlockList(),
      ...config.webhooks,
    });
    releases.push(() => webhooks.stop());
    webhooks.start();
  }
  const drafts = new DraftSweep({ pool, clock, log });
  releases.push(() => drafts.stop());
  drafts.start();
  const handOvers = new HandOvers({ pool, clock, wakeUps, log });
  releases.push(() => handOvers.stop());
  handOvers.start();
  const reads = new ReadTally({ pool, log });
  releases.push(() => reads.stop());
  reads.start();
  const operations =
    config.operations === undefined || config.operations === null
      ? null
      : await listenForOperators({
          ...config.operations,
          metrics: registry,
          notReadyBecause: () => workerNotReadyBecause(pool, relay),
        });
  if (operations !== null) releases.push(() => operations.close());
  if (operations !== null) log.info({ port: operations.port }, 'metrics.listening');
  log.info({ rules: book.size }, 'worker.ready');
  return {
    operationsPort: operations?.port ?? null,
    stop: () => {
      stopping = true;
      return stop();
    },
  };
}
