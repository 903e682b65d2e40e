import { createTestDatabase, FaultProxy, type TestDatabase } from '@concord/platform/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../flows/flow-client.builder.js';
import { say } from './outages.builder.js';

const root = join(import.meta.dirname, '..', '..');
const GRACE_MS = 25_000;

/** A process of a deployment, as it is started there. */
class Service {
  out = '';
  err = '';
  readonly #child: ChildProcess;

  constructor(name: 'api' | 'worker', env: Record<string, string>) {
    const program = join(root, 'dist', 'apps', name, 'src', 'main.js');
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...env },
    });
    child.stdout.on('data', (data: Buffer) => (this.out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (this.err += data.toString()));
    this.#child = child;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get url(): string {
    return new URL('/', /"url":"([^"]+)"/.exec(this.out)?.[1]).href;
  }

  /** How it ended, and after how long. */
  async end(signal: NodeJS.Signals): Promise<{ code: number | null; ms: number }> {
    if (!this.running) return { code: this.#child.exitCode, ms: 0 };
    const began = performance.now();
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
    return { code: this.#child.exitCode, ms: Math.round(performance.now() - began) };
  }
}

describe('processes of a deployment while PostgreSQL is away', () => {
  let database: TestDatabase;
  let proxy: FaultProxy;
  let folder: string;
  let services: Record<'api' | 'worker', Service>;

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await FaultProxy.before(database.appUrl);
    folder = await mkdtemp(join(tmpdir(), 'concord-outage-'));
    const key = join(folder, 'root.key');
    await writeFile(key, randomBytes(32).toString('hex'));
    await proxy.refuse();
    const env = { DATABASE_URL: proxy.through(), LOG_LEVEL: 'info' };
    services = {
      api: new Service('api', { ...env, CONCORD_KEY_FILE: key, PORT: '0' }),
      worker: new Service('worker', env),
    };
  });
  afterAll(async () => {
    for (const service of Object.values(services)) await service.end('SIGKILL');
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
    await database.drop();
  });
  const both = (): Service[] => Object.values(services);

  test('they wait for it and say so, and are ready when it comes', async () => {
    for (const service of both())
      await eventually('it says that it waits', () => service.err.includes('start.waiting-for-database'), 30_000);
    await proxy.listen();
    for (const service of both()) await eventually('it is ready', () => service.out.includes('"ready"'), 40_000);
  }, 90_000);

  test('they live through it, with a bounded log that says nothing of where it is', async () => {
    const said = both().map(({ err }) => err.length);
    proxy.set({ kind: 'black-hole' });
    for (const service of both()) await eventually('it knows', () => service.err.includes('database.away'), 20_000);
    const ready = await fetch(`${services.api.url}health/ready`);
    expect(ready.status).toBe(503);
    expect((await fetch(`${services.api.url}health/live`)).status).toBe(200);
    proxy.heal();
    for (const service of both()) await eventually('it is back', () => service.err.includes('database.back'), 20_000);
    await eventually(
      'it is ready',
      async () => (await fetch(`${services.api.url}health/ready`)).status === 200,
      20_000,
    );
    for (const [index, service] of both().entries()) {
      const lines = service.err.slice(said[index]).trim().split('\n');
      expect(lines.length).toBeLessThan(60);
      for (const line of lines) expect(line).not.toMatch(/concord_app|127\.0\.0\.1:\d|postgresql:/);
      expect(service.running).toBe(true);
    }
  }, 90_000);

  test('SIGTERM ends them in time while bytes vanish', async () => {
    proxy.set({ kind: 'black-hole' });
    const ends = await Promise.all(both().map((service) => service.end('SIGTERM')));
    say(`SIGTERM in a black hole: api and worker within ${ends.map(({ ms }) => ms).join(' and ')} ms`);
    for (const { code, ms } of ends) {
      expect(code).toBe(0);
      expect(ms).toBeLessThan(GRACE_MS);
    }
  }, 60_000);
});
