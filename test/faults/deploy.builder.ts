import {
  createTestDatabase,
  type RunningTestQueue,
  type TestDatabase,
  type TestQueueBackend,
} from '@concord/platform/testing';
import type { JWK } from 'jose';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { LiveLimits } from '../../apps/api/src/live/live-limits.js';
import {
  openPersonaIssuer,
  PERSONA_AUDIENCE,
  PERSONA_TOKEN_AGE_SECONDS,
} from '../../apps/embedded/src/persona-tokens.js';
import { PERSONA_NAMES, type PersonaName } from '../../apps/embedded/src/personas.js';
import { eventually, FlowClient } from '../flows/flow-client.builder.js';
import type { Version } from './versions.builder.js';

const run = promisify(execFile);
/** A machine that is busy with other tests may be too slow for a start. */
const STARTS = 6;
const QUIET_MS = 30_000;
const PROCESS = join(import.meta.dirname, 'version-process.mjs');

/** A line of a process's log. */
export interface LogLine {
  readonly level: string;
  readonly event?: string;
}

/** An api or a worker of some version. */
export class VersionProcess {
  readonly log: LogLine[] = [];
  url = '';
  private constructor(private readonly child: ChildProcess) {}

  static async start(version: Version, role: 'api' | 'worker', options: object): Promise<VersionProcess> {
    const child = spawn(process.execPath, [PROCESS, JSON.stringify({ dist: version.dist, role, options })], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] },
    });
    const started = new VersionProcess(child);
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    // Versions write their log there.
    createInterface({ input: child.stderr }).on('line', (text) => {
      if (text.startsWith('{')) started.log.push(JSON.parse(text) as LogLine);
    });
    const ready = new Promise<boolean>((resolve) =>
      createInterface({ input: child.stdout }).on('line', (text) => {
        const line = JSON.parse(text) as { event?: string; url?: string };
        if (line.event !== 'ready') return;
        started.url = line.url ?? '';
        resolve(true);
      }),
    );
    const ended = once(child, 'exit').then(() => false);
    if (!(await Promise.race([ready, ended]))) throw new Error(`${version.name}: ${role} does not start: ${said}`);
    return started;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** With which code it ended, or by which signal. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string | null> {
    if (this.isRunning) {
      // `exit` may come before the last lines of its log.
      const ended = once(this.child, 'close');
      this.child.kill(signal);
      await ended;
    }
    return this.child.exitCode ?? this.child.signalCode;
  }
}

/** A database and whatever versions of api and worker stand on it. */
export class Deployment {
  readonly processes: VersionProcess[] = [];
  /** Where requests go: a load balancer that is told before something is stopped. */
  readonly inService: VersionProcess[] = [];
  readonly #rootKey = randomBytes(32).toString('hex');

  private constructor(
    readonly database: TestDatabase,
    readonly queue: RunningTestQueue,
    readonly admin: Client,
    private readonly folder: string,
    private readonly issuer: { readonly issuer: string; readonly publicKey: JWK },
    private readonly tokens: ReadonlyMap<PersonaName, string>,
  ) {}

  /** An empty database that `version` has migrated, with the personas in it. */
  static async start(backend: TestQueueBackend, version: Version): Promise<Deployment> {
    const database = await createTestDatabase();
    await emptied(database);
    const folder = await mkdtemp(join(tmpdir(), 'concord-deploy-'));
    const issuer = await openPersonaIssuer(folder);
    await migrateTo(version, database);
    const seed = { ownerUrl: database.ownerUrl, issuer: issuer.issuer };
    await run(process.execPath, [PROCESS, JSON.stringify({ dist: version.dist, role: 'seed', options: seed })]);
    const admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    const tokens = new Map<PersonaName, string>();
    for (const name of PERSONA_NAMES) tokens.set(name, await issuer.mint(name));
    return new Deployment(database, await backend.start(database), admin, folder, issuer, tokens);
  }

  migrate(version: Version): Promise<string[]> {
    return migrateTo(version, this.database);
  }

  async startApi(version: Version, live: Partial<LiveLimits> = {}): Promise<VersionProcess> {
    const api = await supervised(version, 'api', {
      databaseUrl: this.database.appUrl,
      queue: this.#queueAs('concord_api'),
      rootKey: this.#rootKey,
      issuer: {
        issuer: this.issuer.issuer,
        audience: PERSONA_AUDIENCE,
        maxTokenAgeSeconds: PERSONA_TOKEN_AGE_SECONDS,
      },
      publicKey: this.issuer.publicKey,
      rates: { factor: 100 },
      live,
    });
    this.processes.push(api);
    this.inService.push(api);
    return api;
  }

  async startWorker(version: Version): Promise<VersionProcess> {
    const worker = await supervised(version, 'worker', {
      databaseUrl: this.database.appUrl,
      queue: this.#queueAs('concord_worker'),
      reconcileMs: 200,
      lostAfterSeconds: 2,
    });
    this.processes.push(worker);
    return worker;
  }

  /** Nobody is sent there any more. */
  takeOut(api: VersionProcess): void {
    this.inService.splice(this.inService.indexOf(api), 1);
  }

  /** At an api of those in service, another at each turn. */
  as(persona: PersonaName, api = this.#next()): FlowClient {
    return new FlowClient(() => api.url, this.tokens.get(persona) ?? '');
  }

  async rows<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.admin.query<T>(sql, [...values])).rows;
  }

  /** Nothing is left to do. */
  async settled(): Promise<void> {
    const unfinished = 'select from outbox where done_at is null and available_at <= now()';
    await eventually('nothing is left to do', async () => (await this.rows(unfinished)).length === 0, QUIET_MS);
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((it) => it.end('SIGKILL')));
    await this.admin.end();
    await this.queue.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  #turn = 0;
  #next(): VersionProcess {
    this.#turn += 1;
    const api = this.inService[this.#turn % this.inService.length];
    if (api === undefined) throw new Error('no api is in service');
    return api;
  }

  #queueAs(role: 'concord_api' | 'concord_worker'): object {
    const { config } = this.queue;
    return config.kind === 'postgres' ? { ...config, role } : config;
  }
}

/** As a supervisor does: one that ends before it is ready is started again. */
async function supervised(version: Version, role: 'api' | 'worker', options: object): Promise<VersionProcess> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await VersionProcess.start(version, role, options);
    } catch (error) {
      if (attempts === STARTS) throw error;
      process.stderr.write(`deploys: ${String(error).slice(0, 300)}\n`);
    }
  }
}

/** What it was copied from is this version's schema. */
async function emptied(database: TestDatabase): Promise<void> {
  const server = new URL(database.superuserUrl);
  server.pathname = '/postgres';
  await database.drop();
  const client = new Client({ connectionString: server.href });
  await client.connect();
  await client.query(`create database ${database.name} owner concord`);
  await client.end();
}

/** By the version's own command, as an operator would. @returns what was applied */
async function migrateTo(version: Version, { ownerUrl }: TestDatabase): Promise<string[]> {
  const { stdout } = await run(process.execPath, [join(version.dist, 'apps/cli/src/main.js'), 'migrate', '--json'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: ownerUrl },
  });
  return (JSON.parse(stdout) as { applied: string[] }).applied;
}
