import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBenchDirectory, onEnd, removeBenchDirectory } from './bench-database.js';
import { machineFacts, numberOption, printResult, round, spreadOf, tell, type Spread } from './measures.js';

/**
 * `npm run bench -- flood [--seconds 30] [--connections 64] [--every 50]`: what one user's reads take while somebody of
 * another agency floods from one token, and while strangers do, beside the same reads alone. Server, flooder and the
 * measured user are processes of their own.
 */
const SECONDS = numberOption('seconds', 30);
const CONNECTIONS = numberOption('connections', 64);
const EVERY_MS = numberOption('every', 50);
const WARM_UP_SECONDS = 3;

const MEASURED = 'state-analyst';
const FLOODER = 'local-analyst';
const PURPOSE = 'INVESTIGATION; ref=BENCH-2026-001';

const READ = `query ($first: Int) { seizureRecords(first: $first) { pageInfo { endCursor } edges { node { id precision } } } }`;
const HEAVY = `query { seizureRecords(first: 200, filter: { or: [
    { quantity: { minGrams: 1 } }, { place: { stateFips: ["06", "48"] } } ] }) {
  totalCount { value } edges { match node { id version releasedAt place { stateFips countyFips h3 }
    substances { deaCode name form quantity { minGrams maxGrams } } route { originCountry } contributor { name } } } } }`;
/** One of ten is no document, one of ten is no valid one. */
const FLOOD = [
  ...Array.from({ length: 8 }, () => JSON.stringify({ query: HEAVY })),
  '{"query": "{{{{{{',
  JSON.stringify({ query: '{ nothing { of { the } } kind }' }),
];

interface Measured {
  readonly latencyMs: Spread;
  readonly answers: Record<string, number>;
  readonly serverRssMb: number;
}

interface Flooded extends Measured {
  readonly ratioP50: number;
  readonly ratioP99: number;
  /** What the flood was answered, by status; 200 are served, 401 no token, 429 over the rate, 503 too busy. */
  readonly flood: Record<string, number>;
  readonly floodPerSecond: number;
}

interface Server {
  readonly url: string;
  readonly pid: number;
  readonly tokens: Readonly<Record<string, { readonly token: string }>>;
  stop(): Promise<void>;
}

async function startServer(dataDir: string): Promise<Server> {
  const program = join(import.meta.dirname, '../../apps/embedded/src/start.js');
  const child = spawn(process.execPath, [program, '--data', dataDir, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /http:\/\/[^"\s]+\/graphql/.exec(line)?.[0];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}`)));
  });
  const url = await ready;
  const tokens = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as Server['tokens'];
  return { url, pid: child.pid ?? 0, tokens, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Open loop: due by the clock, whether or not those before have been answered; waiting counts. */
async function measure(server: Server, seconds: number): Promise<Measured> {
  const agent = new Agent({ keepAlive: true });
  const body = JSON.stringify({ query: READ, variables: { first: 20 } });
  const headers = headersOf(server, MEASURED);
  const answers: Record<string, number> = {};
  const taken: number[] = [];
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: Math.floor((seconds * 1_000) / EVERY_MS) }, async (_, n) => {
      const due = begun + n * EVERY_MS;
      await sleep(Math.max(0, due - performance.now()));
      const status = await post(server.url, agent, headers, body);
      taken.push(performance.now() - due);
      answers[status] = (answers[status] ?? 0) + 1;
    }),
  );
  agent.destroy();
  return { latencyMs: spreadOf(taken), answers, serverRssMb: await rssMb(server.pid) };
}

function post(url: string, agent: Agent, headers: Record<string, string>, body: string): Promise<string> {
  return new Promise((resolve) => {
    const asked = request(url, { agent, method: 'POST', headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(String(answer.statusCode)));
    });
    asked.on('error', () => resolve('broken'));
    asked.end(body);
  });
}

const headersOf = (server: Server, persona: string): Record<string, string> => ({
  'content-type': 'application/json',
  authorization: `Bearer ${server.tokens[persona]?.token ?? ''}`,
  'concord-purpose': PURPOSE,
});

async function rssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024, 0);
}

async function flooded(server: Server, alone: Measured, strangers: boolean): Promise<Flooded> {
  const flood = {
    url: server.url,
    connections: CONNECTIONS,
    bodies: FLOOD,
    headers: headersOf(server, FLOODER),
    strangers,
  };
  const child = fork(join(import.meta.dirname, 'flood-client.js'), [JSON.stringify(flood)], { silent: true });
  let said = '';
  child.stdout?.on('data', (data: Buffer) => (said += data.toString()));
  const began = performance.now();
  try {
    await sleep(1_000);
    const measured = await measure(server, SECONDS);
    const lasted = (performance.now() - began) / 1_000;
    await end(child);
    const answered = JSON.parse(said) as Record<string, number>;
    const all = Object.values(answered).reduce((sum, count) => sum + count, 0);
    return {
      ...measured,
      ratioP50: round(measured.latencyMs.p50 / alone.latencyMs.p50, 2),
      ratioP99: round(measured.latencyMs.p99 / alone.latencyMs.p99, 2),
      flood: answered,
      floodPerSecond: round(all / lasted, 0),
    };
  } finally {
    await end(child);
  }
}

async function main(): Promise<void> {
  const dataDir = await makeBenchDirectory();
  const cleanUp: (() => Promise<void>)[] = [() => removeBenchDirectory(dataDir)];
  const putAway = async (): Promise<void> => {
    for (let next = cleanUp.pop(); next !== undefined; next = cleanUp.pop()) await next();
  };
  onEnd(putAway);
  try {
    const server = await startServer(dataDir);
    cleanUp.push(() => server.stop());
    await measure(server, WARM_UP_SECONDS);
    const alone = await measure(server, SECONDS);
    tell(`  alone: p50 ${alone.latencyMs.p50} ms, p99 ${alone.latencyMs.p99} ms`);
    const byKey = await flooded(server, alone, false);
    tell(`  flood from one token: p50 ${byKey.latencyMs.p50} ms, p99 ${byKey.latencyMs.p99} ms`);
    const byStrangers = await flooded(server, alone, true);
    tell(`  flood of strangers: p50 ${byStrangers.latencyMs.p50} ms, p99 ${byStrangers.latencyMs.p99} ms`);
    const again = await measure(server, SECONDS);
    tell(`  alone again: p50 ${again.latencyMs.p50} ms, p99 ${again.latencyMs.p99} ms`);
    printResult({
      benchmark: 'flood',
      machine: machineFacts(),
      everyMs: EVERY_MS,
      seconds: SECONDS,
      connections: CONNECTIONS,
      alone,
      floodFromOneToken: byKey,
      floodOfStrangers: byStrangers,
      aloneAgain: again,
    });
  } finally {
    await putAway();
  }
}

await main();
process.exit(0);
