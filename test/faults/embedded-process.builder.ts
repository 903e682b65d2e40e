import { freePort } from '@concord/platform/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');

/** `npm start` without npm: API and worker in a process that a test may kill. PostgreSQL is a process of its own and stays. */
export class EmbeddedProcess {
  #child: ChildProcess | null = null;

  private constructor(
    private readonly dataDir: string,
    private readonly port: number,
  ) {}

  static async build(dataDir: string): Promise<EmbeddedProcess> {
    await promisify(execFile)(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root });
    return new EmbeddedProcess(dataDir, await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/graphql`;
  }

  /** Resolves when it says that it is ready. */
  async start(): Promise<void> {
    const args = [join(root, 'dist/apps/embedded/src/start.js'), '--data', this.dataDir, '--port', String(this.port)];
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_LEVEL: 'warn' };
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    const lines = createInterface({ input: child.stdout });
    const ready = new Promise<boolean>((resolve) =>
      lines.on('line', (line) => line.includes('"ready"') && resolve(true)),
    );
    const ended = once(child, 'exit').then(() => false);
    if (!(await Promise.race([ready, ended]))) throw new Error(`it does not start: ${said}`);
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
