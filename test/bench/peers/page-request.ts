import type { JWK } from 'jose';

/** What a server of `npm run bench -- pages` is told on its command line, as one JSON document. */
export interface PageServerOptions {
  readonly databaseUrl: string;
  /** Of a login that row-level security does not hold back: for the service that has none. */
  readonly superuserUrl: string;
  readonly publicKey: JWK;
}

export const ISSUER = 'urn:bench';
export const AUDIENCE = 'concord';
export const ALGORITHM = 'ES256';
export const PURPOSE = { code: 'INVESTIGATION', reference: 'BENCH-2026-001' } as const;
export const PURPOSE_HEADER = `${PURPOSE.code}; ref=${PURPOSE.reference}`;
/** Connections to PostgreSQL of each server: the API's own number. */
export const POOL_SIZE = 16;
/** A page, and the row that tells whether there is another. */
export const PAGE = 50;

/** A page of 50 with the agency of each, and what a list on a screen shows of a record. */
export const PAGE_QUERY = `query Page { seizureRecords(first: ${PAGE}) {
  pageInfo { hasNextPage endCursor }
  edges { cursor match node {
    id version precision tlp releasedAt synthetic conveyance
    occurred { from to }
    place { stateFips countyFips setting }
    substances { deaCode name category form quantity { minGrams maxGrams minUnits maxUnits unit } }
    contributor { name level } } } } }`;

export function readOptions(): PageServerOptions {
  return JSON.parse(process.argv[2] ?? '{}') as PageServerOptions;
}

/** How a server says that it takes requests; the starter reads the line. */
export function tellReady(url: string): void {
  process.stdout.write(`${JSON.stringify({ ready: url })}\n`);
}

/** Until told to, and not longer than whoever started it. */
export function stopOnSignal(stop: () => Promise<unknown>): void {
  const end = (): void => void stop().finally(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('disconnect', end);
}

export const cursorOf = (at: Date, id: string): string =>
  Buffer.from(JSON.stringify(['record', at.toISOString(), id])).toString('base64url');
