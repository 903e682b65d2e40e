import type { JobsOptions } from 'bullmq';
import { within } from './deadline.js';

/** What a job carries: ids only, never content (job data lies in clear text in the queue's store). */
export interface OutboxJob {
  readonly outboxIds: readonly string[];
  /** It was put on the queue before, or begun before, and not finished: one of its rows may be why. */
  readonly again?: boolean;
}

/** Every call fails after some seconds when the store does not answer; what was asked may still be done then. */
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

/** What is used of BullMQ's queue. */
export interface BullQueue {
  add(name: string, data: OutboxJob, options: JobsOptions): Promise<unknown>;
  getJobCounts(...types: ('waiting' | 'active' | 'delayed' | 'failed')[]): Promise<Record<string, number>>;
  getJobs(type: 'waiting', start: number, end: number, ascending: boolean): Promise<{ timestamp: number }[]>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

const ANSWER_MS = 5_000;
const JOB: JobsOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 200 },
  removeOnComplete: true,
  removeOnFail: { age: 3_600, count: 1_000 },
};

/** A queue that is opened anew after its first connection failed: BullMQ's on PostgreSQL would fail for ever. */
export function reopeningQueue(
  name: string,
  open: () => BullQueue,
  close: (queue: BullQueue) => Promise<void>,
): JobQueue {
  let opened: { readonly queue: BullQueue; broken: boolean } | null = null;
  const queue = (): BullQueue => {
    if (opened !== null && !opened.broken) return opened.queue;
    if (opened !== null) void close(opened.queue);
    const made = { queue: open(), broken: false };
    opened = made;
    made.queue.on('error', () => undefined);
    made.queue.waitUntilReady().catch(() => (made.broken = true));
    return made.queue;
  };
  queue();
  return {
    async add(jobId, job) {
      await within(ANSWER_MS, queue().add(name, job, { ...JOB, jobId }));
    },
    async depth() {
      const counts = await within(ANSWER_MS, queue().getJobCounts('waiting', 'active', 'delayed'));
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    async look() {
      const [counts, [oldest]] = await within(
        ANSWER_MS,
        Promise.all([
          queue().getJobCounts('waiting', 'active', 'delayed', 'failed'),
          queue().getJobs('waiting', 0, 0, true),
        ]),
      );
      const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
      const age = oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest.timestamp) / 1_000);
      return { waiting, active, delayed, failed, oldestWaitingSeconds: age };
    },
    async waiting() {
      const { waiting = 0 } = await within(ANSWER_MS, queue().getJobCounts('waiting'));
      return waiting;
    },
    async close() {
      if (opened !== null) await close(opened.queue);
    },
  };
}
