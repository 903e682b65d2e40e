import { createLogger } from '@concord/platform/logging';
import {
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@concord/platform/embedded-postgres';
import { QUEUE_SCHEMA, type QueueBackendConfig } from '@concord/platform/queue';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startApi, type RunningApi, type TrustedIssuer } from '../../apps/api/src/api.js';
import { startWorker, type RunningWorker } from '../../apps/worker/src/worker.js';
import { FlowClient } from '../flows/flow-client.builder.js';

const quiet = createLogger({ name: 'restored', level: process.env['CONCORD_FLOW_LOG'] ?? 'silent' });

/** A PostgreSQL as an operator has one: another cluster, and the two logins that docs/operations.md asks for. */
export class OwnPostgres {
  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly dataDir: string,
    private readonly passwords: { readonly owner: string; readonly app: string },
  ) {}

  static async start(): Promise<OwnPostgres> {
    const dataDir = await mkdtemp(join(tmpdir(), 'concord-own-'));
    await chmod(dataDir, 0o711);
    const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
    const own = new OwnPostgres(server, dataDir, {
      owner: randomBytes(12).toString('hex'),
      app: randomBytes(12).toString('hex'),
    });
    // As docs/operations.md has it.
    await own.run(
      'postgres',
      `create role concord login noinherit createrole password '${own.passwords.owner}'`,
      `create role concord_app login noinherit password '${own.passwords.app}'`,
      'create database concord owner concord',
    );
    return own;
  }

  get superuserUrl(): string {
    return this.server.url('concord');
  }

  get ownerUrl(): string {
    return this.server.url('concord', 'concord', this.passwords.owner);
  }

  get appUrl(): string {
    return this.server.url('concord', 'concord_app', this.passwords.app);
  }

  /** As docs/operations.md has it, by the owner, once the roles are there. */
  async admitApplication(): Promise<void> {
    const client = new Client({ connectionString: this.ownerUrl });
    await client.connect();
    await client.query('grant concord_api, concord_worker to concord_app with inherit false, set true');
    await client.end();
  }

  /** By the superuser. */
  async run(database: string, ...statements: readonly string[]): Promise<void> {
    const client = new Client({ connectionString: this.server.url(database) });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }

  async remove(): Promise<void> {
    await this.server.stop();
    await removeEmbeddedPostgres(this.dataDir);
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Api and worker on a database that somebody else made. */
export class RestoredStack {
  readonly #clients: FlowClient[] = [];

  private constructor(
    readonly api: RunningApi,
    private readonly worker: RunningWorker,
  ) {}

  static async start(options: {
    readonly databaseUrl: string;
    readonly rootKey: Buffer;
    readonly issuer: TrustedIssuer;
  }): Promise<RestoredStack> {
    const { databaseUrl, rootKey, issuer } = options;
    const queueAs = (role: 'concord_api' | 'concord_worker'): QueueBackendConfig => ({
      kind: 'postgres',
      url: databaseUrl,
      schema: QUEUE_SCHEMA,
      role,
    });
    const api = await startApi({
      databaseUrl,
      queue: queueAs('concord_api'),
      host: '127.0.0.1',
      port: 0,
      rootKey,
      issuers: [issuer],
      log: quiet,
      graphiqlDirectory: null,
      personasFile: null,
    });
    const worker = await startWorker(
      { databaseUrl, queue: queueAs('concord_worker'), reconcileMs: 200, lostAfterSeconds: 1 },
      quiet,
    );
    return new RestoredStack(api, worker);
  }

  /** Somebody who had this token before. */
  as(token: string): FlowClient {
    const client = new FlowClient(() => this.api.url, token);
    this.#clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.api.stop();
    await this.worker.stop();
  }
}
