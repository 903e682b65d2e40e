import { errorSummary } from '@concord/platform/logging';
import {
  createPostgresBackend,
  createPostgresRelayBackend,
  isPgPool,
  Queue,
  Relay,
  type ConnectionOptions,
  type PgPool,
} from 'bullmq';
import { WatchedPool } from '@concord/platform/database-link';
import { atMost, QueueSilentError, within } from './deadline.js';
import { reopeningQueue, type BullQueue, type JobQueue, type OutboxJob } from './job-queue.js';
import { PatientWorker } from './patient-worker.js';
import { SupervisedWakeUps, type RelayLike, type WakeUps } from './wake-ups.js';

/** Where the queues live. They move work and own no truth: what must not be lost is in PostgreSQL (outbox, delivery). */
export type QueueBackendConfig =
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string; readonly role: string }
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string };

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
  /** A job whose worker has said nothing for so long is given to another; default 30 s. */
  readonly lockMs?: number | undefined;
  readonly onError: (error: Error) => void;
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
/** A statement of the queue on PostgreSQL takes milliseconds. */
const QUERY_MS = 5_000;
/** Long, for when everything starts at once; while PostgreSQL is away nobody waits, whatever this says. */
const CONNECT_MS = 20_000;
const START_MS = 5_000;
const CLOSE_MS = 3_000;
/** For the jobs under way when a worker is closed. */
const DRAIN_MS = 10_000;

export function openQueueBackend(config: QueueBackendConfig): QueueBackend {
  return config.kind === 'postgres' ? postgresBackend(config) : redisBackend(config);
}

/** BullMQ's connections are pools of ours: they know when PostgreSQL is away, and are cut when bytes vanish. */
function postgresBackend(config: Extract<QueueBackendConfig, { kind: 'postgres' }>): QueueBackend {
  const pools = new WeakMap<object, WatchedPool>();
  const withPool = <T extends { close(): Promise<void> }>(max: number, make: (connection: PgPool) => T): T => {
    const pool = new WatchedPool(
      {
        max,
        idleTimeoutMillis: 60_000,
        connectionTimeoutMillis: CONNECT_MS,
        query_timeout: QUERY_MS,
        application_name: `${config.role}_queue`,
        options: `-c role=${config.role} -c search_path=${config.schema}`,
      },
      // One of them listens, and hears nothing for hours.
      { url: config.url, silenceMs: null },
    );
    const made = make(asConnection(pool));
    pools.set(made, pool);
    return made;
  };
  return backend({
    queue: (name) => withPool(2, (connection) => new Queue(name, { connection }, createPostgresBackend)),
    worker: (name, handle, options) =>
      withPool(
        4,
        (connection) =>
          new PatientWorker(
            name,
            (job: StartedJob) => handle(jobOf(job)),
            { connection, ...workerOptions(options) },
            createPostgresBackend,
          ),
      ),
    relay: () =>
      withPool(3, (connection) => new Relay({ connection, backend: createPostgresRelayBackend, name: 'concord' })),
    giveUp: () => undefined,
    release: async (made) => pools.get(made)?.end(),
  });
}

/** BullMQ takes a pool of pg's; @types/pg writes the overloads of a client's `on` otherwise than BullMQ expects them. */
function asConnection(pool: object): PgPool {
  if (!isPgPool(pool)) throw new Error('BullMQ on PostgreSQL wants a pool');
  return pool;
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
    // Without it a link on which bytes vanish is never given up (shared experience: 40 s and no recovery). Longer than
    // the 10 s for which BullMQ lets Redis wait for a job.
    socketTimeout: 12_000,
  };
  const { prefix } = config;
  const open = new WeakMap<object, { wanted: boolean }>();
  /** Tried again and again, at most 4 s apart, for as long as what it belongs to is wanted. */
  const connected = <T extends object>(make: (connection: ConnectionOptions) => T): T => {
    const state = { wanted: true };
    const retryStrategy = (times: number): number | null =>
      state.wanted ? Math.min(250 * 2 ** Math.min(times, 10), 4_000) : null;
    const made = make({ ...connection, retryStrategy });
    open.set(made, state);
    return made;
  };
  return backend({
    queue: (name) =>
      connected(
        (own) =>
          new Queue<OutboxJob>(name, {
            connection: { ...own, enableOfflineQueue: false, socketTimeout: 5_000 },
            prefix,
          }),
      ),
    worker: (name, handle, options) =>
      connected(
        (own) =>
          new PatientWorker(name, (job: StartedJob) => handle(jobOf(job)), {
            connection: own,
            prefix,
            ...workerOptions(options),
          }),
      ),
    relay: () => connected((own) => new Relay({ connection: own, prefix, name: 'concord' })),
    giveUp: (made) => {
      const state = open.get(made);
      if (state !== undefined) state.wanted = false;
    },
    release: () => Promise.resolve(),
  });
}

