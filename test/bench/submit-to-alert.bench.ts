import { startTestRedis, type TestRedis } from '@concord/platform/testing';
import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seedDirectory } from '../../apps/embedded/src/directory.seed.js';
import { openPersonaIssuer } from '../../apps/embedded/src/persona-tokens.js';
import type { ClientAnswer } from './alert-client.js';
import { Clients, Host } from './alert-processes.js';
import { saveRules, subjectOf, WIDE_OWNERS } from './alert-rules.js';
import { stepTimes, type StepTimes } from './alert-steps.js';
import { onEnd, openBenchDatabase, type BenchDatabase } from './bench-database.js';
import { machineFacts, numberOption, printResult, round, spreadOf, tell, textOption, type Spread } from './measures.js';
import { cpuOf, cpuOfFamily } from './process-cpu.js';

/**
 * `npm run bench -- submit-to-alert [--rules 10000] [--alerts 3] [--sockets 12] [--idle 100] [--seconds 8]
 * [--queues postgres,redis] [--layouts apart,together] [--rates-postgres 50] [--rates-redis 50,100,150,200]`.
 * A queue's further rates are left out after one that does not hold the budget.
 */
const RULES = numberOption('rules', 10_000);
const ALERTS = numberOption('alerts', 3);
const SOCKETS = numberOption('sockets', 12);
const IDLE = numberOption('idle', 100);
const SECONDS = numberOption('seconds', 8);
const QUEUES = textOption('queues', 'postgres,redis').split(',') as readonly Queue[];
const LAYOUTS = textOption('layouts', 'apart,together').split(',') as readonly Layout[];
const RATES = {
  postgres: textOption('rates-postgres', '50').split(',').map(Number),
  redis: textOption('rates-redis', '50,100,150,200').split(',').map(Number),
};
const WARM_UP = 30;
/** Of design.md, section 11: milliseconds on the socket. */
const BUDGET = {
  postgres: { perSecond: 50, p50: 80, p99: 400 },
  redis: { perSecond: 200, p50: 40, p99: 200 },
} as const;
const SUBMITTERS = ['bench-submitter-0', 'bench-submitter-1', 'bench-submitter-2', 'bench-submitter-3'];

type Queue = 'postgres' | 'redis';
/** Whether api and worker have a process each, or one together as the embedded mode has. */
type Layout = 'apart' | 'together';

interface Latency {
  readonly receiptMs: Spread;
  /** From the moment it was due to its arrival on each socket that is told. */
  readonly alertMs: Spread;
  readonly lost: number;
  readonly refused: number;
}

interface AtRate extends Latency {
  readonly perSecond: number;
  readonly medianMsUntil: StepTimes;
  /** CPU milliseconds a submission. */
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly holdsBudget: boolean;
  readonly peer: Latency;
  readonly ratioP50: number;
}

interface Cell {
  readonly queue: Queue;
  readonly layout: Layout;
  readonly idle: Latency & { readonly medianMsUntil: StepTimes; readonly peer: Latency };
  readonly rates: readonly AtRate[];
  readonly highestRateInBudget: number | null;
}

interface Processes {
  readonly hosts: readonly Host[];
  readonly clients: Clients;
  readonly postmaster: number;
  readonly redis: number | null;
}

function latencyOf({ journeys, lost, refused }: ClientAnswer): Latency {
  return {
    receiptMs: spreadOf(journeys.map(({ due, answered }) => answered - due)),
    alertMs: spreadOf(journeys.flatMap(({ due, arrived }) => arrived.map((at) => at - due))),
    lost,
    refused,
  };
}

/** CPU milliseconds so far, by who used them. */
function cpuNow({ hosts, clients, postmaster, redis }: Processes): Record<string, number> {
  return {
    ...Object.fromEntries(hosts.map((host) => [host.runs.join('+'), cpuOf(host.pid)])),
    postgres: cpuOfFamily(postmaster),
    ...(redis === null ? {} : { redis: cpuOf(redis) }),
    clients: cpuOf(clients.pid),
  };
}

const stepsOf = async (hosts: readonly Host[]) => (await Promise.all(hosts.map((host) => host.steps()))).flat();

async function measureRate(processes: Processes, queue: Queue, perSecond: number): Promise<AtRate> {
  const { hosts, clients } = processes;
  // The first seconds at a new pace are the pool's and the compiler's.
  await clients.run({ kind: 'at-rate', perSecond, seconds: 2, of: 'concord' });
  await stepsOf(hosts);
  const before = cpuNow(processes);
  const answer = await clients.run({ kind: 'at-rate', perSecond, seconds: SECONDS, of: 'concord' });
  const after = cpuNow(processes);
  const steps = stepTimes(answer.journeys, await stepsOf(hosts));
  const peer = latencyOf(await clients.run({ kind: 'at-rate', perSecond, seconds: SECONDS, of: 'peer' }));
  const latency = latencyOf(answer);
  const budget = BUDGET[queue];
  const cpuMs = Object.fromEntries(
    Object.entries(after).map(([who, ms]) => [who, round((ms - (before[who] ?? 0)) / answer.journeys.length, 2)]),
  );
  tell(
    `    ${perSecond}/s: alert p50 ${latency.alertMs.p50}, p99 ${latency.alertMs.p99}, receipt p50 ${latency.receiptMs.p50}, lost ${latency.lost}, refused ${latency.refused}`,
  );
  tell(`      until ${JSON.stringify(steps)}`);
  tell(`      CPU ms ${JSON.stringify(cpuMs)}`);
  return {
    perSecond,
    ...latency,
    medianMsUntil: steps,
    cpuMs: {
      ...cpuMs,
      all: round(
        Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0),
        2,
      ),
    },
    holdsBudget:
      latency.lost + latency.refused === 0 && latency.alertMs.p50 <= budget.p50 && latency.alertMs.p99 <= budget.p99,
    peer,
    ratioP50: round(latency.alertMs.p50 / peer.alertMs.p50, 1),
  };
}

