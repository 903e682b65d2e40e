import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LoadDone, LoadJob } from './load-client.js';
import { ALGORITHM, AUDIENCE, ISSUER, type PageServerOptions } from './page-request.js';

/** The servers that are measured beside each other, by the file that each is. */
export const SERVERS = {
  concord: 'concord.server.js',
  bare: 'bare.server.js',
  apolloOnLists: 'apollo-lists.server.js',
  apolloPlain: 'apollo-plain.server.js',
} as const;
export type ServerName = keyof typeof SERVERS;
export const SERVER_NAMES = Object.keys(SERVERS) as ServerName[];

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** An issuer of the benchmark's own. */
export interface BenchIssuer {
  readonly publicKey: JWK;
  mint(subject: string): Promise<string>;
}

export async function openIssuer(): Promise<BenchIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { publicKey: await exportJWK(publicKey), mint: (subject) => mint(privateKey, subject) };
}

const mint = (key: CryptoKey, subject: string): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setSubject(subject)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('12 h')
    .setJti(`bench-${subject}`)
    .sign(key);

/**
 * In production mode, in a process of its own. `BENCH_PROF` names a folder for a CPU profile of each, `BENCH_NODE` flags
 * of Node for all of them.
 */
export async function startServer(name: ServerName, options: PageServerOptions): Promise<RunningServer> {
  const folder = process.env['BENCH_PROF'];
  const child = fork(join(import.meta.dirname, SERVERS[name]), [JSON.stringify(options)], {
    // The API logs a line for each request, as in production; nobody reads it here.
    stdio: ['ignore', 'pipe', name === 'concord' ? 'ignore' : 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
    execArgv: [
      ...(process.env['BENCH_NODE']?.split(' ') ?? []),
      ...(folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`] : []),
    ],
  });
  const url = await new Promise<string>((resolve, reject) => {
    // Read to the end, or a server that logs would wait for a reader.
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('{"ready"')) resolve((JSON.parse(line) as { ready: string }).ready);
      });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${String(code)}`)));
  });
  return { url, pid: child.pid ?? 0, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** The process that offers the load. */
export class LoadClient {
  readonly #child = fork(join(import.meta.dirname, 'load-client.js'));

  async run(job: LoadJob): Promise<LoadDone> {
    const answer = once(this.#child, 'message') as Promise<[LoadDone | { error: string }]>;
    this.#child.send(job);
    const [done] = await answer;
    if ('error' in done) throw new Error(`the load broke off: ${done.error}`);
    return done;
  }

  stop(): Promise<void> {
    return end(this.#child);
  }
}
