import type { AgencyActor } from '@concord/access';
import { ReadLedger } from '@concord/audit';
import { systemClock } from '@concord/platform/clock';
import type { Queryable } from '@concord/platform/database';
import { findRecordPage, parseFilter, type FoundRecord, type ParsedFilter } from '@concord/records';
import { Client, Pool } from 'pg';
import { isDeepStrictEqual } from 'node:util';
import { bookRecordRead, readAs } from '../../apps/api/src/records/record.loader.js';
import { onEnd, type BenchDatabase } from './bench-database.js';
import { openFilledDatabase } from './filled-database.js';
import type { FilledDirectory, Reader } from './filler.js';
import { flag, machineFacts, numberOption, printResult, quantile, round, tell } from './measures.js';
import { byHand, prepareUnguarded, UNGUARDED_ROLE } from './search-guards.sql.js';

/**
 * `npm run bench -- search-guards [--records 100000] [--big] [--rounds 15] [--calls 10]`: what a search costs with and
 * without row-level security and with and without its entry in the books, all four in one run, at a million records with
 * `--big`. The statements, the presenting of rows and the booking are the API's own, one after the other on a connection
 * each; rounds are interleaved and the order turns. All four have to answer the same rows to the same reader. Fails when
 * they do not, and not on time. `BENCH_DATA_DIR` keeps what was filled.
 */
const RECORDS = numberOption('records', flag('big') ? 1_000_000 : 100_000);
const ROUNDS = numberOption('rounds', 15);
const CALLS = numberOption('calls', 10);
const WARM_UP_CALLS = 12;
const PAGE = 50;
const READERS = ['nation', 'county', 'agency'] as const;

interface Way {
  readonly name: 'product' | 'withoutRls' | 'withoutBooks' | 'neither';
  readonly rls: boolean;
  readonly books: boolean;
}
const WAYS: readonly Way[] = [
  { name: 'product', rls: true, books: true },
  { name: 'withoutRls', rls: false, books: true },
  { name: 'withoutBooks', rls: true, books: false },
  { name: 'neither', rls: false, books: false },
];

interface Search {
  readonly name: string;
  readonly filter: ParsedFilter | null;
}

interface Spent {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

interface Measured extends Spent {
  /** Every call in its order: the nth of each of the four were made one after the other. */
  readonly calls: readonly number[];
}

interface Cost {
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** With the guard to without it. */
  readonly p50Ratio: number;
  readonly p95Ratio: number;
  /** Median of what one call took longer than its neighbour without the guard. */
  readonly pairedMs: number;
}

/** One of the four, as the API does it: the page, then its entry in the books, then the answer. */
class Searcher {
  readonly #pool: Pool;
  readonly #db: Queryable;
  readonly #ledger: ReadLedger;

  constructor(
    readonly way: Way,
    url: string,
  ) {
    const role = way.rls ? 'concord_api' : UNGUARDED_ROLE;
    this.#pool = new Pool({ connectionString: url, max: 1, options: `-c role=${role} -c statement_timeout=60000` });
    // The server ends before its clients have seen that they were ended.
    this.#pool.on('error', () => undefined);
    this.#db = way.rls ? this.#pool : withoutPolicies(this.#pool);
    this.#ledger = new ReadLedger(this.#pool, (error) => tell(String(error)));
  }

