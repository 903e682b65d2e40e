import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ClientAnswer, ClientOptions, ClientOrder } from './alert-client.js';
import type { HostOptions } from './alert-host.js';
import type { Step } from './alert-steps.js';

/** BENCH_CPU_PROF=<folder>: every process of the stack leaves a CPU profile there. */
const profiled = process.env['BENCH_CPU_PROF'];

/** A process that runs api, worker or both. */
export class Host {
  private constructor(
    private readonly child: ChildProcess,
    readonly runs: HostOptions['runs'],
    readonly url: string | null,
  ) {}

  static async start(options: HostOptions): Promise<Host> {
    const child = start('alert-host.js', options, options.runs.join('-'));
    const { url } = await answerOf<{ url: string | null }>(child);
    return new Host(child, options.runs, url);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async steps(): Promise<readonly Step[]> {
    const answer = answerOf<{ steps: Step[] }>(this.child);
    this.child.send('steps');
    return (await answer).steps;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.send('stop');
    await ended;
  }
}

/** The process of the submitters and subscribers. */
export class Clients {
  private constructor(private readonly child: ChildProcess) {}

  static async start(options: ClientOptions): Promise<Clients> {
    const child = start('alert-client.js', options, 'client');
    await answerOf(child);
    return new Clients(child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async run(order: ClientOrder): Promise<ClientAnswer> {
    const answer = answerOf<ClientAnswer>(this.child);
    this.child.send(order);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

function start(file: string, options: object, name: string): ChildProcess {
  const profile =
    profiled === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profiled}`, `--cpu-prof-name=${name}-${process.hrtime.bigint()}.cpuprofile`];
  return fork(join(import.meta.dirname, file), [JSON.stringify(options)], {
    execArgv: [...profile, '--no-warnings'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** @throws when it ends instead. */
async function answerOf<T>(child: ChildProcess): Promise<T> {
  const over = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', { signal: over.signal }).then(([message]) => message as T),
      once(child, 'exit', { signal: over.signal }).then(() => {
        throw new Error('a process of the benchmark ended too early');
      }),
    ]);
  } finally {
    over.abort();
  }
}
