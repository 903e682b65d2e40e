import { ReadLedger } from '@concord/audit';
import { checkRootKey, createLocalKeyHolder, deriveKey, PostgresAgencyKeyStore } from '@concord/blinding';
import { systemClock } from '@concord/platform/clock';
import { createPrisma, openPool } from '@concord/platform/database';
import { waitForDatabase, type WatchedPool } from '@concord/platform/database-link';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import { openQueueBackend, type QueueBackendConfig } from '@concord/platform/queue';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import { InboxWatch } from './alerts/inbox-watch.js';
import { ApiModule } from './api.module.js';
import { LiveSocket } from './graphql/live-socket.js';
import { MAX_BODY_BYTES } from './graphql/limits.js';
import { installRetryAfter } from './graphql/retry-after.hook.js';
import { assertEveryFieldHasPolicy } from './graphql/schema-policy.js';
import { rehearse } from './rehearsal.js';
import { installOperations } from './operations/operations.routes.js';
import { installSignIn } from './sign-in/sign-in.hook.js';
import { signIn, type Credentials } from './sign-in/sign-in.js';
import type { TrustedIssuer } from './sign-in/token-verifier.js';
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
  /** Folder with the bundled GraphiQL page; null: no page. */
  readonly graphiqlDirectory: string | null;
  /** The personas' file, shown to pages on this machine; null outside the embedded default. */
  readonly personasFile: string | null;
  /** How long a start waits for PostgreSQL; default 60 s. */
  readonly databaseWaitMs?: number;
}

const DATABASE_WAIT_MS = 60_000;

export type { TrustedIssuer };

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  readonly services: ApiServices;
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
    max: 16,
    statementTimeoutMs: 5_000,
    onChange: (reason) => (reason === null ? log.warn('database.back') : log.error({ reason }, 'database.away')),
  });
  releases.push(() => db.end());
  await checkRootKey(db, options.rootKey);
  const inboxWatch = new InboxWatch();
  const report = boundedErrors(log, 'wake-ups.error');
  const wakeUps = await openQueueBackend(options.queue).openWakeUps((error) => {
    // Connections that break because everything goes down are no news.
    if (!inboxWatch.closed) report(error);
  });
  releases.push(() => wakeUps.close());
  await inboxWatch.start(wakeUps);
  const services = createServices(options, db, inboxWatch);
  releases.push(() => services.prisma.$disconnect());
  const [app] = await Promise.all([createApp(services), rehearse(db)]);
  releases.push(() => app.close());
  // Asked before anything else: nobody waits for what cannot be done.
  const authenticate = (credentials: Credentials) => admitted(db).then(() => signIn(db, options.issuers, credentials));
  const fastify = app.getHttpAdapter().getInstance();
  installRetryAfter(fastify);
  installSignIn(fastify, authenticate, log);
  const socket = new LiveSocket({ schema: schemaOf(app), db, log, signIn: authenticate });
  releases.push(() => socket.close());
  releases.push(() => Promise.resolve(inboxWatch.close()));
  const { graphiqlDirectory, personasFile } = options;
  installOperations(fastify, { services, socket, wakeUps, graphiqlDirectory, personasFile });
  await app.listen(options.port, options.host);
  socket.attach(app.getHttpServer());
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://${options.host}:${port}/graphql`, port, services, stop };
}

/** Refuses while PostgreSQL is away or too many already wait for it. */
async function admitted(db: WatchedPool): Promise<void> {
  if (db.refusal !== null) throw db.refusal;
  return Promise.resolve();
}

function createServices(options: ApiOptions, db: WatchedPool, inboxWatch: InboxWatch): ApiServices {
  return {
    db,
    prisma: createPrisma(db),
    ledger: new ReadLedger(db, boundedErrors(options.log, 'read-ledger.failed')),
    keyHolder: createLocalKeyHolder({
      kek: { id: 'root', key: deriveKey(options.rootKey, 'concord/kek') },
      agencyKeys: new PostgresAgencyKeyStore(db),
    }),
    digestKey: deriveKey(options.rootKey, 'concord/content-digest'),
    clock: systemClock,
    log: options.log,
    inboxWatch,
  };
}

async function createApp(services: ApiServices): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
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
