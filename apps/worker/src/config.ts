import { networksOf } from '@concord/delivery';
import { QUEUE_SCHEMA, type QueueBackendConfig } from '@concord/platform/queue';
import { readTracingConfig, type TracingConfig } from '@concord/platform/tracing';
import { readFileSync } from 'node:fs';
import type { BlockList } from 'node:net';
import { z } from 'zod';

const environment = z.object({
  DATABASE_URL: z.string().min(1, 'a PostgreSQL URL of a login that was granted concord_worker'),
  REDIS_URL: z.string().optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.coerce.number().int().min(0).max(65_535).optional(),
  ),
  CONCORD_KEY_FILE: z.string().optional(),
  CONCORD_WEBHOOK_NETWORKS: z
    .string()
    .default('')
    .transform((value, context) => {
      try {
        return networksOf(
          value
            .split(',')
            .map((entry) => entry.trim())
            .filter((entry) => entry !== ''),
        );
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    }),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export interface WorkerProcessConfig {
  readonly databaseUrl: string;
  readonly queue: QueueBackendConfig;
  readonly logLevel: string;
  /** Where /metrics and health are served; null: nowhere. */
  readonly operations: { readonly host: string; readonly port: number } | null;
  readonly tracing: TracingConfig | null;
  /** Networks beside the public ones that webhooks may reach, and without TLS. */
  readonly webhookNetworks: BlockList;
  /** Reads the root key's file, where one is named: then this worker does imports and webhooks. Not part of what may be printed. */
  readonly openRootKey: (() => Buffer) | null;
}

/** Reads the environment of the worker process. @throws Error with every problem */
export function readWorkerConfig(env: NodeJS.ProcessEnv = process.env): WorkerProcessConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success)
    throw new Error(
      `The configuration is not valid:\n${parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`).join('\n')}`,
    );
  const { data } = parsed;
  const keyFile = data.CONCORD_KEY_FILE;
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
    webhookNetworks: data.CONCORD_WEBHOOK_NETWORKS,
    openRootKey: keyFile === undefined || keyFile === '' ? null : () => readRootKey(keyFile),
  };
}

/** 32 bytes as 64 hexadecimal digits, as the API has them. @throws Error that says nothing of what the file holds */
function readRootKey(path: string): Buffer {
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error('CONCORD_KEY_FILE: expected 64 hexadecimal digits (32 bytes)');
  return Buffer.from(text, 'hex');
}