/** What is used of BullMQ's job. It counts starts itself, those of workers that died too. */
interface StartedJob {
  readonly data: OutboxJob;
  readonly attemptsStarted: number;
}

const jobOf = ({ data, attemptsStarted }: StartedJob): OutboxJob =>
  attemptsStarted > 1 ? { ...data, again: true } : data;

const workerOptions = ({ concurrency, lockMs = LOCK_MS }: Pick<JobWorkerOptions, 'concurrency' | 'lockMs'>) => ({
  concurrency,
  /** Until the store is asked again after it refused a connection; BullMQ's default is 15 s. */
  runRetryDelay: 1_000,
  lockDuration: lockMs,
  stalledInterval: lockMs,
  maxStalledCount: MAX_STALLS,
  removeOnComplete: { count: 0 },
  removeOnFail: { age: 3_600, count: 1_000 },
});

/** What is used of BullMQ's classes; their backends differ in type parameters and in nothing that matters here. */
interface Classes {
  queue(name: string): BullQueue;
  worker(
    name: string,
    handle: (job: OutboxJob) => Promise<void>,
    options: Pick<JobWorkerOptions, 'concurrency' | 'lockMs'>,
  ): {
    on(event: 'error', listener: (error: Error) => void): unknown;
    on(event: 'failed', listener: (job: unknown, error: Error) => void): unknown;
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  };
  relay(): RelayLike;
  /** Connections of one of these that break from now on are not made again: it is being closed. */
  giveUp(made: object): void;
  /** Lets go of what was opened for one of these, once it is closed. */
  release(made: object): Promise<void>;
}

function backend(classes: Classes): QueueBackend {
  /** Closed in time, also while the store is away: BullMQ would wait for it. */
  const close = async (made: { close(): Promise<void> }, ms: number): Promise<void> => {
    classes.giveUp(made);
    await atMost(ms, made.close());
    await atMost(CLOSE_MS, classes.release(made));
  };
  return {
    openQueue: (name) =>
      reopeningQueue(
        name,
        () => classes.queue(name),
        (queue) => close(queue, CLOSE_MS),
      ),
    async openWorker(name, handle, options) {
      const worker = classes.worker(name, (job) => handle(job).catch(withhold), options);
      worker.on('error', options.onError);
      // What the handler threw has been seen by whoever wrote the handler; the rest is the queue's: stalled jobs.
      worker.on('failed', (_job, error) => {
        if (!(error instanceof JobFailedError)) options.onError(error);
      });
      try {
        await within(START_MS, worker.waitUntilReady());
      } catch (error) {
        // It begins by itself once its store is there.
        if (error instanceof QueueSilentError) options.onError(error);
        else {
          await close(worker, CLOSE_MS);
          throw error;
        }
      }
      return { close: () => close(worker, DRAIN_MS) };
    },
    openWakeUps: (onError) =>
      SupervisedWakeUps.start({ make: () => classes.relay(), close: (relay) => close(relay, CLOSE_MS) }, onError),
  };
}

function withhold(error: unknown): never {
  const { type, code } = errorSummary(error);
  throw new JobFailedError(typeof code === 'string' ? `${type} ${code}` : type);
}
