import { runMigrations } from 'bullmq';
import type { Client } from 'pg';

/** Where BullMQ keeps its tables: apart from ours. */
export const QUEUE_SCHEMA = 'bullmq';

/** Makes or updates BullMQ's tables and lets the application's roles use them. */
export async function migrateQueue(client: Client): Promise<void> {
  await runMigrations(client, QUEUE_SCHEMA);
  await client.query(`
    grant usage on schema ${QUEUE_SCHEMA} to concord_api, concord_worker;
    grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to concord_api, concord_worker;
    grant usage, select, update on all sequences in schema ${QUEUE_SCHEMA} to concord_api, concord_worker;
    grant execute on all functions in schema ${QUEUE_SCHEMA} to concord_api, concord_worker`);
}
