import { counties, categoryOf, substanceName } from '@concord/codes';
import { Client } from 'pg';
import {
  FACTS,
  FILL_LIST,
  FILL_REPORTS,
  FILL_SUBSTANCE_LIST,
  FILL_SUBSTANCES,
  FILL_VIEWS,
  INDEXES_OFF,
  INDEXES_ON,
  TABLES,
  type Step,
} from './filler.sql.js';
import { tell } from './measures.js';

/** Somebody who reads: what a keyring can be like. */
export const READER_NAMES = ['agency', 'county', 'state', 'nation', 'eightyCounties'] as const;
export type ReaderName = (typeof READER_NAMES)[number];

export interface Reader {
  readonly personId: string;
  readonly agencyId: string;
  readonly purpose: 'ANALYSIS';
}

const reader = (personId: string, agencyId: string): Reader => ({ personId, agencyId, purpose: 'ANALYSIS' });

export interface FilledDirectory {
  readonly readers: Readonly<Record<ReaderName, Reader>>;
  /** Seizures crowd in few: the first is in a third of the records, the last in one of seventy. */
  readonly substances: readonly string[];
  readonly counties: readonly string[];
  readonly states: readonly string[];
}

const AGENCIES = 300;
const STATES = 20;
const COUNTIES_PER_STATE = 10;
const SUBSTANCES = [
  '9801', '1105', '9041', '9200', '7360', '9821', '1100', '9143', '9193', '2882', '2884', '7405', '7400',
  '7315', '7437', '7285', '9250', '9300', '9230', '9064', '2765', '2925', '9150', '9652', '1724',
]; // prettier-ignore

/** Everything, or what the flat queries read alone: views and lists. */
export type FillOf = 'reports too' | 'views and lists';

/** For the time of the load alone: nothing of it has to survive a crash. */
export const FILL_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
};

/**
 * Fills a migrated, empty database with records as reading needs them: a directory, three views for each record, their
 * substances and the lists; with `reports too` minimal reports and records as well. By set-based SQL of a superuser with
 * triggers off, on two connections; indexes are made afterwards. A tenth of the agencies has a third of the records.
 * What is filled already stays as it is.
 */
export async function fillRecords(
  superuserUrl: string,
  records: number,
  of: FillOf = 'reports too',
): Promise<FilledDirectory> {
  const clients = await Promise.all([fillClient(superuserUrl), fillClient(superuserUrl)]);
  const [one, other] = clients;
  const lane = async (client: Client, steps: readonly Step[]): Promise<void> => {
    for (const [name, sql] of steps) await step(client, name, sql);
  };
  try {
    const places = placesOf();
    const filled: FilledDirectory = { readers: readers(), substances: SUBSTANCES, ...places };
    const { rowCount } = await one.query('select from record_view limit 1');
    if (rowCount === 1) return filled;
    await one.query(`select setseed(0.42)`);
    await fillDirectory(one, places);
    await step(one, 'indexes off', INDEXES_OFF);
    const [name, facts] = FACTS;
    await step(one, name, facts.replaceAll(':records', String(records)));
    if (of === 'reports too') await lane(one, FILL_REPORTS);
    await Promise.all([lane(one, FILL_VIEWS), lane(other, FILL_SUBSTANCES)]);
    await Promise.all([lane(one, FILL_LIST), lane(other, FILL_SUBSTANCE_LIST)]);
    await lane(one, INDEXES_ON);
    await one.query('drop table bench_fact');
    const rest = of === 'reports too' ? ', seizure_report, seizure_record, agency, access_key, agency_place' : '';
    await step(one, 'vacuum analyze', `vacuum (analyze) ${TABLES.join(', ')}${rest}`);
    return filled;
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function fillClient(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, application_name: 'concord_filler' });
  await client.connect();
  await client.query(`set session_replication_role = replica; set synchronous_commit = off;
    set maintenance_work_mem = '512MB'; set work_mem = '128MB'; set max_parallel_maintenance_workers = 0`);
  return client;
}

