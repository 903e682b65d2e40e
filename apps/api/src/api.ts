import { findInboxesAhead } from '@concord/alerting';
import { ReadLedger } from '@concord/audit';
import { checkRootKey, createLocalKeyHolder, deriveKey, PostgresAgencyKeyStore } from '@concord/blinding';
import { createPrisma, openPool } from '@concord/platform/database';
import { isOutage, waitForDatabase, type WatchedPool } from '@concord/platform/database-link';
import { newId } from '@concord/platform/ids';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import { createMetrics, listenForOperators, type MetricsRegistry } from '@concord/platform/metrics';
import { openRateStore } from '@concord/platform/rates';
import { openQueueBackend, type QueueBackendConfig } from '@concord/platform/queue';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import { InboxWatch } from './alerts/inbox-watch.js';
import { StreamReads } from './alerts/stream-reads.js';
import { ApiModule } from './api.module.js';
import { DocumentGate } from './graphql/admit-document.js';
import { installBatches } from './graphql/batch.route.js';
import { installGraphQLRequests } from './graphql/http-requests.hook.js';
import { LiveSocket } from './graphql/live-socket.js';
import type { LiveLimits } from './live/live-limits.js';
import { MAX_BODY_BYTES } from './graphql/limits.js';
import { installRetryAfter } from './graphql/retry-after.hook.js';
import { assertEveryFieldHasPolicy } from './graphql/schema-policy.js';
import { installImportRoutes } from './imports/imports.routes.js';
import { installMonthPage } from './reports/month-page/month-page.routes.js';
import { installReportExport } from './reports/report-export.routes.js';
import { installLastAnswers } from './last-answers.hook.js';
import { rehearse } from './rehearsal.js';
import { ApiMetrics } from './operations/api-metrics.js';
import { installMetrics } from './operations/metrics.route.js';
import { notReadyBecause, type HealthOptions } from './operations/health.routes.js';
import { installOperations, type PageSignIn } from './operations/operations.routes.js';
import { installRequestLog } from './operations/request-log.js';
import { trustProxies } from './rates/client-address.js';
import { pointsOf } from './rates/operation.js';
import { DEFAULT_RATES, type RateSettings } from './rates/rate-settings.js';
import { installRates } from './rates/rates.hook.js';
import { POOL_SIZE, Rates } from './rates/rates.js';
import { ActivityNotes } from './sign-in/activity-notes.js';
import { RefusedTokens } from './sign-in/refused-tokens.js';
import { SeatWatch } from './sign-in/seat-watch.js';
import { installSignIn } from './sign-in/sign-in.hook.js';
import { signIn, type Credentials } from './sign-in/sign-in.js';
import type { TrustedIssuer } from './sign-in/token-verifier.js';
import { VerifiedTokens } from './sign-in/verified-tokens.js';
import { TRUSTED_DOCUMENTS } from './sign-in/trusted-documents.data.js';
import type { TrustedDocuments } from './sign-in/trusted-documents.js';
import { SERVER_TIMEOUTS, type ServerTimeouts } from './server-timeouts.js';
import type { ApiServices } from './services.js';

export interface ApiOptions {
  readonly databaseUrl: string;
  readonly queue: QueueBackendConfig;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Root of every key of this deployment, 32 bytes: the key-encryption key and the digest key are derived from it. */
  readonly rootKey: Buffer;
  readonly issuers: readonly TrustedIssuer[];
  readonly log: Logger;
  /** How the limits differ from those of docs/rates.md; they cannot be switched off. */
  readonly rates?: Partial<RateSettings>;
  /** Addresses and networks of proxies that say truly where a request comes from; none unless named. */
  readonly trustedProxies?: readonly string[];
  /** What strangers may send; absent: the committed list. */
  readonly trustedDocuments?: TrustedDocuments;
  /** Absent: {@link SERVER_TIMEOUTS}. */
  readonly timeouts?: ServerTimeouts;
  /** Folder with the bundled GraphiQL page; null: no page. */
  readonly graphiqlDirectory: string | null;
  /** The personas' file, shown to pages on this machine; null outside the embedded default. */
  readonly personasFile: string | null;
  /** Where the page sends people to sign in, and as which client; null or absent: it takes a token only. */
  readonly signIn?: PageSignIn | null;
  /** Shared with the worker where both run in one process; absent: one of its own. */
  readonly metrics?: MetricsRegistry;
  readonly tracer?: Tracer;
  /** A port apart for /metrics and health; null or absent: /metrics is on the API's port, for this machine alone. */
  readonly operations?: { readonly host: string; readonly port: number } | null;
  /** Limits on sockets, where they differ from LIVE_LIMITS. */
  readonly live?: Partial<LiveLimits>;
  /** How long a start waits for PostgreSQL; default 60 s. */
  readonly databaseWaitMs?: number;
}

