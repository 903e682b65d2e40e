import { startTestRedis } from '@concord/platform/testing';
import { join } from 'node:path';
import { demoClients, type DemoClient } from '../../apps/embedded/src/demo-client.js';
import { startStack } from '../../apps/embedded/src/stack.js';
import { openPeer } from './alert-peer.js';
import { COUNTY, saveRules, SUBSTANCES } from './alert-rules.js';
import { makeBenchDirectory, onEnd, removeBenchDirectory, superuserUrlOf } from './bench-database.js';
import { machineFacts, numberOption, printResult, round, tell } from './measures.js';
import { atRate, oneByOne, type LoadResult, type Sent } from './offered-load.js';

/** `npm run bench -- submit-to-alert [--rules 10000] [--idle 200] [--rate 50] [--seconds 15]`, on every queue there is. */
const RULES = numberOption('rules', 10_000);
const IDLE = numberOption('idle', 200);
const RATE = numberOption('rate', 50);
const SECONDS = numberOption('seconds', 15);
const WARM_UP = 50;

const SUBMIT = `mutation ($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { __typename
  ... on SeizureReportAccepted { record { id } } ... on SeizureReportRejected { issues { path code } } } }`;
const ALERT_RAISED = `subscription ($after: String) { alertRaised(after: $after) { cursor alert { id match rules { name } record { id precision } } } }`;

interface QueueResult {
  readonly queue: 'postgres' | 'redis';
  readonly startMs: number;
  /** The first submission of the process, on an open stream and with all rules saved. */
  readonly first: { readonly submitMs: number; readonly alertMs: number };
  readonly idle: Measured;
  readonly underLoad: Measured;
}

interface Measured {
  readonly concord: LoadResult;
  /** The same number, at the same pace, on the same server, right after. */
  readonly peer: LoadResult;
  readonly ratioP50: number;
  readonly ratioP99: number;
}

async function measure(dataDir: string, redisUrl: string | null): Promise<QueueResult> {
  const started = performance.now();
  const stack = await startStack({
    dataDir,
    port: 0,
    databaseUrl: null,
    redisUrl,
    personas: true,
    syntheticReports: 300,
    logLevel: 'error',
    // One token submits what a whole agency would.
    rates: { factor: 20 },
  });
  const startMs = performance.now() - started;
  const clients = await demoClients(stack.api.url, join(dataDir, 'personas.json'), [
    'local-submitter',
    'state-analyst',
  ]);
  try {
    return {
      queue: redisUrl === null ? 'postgres' : 'redis',
      startMs: round(startMs, 0),
      ...(await measureStack(dataDir, clients)),
    };
  } finally {
    for (const client of clients.values()) await client.close();
    await stack.stop();
  }
}

async function measureStack(
  dataDir: string,
  clients: ReadonlyMap<string, DemoClient>,
): Promise<Omit<QueueResult, 'queue' | 'startMs'>> {
  const submitter = clients.get('local-submitter');
  const subscriber = clients.get('state-analyst');
  if (submitter === undefined || subscriber === undefined) throw new Error('personas are missing');
  const superuserUrl = await superuserUrlOf(dataDir);
  await saveRules(superuserUrl, RULES);
  const arrivals = new Map<string, number>();
  void collect(await subscriber.subscribe(ALERT_RAISED), arrivals);
  const send = (n: number): Promise<Sent> => submit(submitter, n);
  const first = await oneByOne(send, arrivals, 1);
  tell(`  first: receipt ${first.receiptMs.p50} ms, alert ${first.arrivalMs.p50} ms`);
  const peer = await openPeer(superuserUrl);
  await oneByOne(send, arrivals, WARM_UP);
  await oneByOne(peer.send, peer.arrivals, WARM_UP);
  const idle = measured(await oneByOne(send, arrivals, IDLE), await oneByOne(peer.send, peer.arrivals, IDLE));
  tell(`  idle: alert p50 ${idle.concord.arrivalMs.p50} ms, p99 ${idle.concord.arrivalMs.p99} ms`);
  // The first seconds at a new pace are the pool's and the compiler's.
  await atRate(send, arrivals, RATE, 2);
  const underLoad = measured(
    await atRate(send, arrivals, RATE, SECONDS),
    await atRate(peer.send, peer.arrivals, RATE, SECONDS),
  );
  tell(`  ${RATE}/s: alert p50 ${underLoad.concord.arrivalMs.p50} ms, p99 ${underLoad.concord.arrivalMs.p99} ms`);
  await peer.close();
  return { first: { submitMs: first.receiptMs.p50, alertMs: first.arrivalMs.p50 }, idle, underLoad };
}

