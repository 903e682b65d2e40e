import type { JobsOptions } from 'bullmq';
import { within } from './deadline.js';

/** What a job carries: ids only, never content (job data lies in clear text in the queue's store). */
export interface OutboxJob {
  readonly outboxIds: readonly string[];
}

/** Every call fails after some seconds when the store does not answer; what was asked may still be done then. */
export interface JobQueue {
  add(jobId: string, job: OutboxJob): Promise<void>;
  /** Jobs that wait or run. */
  depth(): Promise<number>;
  /** Jobs that wait for a worker. Those of a worker that died run, as far as the queue knows. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** What is used of BullMQ's queue. */
export interface BullQueue {
  add(name: string, data: OutboxJob, options: JobsOptions): Promise<unknown>;
  getJobCounts(...types: ('waiting' | 'active' | 'delayed')[]): Promise<Record<string, number>>;
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
    async waiting() {
      const { waiting = 0 } = await within(ANSWER_MS, queue().getJobCounts('waiting'));
      return waiting;
    },
    async close() {
      if (opened !== null) await close(opened.queue);
    },
  };
}