const DATABASE_WAIT_MS = 60_000;

export type { TrustedIssuer };
export { openKeySet } from './sign-in/key-set.js';

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  readonly services: ApiServices;
  /** Of /metrics and health, where they have a port apart. */
  readonly operationsPort: number | null;
  /** Lets requests finish, closes sockets, lets go of everything. */
  stop(): Promise<void>;
}

/** The API of one process: GraphQL over HTTP and WebSocket, health and metrics. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const releases: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let release = releases.pop(); release !== undefined; release = releases.pop()) await release();
  };
  try {
    return await openApi(options, releases, stop);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function openApi(
  options: ApiOptions,
  releases: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<RunningApi> {
  const { log } = options;
  await waitForDatabase({
    url: options.databaseUrl,
    patienceMs: options.databaseWaitMs ?? DATABASE_WAIT_MS,
    onWait: (reason, pauseMs) => log.warn({ reason, pauseMs }, 'start.waiting-for-database'),
  });
  const db = openPool({
    url: options.databaseUrl,
    role: 'concord_api',
    max: POOL_SIZE,
    statementTimeoutMs: 5_000,
    onChange: (reason) => (reason === null ? log.warn({}, 'database.back') : log.error({ reason }, 'database.away')),
  });
  releases.push(() => db.end());
  await checkRootKey(db, options.rootKey);
  // Whatever this machine's clock says: embargoes, tokens and the books go by the database's.
  await db.clock.known;
  db.clock.warnIfApart((seconds) => log.warn({ seconds }, 'clock.apart'));
  const inboxWatch = new InboxWatch({
    findAhead: (waiting) => findInboxesAhead(db, waiting),
    onFailure: (error) => log.warn({ err: error }, 'inboxes.look-failed'),
  });
  const report = boundedErrors(log, 'wake-ups.error');
  const wakeUps = await openQueueBackend(options.queue).openWakeUps((error) => {
    // Connections that break because everything goes down are no news.
    if (!inboxWatch.closed) report(error);
  });
  releases.push(() => wakeUps.close());
  await inboxWatch.start(wakeUps);
  const registry = options.metrics ?? createMetrics();
  const metrics = new ApiMetrics(registry);
  const rates = await openRates(options, metrics);
  releases.push(() => Promise.resolve(rates.close()));
  const services = createServices(options, db, inboxWatch, metrics, rates);
  releases.push(() => services.prisma.$disconnect());
  const [app] = await Promise.all([
    createApp(services, options.timeouts),
    // What is slow or away is no reason not to start.
    rehearse(db).catch((error: unknown) => (isOutage(error) ? undefined : Promise.reject(error as Error))),
  ]);
  releases.push(() => app.close());
  const refusals = new RefusedTokens(log);
  const verified = new VerifiedTokens(db.clock);
  releases.push(() => Promise.resolve(refusals.close()));
  // Asked before anything else: nobody waits for what cannot be done.
  const authenticate = (credentials: Credentials) =>
    admitted(db).then(() => signIn({ db, issuers: options.issuers, clock: db.clock, refusals, verified }, credentials));
  const notes = new ActivityNotes({ db, clock: db.clock, log });
  releases.push(() => notes.stop());
  notes.start();
  const fastify = app.getHttpAdapter().getInstance();
  const proxies = trustProxies(options.trustedProxies ?? []);
  const gate = new DocumentGate(schemaOf(app));
  const trusted = options.trustedDocuments ?? TRUSTED_DOCUMENTS;
  installLastAnswers(fastify);
  installRequestLog(fastify, services);
  installRetryAfter(fastify);
  installSignIn(fastify, authenticate, { rates, proxies, trusted, notes }, log);
  installGraphQLRequests(fastify, gate, log);
  installRates(fastify, rates);
  installBatches(fastify, log);
  await installImportRoutes(fastify, { services, authenticate, rates, proxies, notes });
  installReportExport(fastify, { services, authenticate, rates, proxies, notes });
  installMonthPage(fastify, { services, authenticate, rates, proxies, notes });
  const socket = new LiveSocket({
    schema: schemaOf(app),
    gate,
    db,
    clock: db.clock,
    log,
    signIn: authenticate,
    rates,
    proxies,
    notes,
    limits: options.live ?? {},
  });
  releases.push(() => Promise.resolve(inboxWatch.close()));
  // Before the streams on them are ended: a client that is told `complete` does not come back, after 1001 it does.
  releases.push(() => socket.close());
  const seats = new SeatWatch({ databaseUrl: options.databaseUrl, sockets: socket, clock: db.clock, log });
  releases.push(() => seats.stop());
  await seats.start();
  const { graphiqlDirectory, personasFile, signIn: pageSignIn = null } = options;
  services.metrics.observe({ pool: db, socket, streams: () => inboxWatch.size });
  const health: HealthOptions = { db, wakeUps };
  installOperations(fastify, { health, graphiqlDirectory, personasFile, signIn: pageSignIn });
  const operationsPort = await serveMetrics(options, registry, fastify, health, releases);
  await app.listen(options.port, options.host);
  socket.attach(app.getHttpServer());
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://${options.host}:${port}/graphql`, port, services, operationsPort, stop };
}

/** On a port apart where there is one, else on the API's own, for this machine. */
async function serveMetrics(
  { operations, log }: ApiOptions,
  registry: MetricsRegistry,
  fastify: FastifyInstance,
  health: HealthOptions,
  releases: (() => Promise<unknown>)[],
): Promise<number | null> {
  if (operations === undefined || operations === null) {
    installMetrics(fastify, registry);
    return null;
  }
  const listener = await listenForOperators({
    ...operations,
    metrics: registry,
    notReadyBecause: () => notReadyBecause(health),
  });
  releases.push(() => listener.close());
  log.info({ port: listener.port }, 'metrics.listening');
  return listener.port;
}

