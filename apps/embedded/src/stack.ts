import { lockDataDirectory } from '@concord/platform/embedded-postgres';
import { createLogger, type Logger } from '@concord/platform/logging';
import { countEvents, createMetrics } from '@concord/platform/metrics';
import { projectRoot } from '@concord/platform/project';
import { QUEUE_SCHEMA, type QueueBackendConfig } from '@concord/platform/queue';
import { openTracing, type TracingConfig } from '@concord/platform/tracing';
import { join } from 'node:path';
import type { ApiOptions, RunningApi, TrustedIssuer } from '../../api/src/api.js';
import { openRootKey, prepareDataDirectory, refuseUnfinishedRestore } from './data-directory.js';
import { seedDirectory } from './directory.seed.js';
import { openEmbeddedDatabase, openOwnDatabase, type StackDatabase } from './embedded-database.js';
import { loadSynthetic } from './load-synthetic.js';
import { openEmbeddedIssuer, type EmbeddedIssuer } from './embedded-issuer.js';
import { PERSONA_AUDIENCE, PERSONA_TOKEN_AGE_SECONDS, type PersonaIssuer } from './persona-tokens.js';
import { personaActor } from './personas.js';

export interface StackOptions {
  readonly dataDir: string;
  /** 0: any free port. */
  readonly port: number;
  /** A PostgreSQL of yours; absent: the embedded one. */
  readonly databaseUrl: string | null;
  /** Puts the queues on Redis. */
  readonly redisUrl: string | null;
  /** Whether the embedded issuer and its personas exist. */
  readonly personas: boolean;
  /** How many synthetic reports an empty database gets. */
  readonly syntheticReports: number;
  readonly logLevel: string;
  /** Where spans go; null or absent: nowhere. */
  readonly tracing?: TracingConfig | null;
  /** How the API's limits differ from the usual ones. */
  readonly rates?: ApiOptions['rates'];
  readonly live?: ApiOptions['live'];
  /** Aborted when the start is no longer wanted: what has begun is finished, and nothing more is begun. */
  readonly signal?: AbortSignal;
}

export interface Stack {
  readonly api: RunningApi;
  readonly database: StackDatabase;
  readonly personasFile: string | null;
  /** URL of the issuer whose sign-in page the personas have. */
  readonly issuer: string | null;
  /** Drains and stops: api, worker, PostgreSQL last. */
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** PostgreSQL, api and worker in this process, on loopback. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir } = options;
  await prepareDataDirectory(dataDir);
  // One process, one set of numbers: those of api and worker side by side.
  const metrics = createMetrics();
  const log = createLogger({ name: 'concord', level: options.logLevel, onEvent: countEvents(metrics) });
  const releases: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= releaseAll(releases));
  try {
    const lock = await lockDataDirectory(dataDir);
    releases.push(() => lock.release());
    await refuseUnfinishedRestore(dataDir);
    // PostgreSQL starts in processes of its own: meanwhile this one reads the code of api and worker.
    // One after the other: Jest's loader loses modules that two imports want at the same moment.
    const code = import('../../api/src/api.js').then(
      async (api) => [api, await import('../../worker/src/worker.js')] as const,
    );
    code.catch(() => undefined);
    const database = await openDatabase(options, log);
    releases.push(() => database.stop());
    options.signal?.throwIfAborted();
    const [{ startApi }, { startWorker }] = await code;
    const issuer = options.personas ? await openIssuer(options, log, releases) : null;
    if (issuer !== null) await admitPersonas(issuer, database);
    const personasFile = issuer === null ? null : join(dataDir, 'personas.json');
    const tracer = await openTracing(options.tracing ?? null);
    releases.push(() => tracer.close());
    if (tracer.on) log.info({}, 'tracing.on');
    const rootKey = await openRootKey(dataDir);
    // Side by side; whichever has started is stopped when the other fails, the api before the worker.
    const worker = startWorker(
      {
        ...{
          databaseUrl: database.applicationUrl,
          queue: queueOf(options, database, 'concord_worker'),
          metrics,
          tracer,
        },
        imports: { rootKey },
      },
      log,
    );
    releases.push(() => worker.then((running) => running.stop()));
    const starting = startApi({
      databaseUrl: database.applicationUrl,
      queue: queueOf(options, database, 'concord_api'),
      host: LOOPBACK,
      port: options.port,
      rootKey,
      ...(await signInWith(issuer)),
      log,
      metrics,
      tracer,
      ...(options.rates ? { rates: options.rates } : {}),
      ...(options.live ? { live: options.live } : {}),
      graphiqlDirectory: join(projectRoot(), 'dist', 'graphiql'),
      personasFile,
    });
    releases.push(() => starting.then((running) => running.stop()));
    const [api] = await Promise.all([starting, worker]);
    issuer?.admitPage(api.port);
    if (options.personas && options.syntheticReports > 0 && !options.signal?.aborted)
      await loadSynthetic(api.services, personaActor, options.syntheticReports, options.signal);
    return { api, database, personasFile, issuer: issuer?.issuer ?? null, stop };
  } catch (error) {
    // What did not start cannot be stopped; the first fault is the one to tell.
    await stop().catch(() => undefined);
    throw error;
  }
}

/** In reverse order, every one of them even when one fails; whoever waits waits for all. */
async function releaseAll(releases: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (let release = releases.pop(); release !== undefined; release = releases.pop()) {
    await release().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

async function openIssuer(
  { dataDir, port }: StackOptions,
  log: Logger,
  releases: (() => Promise<void>)[],
): Promise<EmbeddedIssuer> {
  const issuer = await openEmbeddedIssuer({ dataDir, apiPort: port, log });
  releases.push(() => issuer.stop());
  return issuer;
}

async function admitPersonas(issuer: EmbeddedIssuer, { ownerUrl }: StackDatabase): Promise<void> {
  await seedDirectory(ownerUrl, issuer.issuer);
  await issuer.tellPersonas();
}

async function signInWith(issuer: EmbeddedIssuer | null): Promise<Pick<ApiOptions, 'issuers' | 'signIn'>> {
  return issuer === null
    ? { issuers: [], signIn: null }
    : { issuers: [await trustedIssuer(issuer)], signIn: issuer.signIn };
}

async function trustedIssuer(issuer: PersonaIssuer): Promise<TrustedIssuer> {
  const key = await issuer.verificationKey();
  const maxTokenAgeSeconds = PERSONA_TOKEN_AGE_SECONDS;
  return {
    issuer: issuer.issuer,
    audience: PERSONA_AUDIENCE,
    algorithm: 'ES256',
    key,
    maxTokenAgeSeconds,
    session: null,
  };
}

function openDatabase(options: StackOptions, log: Logger): Promise<StackDatabase> {
  return options.databaseUrl === null
    ? openEmbeddedDatabase(options.dataDir, (line) => log.debug({ line }, 'postgres.said'))
    : openOwnDatabase(options.databaseUrl);
}

function queueOf(
  options: StackOptions,
  database: StackDatabase,
  role: 'concord_api' | 'concord_worker',
): QueueBackendConfig {
  return options.redisUrl === null
    ? { kind: 'postgres', url: database.applicationUrl, schema: QUEUE_SCHEMA, role }
    : { kind: 'redis', url: options.redisUrl, prefix: 'concord' };
}
