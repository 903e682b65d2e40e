import { createConcordClient, SubmitSeizureReportsDocument, type SubmitSeizureReportInput } from '@concord/client';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { seedDirectory } from '../../apps/embedded/src/directory.seed.js';
import { openPersonaIssuer, writePersonas } from '../../apps/embedded/src/persona-tokens.js';
import { onEnd, openBenchDatabase } from './bench-database.js';
import { machineFacts, numberOption, printResult, quantile, round, tell } from './measures.js';
import { cpuOf, cpuOfFamily, parentOf, peakMemoryMb } from './process-cpu.js';
import type { SubmitHost } from './submit-host.js';

/**
 * `npm run bench -- import [--rows 5000] [--rounds 1] [--peer-rows 5000]`: rows a second of a file through the real job, from its
 * confirmation to its end: a worker process reads, validates, de-identifies, seals and stores while an API process serves.
 * Peer, in turn: the same reports in batches of `submitSeizureReports` over HTTP. Memory is the most that each process had.
 */
const ROWS = numberOption('rows', 5_000);
const ROUNDS = numberOption('rounds', 1);
const PEER_ROWS = numberOption('peer-rows', ROWS);
const IN_A_BATCH = 500;
const LOOK_MS = 100;

const COLUMNS = ['reference', 'date', 'county', 'drug', 'quantity', 'unit', 'sharing', 'narrative'];
const DRUGS = ['9801', '1105', '9050', '9200'];
const narrative = (n: number): string => `Invented for a measurement; row ${n}.`;
const quantity = (n: number): number => 1 + (n % 400) / 4;

/** Written as it is sent: nothing of it is kept. */
function* file(prefix: string): Generator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for (let n = 0; n < ROWS; n += 1) {
    const drug = DRUGS[n % DRUGS.length] ?? '';
    yield `${prefix}-${n},2026-10-${10 + (n % 18)}T15:15:00-07:00,06073,${drug},${quantity(n)},GM,NATION,"${narrative(n)}"\r\n`;
  }
}

const inputOf = (prefix: string, n: number): SubmitSeizureReportInput => ({
  submitterReference: `${prefix}-${n}`,
  occurredAt: `2026-10-${10 + (n % 18)}T15:15:00-07:00`,
  sharing: 'NATION',
  place: { countyFips: '06073' },
  substances: [{ deaCode: DRUGS[n % DRUGS.length], quantity: quantity(n), unit: 'GM' }],
  narrative: narrative(n),
});

