import { Client } from 'pg';
import { isDeepStrictEqual } from 'node:util';
import { onEnd, type BenchDatabase } from './bench-database.js';
import { openFilledDatabase } from './filled-database.js';
import { READER_NAMES, type ReaderName } from './filler.js';
import { machineFacts, numberOption, printResult, quantile, round, tell } from './measures.js';
import type { LoadDone } from './peers/load-client.js';
import { PAGE_QUERY, PURPOSE_HEADER } from './peers/page-request.js';
import {
  LoadClient,
  openIssuer,
  SERVER_NAMES,
  startServer,
  type RunningServer,
  type ServerName,
} from './peers/page-servers.js';
import { cpuOf, cpuOfFamily } from './process-cpu.js';

/**
 * `npm run bench -- pages [--records 300000] [--rounds 5] [--seconds 5] [--cases 4]`: a page of 50 records with their agencies over
 * HTTP, by Concord and by three peers beside it on the same filled database. Each server is a process of its own, and so
 * is the load; rounds are interleaved and the order turns, so that what the machine does meets all of them.
 * `BENCH_DATA_DIR` keeps what was filled, `BENCH_PROF=<folder>` writes CPU profiles of the servers.
 */
const RECORDS = numberOption('records', 300_000);
const ROUNDS = numberOption('rounds', 5);
const SECONDS = numberOption('seconds', 5);
const WARM_UP_SECONDS = 3;
/** How many of the cases below. */
const CASES_MEASURED = numberOption('cases', 4);

const CASES: readonly { readonly reader: ReaderName; readonly connections: number }[] = [
  { reader: 'nation', connections: 16 },
  { reader: 'nation', connections: 1 },
  { reader: 'county', connections: 16 },
  { reader: 'agency', connections: 16 },
];

/** What the service without lists would have in place of them. */
const PLAIN_INDEXES = `
  create index if not exists bench_record_newest on seizure_record (released_at desc, id desc);
  create index if not exists bench_view_audience on record_view using gin (audience);
  analyze seizure_record; analyze record_view`;

interface Round extends LoadDone {
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
}

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of each a request, in ms. */
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
  readonly clientCpuMs: number;
  readonly bytes: number;
  readonly failures: number;
  readonly perSecondByRound: readonly number[];
}

type Servers = ReadonlyMap<ServerName, RunningServer>;

class PageBench {
  constructor(
    private readonly servers: Servers,
    private readonly load: LoadClient,
    private readonly postmaster: number,
    private readonly headers: (reader: ReaderName) => Record<string, string>,
  ) {}

  /** The same page of all of them, or whatever is measured afterwards says nothing. */
  async compare(reader: ReaderName): Promise<number> {
    const body = JSON.stringify({ query: PAGE_QUERY });
    const pages = new Map<ServerName, unknown>();
    for (const [name, { url }] of this.servers) {
      const answer = await fetch(url, { method: 'POST', headers: this.headers(reader), body });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${name} answers ${answer.status}: ${text.slice(0, 500)}`);
      pages.set(name, JSON.parse(text));
    }
    const expected = pages.get('bare');
    for (const [name, page] of pages)
      if (!isDeepStrictEqual(page, expected))
        throw new Error(
          `${name} answers another page: ${JSON.stringify(page).slice(0, 1_000)} instead of ${JSON.stringify(expected).slice(0, 1_000)}`,
        );
    return (expected as { data: { seizureRecords: { edges: unknown[] } } }).data.seizureRecords.edges.length;
  }

  async round(name: ServerName, reader: ReaderName, connections: number, seconds: number): Promise<Round> {
    const server = this.servers.get(name);
    if (server === undefined) throw new Error(`no ${name}`);
    const before = [cpuOf(server.pid), cpuOfFamily(this.postmaster)] as const;
    const done = await this.load.run({
      url: server.url,
      headers: this.headers(reader),
      body: JSON.stringify({ query: PAGE_QUERY }),
      connections,
      seconds,
    });
    const [ofServer, ofDatabase] = [cpuOf(server.pid), cpuOfFamily(this.postmaster)] as const;
    return {
      ...done,
      serverCpuMs: (ofServer - before[0]) / done.answers,
      databaseCpuMs: (ofDatabase - before[1]) / done.answers,
    };
  }

  async measure(reader: ReaderName, connections: number): Promise<Record<ServerName, Measured>> {
    const rounds = new Map<ServerName, Round[]>(SERVER_NAMES.map((name) => [name, []]));
    for (const name of SERVER_NAMES) await this.round(name, reader, connections, WARM_UP_SECONDS);
    for (let n = 0; n < ROUNDS; n += 1) {
      const turned = SERVER_NAMES.map((_, at) => SERVER_NAMES[(at + n) % SERVER_NAMES.length]);
      for (const name of turned)
        if (name !== undefined) rounds.get(name)?.push(await this.round(name, reader, connections, SECONDS));
    }
    return Object.fromEntries(SERVER_NAMES.map((name) => [name, summaryOf(rounds.get(name) ?? [])])) as Record<
      ServerName,
      Measured
    >;
  }
}

function summaryOf(rounds: readonly Round[]): Measured {
  const median = (value: (one: Round) => number): number => quantile(rounds.map(value), 0.5);
  return {
    perSecond: median((one) => one.perSecond),
    p50Ms: median((one) => one.p50Ms),
    p99Ms: median((one) => one.p99Ms),
    serverCpuMs: median((one) => one.serverCpuMs),
    databaseCpuMs: median((one) => one.databaseCpuMs),
    clientCpuMs: median((one) => one.clientCpuMs),
    bytes: median((one) => one.bytes),
    failures: rounds.reduce((sum, one) => sum + one.failures, 0),
    perSecondByRound: rounds.map((one) => one.perSecond),
  };
}

async function prepare(
  database: BenchDatabase,
): Promise<{ postmaster: number; subjects: Readonly<Record<string, string>> }> {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query(PLAIN_INDEXES);
    const { rows } = await client.query<{ id: string; subject: string }>('select id, subject from person');
    const { rows: [server] } = await client.query<{ pid: number }>(
      `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
    ); // prettier-ignore
    return { postmaster: server?.pid ?? 0, subjects: Object.fromEntries(rows.map(({ id, subject }) => [id, subject])) };
  } finally {
    await client.end();
  }
}