/** Counts on the queue's Redis where there is one, so that all api processes count together. */
async function openRates({ queue, rootKey, rates, log }: ApiOptions, metrics: ApiMetrics): Promise<Rates> {
  const store = await openRateStore({
    redisUrl: queue.kind === 'redis' ? queue.url : null,
    prefix: queue.kind === 'redis' ? queue.prefix : '',
    onStore: (away) => (away ? log.error({}, 'rates.store-away') : log.info({}, 'rates.store-back')),
  });
  const key = deriveKey(rootKey, 'concord/rates');
  return new Rates({
    store,
    key,
    settings: { ...DEFAULT_RATES, ...rates },
    costOf: pointsOf,
    log,
    onRefused: (scope) => metrics.limitRefused(scope),
  });
}

/** Refuses while PostgreSQL is away or too many already wait for it. */
async function admitted(db: WatchedPool): Promise<void> {
  if (db.refusal !== null) throw db.refusal;
  return Promise.resolve();
}

function createServices(
  options: ApiOptions,
  db: WatchedPool,
  inboxWatch: InboxWatch,
  metrics: ApiMetrics,
  rates: Rates,
): ApiServices {
  return {
    db,
    prisma: createPrisma(db),
    ledger: new ReadLedger(db, boundedErrors(options.log, 'read-ledger.failed')),
    keyHolder: createLocalKeyHolder({
      kek: { id: 'root', key: deriveKey(options.rootKey, 'concord/kek') },
      agencyKeys: new PostgresAgencyKeyStore(db),
    }),
    digestKey: deriveKey(options.rootKey, 'concord/content-digest'),
    clock: db.clock,
    log: options.log,
    inboxWatch,
    streamReads: new StreamReads(POOL_SIZE / 2),
    metrics,
    tracer: options.tracer ?? NO_TRACING,
    tryCode: (subject) => rates.tryCode(subject),
  };
}

/** Nest's own answer to an unknown path repeats the URL, query string and all. */
class QuietAdapter extends FastifyAdapter {
  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.getInstance().setNotFoundHandler((_request, reply) => reply.code(404).send({ reason: 'Not here.' }));
  }
}

async function createApp(
  services: ApiServices,
  timeouts: ServerTimeouts = SERVER_TIMEOUTS,
): Promise<NestFastifyApplication> {
  const adapter = new QuietAdapter({
    bodyLimit: MAX_BODY_BYTES,
    genReqId: () => newId(),
    forceCloseConnections: 'idle',
    requestTimeout: timeouts.requestMs,
    connectionTimeout: timeouts.idleMs,
    http: { headersTimeout: timeouts.headersMs, connectionsCheckingInterval: timeouts.checkEveryMs },
  });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.with(services), adapter, {
    logger: false,
    abortOnError: false,
  });
  await app.init();
  assertEveryFieldHasPolicy(schemaOf(app));
  return app;
}

const schemaOf = (app: NestFastifyApplication) => app.get(GraphQLSchemaHost).schema;

/** The schema alone, without a database: for schema.graphql. */
export async function buildSchema(services: ApiServices) {
  const app = await createApp(services);
  const schema = schemaOf(app);
  await app.close();
  return schema;
}
