import { createLocalKeyHolder, deriveKey, PostgresAgencyKeyStore } from '@concord/blinding';
import type { AgencyActor } from '@concord/access';
import { deidentify, RELEASE_POLICY_1, identifyingContent, type ValidReport } from '@concord/deidentification';
import { systemClock } from '@concord/platform/clock';
import { migrate, openPool } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import { migrationsDirectory } from '@concord/platform/project';
import { stagedRows } from '@concord/records';
import {
  contentDigest,
  loadReports,
  makeReportParts,
  validateReport,
  type ReferencedReport,
  type ReportContext,
  type SubmissionServices,
} from '@concord/submission';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { onEnd, openBenchDatabase } from './bench-database.js';
import { copyGround, copyRows, serverCpuMs, takeRows } from './bulk-peer.js';
import { bulkReports, type ReportKind } from './bulk-reports.js';
import { machineFacts, numberOption, printResult, quantile, round, tell } from './measures.js';

/** `npm run bench -- bulk-import [--reports 20000] [--rounds 3] [--batch 500] [--in-flight 2]` */
const REPORTS = numberOption('reports', 20_000);
const ROUNDS = numberOption('rounds', 3);
const BATCH = numberOption('batch', 500);
const IN_FLIGHT = numberOption('in-flight', 2);
const AGENCIES = 20;

/** Of one run over the reports: seconds of the clock, milliseconds of the processor a report. */
interface Pace {
  readonly reportsPerSecond: number;
  readonly nodeCpuMsAReport: number;
  readonly serverCpuMsAReport: number;
  readonly peakRssMb: number;
}

/** `work` may open connections; the pids that it names are asked for their time at the end. */
async function pace(reports: number, pids: () => Promise<number[]>, work: () => Promise<unknown>): Promise<Pace> {
  let peak = process.memoryUsage.rss();
  const look = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const serverBefore = serverCpuMs(await pids());
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  clearInterval(look);
  return {
    reportsPerSecond: Math.round(reports / seconds),
    nodeCpuMsAReport: round((user + system) / 1_000 / reports, 3),
    serverCpuMsAReport: round((serverCpuMs(await pids()) - serverBefore) / reports, 3),
    peakRssMb: round(peak / 2 ** 20, 0),
  };
}

async function addAgencies(admin: Client): Promise<AgencyActor[]> {
  const actors: AgencyActor[] = [];
  const agreement = newId();
  await admin.query(
    `insert into agreement (id, name, widest_sharing, text_digest) values ($1, 'bench', 'PARTNERS', 'none')`,
    [agreement],
  );
  for (let index = 0; index < AGENCIES; index += 1) {
    const [agencyId, personId] = [newId(), newId()];
    await admin.query(`insert into agency (id, ori, name, level, synthetic) values ($1, $2, $3, 'LOCAL', true)`, [
      ...[agencyId, `ZB${String(index).padStart(7, '0')}`, `bench ${index}`],
    ]);
    await admin.query(`insert into agency_place (agency_id, place_key) values ($1, 'county:06073')`, [agencyId]);
    await admin.query(
      `insert into person (id, issuer, subject, display_name) values ($1::uuid, 'bench', $1::text, 'bench')`,
      [personId],
    );
    await admin.query(`insert into membership (person_id, agency_id, roles) values ($1, $2, '{ANALYST}')`, [
      ...[personId, agencyId],
    ]);
    await admin.query('insert into agreement_party values ($1, $2)', [agreement, agencyId]);
    actors.push({
      ...{ personId, displayName: 'bench', roles: new Set(['ANALYST'] as const), purpose: null },
      agency: { id: agencyId, ori: null, name: 'bench', level: 'LOCAL' },
    });
  }
  return actors;
}

/** Batches of one agency each, several in flight, as `concord seed` loads. */
async function loadAll(
  services: SubmissionServices,
  actors: readonly AgencyActor[],
  reports: readonly ReferencedReport[],
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next * BATCH < reports.length) {
      const batch = next;
      next += 1;
      const actor = actors[batch % actors.length];
      if (actor === undefined) throw new Error('there are agencies');
      const outcome = await loadReports(services, actor, reports.slice(batch * BATCH, (batch + 1) * BATCH), {
        synthetic: true,
      });
      if (outcome.refused.length > 0) throw new Error(JSON.stringify(outcome.refused[0]));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** Processor time of each step by itself, one after the other over the same reports: milliseconds a report. */
async function steps(
  services: SubmissionServices,
  actor: AgencyActor,
  reports: readonly ReferencedReport[],
): Promise<Record<string, number>> {
  const taken: Record<string, number> = {};
  const step = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    taken[name] = round((user + system) / 1_000 / reports.length, 4);
    return result;
  };
  const limits = {
    now: new Date(),
    agreementWidestSharing: 'PARTNERS',
    memberTaskForceIds: new Set<string>(),
  } as const;
  const context: ReportContext = {
    ...{ widest_sharing: 'PARTNERS', task_force_ids: [], region_ids: [], h3_resolution: 6 },
    release_policy: RELEASE_POLICY_1,
    defaults: {},
  };
  const valid = await step('validate', () =>
    reports.map((report): ValidReport => {
      const validation = validateReport(report, limits);
      if (!validation.ok) throw new Error(JSON.stringify(validation.issues));
      return validation.report;
    }),
  );
  const digests = await step('digest', () => valid.map((report) => contentDigest(report, services.digestKey)));
  await step('deidentify', () =>
    valid.map((report) => deidentify(report, { h3Resolution: 6, policy: RELEASE_POLICY_1 })),
  );
  await step('seal', async () => {
    const place = { agencyId: actor.agency.id, table: 'bench', column: 'bench', rowId: 'bench' };
    for (const report of valid) {
      const { narrative, basis, identifiers } = identifyingContent(report);
      for (const part of [narrative, basis, ...identifiers])
        if (part !== null) await services.keyHolder.seal(JSON.stringify(part), place);
    }
  });
  const ready = await step('parts: de-identify, seal, audience, books', async () => {
    const made = [];
    for (const [index, report] of valid.entries()) {
      const how = { contentDigest: digests[index] ?? '', synthetic: true, raisesAlerts: false, hold: null } as const;
      const parts = await makeReportParts(services, actor, report, context, { ...how, entrance: 'report.load' });
      made.push({ report, parts });
    }
    return made;
  });
  await step('rows', () => {
    for (let at = 0; at < ready.length; at += BATCH) stagedRows(ready.slice(at, at + BATCH), new Map());
  });
  return taken;
}

