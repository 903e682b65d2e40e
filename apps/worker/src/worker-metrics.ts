import { countDeadLetters, readOutboxLag } from '@concord/outbox';
import { countImports } from '@concord/imports';
import { inTransaction } from '@concord/platform/database';
import type { Logger } from '@concord/platform/logging';
import type { CommunityBatch } from '@concord/records';
import { observePool, sampledGauges, type MetricsRegistry, type Sample } from '@concord/platform/metrics';
import type { JobQueue } from '@concord/platform/queue';
import type { WatchedPool } from '@concord/platform/database-link';
import { Counter, Gauge, Histogram } from 'prom-client';

/** Of what /metrics asks the database and the queues: it must never be what is slow. */
const SAMPLE_TIMEOUT_MS = 2_000;

export interface WorkerMetricsOptions {
  readonly registry: MetricsRegistry;
  readonly pool: WatchedPool;
  /** By name. */
  readonly queues: Readonly<Record<string, JobQueue>>;
  readonly rules: () => number;
  /** Rows in the lane of each queue. */
  readonly lanes: () => Readonly<Record<string, number>>;
  readonly log: Logger;
}

/** What an operator of the worker looks at; docs/operations.md says what each means and when to worry. */
export class WorkerMetrics {
  readonly #jobs: Counter;
  readonly #durations: Histogram;
  readonly #requeued: Counter;
  readonly #importEntries: Counter;
  readonly #batchMade: Gauge;
  readonly #batchRows: Gauge;
  readonly #batchSeconds: Gauge;