async function measureProcesses(processes: Processes, queue: Queue, layout: Layout): Promise<Cell> {
  const { hosts, clients } = processes;
  await clients.run({ kind: 'one-by-one', count: WARM_UP, of: 'concord' });
  await clients.run({ kind: 'one-by-one', count: WARM_UP, of: 'peer' });
  await stepsOf(hosts);
  const alone = await clients.run({ kind: 'one-by-one', count: IDLE, of: 'concord' });
  const idle = {
    ...latencyOf(alone),
    medianMsUntil: stepTimes(alone.journeys, await stepsOf(hosts)),
    peer: latencyOf(await clients.run({ kind: 'one-by-one', count: IDLE, of: 'peer' })),
  };
  tell(
    `    one at a time: alert p50 ${idle.alertMs.p50}, p99 ${idle.alertMs.p99}; ${JSON.stringify(idle.medianMsUntil)}`,
  );
  const rates: AtRate[] = [];
  for (const perSecond of RATES[queue]) {
    const measured = await measureRate(processes, queue, perSecond);
    rates.push(measured);
    if (!measured.holdsBudget) break;
  }
  const held = rates.filter((rate) => rate.holdsBudget).map((rate) => rate.perSecond);
  return { queue, layout, idle, rates, highestRateInBudget: held.length === 0 ? null : Math.max(...held) };
}

async function measure(database: BenchDatabase, redis: TestRedis | null, layout: Layout): Promise<Cell> {
  const { dataDir, superuserUrl } = database;
  const issuer = await openPersonaIssuer(dataDir);
  await seedDirectory(superuserUrl, issuer.issuer);
  await saveRules(superuserUrl, {
    issuer: issuer.issuer,
    rules: RULES,
    sockets: SOCKETS,
    alerts: ALERTS,
    submitters: SUBMITTERS,
  });
  const mint = (subjects: readonly string[]): Promise<string[]> => Promise.all(subjects.map((s) => issuer.mint(s)));
  const common = {
    databaseUrl: database.applicationUrl,
    redisUrl: redis?.url ?? null,
    rootKey: randomBytes(32).toString('hex'),
    issuer: issuer.issuer,
    publicKey: issuer.publicKey,
  };
  const hosts: Host[] = [];
  let clients: Clients | null = null;
  try {
    for (const runs of layout === 'apart' ? ([['worker'], ['api']] as const) : ([['api', 'worker']] as const))
      hosts.push(await Host.start({ ...common, runs }));
    const url = hosts.find((host) => host.url !== null)?.url;
    if (url === undefined || url === null) throw new Error('one of the hosts is the api');
    clients = await Clients.start({
      url,
      superuserUrl,
      submitters: await mint(SUBMITTERS),
      subscribers: await mint(Array.from({ length: SOCKETS }, (_, owner) => subjectOf(owner))),
      alerts: ALERTS,
    });
    const postmaster = Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    const processes = { hosts, clients, postmaster, redis: redis === null ? null : await pidOf(redis) };
    return await measureProcesses(processes, redis === null ? 'postgres' : 'redis', layout);
  } finally {
    await clients?.stop();
    for (const host of hosts) await host.stop();
  }
}

async function pidOf({ url }: TestRedis): Promise<number> {
  const redis = new Redis(url);
  const info = await redis.info('server');
  await redis.quit();
  return Number(/process_id:(\d+)/.exec(info)?.[1] ?? 0);
}

async function measureCell(queue: Queue, layout: Layout): Promise<Cell | null> {
  const redis = queue === 'redis' ? await startTestRedis() : null;
  if (queue === 'redis' && redis === null) return null;
  tell(`  queue on ${queue}, api and worker ${layout}`);
  const database = await openBenchDatabase(null);
  onEnd(() => database.remove());
  try {
    return await measure(database, redis, layout);
  } finally {
    await database.remove();
    await redis?.stop();
  }
}

const cells: Cell[] = [];
for (const queue of QUEUES)
  for (const layout of LAYOUTS) {
    const cell = await measureCell(queue, layout);
    if (cell !== null) cells.push(cell);
  }
printResult({
  benchmark: 'submit-to-alert',
  machine: machineFacts(),
  rules: RULES,
  sockets: SOCKETS,
  load: {
    said: 'An alert has one recipient, its owner: alerts are recipients. Every ordinary submission raises so many, one in a hundred raises 200.',
    alertsOfOrdinary: ALERTS,
    alertsOfOneInAHundred: WIDE_OWNERS,
    meanAlerts: round(0.99 * ALERTS + 0.01 * WIDE_OWNERS, 2),
    openLoop: true,
    seconds: SECONDS,
  },
  budget: BUDGET,
  cells,
});
process.exit(0);
