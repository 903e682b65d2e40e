import { connect, type Socket } from 'node:net';
import { quantile, round } from '../measures.js';

/**
 * Asks the same thing again and again over so many connections, each as soon as it has its answer, until the time is
 * up. A process of its own, on bare sockets, so that it takes as little of the machine as it can: the request is made
 * once, and of an answer only its length and status are read. Jobs come as messages, results go back the same way.
 */
export interface LoadJob {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadDone {
  readonly answers: number;
  /** Answers whose status was not 200. */
  readonly failures: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of this process, a request. */
  readonly clientCpuMs: number;
  readonly bytes: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One keep-alive connection; `ask` resolves with the status and the length of the answer. */
class Connection {
  #head: Buffer = Buffer.alloc(0);
  #left = -1;
  #status = 0;
  #length = 0;
  #answered: ((answer: { status: number; length: number }) => void) | null = null;
  #broken: ((error: Error) => void) | null = null;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#broken?.(error));
    socket.on('close', () => this.#broken?.(new Error('closed')));
  }

  static open(host: string, port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host, () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  ask(request: Buffer): Promise<{ status: number; length: number }> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#broken = reject;
      this.socket.write(request);
    });
  }

  close(): void {
    this.#broken = null;
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    let body = chunk;
    if (this.#left < 0) {
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      const end = this.#head.indexOf(HEAD_END);
      if (end < 0) return;
      const text = this.#head.toString('latin1', 0, end);
      this.#status = Number(text.slice(9, 12));
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (length === undefined) return this.#broken?.(new Error('an answer without a length'));
      this.#left = this.#length = Number(length);
      body = this.#head.subarray(end + HEAD_END.length);
      this.#head = Buffer.alloc(0);
    }
    this.#left -= body.length;
    if (this.#left > 0) return;
    this.#left = -1;
    this.#answered?.({ status: this.#status, length: this.#length });
  }
}

async function run(job: LoadJob): Promise<LoadDone> {
  const { hostname, port, pathname } = new URL(job.url);
  const lines = Object.entries({
    ...job.headers,
    host: `${hostname}:${port}`,
    'content-length': String(Buffer.byteLength(job.body)),
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const request = Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${job.body}`);
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => Connection.open(hostname, Number(port))),
  );
  const taken: number[] = [];
  let failures = 0;
  let bytes = 0;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const until = begun + job.seconds * 1_000;
  await Promise.all(
    connections.map(async (connection) => {
      for (let asked = performance.now(); asked < until; asked = performance.now()) {
        const { status, length } = await connection.ask(request);
        taken.push(performance.now() - asked);
        bytes = length;
        if (status !== 200) failures += 1;
      }
      connection.close();
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  const used = process.cpuUsage(cpu);
  return {
    answers: taken.length,
    failures,
    perSecond: round(taken.length / seconds, 1),
    p50Ms: quantile(taken, 0.5),
    p99Ms: quantile(taken, 0.99),
    clientCpuMs: round((used.user + used.system) / 1_000 / taken.length, 3),
    bytes,
  };
}

process.on('message', (job: LoadJob) => {
  run(job).then(
    (done) => process.send?.(done),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