function measured(concord: LoadResult, peer: LoadResult): Measured {
  return {
    concord,
    peer,
    ratioP50: round(concord.arrivalMs.p50 / peer.arrivalMs.p50, 1),
    ratioP99: round(concord.arrivalMs.p99 / peer.arrivalMs.p99, 1),
  };
}

async function collect(
  stream: Awaited<ReturnType<DemoClient['subscribe']>>,
  arrivals: Map<string, number>,
): Promise<void> {
  try {
    for (;;) {
      const { alert } = await stream.next();
      if (alert.record !== null) arrivals.set(alert.record.id, performance.now());
    }
  } catch {
    // The stream ends with the client.
  }
}

let reference = 0;

async function submit(client: DemoClient, n: number): Promise<Sent> {
  reference += 1;
  const at = performance.now();
  const { submitSeizureReport: answer } = await client.run<{
    submitSeizureReport: { record?: { id: string }; issues?: unknown };
  }>(SUBMIT, { input: reportOf(n, reference) });
  const receiptMs = performance.now() - at;
  if (answer.record === undefined) throw new Error(`not accepted: ${JSON.stringify(answer)}`);
  return { id: answer.record.id, at, receiptMs };
}

/** As the demo's: with an identifier and a narrative to seal. */
function reportOf(n: number, number: number): Record<string, unknown> {
  return {
    submitterReference: `BENCH-${number}`,
    occurredAt: new Date(Date.now() - 2 * 3_600_000).toISOString().replace('Z', '+00:00'),
    sharing: 'PARTNERS',
    tlp: 'AMBER',
    place: {
      latitude: 32.556,
      longitude: -117.047,
      countyFips: COUNTY,
      setting: 'PORT_OF_ENTRY',
      portOfEntry: 'SAN YSIDRO',
    },
    substances: [
      {
        deaCode: SUBSTANCES[n % SUBSTANCES.length],
        form: 'POWDER',
        quantity: 12.5,
        unit: 'KG',
        estimated: false,
        laboratoryStatus: 'PRESUMPTIVE',
      },
    ],
    concealment: ['VEHICLE_COMPARTMENT'],
    conveyance: 'PASSENGER_VEHICLE',
    people: [{ role: 'COURIER', age: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
    identifiers: [{ kind: 'PHONE', value: '+1 619 555 0100', sensitivity: 'OPEN' }],
    basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Arrested with the load.', decidedBy: 'unit 4' },
    narrative: 'Seen by nobody but the agency.',
  };
}

async function onQueue(redisUrl: string | null): Promise<QueueResult> {
  tell(`queue on ${redisUrl === null ? 'PostgreSQL' : 'Redis'}`);
  const dataDir = await makeBenchDirectory();
  onEnd(() => removeBenchDirectory(dataDir));
  try {
    return await measure(dataDir, redisUrl);
  } finally {
    await removeBenchDirectory(dataDir);
  }
}

async function main(): Promise<void> {
  const results = [await onQueue(null)];
  const redis = await startTestRedis();
  if (redis !== null) {
    try {
      results.push(await onQueue(redis.url));
    } finally {
      await redis.stop();
    }
  }
  printResult({
    benchmark: 'submit-to-alert',
    machine: machineFacts(),
    rules: RULES,
    perSecond: RATE,
    seconds: SECONDS,
    results,
  });
}

await main();
process.exit(0);
