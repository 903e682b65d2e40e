import { newId } from '@concord/platform/ids';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { findActor } from '@concord/access';
import type { RecordCardRow, SubstanceRow } from './page-rows.js';
import { cursorOf, ISSUER, PAGE, POOL_SIZE, PURPOSE, readOptions, stopOnSignal, tellReady } from './page-request.js';

/**
 * `node:http` and `pg` and nothing between: the statements that Concord runs for a page (who asks, the page, the entry
 * in the books), each prepared once, and JSON of the same shape built by hand. It believes whatever subject it is
 * told, parses no GraphQL, counts no rates and logs nothing.
 */
const { databaseUrl } = readOptions();
const pool = new Pool({
  connectionString: databaseUrl,
  max: POOL_SIZE,
  options: '-c role=concord_api',
  idleTimeoutMillis: 60_000,
});

async function pageOf(subject: string, tokenId: string): Promise<string> {
  const found = await findActor(pool, { issuer: ISSUER, subject, tokenId, session: null });
  if (found.kind === 'unseated') throw new Error('nobody');
  const [{ personId, agency, roles }] = found.seats;
  const agencyId = agency?.id ?? '';
  const { rows } = await pool.query<RecordCardRow>({
    name: 'seizure_record_page',
    text: 'select * from seizure_record_page(with_purpose($1, $6), $2, $3, $4, $5, null)',
    values: [
      personId,
      agencyId,
      PAGE + 1,
      '9999-12-31T00:00:00Z',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      PURPOSE.code,
    ],
  });
  const shown = rows.slice(0, PAGE);
  await bookRead(personId, agencyId, roles, shown);
  const edges = shown.map((row) => ({
    cursor: cursorOf(row.released_at, row.record_id),
    match: 'CERTAIN',
    node: nodeOf(row),
  }));
  const pageInfo = { hasNextPage: rows.length > PAGE, endCursor: edges.at(-1)?.cursor ?? null };
  return JSON.stringify({ data: { seizureRecords: { pageInfo, edges } } });
}

async function bookRead(
  personId: string,
  agencyId: string,
  roles: readonly string[],
  rows: readonly RecordCardRow[],
): Promise<void> {
  const id = newId();
  const at = new Date().toISOString();
  const entry = {
    action: 'record.list', agency: agencyId, at, id, outcome: 'DONE', person: personId, purpose: PURPOSE, roles,
    subjects: rows.map((row) => ({ id: row.record_id, kind: 'record', precision: row.precision, version: row.version })), v: 1,
  }; // prettier-ignore
  await pool.query({
    name: 'audit_append',
    text: 'insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical) values ($1, $2, $3, $4, $5, $6, $7)',
    values: [id, at, personId, agencyId, 'record.list', 'DONE', JSON.stringify(entry)],
  });
}

function nodeOf(row: RecordCardRow): object {
  return {
    id: row.record_id,
    version: row.version,
    precision: row.precision,
    tlp: row.tlp,
    releasedAt: row.released_at,
    synthetic: row.synthetic,
    conveyance: row.conveyance,
    occurred: { from: row.occurred_from, to: row.occurred_to },
    place: { stateFips: row.state_fips, countyFips: row.county_fips, setting: row.setting },
    substances: (row.substances ?? []).map(substanceOf),
    contributor: { name: row.contributor_name, level: row.contributor_level },
  };
}

function substanceOf(row: SubstanceRow): object {
  const { deaCode, name, category, form, unit } = row;
  const grams = ends(row.minMilligrams, row.maxMilligrams);
  const units = ends(row.minUnits, row.maxUnits);
  const quantity =
    unit === null
      ? null
      : { minGrams: grams && grams.min / 1000, maxGrams: grams && grams.max / 1000, minUnits: units && units.min, maxUnits: units && units.max, unit }; // prettier-ignore
  return { deaCode, name, category, form, quantity };
}

const ends = (min: string | null, max: string | null): { min: number; max: number } | null =>
  min === null || max === null ? null : { min: Number(min), max: min === max ? Number(max) : Number(max) + 1 };

const header = (request: IncomingMessage, name: string): string => String(request.headers[name] ?? '');

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    pageOf(header(request, 'bench-subject'), header(request, 'bench-token')).then(
      (body) => {
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
        });
        response.end(body);
      },
      (error: unknown) => {
        response.writeHead(500);
        response.end(String(error));
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => tellReady(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`));
stopOnSignal(() => {
  server.closeAllConnections();
  return pool.end();
});
