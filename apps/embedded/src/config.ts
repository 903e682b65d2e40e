import { readTracingConfig, type TracingConfig } from '@concord/platform/tracing';
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';

/** What `npm start` was asked for. */
export interface StartConfig {
  readonly dataDir: string;
  readonly port: number;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly personas: boolean;
  readonly logLevel: string;
  readonly tracing: TracingConfig | null;
}

export const HELP = `Starts Concord on this machine: PostgreSQL, api, worker and the personas' issuer, on loopback.

  npm start -- [--port 4000] [--data .concord] [--personas]

  --port       PORT              port of the API (4000)
  --data       CONCORD_DATA_DIR  where everything is kept (.concord)
               DATABASE_URL      a PostgreSQL of yours instead of the embedded one
               REDIS_URL         puts the queues on Redis
  --personas                     ready-made people and their issuer also with DATABASE_URL
               LOG_LEVEL         debug, info, warn (default), error, silent; logs go to stderr
               OTEL_EXPORTER_OTLP_ENDPOINT  sends spans to an OpenTelemetry collector
`;

/** Reads arguments and environment; a wrong one is said and nothing is started. */
export function readStartConfig(args: readonly string[], env: NodeJS.ProcessEnv = process.env): StartConfig | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      personas: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const port = Number(values.port ?? env['PORT'] ?? '4000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error('The port is a whole number from 0 to 65535.');
  const databaseUrl = env['DATABASE_URL'] || null;
  const dataDir = values.data ?? env['CONCORD_DATA_DIR'] ?? '.concord';
  if (dataDir.trim() === '') throw new Error('--data is empty: name a directory, or leave it out for .concord.');
  return {
    dataDir: resolve(dataDir),
    port,
    databaseUrl,
    redisUrl: env['REDIS_URL'] || null,
    personas: values.personas ?? databaseUrl === null,
    logLevel: env['LOG_LEVEL'] || 'warn',
    tracing: readTracingConfig(env, 'concord'),
  };
}

/** What `npm run demo` was asked for. */
export interface DemoConfig {
  readonly json: boolean;
  readonly redisUrl: string | null;
  readonly logLevel: string;
  readonly colour: boolean;
}

export function readDemoConfig(args: readonly string[], env: NodeJS.ProcessEnv = process.env): DemoConfig {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } });
  return {
    json: values.json ?? false,
    redisUrl: env['REDIS_URL'] || null,
    logLevel: env['LOG_LEVEL'] || 'error',
    colour: process.stdout.isTTY && !env['NO_COLOR'],
  };
}