  async page(actor: AgencyActor, filter: ParsedFilter | null): Promise<FoundRecord[]> {
    const found = (await findRecordPage(this.#db, readAs(actor), filter, PAGE + 1, null)).slice(0, PAGE);
    if (this.way.books) await this.#book(actor, found);
    return found;
  }

  /** The product's own statement by a role that policies do not hold, nothing put in their place. */
  async loosePage(actor: AgencyActor, filter: ParsedFilter | null): Promise<FoundRecord[]> {
    return (await findRecordPage(this.#pool, readAs(actor), filter, PAGE + 1, null)).slice(0, PAGE);
  }

  async #book(actor: AgencyActor, found: readonly FoundRecord[]): Promise<void> {
    const books = { db: this.#pool, ledger: this.#ledger, clock: systemClock };
    await bookRecordRead(
      books,
      actor,
      'record.list',
      found.map(({ record }) => record),
    );
  }

  async isHeldBack(): Promise<boolean> {
    const { rows } = await this.#pool.query<{ held: boolean }>(
      `select row_security_active('record_view'::regclass) as held`,
    );
    return rows[0]?.held === true;
  }

  stop(): Promise<void> {
    return this.#pool.end();
  }
}

/** Every statement with the policy's condition written out. */
function withoutPolicies(pool: Pool): Queryable {
  return {
    query(asked) {
      if (typeof asked === 'string' || asked.name === undefined) return pool.query(asked);
      return pool.query({ ...asked, name: `${asked.name}_by_hand`, text: byHand(asked.text) });
    },
  };
}

function searchesOf(filled: FilledDirectory): Search[] {
  const [common = ''] = filled.substances;
  return [
    { name: 'newest', filter: null },
    { name: 'one substance, common', filter: parsed({ substance: { deaCodes: [common] } }) },
    { name: 'a kilo and more', filter: parsed({ quantity: { minGrams: 1_000 } }) },
  ];
}

function parsed(filter: Parameters<typeof parseFilter>[0]): ParsedFilter {
  const result = parseFilter(filter);
  if (!result.ok) throw new Error(`not a filter: ${JSON.stringify(filter)}`);
  return result.filter;
}

const actorOf = ({ personId, agencyId, purpose }: Reader): AgencyActor => ({
  personId,
  displayName: 'Reader',
  agency: { id: agencyId, ori: null, name: 'Agency', level: 'FEDERAL' },
  roles: new Set(['ANALYST']),
  purpose: { code: purpose, reference: 'BENCH-2026-001' },
});

interface Compared {
  readonly rows: number;
  /** Of the product's own statement without row-level security: rows that its reader must not have like this. */
  readonly looseViews: number;
}

/** The same rows of all four, or what is measured afterwards says nothing. */
async function compare(
  searchers: readonly Searcher[],
  actor: AgencyActor,
  filter: Search['filter'],
): Promise<Compared> {
  let expected: FoundRecord[] | null = null;
  let looseViews = 0;
  for (const searcher of searchers) {
    const found = await searcher.page(actor, filter);
    expected ??= found;
    if (!isDeepStrictEqual(found, expected))
      throw new Error(
        `${searcher.way.name} answers other rows: ${JSON.stringify(found[0])}, ${JSON.stringify(expected[0])}`,
      );
    if (searcher.way.name !== 'neither') continue;
    const right = new Set(expected.map((one) => JSON.stringify(one)));
    looseViews = (await searcher.loosePage(actor, filter)).filter((one) => !right.has(JSON.stringify(one))).length;
  }
  return { rows: expected?.length ?? 0, looseViews };
}

async function measure(
  searchers: readonly Searcher[],
  actor: AgencyActor,
  filter: Search['filter'],
): Promise<Record<Way['name'], Measured>> {
  const taken = new Map<Way['name'], number[]>(WAYS.map(({ name }) => [name, []]));
  for (const searcher of searchers)
    for (let call = 0; call < WARM_UP_CALLS; call += 1) await searcher.page(actor, filter);
  // One call of each in turn, so that what the machine does meets all four.
  for (let call = 0; call < ROUNDS * CALLS; call += 1)
    for (const [at] of searchers.entries()) {
      const searcher = searchers[(at + call) % searchers.length];
      if (searcher === undefined) continue;
      const begun = performance.now();
      await searcher.page(actor, filter);
      taken.get(searcher.way.name)?.push(performance.now() - begun);
    }
  return Object.fromEntries(WAYS.map(({ name }) => [name, summaryOf(taken.get(name) ?? [])])) as Record<
    Way['name'],
    Measured
  >;
}

/** Medians of rounds. */
function summaryOf(calls: readonly number[]): Measured {
  const rounds = Array.from({ length: ROUNDS }, (_, n) => calls.slice(n * CALLS, (n + 1) * CALLS));
  const median = (share: number): number =>
    quantile(
      rounds.map((round) => quantile(round, share)),
      0.5,
    );
  return { p50Ms: median(0.5), p95Ms: median(0.95), calls };
}

const costOf = (guarded: Measured, bare: Measured): Cost => ({
  p50Ms: round(guarded.p50Ms - bare.p50Ms, 2),
  p95Ms: round(guarded.p95Ms - bare.p95Ms, 2),
  p50Ratio: round(guarded.p50Ms / bare.p50Ms, 2),
  p95Ratio: round(guarded.p95Ms / bare.p95Ms, 2),
  pairedMs: quantile(
    guarded.calls.map((ms, n) => ms - (bare.calls[n] ?? ms)),
    0.5,
  ),
});

async function prepare({ superuserUrl, applicationUrl }: BenchDatabase): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  await prepareUnguarded(client, new URL(applicationUrl).username).finally(() => client.end());
}

async function main(): Promise<void> {
  const database = await openFilledDatabase(process.env['BENCH_DATA_DIR'] || null, RECORDS, 'views and lists');
  const cleanUp: (() => Promise<void>)[] = [() => database.remove()];
  const putAway = async (): Promise<void> => {
    for (let next = cleanUp.pop(); next !== undefined; next = cleanUp.pop()) await next();
  };
  onEnd(putAway);
  try {
    await prepare(database);
    const searchers = WAYS.map((way) => new Searcher(way, database.applicationUrl));
    for (const searcher of searchers) cleanUp.push(() => searcher.stop());
    for (const searcher of searchers)
      if ((await searcher.isHeldBack()) !== searcher.way.rls)
        throw new Error(`row-level security is not as ${searcher.way.name} has it`);
    const cases: object[] = [];
    for (const reader of READERS)
      for (const { name, filter } of searchesOf(database.filled)) {
        const actor = actorOf(database.filled.readers[reader]);
        const compared = await compare(searchers, actor, filter);
        const measured = await measure(searchers, actor, filter);
        const costs = {
          rls: costOf(measured.product, measured.withoutRls),
          books: costOf(measured.product, measured.withoutBooks),
          both: costOf(measured.product, measured.neither),
        };
        tell(
          `  ${reader.padEnd(7)} ${name.padEnd(22)} ${WAYS.map((way) => `${way.name} ${measured[way.name].p50Ms}`).join(', ')} ms; ${JSON.stringify(costs)}; ${JSON.stringify(compared)}`,
        );
        const spent = WAYS.map((way): [string, Spent] => {
          const { p50Ms, p95Ms } = measured[way.name];
          return [way.name, { p50Ms, p95Ms }];
        });
        cases.push({ reader, search: name, ...compared, measured: Object.fromEntries(spent), costs });
      }
    printResult({
      benchmark: 'search-guards',
      machine: machineFacts(),
      records: RECORDS,
      rounds: ROUNDS,
      calls: CALLS,
      cases,
    });
  } finally {
    await putAway();
  }
}

await main();
process.exit(0);
