import { ReadLedger } from '@concord/audit';
import { createLocalKeyHolder, deriveKey, PostgresAgencyKeyStore } from '@concord/blinding';
import { systemClock } from '@concord/platform/clock';
import { createPrisma, openPool } from '@concord/platform/database';
import type { Logger } from '@concord/platform/logging';
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
}

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
  const { log } = options;
  const db = openPool({ url: options.databaseUrl, role: 'concord_api', max: 16, statementTimeoutMs: 5_000 });
  const wakeUps = await openQueueBackend(options.queue).openWakeUps((error) =>
    log.error({ err: error }, 'wake-ups.error'),
  );
  const inboxWatch = new InboxWatch();
  await inboxWatch.start(wakeUps);
  const prisma = createPrisma(db);
  const services: ApiServices = {
    db,
    prisma,
    ledger: new ReadLedger(db),
    keyHolder: createLocalKeyHolder({
      kek: { id: 'root', key: deriveKey(options.rootKey, 'concord/kek') },
      agencyKeys: new PostgresAgencyKeyStore(db),
    }),
    digestKey: deriveKey(options.rootKey, 'concord/content-digest'),
    clock: systemClock,
    log,
    inboxWatch,
  };
  const [app] = await Promise.all([createApp(services), rehearse(db)]);
  const authenticate = (credentials: Credentials) => signIn(db, options.issuers, credentials);
  const fastify = app.getHttpAdapter().getInstance();
  installSignIn(fastify, authenticate, log);
  const socket = new LiveSocket({ schema: schemaOf(app), db, log, signIn: authenticate });
  installOperations(fastify, {
    services,
    socket,
    graphiqlDirectory: options.graphiqlDirectory,
    personasFile: options.personasFile,
  });
  await app.listen(options.port, options.host);
  socket.attach(app.getHttpServer());
  const { port } = app.getHttpServer().address() as AddressInfo;
  const stop = async (): Promise<void> => {
    inboxWatch.close();
    await socket.close();
    await app.close();
    await wakeUps.close();
    await prisma.$disconnect();
    await db.end();
  };
  return { url: `http://${options.host}:${port}/graphql`, port, services, stop };
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
