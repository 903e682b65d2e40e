import { RELEASE_POLICY_1 } from '@concord/deidentification';
import { systemClock } from '@concord/platform/clock';
import { projectRoot } from '@concord/platform/project';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { runCommand } from '../../apps/cli/src/run-command.js';
import { loadPlan, planOf } from '../../apps/cli/src/seed/index.js';
import { readCbpFile } from '../../apps/cli/src/seed/cbp-file.reader.js';
import { usableRows } from '../../apps/cli/src/seed/seed-plan.js';
import { makeBenchDirectory, onEnd, openBenchDatabase, removeBenchDirectory } from './bench-database.js';
import { machineFacts, numberOption, printResult, round, tell } from './measures.js';
import { cpuOf, cpuOfFamily } from './process-cpu.js';

/**
 * `npm run bench -- release-policy [--reports 100000] [--batch 100]`: what `concord release-policy` takes on that many reports
 * of CBP's table, expanded: a dry run of all, applying a policy that changes every view of partners, and looking once more
 * where nothing is left. The commands run in this process, PostgreSQL beside it.
 */
const REPORTS = numberOption('reports', 100_000);
const BATCH = numberOption('batch', 100);
const FILE = join(projectRoot(), '..', 'shared', 'data', 'cbp-nationwide-drugs-fy19-fy22.csv');
const CBP = existsSync(FILE) ? FILE : '/work/shared/data/cbp-nationwide-drugs-fy19-fy22.csv';

const dataDir = await makeBenchDirectory();
const database = await openBenchDatabase(dataDir);
const remove = async (): Promise<void> => {
  await database.remove();
  await removeBenchDirectory(dataDir);
};
onEnd(remove);
const admin = new Client({ connectionString: database.superuserUrl });
await admin.connect();
const { rows: pid } = await admin.query<{ file: string }>(
  `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as file`,
);
const postmaster = Number(pid[0]?.file);

async function fill(): Promise<void> {
  const now = systemClock.now();
  const rootKey = randomBytes(32);
  await writeFile(join(dataDir, 'bench.key'), `${rootKey.toString('hex')}\n`);
  const file = {
    async *[Symbol.asyncIterator]() {
      let events = 0;
      for await (const row of usableRows(readCbpFile(CBP, now))) {
        if (events >= REPORTS) return;
        events += row.events;
        yield row;
      }
    },
  };
  await loadPlan(
    { rows: file, now, plan: await planOf(file, () => undefined), ownerUrl: database.superuserUrl, rootKey },
    { env: {}, print: () => undefined, tell },
  );
  await admin.query('vacuum (analyze)');
}

interface Cost {
  readonly seconds: number;
  readonly reportsPerSecond: number;
  readonly nodeCpuMsAReport: number;
  readonly serverCpuMsAReport: number;
  readonly peakRssMb: number;
}

async function cost(reports: number, work: () => Promise<unknown>): Promise<Cost> {
  let peak = process.memoryUsage.rss();
  const look = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  const before = [cpuOf(process.pid), cpuOfFamily(postmaster)] as const;
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1_000;
  clearInterval(look);
  // Of a connection that has ended the postmaster knows when it has seen it end.
  const left = `select from pg_stat_activity where application_name = 'concord_publisher'`;
  while ((await admin.query(left)).rowCount !== 0);
  const each = (after: number, from: number): number => round((after - from) / reports, 3);
  return {
    seconds: round(seconds, 1),
    reportsPerSecond: Math.round(reports / seconds),
    nodeCpuMsAReport: each(cpuOf(process.pid), before[0]),
    serverCpuMsAReport: each(cpuOfFamily(postmaster), before[1]),
    peakRssMb: Math.round(peak / 2 ** 20),
  };
}

async function concord(...args: string[]): Promise<unknown> {
  let printed = '';
  const named = ['--database-url', database.superuserUrl, '--json'];
  const outcome = await runCommand(['release-policy', ...args, ...named], {
    env: {},
    print: (text) => void (printed += text),
    tell: () => undefined,
  });
  if (outcome !== 'done') throw new Error(`${args.join(' ')}: ${printed}`);
  return JSON.parse(printed);
}

async function milliseconds(sql: string): Promise<number> {
  const began = performance.now();
  await admin.query(sql);
  return round(performance.now() - began, 1);
}

try {
  await fill();
  const { rows } = await admin.query<{ reports: number; bytes: string; agencies: number }>(
    `select (select count(*)::int from seizure_report) as reports, (select count(distinct agency_id)::int from seizure_report) as agencies,
            pg_database_size(current_database()) as bytes`,
  );
  const { reports = 0, agencies = 0, bytes = '0' } = rows[0] ?? {};
  const next = join(dataDir, 'next.json');
  const document = structuredClone({ ...RELEASE_POLICY_1, version: 2 });
  await writeFile(
    next,
    JSON.stringify({
      ...document,
      tiers: { ...document.tiers, PARTNER: { ...document.tiers.PARTNER, place: { level: 'STATE' } } },
    }),
  );
  const dryRun = await cost(reports, () => concord('dry-run', next, '--all'));
  const sampled = await cost(10_000, () => concord('dry-run', next));
  await concord('publish', next, '--note', 'For the bench.');
  let said: unknown;
  const applied = await cost(reports, async () => {
    said = await concord('apply', '--key-file', join(dataDir, 'bench.key'), '--batch', String(BATCH));
  });
  const again = await cost(reports, () => concord('apply', '--key-file', join(dataDir, 'bench.key')));
  printResult({
    machine: machineFacts(),
    ...{ reports, agencies, batch: BATCH, databaseMb: Math.round(Number(bytes) / 2 ** 20) },
    ...{ dryRunOfAll: dryRun, dryRunOfASample: sampled, apply: applied, said, applyAgain: again },
    lookForOlderMs: await milliseconds('select note_policy_applied(2)'),
  });
} finally {
  await admin.end();
  await remove();
}
