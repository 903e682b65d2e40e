export { migrateQueue, QUEUE_SCHEMA } from './migrate-queue.js';
export {
  openQueueBackend,
  type JobQueue,
  type QueueLook,
  type JobWorker,
  type OutboxJob,
  type QueueBackend,
  type QueueBackendConfig,
  type WakeUps,
} from './queue-backend.js';
