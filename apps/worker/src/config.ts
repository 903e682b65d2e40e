import { QUEUE_SCHEMA, type QueueBackendConfig } from '@concord/platform/queue';
import { z } from 'zod';

const environment = z.object({
  DATABASE_URL: z.string().min(1, 'a PostgreSQL URL of a login that was granted concord_worker'),
  REDIS_URL: z.string().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export interface WorkerProcessConfig {
  readonly databaseUrl: string;
  readonly queue: QueueBackendConfig;
  readonly logLevel: string;
}

/** Reads the environment of the worker process. @throws Error with every problem */
export function readWorkerConfig(env: NodeJS.ProcessEnv = process.env): WorkerProcessConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success)
    throw new Error(
      `The configuration is not valid:\n${parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`).join('\n')}`,
    );
  const { data } = parsed;
  const queue: QueueBackendConfig =
    data.REDIS_URL === undefined || data.REDIS_URL === ''
      ? { kind: 'postgres', url: data.DATABASE_URL, schema: QUEUE_SCHEMA, role: 'concord_worker' }
      : { kind: 'redis', url: data.REDIS_URL, prefix: 'concord' };
  return { databaseUrl: data.DATABASE_URL, queue, logLevel: data.LOG_LEVEL };
}