async function main(): Promise<void> {
  const database = await openFilledDatabase(process.env['BENCH_DATA_DIR'] || null, RECORDS);
  const cleanUp: (() => Promise<void>)[] = [() => database.remove()];
  const putAway = async (): Promise<void> => {
    for (let next = cleanUp.pop(); next !== undefined; next = cleanUp.pop()) await next();
  };
  onEnd(putAway);
  try {
    const { filled } = database;
    const { postmaster, subjects } = await prepare(database);
    const issuer = await openIssuer();
    const { superuserUrl, applicationUrl: databaseUrl } = database;
    const servers = new Map<ServerName, RunningServer>();
    for (const name of SERVER_NAMES) {
      const server = await startServer(name, { databaseUrl, superuserUrl, publicKey: issuer.publicKey });
      cleanUp.push(() => server.stop());
      servers.set(name, server);
    }
    const load = new LoadClient();
    cleanUp.push(() => load.stop());
    const headers = new Map<ReaderName, Record<string, string>>();
    for (const name of READER_NAMES) {
      const subject = subjects[filled.readers[name].personId] ?? '';
      headers.set(name, {
        'content-type': 'application/json',
        authorization: `Bearer ${await issuer.mint(subject)}`,
        'concord-purpose': PURPOSE_HEADER,
        'bench-subject': subject,
        'bench-token': `bench-${subject}`,
      });
    }
    const bench = new PageBench(servers, load, postmaster, (reader) => headers.get(reader) ?? {});
    const cases: object[] = [];
    for (const { reader, connections } of CASES.slice(0, CASES_MEASURED)) {
      const records = await bench.compare(reader);
      const measured = await bench.measure(reader, connections);
      const { concord, bare, apolloOnLists, apolloPlain } = measured;
      const ratios = {
        toBare: round(concord.perSecond / bare.perSecond, 2),
        toApolloOnLists: round(concord.perSecond / apolloOnLists.perSecond, 2),
        toApolloPlain: round(concord.perSecond / apolloPlain.perSecond, 2),
      };
      tell(
        `  ${reader}, ${connections} connections: ${SERVER_NAMES.map((name) => `${name} ${measured[name].perSecond}/s`).join(', ')}; ${JSON.stringify(ratios)}`,
      );
      cases.push({ reader, connections, records, ratios, measured });
    }
    printResult({
      benchmark: 'pages',
      machine: machineFacts(),
      records: RECORDS,
      rounds: ROUNDS,
      seconds: SECONDS,
      budgets: { toBare: 0.6, toApolloOnLists: 1.5 },
      cases,
    });
  } finally {
    await putAway();
  }
}

await main();
process.exit(0);
