export { migrateQueue, QUEUE_SCHEMA } from './migrate-queue.js';
export type { JobQueue, OutboxJob, QueueLook } from './job-queue.js';
export type { WakeUps } from './wake-ups.js';
export { openQueueBackend, type JobWorker, type QueueBackend, type QueueBackendConfig } from './queue-backend.js';
