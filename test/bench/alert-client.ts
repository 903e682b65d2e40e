import { createClient } from 'graphql-ws';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { openPeer, type Peer } from './alert-peer.js';
import { reportOf } from './alert-report.js';
import { recipientsOf } from './alert-rules.js';
import { wallClock, type Journey } from './alert-steps.js';
import { atRate, oneByOne, type Sent } from './offered-load.js';

/**
 * Submitters and subscribers, in a process of their own: arguments are one JSON document, each order comes by IPC and is
 * answered when it is done. The peer is driven from here too.
 */
export interface ClientOptions {
  readonly url: string;
  readonly superuserUrl: string;
  /** Tokens; each submits in turn. */
  readonly submitters: readonly string[];
  /** Tokens; each has a socket of its own. */
  readonly subscribers: readonly string[];
  /** Alerts that an ordinary submission raises. */
  readonly alerts: number;
}

export type ClientOrder =
  | { readonly kind: 'one-by-one'; readonly count: number; readonly of: 'concord' | 'peer' }
  | { readonly kind: 'at-rate'; readonly perSecond: number; readonly seconds: number; readonly of: 'concord' | 'peer' };

export interface ClientAnswer {
  readonly journeys: readonly Journey[];
  /** Alerts that should have arrived at the sockets and did not. */
  readonly lost: number;
  /** Submissions that were answered 429 or 503: the service was too busy. */
  readonly refused: number;
}

const SUBMIT = `mutation ($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { __typename
  ... on SeizureReportAccepted { record { id } } ... on SeizureReportRejected { issues { path code } } } }`;
const ALERT_RAISED = `subscription ($after: String) { alertRaised(after: $after) { cursor alert { id match rules { name } record { id precision } } } }`;
const PURPOSE = 'INVESTIGATION; ref=BENCH-2026-001';

const options = JSON.parse(process.argv[2] ?? '{}') as ClientOptions;
const agent = new Agent({ keepAlive: true });
/** By record, a time for each subscriber. */
const arrivals = new Map<string, Map<number, number>>();
let reference = 0;
let refused = 0;

async function subscribe(token: string, subscriber: number): Promise<void> {
  const socket = createClient({
    url: options.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${token}`, purpose: PURPOSE },
  });
  await new Promise<void>((resolve) => socket.on('connected', () => resolve()));
  const failed = (error: unknown): void => {
    process.stderr.write(`  a stream ended: ${JSON.stringify(error)}\n`);
  };
  socket.subscribe<{ alertRaised: { alert: { record: { id: string } | null } } }>(
    { query: ALERT_RAISED, variables: { after: null } },
    {
      next: ({ data }) => {
        const id = data?.alertRaised.alert.record?.id;
        if (id === undefined) return;
        const known = arrivals.get(id) ?? new Map<number, number>();
        known.set(subscriber, wallClock());
        arrivals.set(id, known);
      },
      error: failed,
      complete: () => failed('complete'),
    },
  );
}

function post(body: string, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'concord-purpose': PURPOSE,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const asked = request(options.url, { agent, method: 'POST', headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function submit(n: number): Promise<Sent | null> {
  reference += 1;
  const at = wallClock();
  const token = options.submitters[n % options.submitters.length] ?? '';
  const text = await post(JSON.stringify({ query: SUBMIT, variables: { input: reportOf(n, reference) } }), token);
  const { data } = JSON.parse(text) as { data?: { submitSeizureReport?: { record?: { id: string } } } | null };
  const id = data?.submitSeizureReport?.record?.id;
  if (id === undefined) {
    if (!text.includes('UNAVAILABLE') && !text.includes('LIMIT_EXCEEDED'))
      throw new Error(`not accepted: ${text.slice(0, 500)}`);
    refused += 1;
    return null;
  }
  return { id, n, at, answered: wallClock() };
}

/** Who of the sockets gets it. */
const wanted = ({ n }: Sent): number =>
  recipientsOf(n, options.subscribers.length, options.alerts).filter((r) => r < options.subscribers.length).length;
const arrivedAll = (one: Sent): boolean => (arrivals.get(one.id)?.size ?? 0) >= wanted(one);

let peer: Peer | null = null;

async function carryOut(order: ClientOrder): Promise<ClientAnswer> {
  if (order.of === 'peer') peer ??= await openPeer(options.superuserUrl);
  const of = peer !== null && order.of === 'peer' ? peer : null;
  const send = of === null ? submit : of.send;
  const all = of === null ? arrivedAll : (one: Sent) => of.arrivals.has(one.id);
  const sent =
    order.kind === 'one-by-one'
      ? await oneByOne(send, all, order.count)
      : await atRate(send, all, order.perSecond, order.seconds);
  const times = (id: string): number[] => {
    if (of === null) return [...(arrivals.get(id)?.values() ?? [])];
    const at = of.arrivals.get(id);
    return at === undefined ? [] : [at];
  };
  const journeys = sent.map(({ id, at, answered }) => ({ recordId: id, due: at, answered, arrived: times(id) }));
  const due = sent.reduce((sum, one) => sum + (of === null ? wanted(one) : 1), 0);
  const answer = { refused };
  refused = 0;
  arrivals.clear();
  return { ...answer, journeys, lost: due - journeys.reduce((sum, { arrived }) => sum + arrived.length, 0) };
}

await Promise.all(options.subscribers.map(subscribe));
// Until every stream has read where its inbox stands: what is raised before that is not its.
await sleep(500);
process.on('message', (order: ClientOrder) => {
  carryOut(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.('ready');
await once(process, 'disconnect');
process.exit(0);