  constructor(private readonly options: WorkerMetricsOptions) {
    const { registry, queues } = options;
    const registers = [registry];
    this.#jobs = new Counter({
      name: 'concord_jobs_total',
      help: 'Jobs by queue and outcome, and what was worked on at once; every try counts.',
      labelNames: ['queue', 'outcome'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'concord_job_duration_seconds',
      help: 'How long a job takes, by queue.',
      labelNames: ['queue'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.#requeued = new Counter({
      name: 'concord_outbox_requeued_total',
      help: 'Outbox rows whose job was lost and that the reconciler has put back.',
      registers,
    });
    this.#importEntries = new Counter({
      name: 'concord_import_entries_total',
      help: 'Rows of imports that this worker has done, refused ones too.',
      registers,
    });
    this.#batchMade = new Gauge({
      name: 'concord_community_batch_timestamp_seconds',
      help: 'When this worker made its last batch for community partners, in seconds since 1970; 0: it has made none.',
      registers,
    });
    this.#batchRows = new Gauge({
      name: 'concord_community_batch_rows',
      help: 'Rows that the last batch for community partners of this worker let out.',
      registers,
    });
    this.#batchSeconds = new Gauge({
      name: 'concord_community_batch_duration_seconds',
      help: 'How long the last batch for community partners of this worker took.',
      registers,
    });
    const rules: Gauge = new Gauge({
      name: 'concord_rules_loaded',
      help: 'Enabled alert rules in the memory of this worker.',
      registers,
      collect: () => rules.set(options.rules()),
    });
    const lanes: Gauge = new Gauge({
      name: 'concord_direct_rows',
      help: 'Outbox rows that this worker works on at once, or that wait for it, by the queue that would have them otherwise.',
      labelNames: ['queue'],
      registers,
      collect: () => {
        for (const [queue, rows] of Object.entries(options.lanes())) lanes.set({ queue }, rows);
      },
    });
    for (const queue of Object.keys(queues))
      for (const outcome of ['done', 'failed']) this.#jobs.inc({ queue, outcome }, 0);
    observePool(registry, 'worker', options.pool);
    this.#sampleOutbox();
    this.#sampleQueues();
    this.#sampleImports();
  }

  requeued(rows: number): void {
    this.#requeued.inc(rows);
  }

  importEntries(entries: number): void {
    this.#importEntries.inc(entries);
  }

  communityBatch({ records }: CommunityBatch, seconds: number): void {
    this.#batchMade.setToCurrentTime();
    this.#batchRows.set(records);
    this.#batchSeconds.set(seconds);
  }

  /** Counts and times what a queue's handler does, and says in the log what it threw. */
  watched<Job>(queue: string, handle: (job: Job) => Promise<void>): (job: Job) => Promise<void> {
    return async (job) => {
      const done = this.#durations.startTimer({ queue });
      try {
        await handle(job);
        this.#jobs.inc({ queue, outcome: 'done' });
      } catch (error) {
        this.#jobs.inc({ queue, outcome: 'failed' });
        this.options.log.error({ err: error, queue }, 'job.failed');
        throw error;
      } finally {
        done();
      }
    };
  }

  #sampleOutbox(): void {
    const { registry, pool, log } = this.options;
    sampledGauges(registry, {
      collector: 'outbox',
      timeoutMs: SAMPLE_TIMEOUT_MS,
      log,
      gauges: {
        concord_outbox_waiting: { help: 'Outbox rows that are due and not done, up to 20,000.', labels: ['kind'] },
        concord_outbox_oldest_seconds: { help: 'How long the oldest of them has been due.', labels: ['kind'] },
        concord_outbox_dead: {
          help: 'Outbox rows that were given up and wait for an operator.',
          labels: ['kind'],
        },
        concord_deliveries_waiting: {
          help: 'Alerts that are raised and not yet delivered.',
          labels: ['channel'],
        },
      },
      sample: async () => {
        const { lags, dead } = await inTransaction(pool, async (tx) => {
          await tx.query(`set local statement_timeout = ${SAMPLE_TIMEOUT_MS}`);
          return { lags: await readOutboxLag(tx), dead: await countDeadLetters(tx) };
        });
        const samples = lags.flatMap(({ kind, rows, subjects, oldestSeconds }) => [
          { name: 'concord_outbox_waiting' as const, labels: { kind }, value: rows },
          { name: 'concord_outbox_oldest_seconds' as const, labels: { kind }, value: oldestSeconds },
          ...(kind === 'alert.raised'
            ? [{ name: 'concord_deliveries_waiting' as const, labels: { channel: 'live' }, value: subjects }]
            : []),
        ]);
        return [
          ...samples,
          ...dead.map(({ kind, rows }) => ({ name: 'concord_outbox_dead' as const, labels: { kind }, value: rows })),
        ];
      },
    });
  }

  #sampleImports(): void {
    const { registry, pool, log } = this.options;
    sampledGauges(registry, {
      collector: 'imports',
      timeoutMs: SAMPLE_TIMEOUT_MS,
      log,
      gauges: {
        concord_imports: {
          help: 'Imports that a worker has, that wait for one, and that are paused.',
          labels: ['state'],
        },
      },
      sample: async () =>
        Object.entries(await countImports(pool)).map(([state, value]) => ({
          name: 'concord_imports' as const,
          labels: { state },
          value,
        })),
    });
  }

  #sampleQueues(): void {
    const { registry, queues, log } = this.options;
    sampledGauges(registry, {
      collector: 'queues',
      timeoutMs: SAMPLE_TIMEOUT_MS,
      log,
      gauges: {
        concord_queue_jobs: { help: 'Jobs by queue and state; failed ones were given up.', labels: ['queue', 'state'] },
        concord_queue_oldest_seconds: { help: 'How long the oldest waiting job has waited.', labels: ['queue'] },
      },
      sample: async () => (await Promise.all(Object.entries(queues).map(samplesOf))).flat(),
    });
  }
}

async function samplesOf([queue, jobs]: [string, JobQueue]): Promise<
  Sample<'concord_queue_jobs' | 'concord_queue_oldest_seconds'>[]
> {
  const { oldestWaitingSeconds, ...states } = await jobs.look();
  return [
    { name: 'concord_queue_oldest_seconds', labels: { queue }, value: oldestWaitingSeconds },
    ...Object.entries(states).map(([state, value]) => ({
      name: 'concord_queue_jobs' as const,
      labels: { queue, state },
      value,
    })),
  ];
}
