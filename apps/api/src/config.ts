import { QUEUE_SCHEMA, type QueueBackendConfig } from '@concord/platform/queue';
import { readTracingConfig, type TracingConfig } from '@concord/platform/tracing';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readIssuers, type IssuerConfig } from './issuers.config.js';
import { trustProxies } from './rates/client-address.js';
import { rateSettings } from './rates/rate-settings.js';

const environment = z.object({
  DATABASE_URL: z.string().min(1, 'a PostgreSQL URL of a login that was granted concord_api'),
  REDIS_URL: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.coerce.number().int().min(0).max(65_535).optional(),
  ),
  CONCORD_RATE_FACTOR: z.coerce.number().pipe(rateSettings.shape.factor.unwrap()).default(1),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((proxy) => proxy.trim() || []))
    .refine((proxies) => isProxyList(proxies), 'IP addresses and networks such as 10.0.0.0/8, separated by commas'),
  CONCORD_KEY_FILE: z.string().min(1, 'a file with the key-encryption key: 32 bytes as 64 hexadecimal digits'),
});

/** Secrets are a type of their own: a printed configuration cannot hold them. */
export class Secret {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  reveal(): Buffer {
    return this.#bytes;
  }

  toJSON(): string {
    return '[secret]';
  }
}

export interface ApiConfig {
  readonly databaseUrl: string;
  readonly queue: QueueBackendConfig;
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly rootKey: Secret;
  /** A port apart for /metrics and health; null: /metrics is on the API's port, for this machine alone. */
  readonly operations: { readonly host: string; readonly port: number } | null;
  readonly tracing: TracingConfig | null;
  /** What every rate of docs/rates.md is multiplied by. */
  readonly rateFactor: number;
  readonly trustedProxies: readonly string[];
  /** By whom people sign in; none: nobody can. */
  readonly issuers: readonly IssuerConfig[];
}

/** Everything wrong with the environment, at once. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Reads the environment of the api process. @throws ConfigError with every problem */
export function readApiConfig(env: NodeJS.ProcessEnv = process.env): ApiConfig {
  const parsed = environment.safeParse(env);
  const problems = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  const issuers = issuersOf(env['CONCORD_ISSUERS'] ?? '', problems);
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const { data } = parsed;
  return {
    databaseUrl: data.DATABASE_URL,
    queue: queueConfig(data.DATABASE_URL, data.REDIS_URL, 'concord_api'),
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    rootKey: readKeyFile(data.CONCORD_KEY_FILE),
    rateFactor: data.CONCORD_RATE_FACTOR,
    trustedProxies: data.TRUSTED_PROXIES,
    issuers,
    operations: data.METRICS_PORT === undefined ? null : { host: data.METRICS_HOST, port: data.METRICS_PORT },
    tracing: tracingConfig(env),
  };
}

/** The list itself, or the file that it is in. Adds what is wrong with it to the problems. */
function issuersOf(value: string, problems: string[]): readonly IssuerConfig[] {
  const given = value.trim();
  if (given === '') return [];
  let text = given;
  try {
    if (!given.startsWith('[')) text = readFileSync(given, 'utf8');
  } catch {
    problems.push('CONCORD_ISSUERS: neither a list in JSON nor a file that can be read');
    return [];
  }
  const read = readIssuers(text);
  if ('issuers' in read) return read.issuers;
  problems.push(...read.problems.map((problem) => `CONCORD_ISSUERS${/^[.[]/.test(problem) ? '' : ': '}${problem}`));
  return [];
}

function isProxyList(proxies: readonly string[]): boolean {
  try {
    trustProxies(proxies);
    return true;
  } catch {
    return false;
  }
}

function tracingConfig(env: NodeJS.ProcessEnv): TracingConfig | null {
  try {
    return readTracingConfig(env, 'concord-api');
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}

/** PostgreSQL unless a Redis is named. */
export function queueConfig(
  databaseUrl: string,
  redisUrl: string | undefined,
  role: 'concord_api' | 'concord_worker',
): QueueBackendConfig {
  return redisUrl === undefined || redisUrl === ''
    ? { kind: 'postgres', url: databaseUrl, schema: QUEUE_SCHEMA, role }
    : { kind: 'redis', url: redisUrl, prefix: 'concord' };
}

/** The root key: 64 hexadecimal digits in a file that only the service can read. */
export function readKeyFile(path: string): Secret {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch {
    throw new ConfigError([`CONCORD_KEY_FILE: ${path} cannot be read`]);
  }
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new ConfigError(['CONCORD_KEY_FILE: expected 64 hexadecimal digits (32 bytes)']);
  return new Secret(Buffer.from(text, 'hex'));
}
