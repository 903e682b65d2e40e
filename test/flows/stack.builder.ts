import { createLogger, type Logger } from '@concord/platform/logging';
import type { MetricsRegistry } from '@concord/platform/metrics';
import type { QueueBackendConfig } from '@concord/platform/queue';
import {
  createTestDatabase,
  FaultProxy,
  testQueueBackends,
  type RunningTestQueue,
  type TestDatabase,
  type TestQueueBackend,
} from '@concord/platform/testing';
import type { Tracer } from '@concord/platform/tracing';
import { importJWK, type CryptoKey } from 'jose';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startApi, type ApiOptions, type RunningApi, type TrustedIssuer } from '../../apps/api/src/api.js';
import { seedDirectory } from '../../apps/embedded/src/directory.seed.js';
import {
  openPersonaIssuer,
  PERSONA_AUDIENCE,
  PERSONA_TOKEN_AGE_SECONDS,
} from '../../apps/embedded/src/persona-tokens.js';
import { PERSONA_NAMES, type PersonaName } from '../../apps/embedded/src/personas.js';
import { startWorker, type RunningWorker, type WebhooksConfig } from '../../apps/worker/src/worker.js';
import { eventually, FlowClient, type LiveStream } from './flow-client.builder.js';

const LOOPBACK = '127.0.0.1';

export interface FlowStackOptions {
  /** How the API differs from the ordinary one. */
  readonly api?: Partial<ApiOptions>;
  /** Quick by default, so that a test of it need not wait. */
  readonly reconciler?: { readonly reconcileMs: number; readonly lostAfterSeconds: number };
  /** Issuers beside the personas'. */
  readonly issuers?: readonly TrustedIssuer[];
  /** The API's log; silent by default. */
  readonly log?: Logger;
  /** What an operator sees; silent and apart by default. */
  readonly observed?: { readonly log?: Logger; readonly tracer?: Tracer; readonly metrics?: MetricsRegistry };
  /** A port apart for metrics and health of each. */
  readonly operations?: boolean;
  /** Of the API; the usual ones by default. */
  readonly rates?: ApiOptions['rates'];
  /** Limits on sockets, where a test needs others. */
  readonly live?: ApiOptions['live'];
  /** How webhooks are sent; none beyond public addresses by default. */
  readonly webhooks?: WebhooksConfig;
  /** Puts a proxy between the processes and PostgreSQL, and one before Redis. */
  readonly proxied?: boolean;
}

/** The links of a stack that may be broken. */
export interface FlowLinks {
  readonly database: FaultProxy;
  /** Null where the queues are in PostgreSQL. */
  readonly redis: FaultProxy | null;
}

