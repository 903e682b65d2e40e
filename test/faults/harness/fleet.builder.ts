import { removeEmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { projectRoot } from '@concord/platform/project';
import { FaultProxy, freePort, locateRedisServer } from '@concord/platform/testing';
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { seedDirectory } from '../../../apps/embedded/src/directory.seed.js';
import {
  openPersonaIssuer,
  PERSONA_AUDIENCE,
  PERSONA_TOKEN_AGE_SECONDS,
  type PersonaIssuer,
} from '../../../apps/embedded/src/persona-tokens.js';
import { PERSONA_NAMES, type PersonaName } from '../../../apps/embedded/src/personas.js';
import { FlowClient } from '../../flows/flow-client.builder.js';
import { KEEP_FOLDER } from './length.config.js';
import { OwnPostgresServer, OwnRedis, SharedPostgres, type FleetPostgres } from './own-servers.builder.js';
import { ServiceProcess } from './service-process.builder.js';

/** Where the queues of a fleet are. */
export interface FleetBackend {
  readonly name: 'PostgreSQL' | 'Redis';
  /** False: skip it; npm test says aloud that Redis is missing. */
  readonly available: boolean;
}

export const BACKENDS: readonly FleetBackend[] = [
  { name: 'PostgreSQL', available: true },
  { name: 'Redis', available: locateRedisServer() !== null },
];

/** What a process of a fleet may have of its own. */
export interface ProcessOptions {
  /** Folder of another build: `dist` of another commit's worktree. */
  readonly dist?: string;
  /** Over what the fleet gives it: LD_PRELOAD, LOG_LEVEL, CONCORD_RATE_FACTOR. */
  readonly env?: NodeJS.ProcessEnv;
  /** Over the options of `startApi` or `startWorker`, as JSON; null: `dist/apps/worker/src/main.js` as it is. */
  readonly options?: Readonly<Record<string, unknown>> | null;
}

export interface FleetOptions {
  readonly backend: FleetBackend['name'];
  /** `own` may be killed and frozen, and is as durable as PostgreSQL comes; `shared` is there sooner. */
  readonly database: 'own' | 'shared';
  /** Of an own PostgreSQL, over its defaults. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
  /** Of an own PostgreSQL: another version's. */
  readonly migrations?: string;
  /** Of Redis, as on its command line. */
  readonly redisSettings?: readonly string[];
  /** One of each by default; they start with the fleet. */
  readonly apis?: readonly ProcessOptions[];
  readonly workers?: readonly ProcessOptions[];
}

/** A process with the links that may be broken between it and what it needs: each has proxies of its own. */
export interface FleetMember {
  readonly process: ServiceProcess;
  readonly database: FaultProxy;
  /** Null where the queues are in PostgreSQL. */
  readonly redis: FaultProxy | null;
}

export interface ApiMember extends FleetMember {
  readonly port: number;
  readonly url: string;
}

const NAME = /^concord-faults-(\d+)-/;
const LOOPBACK = '127.0.0.1';

/**
 * Api and worker as processes of their own, PostgreSQL and Redis of their own, and a proxy on every link: whatever can
 * die in a deployment can be killed here. Clients are in this process.
 */
export class Fleet {
  readonly apis: ApiMember[] = [];
  readonly workers: FleetMember[] = [];
  readonly #clients: FlowClient[] = [];
  readonly #tokens = new Map<PersonaName, string>();

  private constructor(
    readonly backend: FleetBackend['name'],
    /** Logs of the processes, journals; removed at the end. */
    readonly folder: string,
    readonly postgres: FleetPostgres,
    readonly redis: OwnRedis | null,
    private readonly issuer: PersonaIssuer,
  ) {}

  static async start(options: FleetOptions): Promise<Fleet> {
    await removeAbandoned();
    const folder = await mkdtemp(join(tmpdir(), `concord-faults-${process.pid}-`));
    // Root's PostgreSQL runs as another user, which has to pass through.
    await chmod(folder, 0o711);
    const [postgres, redis] = await Promise.all([
      startPostgres(options, folder),
      options.backend === 'Redis' ? OwnRedis.start(folder, options.redisSettings) : null,
    ]);
    const issuer = await openPersonaIssuer(folder);
    const fleet = new Fleet(options.backend, folder, postgres, redis, issuer);
    try {
      await fleet.#prepare();
      await Promise.all([
        ...(options.apis ?? [{}]).map((one) => fleet.addApi(one)),
        ...(options.workers ?? [{}]).map((one) => fleet.addWorker(one)),
      ]);
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  get api(): ApiMember {
    return first(this.apis, 'api');
  }

  get worker(): FleetMember {
    return first(this.workers, 'worker');
  }

  /** One more api process, always on the same port; started unless told otherwise. */
  async addApi(options: ProcessOptions = {}, { started = true } = {}): Promise<ApiMember> {
    const port = await freePort();
    const links = await this.#links();
    const env = {
      HOST: LOOPBACK,
      PORT: String(port),
      CONCORD_KEY_FILE: join(this.folder, 'root.key'),
      CONCORD_RATE_FACTOR: '100',
      FLEET_ISSUER: join(this.folder, 'issuer.json'),
      FLEET_API_OPTIONS: JSON.stringify(options.options ?? {}),
    };
    const file = join(import.meta.dirname, 'api-process.mjs');
    const process = this.#process(`api-${this.apis.length + 1}`, file, links, env, options);
    const member = { process, ...links, port, url: `http://${LOOPBACK}:${port}/graphql` };
    this.apis.push(member);
    if (started) await process.start();
    return member;
  }

  /** One more worker process; started unless told otherwise. */
  async addWorker(options: ProcessOptions = {}, { started = true } = {}): Promise<FleetMember> {
    const links = await this.#links();
    const own = options.options ?? null;
    const file =
      own === null
        ? join(options.dist ?? defaultDist(), 'apps/worker/src/main.js')
        : join(import.meta.dirname, 'worker-process.mjs');
    // With the key it does imports too, as in a deployment.
    const env = {
      CONCORD_KEY_FILE: join(this.folder, 'root.key'),
      FLEET_WORKER_OPTIONS: JSON.stringify(own ?? {}),
    };
    const process = this.#process(`worker-${this.workers.length + 1}`, file, links, env, options);
    const member = { process, ...links };
    this.workers.push(member);
    if (started) await process.start();
    return member;
  }

  token(persona: PersonaName): string {
    const token = this.#tokens.get(persona);
    if (token === undefined) throw new Error(`no persona ${persona}`);
    return token;
  }

  /** A client of this persona, at one of the APIs. */
  as(persona: PersonaName, api: ApiMember = this.api): FlowClient {
    const client = new FlowClient(() => api.url, this.token(persona));
    this.#clients.push(client);
    return client;
  }

  /** One more token of a persona. */
  mint(persona: PersonaName): Promise<string> {
    return this.issuer.mint(persona);
  }

  /** SIGKILL to every process of PostgreSQL; whoever connects is refused until `startPostgres`. */
  async killPostgres(): Promise<void> {
    // Its port may be somebody else's by the time it is back.
    await Promise.all([this.postgres.kill(), ...this.#members.map(({ database }) => database.refuse())]);
  }

  async startPostgres(): Promise<void> {
    await this.postgres.start();
    for (const { database } of this.#members) {
      database.retarget(this.postgres.appUrl);
      await database.listen();
    }
  }

  /** The superuser's, past everything that is tested: for what a test prepares, breaks, and looks up. */
  async sql<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.postgres.superuserUrl });
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** The superuser's too, for as long as the caller needs it. */
  async session(): Promise<Client> {
    const client = new Client({ connectionString: this.postgres.superuserUrl });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await Promise.all(this.#members.map(({ process }) => process.kill()));
    await Promise.all(
      this.#members.flatMap(({ database, redis }) => [database.close(), ...(redis ? [redis.close()] : [])]),
    );
    await this.redis?.remove();
    await this.postgres.remove();
    if (KEEP_FOLDER !== null) await keep(this.folder, KEEP_FOLDER);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  get #members(): readonly FleetMember[] {
    return [...this.apis, ...this.workers];
  }

  async #prepare(): Promise<void> {
    await seedDirectory(this.postgres.ownerUrl, this.issuer.issuer);
    const { issuer, publicKey } = this.issuer;
    const trusted = { issuer, publicKey, audience: PERSONA_AUDIENCE, maxTokenAgeSeconds: PERSONA_TOKEN_AGE_SECONDS };
    await writeFile(join(this.folder, 'issuer.json'), JSON.stringify(trusted));
    await writeFile(join(this.folder, 'root.key'), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    for (const name of PERSONA_NAMES) this.#tokens.set(name, await this.issuer.mint(name));
  }

  async #links(): Promise<Pick<FleetMember, 'database' | 'redis'>> {
    return {
      database: await FaultProxy.before(this.postgres.appUrl),
      redis: this.redis === null ? null : await FaultProxy.before(this.redis.url),
    };
  }

  #process(
    name: string,
    file: string,
    links: Pick<FleetMember, 'database' | 'redis'>,
    env: NodeJS.ProcessEnv,
    options: ProcessOptions,
  ): ServiceProcess {
    return new ServiceProcess({
      name,
      file,
      logFile: join(this.folder, `${name}.log`),
      env: {
        DATABASE_URL: links.database.through(this.postgres.appUrl),
        ...(links.redis === null ? {} : { REDIS_URL: links.redis.through() }),
        METRICS_PORT: '0',
        LOG_LEVEL: 'info',
        FLEET_DIST: options.dist ?? defaultDist(),
        ...env,
        ...options.env,
      },
    });
  }
}

const defaultDist = (): string => join(projectRoot(), 'dist');

function startPostgres(options: FleetOptions, folder: string): Promise<FleetPostgres> {
  const { database, postgresSettings: settings = {}, migrations } = options;
  if (database === 'shared') return SharedPostgres.start();
  return OwnPostgresServer.start({ folder, settings, ...(migrations === undefined ? {} : { migrations }) });
}

function first<T>(members: readonly T[], what: string): T {
  const [member] = members;
  if (member === undefined) throw new Error(`this fleet has no ${what}`);
  return member;
}

async function keep(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (/\.(log|jsonl)$/.test(name)) await cp(join(from, name), join(to, `${from.split('/').at(-1) ?? ''}-${name}`));
  }
}

let looked: Promise<void> | null = null;

/** A run that was killed cannot clean up: the next one does, once. */
function removeAbandoned(): Promise<void> {
  return (looked ??= (async () => {
    for (const name of await readdir(tmpdir())) {
      const pid = Number(NAME.exec(name)?.[1]);
      if (!(pid > 0) || isAlive(pid)) continue;
      const folder = join(tmpdir(), name);
      await removeEmbeddedPostgres(join(folder, 'database')).catch(() => undefined);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
    }
  })());
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
