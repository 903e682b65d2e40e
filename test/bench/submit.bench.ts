import { createLocalKeyHolder, PostgresAgencyKeyStore } from '@concord/blinding';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import type { SubmissionServices } from '@concord/submission';
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { Client } from 'pg';
import { seedDirectory } from '../../apps/embedded/src/directory.seed.js';
import { openPersonaIssuer, writePersonas } from '../../apps/embedded/src/persona-tokens.js';
import { onEnd, openBenchDatabase } from './bench-database.js';
import { machineFacts, numberOption, printResult, quantile, round, tell } from './measures.js';
import { cpuOf, cpuOfFamily } from './process-cpu.js';
import type { SubmitHost } from './submit-host.js';
import { CALL_SCRIPT, findPgbench, insertScript, runPgbench } from './submit-peer.js';
import { captureForm, reportOf, SUBMITTERS } from './submit-reports.js';
import { stepCosts } from './submit-steps.js';

/**
 * `npm run bench -- submit [--clients 8] [--seconds 6] [--rounds 5]`: submissions to durable receipt over HTTP, the API in
 * a process of its own, with a worker process and without. The peers are pgbench on the same server, with as many
 * clients, prepared: T1's function with reports that the API had made, and the same rows by plain INSERT statements.
 */
const CLIENTS = numberOption('clients', 8);
const SECONDS = numberOption('seconds', 6);
const ROUNDS = numberOption('rounds', 5);
const FORMS = numberOption('forms', 60_000);

const SUBMIT = `mutation ($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { __typename
  ... on SeizureReportAccepted { record { id } } ... on SeizureReportRejected { issues { path code } } } }`;

interface Run {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  /** Milliseconds of CPU a submission; PostgreSQL's are of the whole server. */
  readonly nodeMs: number;
  readonly postgresMs: number;
  readonly workerMs: number;
}

interface Bench {
  readonly postmaster: number;
  readonly api: ChildProcess;
  readonly url: string;
  readonly tokens: readonly string[];
  readonly admin: Client;
  worker: ChildProcess | null;
}

async function startHost(host: SubmitHost, tries = 3): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(import.meta.dirname, 'submit-host.js'), [JSON.stringify(host)]);
  const ready = (await Promise.race([
    once(child, 'message').then(([message]: unknown[]) => message),
    once(child, 'exit').then(() => null),
  ])) as { url: string } | null;
  if (ready !== null) return { child, url: ready.url };
  // On a machine that is very busy it gives up.
  if (tries <= 1) throw new Error(`${host.runs} did not start`);
  return startHost(host, tries - 1);
}

