import { startTestRedis, type TestRedis } from '@concord/platform/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { removeEmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { eventually, FlowClient } from '../flows/flow-client.builder.js';
import { OtlpReceiver } from '../flows/otlp-receiver.builder.js';

const root = join(import.meta.dirname, '..', '..');

/**
 * The product as people run it, `npm start` in a process of its own at the highest log level, with everything that it
 * leaves anywhere within reach: what it prints, its data directory and PostgreSQL's files in it, its temporary
 * directory, every row that its queues ever had, every command that Redis ever got, every span that it sent.
 */
export class CanaryStack {
  #child: ChildProcess | null = null;
  #printed = '';
  readonly redisCommands: string[] = [];

  private constructor(
    readonly dataDir: string,
    readonly temporary: string,
    readonly collector: OtlpReceiver,
    readonly redis: { readonly server: TestRedis; readonly client: Redis; readonly monitor: Redis } | null,
  ) {}

  static async start(queue: 'PostgreSQL' | 'Redis'): Promise<CanaryStack> {
    await promisify(execFile)(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root });
    const folder = await mkdtemp(join(tmpdir(), 'concord-canaries-'));
    // Root's PostgreSQL runs as another user, who has to pass through.
    await chmod(folder, 0o711);
    const temporary = join(folder, 'tmp');
    await mkdir(temporary, { mode: 0o777 });
    const stack = new CanaryStack(
      join(folder, 'data'),
      temporary,
      await OtlpReceiver.start(),
      queue === 'Redis' ? await openRedis() : null,
    );
    stack.redis?.monitor.on('monitor', (_time: string, args: string[]) => stack.redisCommands.push(args.join(' ')));
    try {
      await stack.#start();
      return stack;
    } catch (error) {
      await stack.remove();
      throw error;
    }
  }

  url = '';
  admin!: Client;

  get printed(): string {
    return this.#printed;
  }

  async as(persona: string): Promise<FlowClient> {
    return new FlowClient(() => this.url, await this.tokenOf(persona));
  }

  async tokenOf(persona: string): Promise<string> {
    const personas = JSON.parse(await readFile(join(this.dataDir, 'personas.json'), 'utf8')) as Record<
      string,
      { token: string }
    >;
    const token = personas[persona]?.token;
    if (token === undefined) throw new Error(`no persona ${persona}`);
    return token;
  }

  async #start(): Promise<void> {
    const args = [join(root, 'dist/apps/embedded/src/start.js'), '--data', this.dataDir, '--port', '0'];
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: this.temporary,
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: this.collector.endpoint,
      ...(this.redis === null ? {} : { REDIS_URL: this.redis.server.url }),
    };
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#child = child;
    child.stdout.on('data', (data: Buffer) => (this.#printed += data.toString()));
    child.stderr.on('data', (data: Buffer) => (this.#printed += data.toString()));
    const ready = await eventually(
      'it is ready',
      () => {
        if (child.exitCode !== null) throw new Error(`it does not start: ${this.#printed}`);
        return /^\{"event":"ready".*$/m.exec(this.#printed)?.[0] ?? null;
      },
      60_000,
    );
    this.url = (JSON.parse(ready) as { url: string }).url;
    this.admin = await this.#openAdmin();
  }

  /** The superuser of the embedded server, as its own files name it. */
  async #openAdmin(): Promise<Client> {
    const port = Number((await readFile(join(this.dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[3]);
    const password = (await readFile(join(this.dataDir, 'postgres-password'), 'utf8')).trim();
    const admin = new Client({ host: '127.0.0.1', port, database: 'concord', user: 'postgres', password });
    await admin.connect();
    return admin;
  }

  /** Ends the product in good order; its files stay. */
  async end(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    await this.admin.end().catch(() => undefined);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.end();
    await this.collector.stop();
    this.redis?.monitor.disconnect();
    this.redis?.client.disconnect();
    await this.redis?.server.stop();
    await removeEmbeddedPostgres(this.dataDir);
    await rm(join(this.dataDir, '..'), { recursive: true, force: true, maxRetries: 5 });
  }

  /** Every file below a directory, its path from there and its bytes. */
  async *files(directory: string): AsyncGenerator<{ readonly path: string; readonly bytes: Buffer }> {
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (bytes !== null) yield { path: path.slice(directory.length + 1), bytes };
    }
  }
}

async function openRedis() {
  const server = await startTestRedis();
  if (server === null) throw new Error('no redis-server on this machine');
  const client = new Redis(server.url);
  return { server, client, monitor: await client.monitor() };
}
