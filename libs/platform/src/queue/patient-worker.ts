import { Worker, type IQueueBackend, type Job, type JobProgress } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutboxJob } from './job-queue.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/**
 * A worker that waits after a job could not be fetched, longer each time. BullMQ's own asks again at once whenever its
 * store answers with an error (Redis that is full, PostgreSQL that starts up): thousands of errors a second.
 */
export class PatientWorker<B extends IQueueBackend, C> extends Worker<OutboxJob, void, string, B, JobProgress, C> {
  #pauseMs = FIRST_PAUSE_MS;

  protected override async moveToActive(token: string, name?: string): Promise<Job<OutboxJob, void, string>> {
    try {
      const job = await super.moveToActive(token, name);
      this.#pauseMs = FIRST_PAUSE_MS;
      return job;
    } catch (error) {
      const pause = this.#pauseMs;
      this.#pauseMs = Math.min(pause * 2, LONGEST_PAUSE_MS);
      if (this.closing === undefined) await sleep(pause);
      throw error;
    }
  }
}