async function step(client: Client, name: string, sql: string): Promise<void> {
  const started = performance.now();
  const table = /^insert into (record_\w+)/.exec(sql)?.[1];
  await client.query(table === undefined ? sql : `begin; truncate ${table}; ${sql}; commit`);
  tell(`  ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

interface Places {
  readonly states: readonly string[];
  readonly counties: readonly string[];
}

/** Twenty states of at least ten counties, ten counties of each. */
function placesOf(): Places {
  const byState = new Map<string, string[]>();
  for (const fips of counties().keys()) {
    const state = fips.slice(0, 2);
    byState.set(state, [...(byState.get(state) ?? []), fips]);
  }
  const chosen = [...byState].filter(([, list]) => list.length >= COUNTIES_PER_STATE).slice(0, STATES);
  return {
    states: chosen.map(([state]) => state),
    counties: chosen.flatMap(([, list]) => list.slice(0, COUNTIES_PER_STATE)),
  };
}

/** Ids that say what they are, so that nothing has to be asked for. */
const agencyId = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const personId = (n: number): string => `00000000-0000-4000-9000-${n.toString(16).padStart(12, '0')}`;

/** Agency 0 is federal, 1 to 20 are the states', the others local, of county (n - 21) % 200; 299 has few records. */
function readers(): FilledDirectory['readers'] {
  return {
    agency: reader(personId(1), agencyId(AGENCIES - 1)),
    county: reader(personId(2), agencyId(STATES + 1)),
    state: reader(personId(3), agencyId(1)),
    nation: reader(personId(4), agencyId(0)),
    eightyCounties: reader(personId(5), agencyId(AGENCIES)),
  };
}

async function fillDirectory(client: Client, { states, counties: all }: Places): Promise<void> {
  const levelOf = (n: number): string => (n === 0 ? 'FEDERAL' : n <= STATES ? 'STATE' : 'LOCAL');
  const placeOf = (n: number): string[] => {
    if (n === 0) return ['nation:us'];
    if (n <= STATES) return [`state:${states[n - 1] ?? ''}`];
    if (n === AGENCIES) return all.slice(0, 80).map((fips) => `county:${fips}`);
    return [`county:${all[(n - STATES - 1) % all.length] ?? ''}`];
  };
  // One more than those that submit: an agency of eighty counties, which only reads.
  const agencies = Array.from({ length: AGENCIES + 1 }, (_, n) => ({
    n,
    id: agencyId(n),
    level: levelOf(n),
    places: placeOf(n),
  }));
  await client.query(
    `insert into agency (id, ori, name, level, synthetic)
     select id, 'ZZ' || lpad(n::text, 7, '0'), 'Agency ' || n, level, true
     from json_to_recordset($1) as r(n int, id uuid, level text)`,
    [JSON.stringify(agencies)],
  );
  await client.query(
    `insert into agency_place select r.id, p from json_to_recordset($1) as r(id uuid, places json)
     cross join lateral json_array_elements_text(r.places) p`,
    [JSON.stringify(agencies)],
  );
  await client.query(
    `insert into agreement (id, name, widest_sharing, valid_from, text_digest)
     values ('${agencyId(0xa)}', 'Bench agreement', 'PARTNERS', '2020-01-01', '')`,
  );
  await client.query(`insert into agreement_party select '${agencyId(0xa)}', id from agency`);
  await client.query(
    `insert into access_key (key)
     select 'agency:' || id from agency union all select 'state:' || s from unnest($1::text[]) s
     union all select 'county:' || c from unnest($2::text[]) c union all select 'nation:us'`,
    [states, all],
  );
  await client.query(
    `create table bench_substance (n int, code text, name text, category text);
     create table bench_place (n int, county text, state text, county_key int4, state_key int4);
     create table bench_agency (n int, id uuid, key_id int4)`,
  );
  await client.query(
    `insert into bench_substance select * from json_to_recordset($1) as r(n int, code text, name text, category text)`,
    [
      JSON.stringify(
        SUBSTANCES.map((code, n) => ({ n, code, name: substanceName(code) ?? code, category: categoryOf(code) })),
      ),
    ],
  );
  await client.query(
    `insert into bench_place select o - 1, c, left(c, 2), kc.id, ks.id from unnest($1::text[]) with ordinality as u(c, o)
     join access_key kc on kc.key = 'county:' || c join access_key ks on ks.key = 'state:' || left(c, 2)`,
    [all],
  );
  await client.query(
    `insert into bench_agency select n, id, (select k.id from access_key k where k.key = 'agency:' || r.id)
     from json_to_recordset($1) as r(n int, id uuid)`,
    [JSON.stringify(agencies)],
  );
  const people = Object.values(readers()).map((reader, n) => ({
    ...reader,
    n,
    roles: n === 0 ? '{SUBMITTER}' : '{ANALYST}',
  }));
  await client.query(
    `with r as (select * from json_to_recordset($1) as r(n int, "personId" uuid, "agencyId" uuid, roles text)),
       p as (insert into person (id, issuer, subject, display_name) select "personId", 'urn:bench', n::text, 'Reader ' || n from r)
     insert into membership (person_id, agency_id, roles, valid_from) select "personId", "agencyId", roles::text[], '2020-01-01' from r`,
    [JSON.stringify(people)],
  );
}