async function end(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function measured(bench: Bench, run: () => Promise<{ latenciesMs: number[]; lastedMs: number }>): Promise<Run> {
  const cpu = () => [cpuOf(bench.api.pid ?? 0), cpuOfFamily(bench.postmaster), cpuOf(bench.worker?.pid ?? 0)] as const;
  const before = cpu();
  const { latenciesMs, lastedMs } = await run();
  const after = cpu();
  const each = (at: 0 | 1 | 2) => (after[at] - before[at]) / latenciesMs.length;
  return {
    perSecond: (latenciesMs.length * 1_000) / lastedMs,
    latenciesMs,
    nodeMs: each(0),
    postgresMs: each(1),
    workerMs: each(2),
  };
}

async function submitAll({ url, tokens }: Bench): Promise<{ latenciesMs: number[]; lastedMs: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const latenciesMs: number[] = [];
  const began = performance.now();
  const until = began + SECONDS * 1_000;
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens[client % tokens.length] ?? ''}`,
      };
      while (performance.now() < until) {
        const body = JSON.stringify({ query: SUBMIT, variables: { input: reportOf(randomUUID()) } });
        const sent = performance.now();
        const answer = await post(url, agent, headers, body);
        if (!answer.includes('"SeizureReportAccepted"')) throw new Error(`not accepted: ${answer.slice(0, 500)}`);
        latenciesMs.push(performance.now() - sent);
      }
    }),
  );
  const lastedMs = performance.now() - began;
  agent.destroy();
  return { latenciesMs, lastedMs };
}

function post(url: string, agent: Agent, headers: Record<string, string>, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve(text));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** As many forms as a peer can use up: one that the API made, with ids and a reference of its own each. */
async function fillForms(admin: Client, form: string): Promise<void> {
  await admin.query('create table bench_form (n bigint primary key, form jsonb not null)');
  await admin.query('create sequence bench_form_next');
  await admin.query(
    `insert into bench_form select n, jsonb_set(jsonb_set(jsonb_set(jsonb_set(jsonb_set(f,
        '{report,id}', to_jsonb(gen_random_uuid())), '{recordId}', to_jsonb(gen_random_uuid())),
        '{report,submitter_reference}', to_jsonb('bench-' || n)), '{audit,id}', to_jsonb(gen_random_uuid())),
        '{identifiers,0,id}', to_jsonb(gen_random_uuid()))
     from (select $1::jsonb as f) p cross join generate_series(1, $2::int) n`,
    [form, FORMS],
  );
  await admin.query('grant select on bench_form to concord_api');
  await admin.query('grant usage on sequence bench_form_next to concord_api');
  await admin.query('vacuum analyze');
}

const median = (runs: readonly Run[], of: (run: Run) => number, digits = 2): number =>
  round(quantile(runs.map(of), 0.5), digits);

function summary(runs: readonly Run[]) {
  const all = runs.flatMap(({ latenciesMs }) => latenciesMs);
  return {
    submissions: all.length,
    perSecond: median(runs, (run) => run.perSecond, 1),
    p50Ms: quantile(all, 0.5),
    p99Ms: quantile(all, 0.99),
    cpuMsEach: {
      node: median(runs, (run) => run.nodeMs),
      postgres: median(runs, (run) => run.postgresMs),
      worker: median(runs, (run) => run.workerMs),
    },
  };
}

async function main(): Promise<void> {
  const pgbench = await findPgbench();
  if (pgbench === null) throw new Error('pgbench is not here: Debian has it in postgresql-client');
  const cleanUp: (() => Promise<unknown>)[] = [];
  const putAway = async (): Promise<void> => {
    for (let next = cleanUp.pop(); next !== undefined; next = cleanUp.pop()) await next();
  };
  onEnd(putAway);
  try {
    const database = await openBenchDatabase(null);
    cleanUp.push(() => database.remove());
    const { dataDir, applicationUrl, superuserUrl } = database;
    const issuer = await openPersonaIssuer(dataDir);
    await seedDirectory(superuserUrl, issuer.issuer);
    await writePersonas(dataDir, issuer);
    const personas = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as Record<
      string,
      { token: string }
    >;
    const admin = new Client({ connectionString: superuserUrl });
    await admin.connect();
    cleanUp.push(() => admin.end());
    const db = openPool({ url: applicationUrl, role: 'concord_api', max: 2, statementTimeoutMs: 10_000 });
    cleanUp.push(() => db.end());
    const services: SubmissionServices = {
      db,
      keyHolder: createLocalKeyHolder({
        kek: { id: 'root', key: Buffer.alloc(32, 8) },
        agencyKeys: new PostgresAgencyKeyStore(db),
      }),
      clock: systemClock,
      digestKey: Buffer.alloc(32, 9),
    };
    const form = await captureForm(services, 'captured');
    const steps = await stepCosts(services);
    // The keys that the bench sealed with are not the API's.
    await admin.query('delete from agency_data_key');
    const api = await startHost({ runs: 'api', dataDir, databaseUrl: applicationUrl });
    cleanUp.push(() => end(api.child));
    const bench: Bench = {
      postmaster: await postmasterOf(admin),
      api: api.child,
      url: api.url,
      tokens: SUBMITTERS.map((name) => personas[name]?.token ?? ''),
      admin,
      worker: null,
    };
    await submitAll(bench);
    await fillForms(admin, form);
    const { rows } = await admin.query<{ id: number; key: string }>('select id, key from access_key');
    const plainScript = insertScript(
      JSON.parse(form) as Parameters<typeof insertScript>[0],
      new Map(rows.map((row) => [row.key, row.id])),
    );
    const peer = (script: string) => (): ReturnType<typeof runPgbench> =>
      runPgbench(pgbench, applicationUrl, script, { clients: CLIENTS, seconds: SECONDS, directory: dataDir });
    const [concord, call, plain, withWorker, callWithWorker]: Run[][] = [[], [], [], [], []];
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      concord?.push(await measured(bench, () => submitAll(bench)));
      call?.push(await measured(bench, peer(CALL_SCRIPT)));
      plain?.push(await measured(bench, peer(plainScript)));
      tell(
        `  round ${turn + 1}: ${[concord, call, plain].map((runs) => round(runs?.at(-1)?.perSecond ?? 0, 0)).join(' | ')}`,
      );
    }
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      // Of the rounds before and of the peer nothing is left to the worker.
      await admin.query('delete from outbox');
      const worker = await startHost({ runs: 'worker', dataDir, databaseUrl: applicationUrl });
      bench.worker = worker.child;
      withWorker?.push(await measured(bench, () => submitAll(bench)));
      await end(worker.child);
      bench.worker = null;
      callWithWorker?.push(await measured(bench, peer(CALL_SCRIPT)));
      tell(
        `  with a worker: ${[withWorker, callWithWorker].map((runs) => round(runs?.at(-1)?.perSecond ?? 0, 0)).join(' | ')}`,
      );
    }
    const results = [concord, call, plain, withWorker, callWithWorker].map((runs) => summary(runs ?? []));
    const [alone, called, inserted, worked, calledBeside] = results;
    const ratio = (a: typeof alone, b: typeof alone) => round((a?.perSecond ?? NaN) / (b?.perSecond ?? NaN), 3);
    printResult({
      benchmark: 'submit',
      machine: machineFacts(),
      clients: CLIENTS,
      peer: 'pgbench -M prepared',
      ratio: {
        toFunction: ratio(alone, called),
        toPlainInserts: ratio(alone, inserted),
        withWorker: ratio(worked, calledBeside),
      },
      concord: alone,
      pgbenchFunction: called,
      pgbenchPlainInserts: inserted,
      concordWithWorker: worked,
      pgbenchFunctionBetween: calledBeside,
      steps,
    });
  } finally {
    await putAway();
  }
}

async function postmasterOf(admin: Client): Promise<number> {
  const { rows } = await admin.query<{ pid: number }>('select pg_backend_pid() as pid');
  const stat = await readFile(`/proc/${rows[0]?.pid ?? 0}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

await main();
process.exit(0);
