import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const PROGRAM = join(import.meta.dirname, 'subscribers.mjs');

export interface Arrival {
  readonly sockets: number;
  /** Milliseconds of the epoch, at the clients. */
  readonly lastAt: number;
}

export interface Ended {
  /** Index of the token. */
  readonly whose: number;
  readonly code: number;
  readonly reason: string;
  readonly at: number;
}

/** Subscribers in a process of their own, the tokens in turn. */
export class Subscribers {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: Interface,
    readonly count: number,
  ) {}

  /** Resolves when each has sent its `subscribe`. */
  static async open(options: {
    readonly url: string;
    readonly tokens: readonly string[];
    readonly count: number;
    readonly query: string;
    readonly localAddress: string;
  }): Promise<Subscribers> {
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = child;
    if (stdout === null) throw new Error('no standard output');
    const lines = createInterface({ input: stdout });
    const ended = once(child, 'exit').then(() => false);
    if (!(await Promise.race([once(lines, 'line').then(() => true), ended])))
      throw new Error('subscribers did not open');
    return new Subscribers(child, lines, options.count);
  }

  arrivals(): Promise<Record<string, Arrival>> {
    return this.#ask('arrivals');
  }

  closings(): Promise<Ended[]> {
    return this.#ask('closings');
  }

  /** By subscriber: `alert revision`, in the order in which they came. */
  told(): Promise<string[][]> {
    return this.#ask('told');
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  async #ask<T>(wanted: string): Promise<T> {
    this.child.stdin?.write(`${JSON.stringify({ wanted })}\n`);
    const [line] = (await once(this.lines, 'line')) as [string];
    return (JSON.parse(line) as Record<string, T>)[wanted] as T;
  }
}
