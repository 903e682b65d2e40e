import { randomBytes } from 'node:crypto';
import type { AgencyActor } from '@concord/access';
import { createLocalKeyHolder, PostgresAgencyKeyStore, type KeyHolder } from '@concord/blinding';
import type { Clock } from '@concord/platform/clock';
import { openPool, type DatabaseRole } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client, escapeIdentifier, type Pool } from 'pg';
import { SEAL_PLACES } from './sealed-report.js';
import type { SubmissionServices } from './submit-report.js';

const DIRECTORY = [
  ...['agency', 'agency_place', 'agency_settings', 'region', 'region_county', 'person', 'membership', 'agreement'],
  ...['agreement_party', 'task_force', 'task_force_activity', 'task_force_agency', 'task_force_member'],
];
/** Made by chance in each database. */
const BY_CHANCE = ['agency_data_key', 'root_key_check', '_prisma_migrations', 'release_policy'];

/** A database with a service that writes into it as one role. */
export interface LoadedDatabase {
  readonly database: TestDatabase;
  /** Superuser's. */
  readonly admin: Client;
  readonly pool: Pool;
  readonly services: SubmissionServices;
  close(): Promise<void>;
}

export async function openLoadedDatabase(
  role: DatabaseRole,
  shared: { readonly clock: Clock; readonly digestKey: Buffer },
): Promise<LoadedDatabase> {
  const database = await createTestDatabase();
  const admin = new Client({ connectionString: database.superuserUrl });
  await admin.connect();
  // The loader is entered by the database's owner, as the command does.
  const url = role === 'concord_loader' ? database.ownerUrl : database.appUrl;
  const pool = openPool({ url, role, max: 4, statementTimeoutMs: 20_000 });
  const kek = { id: 'test', key: randomBytes(32) };
  const keyHolder = createLocalKeyHolder({ kek, agencyKeys: new PostgresAgencyKeyStore(pool) });
  return {
    ...{ database, admin, pool, services: { db: pool, keyHolder, ...shared } },
    async close() {
      await pool.end();
      await admin.end();
      await database.drop();
    },
  };
}

export const analystOf = (agencyId: string, personId: string): AgencyActor => ({
  personId,
  displayName: 'analyst',
  agency: { id: agencyId, ori: null, name: 'agency', level: 'LOCAL' },
  roles: new Set(['ANALYST']),
  purpose: { code: 'INVESTIGATION', reference: newId() },
});

/** The same agencies, people and agreements, by the same ids. */
export async function copyDirectory(from: Client, to: Client): Promise<void> {
  for (const table of DIRECTORY) {
    const { rows } = await from.query<{ rows: unknown }>(`select coalesce(jsonb_agg(t), '[]') as rows from ${table} t`);
    await to.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
      JSON.stringify(rows[0]?.rows),
    ]);
  }
}

type Row = Record<string, unknown>;

/**
 * Everything that is stored, so that two databases can be compared: ids by what they name, keys by name, seals opened,
 * and the time of storing as `now`. Numbers that a sequence gave are left out, and so is the action of an entry in the
 * books: it says how a report came in.
 */
export async function storedRows({ admin, services }: LoadedDatabase): Promise<Record<string, string[]>> {
  const tables = await admin.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
  );
  const names = await idNames(admin);
  const keys = await admin.query<{ id: number; key: string }>('select id, key from access_key');
  const keyOf = new Map(keys.rows.map(({ id, key }) => [id, key]));
  const found: Record<string, string[]> = {};
  for (const { name } of tables.rows) {
    if ([...DIRECTORY, ...BY_CHANCE].includes(name)) continue;
    const { rows } = await admin.query<{ row: Row }>(`select to_jsonb(t) as row from ${escapeIdentifier(name)} t`);
    const opened = await Promise.all(rows.map(({ row }) => openSeals(services.keyHolder, name, row)));
    found[name] = opened.map((row) => told(comparable(name, row, keyOf), names)).sort();
  }
  return found;
}

/** Of reports and records: by the reference of the report, and sealed identifiers by none, for they have no order. */
async function idNames(admin: Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await admin.query<{ id: string; name: string }>(
    `select id::text, 'report ' || submitter_reference as name from seizure_report
     union all select q.id::text, 'record ' || r.submitter_reference from seizure_record q join seizure_report r on r.id = q.report_id
     union all select id::text, 'identifier' from sealed_identifier
     union all select id::text, 'entry' from audit_entry`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function openSeals(keyHolder: KeyHolder, table: string, row: Row): Promise<Row> {
  const { sealed, sealed_narrative: narrative } = row;
  const agencyId = String(row['agency_id']);
  const open = async (hex: unknown, place: { table: string; column: string; rowId: string }): Promise<string> => {
    const content = await keyHolder.open(Buffer.from(String(hex).slice(2), 'hex'), { agencyId, ...place });
    return content.toString('utf8');
  };
  if (table === 'seizure_report' && typeof narrative === 'string')
    return { ...row, sealed_narrative: await open(narrative, SEAL_PLACES.narrative(String(row['id']))) };
  if (table === 'report_basis')
    return { ...row, sealed: await open(sealed, SEAL_PLACES.basis(String(row['report_id']))) };
  if (table === 'sealed_identifier')
    return { ...row, sealed: await open(sealed, SEAL_PLACES.identifier(String(row['id']))) };
  return row;
}

function comparable(table: string, row: Row, keyOf: ReadonlyMap<number, string>): Row {
  const named: Row = { ...row };
  const key = (id: unknown): string => keyOf.get(Number(id)) ?? `no key ${String(id)}`;
  if (Array.isArray(row['audience'])) named['audience'] = row['audience'].map(key).sort();
  if ('key_id' in row) named['key_id'] = key(row['key_id']);
  if (table === 'access_key') delete named['id'];
  // Random, and one for each record that withholds its contributor.
  if (table === 'contributor_handle') delete named['handle'];
  if (table === 'audit_entry') {
    named['action'] = 'report';
    named['canonical'] = String(row['canonical']).replace(/"action":"report\.(submit|load)"/, '"action":"report"');
  }
  delete named['sequence'];
  return named;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const NOW = new Set(['submitted_at', 'created_at', 'released_at', 'sort_at']);

/** An embargo ends days from now; whatever else these columns hold is the moment of storing. */
const isNow = (value: unknown): boolean => Math.abs(new Date(String(value)).getTime() - Date.now()) < 3_600_000;

const told = (row: Row, names: ReadonlyMap<string, string>): string =>
  JSON.stringify(row, (name, value: unknown) => (NOW.has(name) && isNow(value) ? 'now' : value)).replace(
    UUID,
    (id) => names.get(id) ?? id,
  );
