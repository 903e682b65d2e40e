import { migrate } from '@concord/platform/database';
import {
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@concord/platform/embedded-postgres';
import { migrationsDirectory } from '@concord/platform/project';
import { createTestDatabase, freePort, locateRedisServer, type TestDatabase } from '@concord/platform/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { eventually } from '../../flows/flow-client.builder.js';

/** What a fleet needs of a database, whoever runs it. */
export interface FleetPostgres {
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** SIGKILL to all of its processes; refused where the server is shared with other tests. */
  kill(): Promise<void>;
  /** SIGINT: connections are cut, a checkpoint is made. */
  stop(): Promise<void>;
  /** After `kill` or `stop`: on another port, with what was committed. */
  start(): Promise<void>;
  /** SIGSTOP to all of its processes, and SIGCONT. */
  freeze(): void;
  thaw(): void;
  remove(): Promise<void>;
}

export interface OwnPostgresOptions {
  readonly folder: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Of another version; this one's by default. */
  readonly migrations?: string;
}

const DATABASE = 'concord';
const dying = new Set<number>();
process.on('exit', () => {
  for (const pid of dying) for (const one of [pid, ...childrenOf(pid)]) killQuietly(one);
});

/** A server of this fleet's own, migrated, as durable as it comes: fsync and synchronous_commit are on. */
export class OwnPostgresServer implements FleetPostgres {
  #server: EmbeddedPostgres;

  private constructor(
    server: EmbeddedPostgres,
    private readonly dataDir: string,
    private readonly settings: Readonly<Record<string, string>>,
    private readonly passwords: { readonly owner: string; readonly app: string },
  ) {
    this.#server = server;
    dying.add(server.pid);
  }

  static async start({ folder, settings = {}, migrations }: OwnPostgresOptions): Promise<OwnPostgresServer> {
    const dataDir = join(folder, 'database');
    await mkdir(dataDir, { recursive: true });
    await chmod(dataDir, 0o711);
    const server = await startEmbeddedPostgres({ dataDir, settings });
    const passwords = { owner: randomBytes(12).toString('hex'), app: randomBytes(12).toString('hex') };
    const own = new OwnPostgresServer(server, dataDir, settings, passwords);
    await own.#run(
      'postgres',
      `create role concord login noinherit createrole password '${passwords.owner}'`,
      `create role concord_app login noinherit password '${passwords.app}'`,
      `create database ${DATABASE} owner concord`,
    );
    await migrate(own.ownerUrl, migrations ?? migrationsDirectory());
    await own.#run(DATABASE, 'grant concord_api, concord_worker to concord_app with inherit false, set true');
    return own;
  }

  get superuserUrl(): string {
    return this.#server.url(DATABASE);
  }

  get ownerUrl(): string {
    return this.#server.url(DATABASE, 'concord', this.passwords.owner);
  }

  get appUrl(): string {
    return this.#server.url(DATABASE, 'concord_app', this.passwords.app);
  }

  async kill(): Promise<void> {
    dying.delete(this.#server.pid);
    await this.#server.kill();
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    dying.delete(this.#server.pid);
  }

  async start(): Promise<void> {
    this.#server = await startEmbeddedPostgres({ dataDir: this.dataDir, settings: this.settings });
    dying.add(this.#server.pid);
  }

  freeze(): void {
    // The postmaster first, so that it starts no others meanwhile.
    for (const pid of [this.#server.pid, ...childrenOf(this.#server.pid)]) process.kill(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of [...childrenOf(this.#server.pid), this.#server.pid]) process.kill(pid, 'SIGCONT');
  }

  async remove(): Promise<void> {
    await this.#server.kill();
    dying.delete(this.#server.pid);
    await removeEmbeddedPostgres(this.dataDir);
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  async #run(database: string, ...statements: readonly string[]): Promise<void> {
    const client = new Client({ connectionString: this.#server.url(database) });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }
}

/** A database of the server that all tests of this run share: there in 50 ms, and its server is not to be harmed. */
export class SharedPostgres implements FleetPostgres {
  private constructor(private readonly database: TestDatabase) {}

  static async start(): Promise<SharedPostgres> {
    return new SharedPostgres(await createTestDatabase());
  }

  get superuserUrl(): string {
    return this.database.superuserUrl;
  }

  get ownerUrl(): string {
    return this.database.ownerUrl;
  }

  get appUrl(): string {
    return this.database.appUrl;
  }

  kill = (): Promise<void> => Promise.reject(new Error(NOT_YOURS));
  stop = (): Promise<void> => Promise.reject(new Error(NOT_YOURS));
  start = (): Promise<void> => Promise.reject(new Error(NOT_YOURS));
  freeze = (): void => fail();
  thaw = (): void => fail();
  remove = (): Promise<void> => this.database.drop();
}

const NOT_YOURS = 'other tests use this server: start the fleet with a database of its own';
function fail(): never {
  throw new Error(NOT_YOURS);
}

/** Appends every write to its file, flushed by the kernel's leave once a second; keeps all keys. */
const REDIS_SETTINGS = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];

/** A redis-server of this fleet's own, always on the same port. */
export class OwnRedis {
  #child: ChildProcess | null = null;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly settings: readonly string[],
  ) {}

  /** @param settings as on its command line, over an append-only file and no eviction. */
  static async start(folder: string, settings: readonly string[] = []): Promise<OwnRedis> {
    const redis = new OwnRedis(join(folder, 'redis'), await freePort(), settings);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const program = locateRedisServer();
    if (program === null) throw new Error('no redis-server on this machine: look at `available` first');
    await mkdir(this.folder, { recursive: true });
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    const child = spawn(
      program,
      [...own, ...REDIS_SETTINGS, '--maxmemory-policy', 'noeviction', '--loglevel', 'warning', ...this.settings],
      { stdio: 'ignore' },
    );
    this.#child = child;
    if (child.pid !== undefined) dying.add(child.pid);
    await eventually(
      'Redis answers',
      async () => {
        if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
        return (await this.command('ping').catch(() => null)) === 'PONG';
      },
      30_000,
    );
  }

  /** A command as redis-cli would send it, on a connection of its own. */
  async command(name: string, ...args: readonly string[]): Promise<unknown> {
    const client = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    if (child.pid !== undefined) dying.delete(child.pid);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Its disk is lost: only while it is killed. */
  async loseDisk(): Promise<void> {
    if (this.#child !== null) throw new Error('kill it first');
    await rm(this.folder, { recursive: true, force: true });
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Processes whose parent this is (Linux). */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // pid (name) state ppid: the name may hold anything, brackets too.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(ppid) === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