const medians = (rounds: readonly Pace[]): Pace => ({
  reportsPerSecond: quantile(rounds.map((one) => one.reportsPerSecond), 0.5),
  nodeCpuMsAReport: quantile(rounds.map((one) => one.nodeCpuMsAReport), 0.5),
  serverCpuMsAReport: quantile(rounds.map((one) => one.serverCpuMsAReport), 0.5),
  peakRssMb: quantile(rounds.map((one) => one.peakRssMb), 1),
}); // prettier-ignore

async function main(): Promise<void> {
  const database = await openBenchDatabase(null);
  onEnd(() => database.remove());
  const peerUrl = Object.assign(new URL(database.superuserUrl), { pathname: '/bench_peer' }).href;
  const pool = openPool({
    ...{ url: database.superuserUrl, role: 'concord_loader', max: IN_FLIGHT + 1, statementTimeoutMs: 60_000 },
  });
  const admin = new Client({ connectionString: database.superuserUrl });
  const peer = new Client({ connectionString: peerUrl });
  try {
    await admin.connect();
    await admin.query('create database bench_peer');
    await migrate(peerUrl, migrationsDirectory());
    await peer.connect();
    const actors = await addAgencies(admin);
    const rootKey = randomBytes(32);
    const services: SubmissionServices = {
      db: pool,
      keyHolder: createLocalKeyHolder({
        kek: { id: 'bench', key: deriveKey(rootKey, 'bench kek') },
        agencyKeys: new PostgresAgencyKeyStore(pool),
      }),
      clock: systemClock,
      digestKey: deriveKey(rootKey, 'bench digest'),
    };
    const loaders = async (): Promise<number[]> => {
      // Every connection of the pool exists before its time is asked for.
      const held = await Promise.all(Array.from({ length: IN_FLIGHT + 1 }, () => pool.connect()));
      for (const client of held) client.release();
      const { rows } = await admin.query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'concord_loader'`,
      );
      return rows.map(({ pid }) => pid);
    };
    const { rows: own } = await peer.query<{ pid: number }>('select pg_backend_pid() as pid');
    const peers = (): Promise<number[]> => Promise.resolve(own.map(({ pid }) => pid));

    let first = 1;
    const results: Record<string, object> = {};
    // What has not run yet is not measured: compiled code, connections, plans, keys.
    await loadAll(services, actors, bulkReports('identified', first, BATCH * AGENCIES, new Date()));
    first += BATCH * AGENCIES;
    await copyGround(admin, peer);
    await copyRows(peer, await takeRows(admin, '0'));
    for (const kind of ['plain', 'identified'] satisfies ReportKind[]) {
      const ours: Pace[] = [];
      const theirs: Pace[] = [];
      for (let turn = 0; turn < ROUNDS; turn += 1) {
        const reports = bulkReports(kind, first, REPORTS, new Date());
        first += REPORTS;
        const { rows } = await admin.query<{ last: string }>('select max(sequence)::text as last from seizure_record');
        await admin.query('checkpoint');
        ours.push(await pace(REPORTS, loaders, () => loadAll(services, actors, reports)));
        await copyGround(admin, peer);
        const taken = await takeRows(admin, rows[0]?.last ?? '0');
        await admin.query('checkpoint');
        theirs.push(await pace(REPORTS, peers, () => copyRows(peer, taken)));
        tell(`  ${kind} ${turn + 1}: ours ${JSON.stringify(ours.at(-1))} COPY ${JSON.stringify(theirs.at(-1))}`);
      }
      const [loading, copying] = [medians(ours), medians(theirs)];
      results[kind] = {
        loadReports: loading,
        copy: copying,
        ratio: round(loading.reportsPerSecond / copying.reportsPerSecond, 3),
        ratioOfServerCpu: round(loading.serverCpuMsAReport / copying.serverCpuMsAReport, 3),
        cpuMsAReport: await steps(services, actors[0] as AgencyActor, bulkReports(kind, 1, 5_000, new Date())),
      };
    }
    const { rows: same } = await Promise.all(
      [admin, peer].map((one) =>
        one.query<{ n: string }>(
          'select (select count(*) from record_key) + (select count(*) from record_key_substance) + (select count(*) from record_view) as n',
        ),
      ),
    ).then((both) => ({ rows: both.map(({ rows }) => rows[0]?.n) }));
    if (same[0] !== same[1]) throw new Error(`both hold the same rows: ${same.join(', ')}`);
    printResult({
      benchmark: 'bulk-import',
      budget: { ratio: '>= 0.25', deidentifyCpuMs: '<= 0.25' },
      machine: machineFacts(),
      ...{ reports: REPORTS, rounds: ROUNDS, batch: BATCH, inFlight: IN_FLIGHT },
      ...results,
    });
  } finally {
    await pool.end();
    await admin.end().catch(() => undefined);
    await peer.end().catch(() => undefined);
    await database.remove();
  }
}

await main();
