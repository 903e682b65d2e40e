import { removeEmbeddedPostgres, startEmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { projectRoot } from '@concord/platform/project';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { makeBenchDirectory, onEnd, removeBenchDirectory } from './bench-database.js';
import { machineFacts, numberOption, printResult, quantile, round, tell } from './measures.js';
import { cpuOf } from './process-cpu.js';

/**
 * `npm run bench -- start [--rounds 5] [--requests 1000]`: from `npm start`'s program to its ready line, on an empty data
 * directory and again on the same one, each beside the same embedded PostgreSQL alone: first query answered. After the
 * second start the resident memory of api and worker, which are one process, is read when so many requests were answered.
 */
const ROUNDS = numberOption('rounds', 5);
const REQUESTS = numberOption('requests', 1_000);
const AT_ONCE = 8;
/** Analysts of several agencies: none of them comes near its rate. */
const READERS = ['local-analyst', 'state-analyst', 'federal-analyst', 'neighbour-analyst', 'other-state-analyst'];
const PAGE = `{ seizureRecords(first: 20) { edges { node { id precision place { countyFips } substances { name } } } } }`;

interface Start {
  readonly ms: number;
  /** Of the process itself until it was ready; PostgreSQL's processes are not in it. */
  readonly cpuMs: number;
}

interface Running extends Start {
  readonly url: string;
  readonly child: ChildProcess;
}

async function start(dataDir: string): Promise<Running> {
  const began = performance.now();
  const program = join(projectRoot(), 'scripts/run.mjs');
  const child = spawn(process.execPath, [program, 'start', '--data', dataDir, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /http:\/\/[^"\s]+\/graphql/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`npm start ended with ${String(code)}`)));
  });
  return { ms: performance.now() - began, cpuMs: cpuOf(child.pid ?? 0), url, child };
}

async function stop({ child }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** The peer: initdb where there is nothing, start, and the first answer. */
async function startPostgres(dataDir: string): Promise<number> {
  const began = performance.now();
  const server = await startEmbeddedPostgres({ dataDir });
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  await client.query('select 1');
  const ms = performance.now() - began;
  await client.end();
  await server.stop();
  return ms;
}

async function ask({ url }: Running, dataDir: string): Promise<number> {
  const tokens = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as Record<
    string,
    { token: string }
  >;
  let left = REQUESTS;
  let answered = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, n) => {
      for (; left > 0; left -= 1) {
        const reader = READERS[(left + n) % READERS.length] ?? '';
        const answer = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${tokens[reader]?.token ?? ''}`,
            'concord-purpose': 'INVESTIGATION; ref=BENCH-2026-001',
          },
          body: JSON.stringify({ query: PAGE }),
        });
        if ((await answer.text()).includes('"edges"')) answered += 1;
      }
    }),
  );
  return answered;
}

async function residentMb({ child }: Running): Promise<number> {
  const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024;
}

async function main(): Promise<void> {
  const directories: string[] = [];
  let running: Running | null = null;
  const putAway = async (): Promise<void> => {
    if (running !== null) await stop(running);
    for (const directory of directories.splice(0)) {
      await removeEmbeddedPostgres(directory);
      await removeBenchDirectory(directory);
    }
  };
  onEnd(putAway);
  const newDirectory = async (): Promise<string> => {
    const directory = await makeBenchDirectory();
    directories.push(directory);
    return directory;
  };
  const first: Start[] = [];
  const second: Start[] = [];
  const postgres: { first: number; second: number }[] = [];
  const memory: { ready: number; after: number; answered: number }[] = [];
  try {
    for (let turn = 0, failed = 0; turn < ROUNDS; turn += 1) {
      try {
        const dataDir = await newDirectory();
        running = await start(dataDir);
        const onEmpty: Start = running;
        await stop(running);
        running = await start(dataDir);
        const ready = await residentMb(running);
        const answered = await ask(running, dataDir);
        memory.push({ ready, after: await residentMb(running), answered });
        await stop(running);
        const alone = await newDirectory();
        postgres.push({ first: await startPostgres(alone), second: await startPostgres(alone) });
        first.push(onEmpty);
        second.push(running);
        tell(
          `  round ${turn + 1}: ${[first, second].map((starts) => round(starts.at(-1)?.ms ?? 0, 0)).join(' | ')} ms`,
        );
      } catch (error) {
        // On a machine that is very busy a start gives up: that round is done again, and said.
        failed += 1;
        tell(`  a round failed: ${String(error)}`);
        if (failed > ROUNDS) throw error;
        turn -= 1;
      }
      await putAway();
      running = null;
    }
    const median = (values: readonly number[]): number => round(quantile(values, 0.5), 0);
    const startsOf = (starts: readonly Start[], peer: readonly number[]) => ({
      ms: median(starts.map(({ ms }) => ms)),
      each: starts.map(({ ms }) => round(ms, 0)),
      cpuMs: median(starts.map(({ cpuMs }) => cpuMs)),
      postgresAloneMs: median(peer),
      toPostgresAlone: round(median(starts.map(({ ms }) => ms)) / median(peer), 2),
    });
    printResult({
      benchmark: 'start',
      machine: machineFacts(),
      rounds: ROUNDS,
      first: startsOf(
        first,
        postgres.map((one) => one.first),
      ),
      second: startsOf(
        second,
        postgres.map((one) => one.second),
      ),
      residentMb: {
        whenReady: median(memory.map(({ ready }) => ready)),
        requests: REQUESTS,
        answered: median(memory.map(({ answered }) => answered)),
        afterwards: median(memory.map(({ after }) => after)),
      },
    });
  } finally {
    await putAway();
  }
}

await main();
process.exit(0);
