import { errorSummary } from '@concord/platform/logging';
import {
  createPostgresBackend,
  createPostgresRelayBackend,
  Queue,
  Relay,
  Worker,
  type ConnectionOptions,
  type JobsOptions,
  type PostgresConnectionOptions,
} from 'bullmq';

/** Where the queues live. They move work and own no truth: what must not be lost is in PostgreSQL (outbox, delivery). */
export type QueueBackendConfig =
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string; readonly role: string }
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string };

/** What a job carries: ids only, never content (job data lies in clear text in the queue's store). */
export interface OutboxJob {
  readonly outboxIds: readonly string[];
}

export interface JobQueue {
  add(jobId: string, job: OutboxJob): Promise<void>;
  /** Jobs that wait or run. */
  depth(): Promise<number>;
  /** For metrics: how many jobs in which state, and how long the oldest waiting one has waited. */
  look(): Promise<QueueLook>;
  /** Jobs that wait for a worker. Those of a worker that died run, as far as the queue knows. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** What a queue looks like at a moment. */
export interface QueueLook {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  /** Given up after every try; kept for an hour, at most 1,000. */
  readonly failed: number;
  /** 0 when none waits. */
  readonly oldestWaitingSeconds: number;
}

/**
 * What the queue's store learns of a failed job. BullMQ keeps message and stack of the error in clear text, and a
 * database's message may quote a row: so this and nothing else.
 */
export class JobFailedError extends Error {
  constructor(reason: string) {
    super(`the job failed: ${reason}`);
    this.name = 'JobFailedError';
    this.stack = `${this.name}: ${this.message}`;
  }
}

export interface JobWorker {
  close(): Promise<void>;
}

export interface JobWorkerOptions {
  readonly concurrency: number;
  readonly onError: (error: Error) => void;
}

/** Wake-ups across processes: at most once, and never more than ids. Whoever is woken reads PostgreSQL. */
export interface WakeUps {
  publish(inboxIds: readonly string[]): Promise<void>;
  subscribe(listener: (inboxIds: readonly string[]) => void): Promise<void>;
  close(): Promise<void>;
}

export interface QueueBackend {
  openQueue(name: string): JobQueue;
  openWorker(name: string, handle: (job: OutboxJob) => Promise<void>, options: JobWorkerOptions): Promise<JobWorker>;
  openWakeUps(onError: (error: Error) => void): Promise<WakeUps>;
}

/**
 * Two lost workers must not bury a job (BullMQ's default of one stall does): the reconciler in PostgreSQL decides,
 * so the queue is told to be patient.
 */
const MAX_STALLS = 10;
const LOCK_MS = 30_000;

export function openQueueBackend(config: QueueBackendConfig): QueueBackend {
  return config.kind === 'postgres' ? postgresBackend(config) : redisBackend(config);
}

function postgresBackend(config: Extract<QueueBackendConfig, { kind: 'postgres' }>): QueueBackend {
  const connection: PostgresConnectionOptions = {
    connectionString: config.url,
    schema: config.schema,
    options: `-c role=${config.role}`,
    max: 3,
    keepAlive: true,
  };
  return backend({
    queue: (name) => new Queue(name, { connection }, createPostgresBackend),
    worker: (name, handle, concurrency) =>
      new Worker(
        name,
        (job: { data: OutboxJob }) => handle(job.data),
        { connection, ...workerOptions(concurrency) },
        createPostgresBackend,
      ),
    relay: () => new Relay({ connection, backend: createPostgresRelayBackend, name: 'concord' }),
  });
}

function redisBackend(config: Extract<QueueBackendConfig, { kind: 'redis' }>): QueueBackend {
  const url = new URL(config.url);
  const connection: ConnectionOptions = {
    host: url.hostname,
    port: Number(url.port || 6379),
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    ...(url.pathname.length > 1 ? { db: Number(url.pathname.slice(1)) } : {}),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    maxRetriesPerRequest: null,
    // Without it a link on which bytes vanish is never given up (shared experience: 40 s and no recovery).
    socketTimeout: 12_000,
  };
  const { prefix } = config;
  return backend({
    queue: (name) => new Queue<OutboxJob>(name, { connection: { ...connection, enableOfflineQueue: false }, prefix }),
    worker: (name, handle, concurrency) =>
      new Worker<OutboxJob>(name, (job) => handle(job.data), { connection, prefix, ...workerOptions(concurrency) }),
    relay: () => new Relay({ connection, prefix, name: 'concord' }),
  });
}

const workerOptions = (concurrency: number) => ({
  concurrency,
  lockDuration: LOCK_MS,
  maxStalledCount: MAX_STALLS,
  removeOnComplete: { count: 0 },
  removeOnFail: { age: 3_600, count: 1_000 },
});

/** What is used of BullMQ's classes; their backends differ in type parameters and in nothing that matters here. */
interface Classes {
  queue(name: string): {
    add(name: string, data: OutboxJob, options: JobsOptions): Promise<unknown>;
    getJobCounts(...types: ('waiting' | 'active' | 'delayed' | 'failed')[]): Promise<Record<string, number>>;
    getJobs(type: 'waiting', start: number, end: number, ascending: boolean): Promise<{ timestamp: number }[]>;
    on(event: 'error', listener: (error: Error) => void): unknown;
    close(): Promise<void>;
  };
  worker(
    name: string,
    handle: (job: OutboxJob) => Promise<void>,
    concurrency: number,
  ): {
    on(event: 'error', listener: (error: Error) => void): unknown;
    on(event: 'failed', listener: (job: unknown, error: Error) => void): unknown;
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  };
  relay(): Pick<Relay, 'publish' | 'subscribe' | 'close' | 'on' | 'waitUntilReady'>;
}

function backend(classes: Classes): QueueBackend {
  return {
    openQueue(name) {
      const queue = classes.queue(name);
      queue.on('error', () => undefined);
      return {
        async add(jobId, job) {
          await queue.add(name, job, {
            jobId,
            attempts: 3,
            backoff: { type: 'exponential', delay: 200 },
            removeOnComplete: true,
            removeOnFail: { age: 3_600, count: 1_000 },
          });
        },
        async depth() {
          const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
          return Object.values(counts).reduce((sum, count) => sum + count, 0);
        },
        async look() {
          const [counts, [oldest]] = await Promise.all([
            queue.getJobCounts('waiting', 'active', 'delayed', 'failed'),
            queue.getJobs('waiting', 0, 0, true),
          ]);
          const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
          const age = oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest.timestamp) / 1_000);
          return { waiting, active, delayed, failed, oldestWaitingSeconds: age };
        },
        async waiting() {
          const { waiting = 0 } = await queue.getJobCounts('waiting');
          return waiting;
        },
        close: () => queue.close(),
      };
    },
    async openWorker(name, handle, options) {
      const worker = classes.worker(name, (job) => handle(job).catch(withhold), options.concurrency);
      worker.on('error', options.onError);
      // What the handler threw has been seen by whoever wrote the handler; the rest is the queue's: stalled jobs.
      worker.on('failed', (_job, error) => {
        if (!(error instanceof JobFailedError)) options.onError(error);
      });
      await worker.waitUntilReady();
      return { close: () => worker.close() };
    },
    async openWakeUps(onError) {
      const relay = classes.relay();
      relay.on('error', onError);
      await relay.waitUntilReady();
      return {
        async publish(inboxIds) {
          await relay.publish('inbox', inboxIds);
        },
        async subscribe(listener) {
          await relay.subscribe<readonly string[]>('inbox', (message) => listener(message.data));
        },
        close: () => relay.close(),
      };
    },
  };
}

function withhold(error: unknown): never {
  const { type, code } = errorSummary(error);
  throw new JobFailedError(typeof code === 'string' ? `${type} ${code}` : type);
}
