import { QUEUE_SCHEMA, type QueueBackendConfig } from '@concord/platform/queue';
import { readTracingConfig, type TracingConfig } from '@concord/platform/tracing';
import { z } from 'zod';

const environment = z.object({
  DATABASE_URL: z.string().min(1, 'a PostgreSQL URL of a login that was granted concord_worker'),
  REDIS_URL: z.string().optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.coerce.number().int().min(0).max(65_535).optional(),
  ),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export interface WorkerProcessConfig {
  readonly databaseUrl: string;
  readonly queue: QueueBackendConfig;
  readonly logLevel: string;
  /** Where /metrics and health are served; null: nowhere. */
  readonly operations: { readonly host: string; readonly port: number } | null;
  readonly tracing: TracingConfig | null;
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
  return {
    databaseUrl: data.DATABASE_URL,
    queue,
    logLevel: data.LOG_LEVEL,
    operations: data.METRICS_PORT === undefined ? null : { host: data.METRICS_HOST, port: data.METRICS_PORT },
    tracing: readTracingConfig(env, 'concord-worker'),
  };
}