/** API and worker in this process, on a database of their own with the personas in it, and a client for each persona. */
export class FlowStack {
  readonly #clients = new Map<PersonaName, FlowClient>();
  #api: RunningApi | null = null;
  #worker: RunningWorker | null = null;
  #port = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly queue: RunningTestQueue,
    /** Superuser's: for what a test prepares and looks up. */
    readonly admin: Client,
    private readonly folder: string,
    readonly trusted: { readonly issuer: string; readonly key: CryptoKey },
    /** One more token of a persona. */
    readonly mint: (persona: PersonaName) => Promise<string>,
    private readonly options: FlowStackOptions,
    private readonly proxies: FlowLinks | null,
  ) {}

  static async start(backend: TestQueueBackend = postgresQueue(), options: FlowStackOptions = {}): Promise<FlowStack> {
    const database = await createTestDatabase();
    const queue = await backend.start(database);
    const folder = await mkdtemp(join(tmpdir(), 'concord-flow-'));
    const issuer = await openPersonaIssuer(folder);
    await seedDirectory(database.ownerUrl, issuer.issuer);
    const admin = new Client({ connectionString: database.superuserUrl });
    // A test may kill the server.
    admin.on('error', () => undefined);
    await admin.connect();
    const key = (await importJWK(issuer.publicKey, 'ES256')) as CryptoKey;
    const mint = (name: PersonaName): Promise<string> => issuer.mint(name);
    const links = options.proxied ? await openLinks(database, queue) : null;
    const stack = new FlowStack(database, queue, admin, folder, { issuer: issuer.issuer, key }, mint, options, links);
    for (const name of PERSONA_NAMES)
      stack.#clients.set(name, new FlowClient(() => stack.#url, await issuer.mint(name)));
    await stack.startWorker();
    await stack.startApi();
    return stack;
  }

  /** The same while the API is stopped and when it is back. */
  get #url(): string {
    return `http://${LOOPBACK}:${this.#port}/graphql`;
  }

  get api(): RunningApi {
    if (this.#api === null) throw new Error('the API is stopped');
    return this.#api;
  }

  get worker(): RunningWorker {
    if (this.#worker === null) throw new Error('the worker is stopped');
    return this.#worker;
  }

  get links(): FlowLinks {
    if (this.proxies === null) throw new Error('start the stack with `proxied`');
    return this.proxies;
  }

  get origin(): string {
    return `http://${LOOPBACK}:${this.#port}`;
  }

  as(persona: PersonaName): FlowClient {
    const client = this.#clients.get(persona);
    if (client === undefined) throw new Error(`no persona ${persona}`);
    return client;
  }

  /** Again on the same port, so that clients find it. */
  async startApi(): Promise<void> {
    this.#api = await startApi({ ...this.apiOptions(), port: this.#port });
    this.#port = this.#api.port;
  }

  /** Those of this stack's API, on any free port: for one more beside it. */
  apiOptions(): ApiOptions {
    return {
      databaseUrl: this.#databaseUrl,
      queue: this.#queueAs('concord_api'),
      host: LOOPBACK,
      port: 0,
      rootKey: this.rootKey,
      issuers: [
        {
          ...{ issuer: this.trusted.issuer, audience: PERSONA_AUDIENCE, algorithm: 'ES256', key: this.trusted.key },
          maxTokenAgeSeconds: PERSONA_TOKEN_AGE_SECONDS,
          session: null,
        },
        ...(this.options.issuers ?? []),
      ],
      ...this.#observed(),
      ...(this.options.log === undefined ? {} : { log: this.options.log }),
      ...(this.options.rates ? { rates: this.options.rates } : {}),
      graphiqlDirectory: null,
      personasFile: null,
      ...(this.options.live === undefined ? {} : { live: this.options.live }),
      ...this.options.api,
    };
  }

  async stopApi(): Promise<void> {
    const api = this.#api;
    this.#api = null;
    await api?.stop();
  }

  async startWorker(): Promise<void> {
    this.#worker = await startWorker(
      {
        databaseUrl: this.#databaseUrl,
        queue: this.#queueAs('concord_worker'),
        imports: { rootKey: this.rootKey, lookMs: 100, leaseSeconds: 2, cleanMs: 1_000 },
        ...(this.options.webhooks === undefined ? {} : { webhooks: this.options.webhooks }),
        ...this.options.reconciler,
        ...this.#observed(),
      },
      this.options.observed?.log ?? quiet,
    );
  }

  async stopWorker(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.stop();
  }

  /** Opens a live stream and waits until it stands: until it has read where its inbox is and waits for more. */
  async live(persona: PersonaName, after: string | null = null, query?: string): Promise<LiveStream> {
    await this.#allStreamsStand();
    const stream = this.as(persona).live(after, query);
    await this.#allStreamsStand();
    return stream;
  }

  /** Every stream that is open on this side waits in the API, and none that is closed does: sooner than one looks by itself. */
  async #allStreamsStand(): Promise<void> {
    const open = (): number => [...this.#clients.values()].reduce((sum, client) => sum + client.openStreams, 0);
    await eventually('the live streams stand', () => this.api.services.inboxWatch.size === open(), 5_000);
  }

  /** Waits until the worker has nothing left to do: the database is asked, no time is guessed. */
  async drain(): Promise<void> {
    await eventually(
      'the outbox is empty',
      async () => (await this.count('from outbox where done_at is null and available_at <= now()')) === 0,
    );
  }

  async count(from: string, values: readonly unknown[] = []): Promise<number> {
    const { rows } = await this.admin.query<{ n: number }>(`select count(*)::int as n ${from}`, [...values]);
    return rows[0]?.n ?? 0;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
    await this.stopApi();
    await this.stopWorker();
    await this.admin.end();
    await this.proxies?.database.close();
    await this.proxies?.redis?.close();
    await this.queue.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  readonly rootKey: Buffer = randomBytes(32);

  #observed() {
    const operations = this.options.operations === true ? { host: LOOPBACK, port: 0 } : null;
    return { log: quiet, ...this.options.observed, operations };
  }

  get #databaseUrl(): string {
    const { appUrl } = this.database;
    return this.proxies?.database.through(appUrl) ?? appUrl;
  }

  #queueAs(role: 'concord_api' | 'concord_worker'): QueueBackendConfig {
    const { config } = this.queue;
    if (config.kind === 'postgres') return { ...config, role, url: this.#databaseUrl };
    return { ...config, url: this.proxies?.redis?.through() ?? config.url };
  }
}

const quiet = createLogger({ name: 'flow', level: process.env['CONCORD_FLOW_LOG'] ?? 'silent' });

async function openLinks({ appUrl }: TestDatabase, { config }: RunningTestQueue): Promise<FlowLinks> {
  const database = await FaultProxy.before(appUrl);
  return { database, redis: config.kind === 'redis' ? await FaultProxy.before(config.url) : null };
}

function postgresQueue(): TestQueueBackend {
  const [backend] = testQueueBackends();
  if (backend === undefined) throw new Error('there is always PostgreSQL');
  return backend;
}