const database = await openBenchDatabase(null);
onEnd(() => database.remove());
const children: ChildProcess[] = [];
try {
  const { dataDir, applicationUrl, superuserUrl } = database;
  const issuer = await openPersonaIssuer(dataDir);
  await seedDirectory(superuserUrl, issuer.issuer);
  await writePersonas(dataDir, issuer);
  const personas = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as Record<
    string,
    { token: string }
  >;
  const token = personas['local-submitter']?.token ?? '';
  const host = async (runs: SubmitHost['runs']): Promise<{ child: ChildProcess; url: string }> => {
    const of: SubmitHost = { runs, dataDir, databaseUrl: applicationUrl, imports: true };
    // `--profile DIRECTORY` for the worker: where its time goes.
    const profile = process.argv.indexOf('--profile');
    const execArgv =
      runs === 'worker' && profile > 0 ? ['--cpu-prof', `--cpu-prof-dir=${process.argv[profile + 1] ?? '.'}`] : [];
    const child = fork(join(import.meta.dirname, 'submit-host.js'), [JSON.stringify(of)], { execArgv });
    children.push(child);
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return { child, url };
  };
  const api = await host('api');
  const worker = await host('worker');
  const admin = new Client({ connectionString: superuserUrl });
  await admin.connect();
  const client = createConcordClient({ url: api.url, token });
  const { rows: backend } = await admin.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = parentOf(backend[0]?.pid ?? 0);
  const workerPid = worker.child.pid ?? 0;

  const throughJob = async (prefix: string): Promise<{ seconds: number; workerCpuMs: number; serverCpuMs: number }> => {
    const body = [...file(prefix)].join('');
    const { startImport } = await client.request<{ startImport: { import: { id: string; uploadPath: string } } }>(
      `mutation ($bytes: Int!) { startImport(input: { format: "CSV", bytes: $bytes }) {
        ... on ImportStarted { import { id uploadPath } } } }`,
      { bytes: Buffer.byteLength(body) },
    );
    const { id, uploadPath } = startImport.import;
    const headers = { authorization: `Bearer ${token}` };
    const put = await fetch(new URL(uploadPath, api.url), { method: 'PUT', headers, body });
    if (put.status !== 200) throw new Error(await put.text());
    const [workerBefore, serverBefore] = [cpuOf(workerPid), cpuOfFamily(postmaster)];
    const since = performance.now();
    await client.request(
      `mutation ($id: ID!, $mapping: ColumnMappingInput) { confirmImport(id: $id, mapping: $mapping) { __typename } }`,
      { id, mapping: { columns: COLUMNS.map((column) => ({ heading: column, column })) } },
    );
    for (;;) {
      const { rows } = await admin.query<{ state: string; accepted: number; reason: string | null }>(
        'select state, accepted, reason from report_import where id = $1',
        [id],
      );
      const [found] = rows;
      if (found?.state === 'DONE') {
        if (found.accepted !== ROWS) throw new Error(`${found.accepted} of ${ROWS} accepted`);
        break;
      }
      if (found?.state !== 'RUNNING') throw new Error(JSON.stringify(found));
      await sleep(LOOK_MS);
    }
    return {
      seconds: (performance.now() - since) / 1_000,
      workerCpuMs: cpuOf(workerPid) - workerBefore,
      serverCpuMs: cpuOfFamily(postmaster) - serverBefore,
    };
  };
  const overHttp = async (prefix: string): Promise<number> => {
    const since = performance.now();
    for (let from = 0; from < PEER_ROWS; from += IN_A_BATCH) {
      const inputs = Array.from({ length: Math.min(IN_A_BATCH, PEER_ROWS - from) }, (_, n) =>
        inputOf(prefix, from + n),
      );
      const { submitSeizureReports: batch } = await client.request(SubmitSeizureReportsDocument, { inputs });
      if (batch.__typename !== 'SeizureReportsSubmitted' || batch.accepted !== inputs.length)
        throw new Error(JSON.stringify(batch).slice(0, 500));
    }
    return (performance.now() - since) / 1_000;
  };

  const drained = async (): Promise<void> => {
    for (let left = 1; left > 0;) {
      const { rows } = await admin.query<{ n: number }>('select count(*)::int as n from outbox where done_at is null');
      left = rows[0]?.n ?? 0;
      if (left > 0) await sleep(LOOK_MS);
    }
  };

  const own: number[] = [];
  const peer: number[] = [];
  const cpu = { worker: 0, server: 0 };
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const { seconds, workerCpuMs, serverCpuMs } = await throughJob(`JOB-${turn}`);
    own.push(ROWS / seconds);
    cpu.worker += workerCpuMs / ROWS / ROUNDS;
    cpu.server += serverCpuMs / ROWS / ROUNDS;
    await drained();
    if (PEER_ROWS > 0) peer.push(PEER_ROWS / (await overHttp(`HTTP-${turn}`)));
    await drained();
    tell(
      `  round ${turn + 1}: job ${round(own.at(-1) ?? 0, 0)}/s, submitSeizureReports ${round(peer.at(-1) ?? 0, 0)}/s`,
    );
  }
  const rate = quantile(own, 0.5);
  const peerRate = PEER_ROWS > 0 ? quantile(peer, 0.5) : null;
  printResult({
    benchmark: 'import',
    budget: { rowsPerSecond: '>= 150' },
    machine: machineFacts(),
    rows: ROWS,
    rowsPerSecond: round(rate, 0),
    submitSeizureReportsPerSecond: peerRate === null ? null : round(peerRate, 0),
    ratio: peerRate === null ? null : round(rate / peerRate, 2),
    cpuMsARow: { worker: round(cpu.worker, 2), postgres: round(cpu.server, 2) },
    peakMemoryMb: { worker: peakMemoryMb(worker.child.pid ?? 0), api: peakMemoryMb(api.child.pid ?? 0) },
  });
  await admin.end();
} finally {
  await Promise.all(
    children.map(async (child) => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    }),
  );
  await database.remove();
}
process.exit(0);
