import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface ServiceProgram {
  readonly name: string;
  /** What node runs. */
  readonly file: string;
  /** In place of this process's, of which it gets nothing but PATH and HOME. */
  readonly env: NodeJS.ProcessEnv;
  /** Its standard error goes here, appended over restarts. */
  readonly logFile: string;
}

/** The ready line of api and worker. */
interface Ready {
  readonly event: 'ready';
  readonly metricsPort?: number;
}

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** A process of the product that a test may kill, freeze and start again. */
export class ServiceProcess {
  #child: ChildProcess | null = null;
  #metricsPort: number | null = null;

  constructor(readonly program: ServiceProgram) {}

  get name(): string {
    return this.program.name;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Where /metrics and health are, since the last start. */
  get metricsUrl(): string {
    if (this.#metricsPort === null) throw new Error(`${this.name} serves no metrics`);
    return `http://127.0.0.1:${this.#metricsPort}`;
  }

  /** Resolves when it says that it is ready. @throws Error with the end of its log when it ends before */
  async start(): Promise<void> {
    const child = this.launch();
    const { stdout } = child;
    if (stdout === null) throw new Error('no standard output');
    const ready = new Promise<Ready>((resolve) => {
      createInterface({ input: stdout }).on('line', (line) => {
        if (line.includes('"ready"')) resolve(JSON.parse(line) as Ready);
      });
    });
    const said = await Promise.race([ready, once(child, 'exit').then(() => null)]);
    if (said === null) throw new Error(`${this.name} does not start: ${this.log.slice(-2_000)}`);
    this.#metricsPort = said.metricsPort ?? null;
  }

  /** Starts it and waits for nothing: for what is killed before it is ready. */
  launch(): ChildProcess {
    if (this.isRunning) throw new Error(`${this.name} runs`);
    const log = openSync(this.program.logFile, 'a');
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [this.program.file], {
      stdio: ['ignore', 'pipe', log],
      env: { PATH, HOME, ...this.program.env },
    });
    closeSync(log);
    this.#child = child;
    living.add(child);
    child.once('exit', () => living.delete(child));
    return child;
  }

  /** SIGKILL unless told otherwise; resolves when it has ended. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    // A process that is stopped takes no notice of SIGTERM.
    child.kill('SIGCONT');
    await ended;
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Everything that it has written to standard error, over restarts. */
  get log(): string {
    return existsSync(this.program.logFile) ? readFileSync(this.program.logFile, 'utf8') : '';
  }

  /** Lines of its log with this event. */
  events(event: string): Record<string, unknown>[] {
    return this.log
      .split('\n')
      .filter((line) => line.includes(`"${event}"`))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['event'] === event);
  }
}
