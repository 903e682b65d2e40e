import { migrateQueue } from '@concord/platform/queue';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError, escapeIdentifier } from 'pg';

/** Any two processes that migrate, back up or restore the same database take turns. */
export const MIGRATION_LOCK = 7_262_433_101;

/**
 * Whoever comes while a migration waits for a table waits behind it, so it does not wait long: it lets go of everything
 * and begins anew. Below PostgreSQL's `deadlock_timeout` (1 s), so that of a migration and a request that hold each
 * other up it is the migration that gives way.
 */
const LOCK_WAIT_MS = 500;
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** So long it gives way; then it says which migration finds no moment. */
const GIVE_WAY_MS = 300_000;
/** lock_not_available, deadlock_detected */
const IN_THE_WAY = new Set(['55P03', '40P01']);

/** What is locked against readers too: of statements that only writers feel, and of other objects, nothing. */
const REBUILDS =
  /^\s*(?:(?:alter|drop)\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(\w+)|(?:create|alter|drop)\s+policy\s+(?:if\s+exists\s+)?\w+\s+on\s+(\w+))/gimu;

/** A migration that was applied here differs from the file of that name: somebody edited history. */
export class MigrationChangedError extends Error {
  constructor(readonly migration: string) {
    super(
      `Migration ${migration} was applied with other content than its file has now. Add a new migration instead of editing one.`,
    );
    this.name = 'MigrationChangedError';
  }
}

/**
 * Brings a database to the newest schema: the SQL of prisma/migrations, each file in one transaction with its ledger
 * row, then BullMQ's tables. The ledger is Prisma's own `_prisma_migrations`, so that `prisma migrate deploy` goes on
 * from here for whoever has its engine (docs/adr/0003 says why the engine is not used).
 *
 * @param url a login that owns the database and may create roles.
 * @returns the names of the migrations applied now.
 */
export async function migrate(url: string, migrationsDirectory: string): Promise<string[]> {
  const client = new Client({ connectionString: url, application_name: 'concord_migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await applyMigrations(client, migrationsDirectory);
    await migrateQueue(client);
    return applied;
  } finally {
    await client.end();
  }
}

async function applyMigrations(client: Client, directory: string): Promise<string[]> {
  const done = await openLedger(client);
  const applied: string[] = [];
  for (const migration of await readMigrations(directory)) {
    const known = done.get(migration.name);
    if (known === migration.checksum) continue;
    if (known !== undefined) throw new MigrationChangedError(migration.name);
    await applyOne(client, migration);
    applied.push(migration.name);
  }
  return applied;
}

/** Makes the ledger where there is none. @returns what was applied: checksums by name. */
export async function openLedger(client: Client): Promise<Map<string, string>> {
  await client.query(`create table if not exists _prisma_migrations (
    id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
    logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count int not null default 0)`);
  const ledger = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return new Map(ledger.rows.map((row) => [row.migration_name, row.checksum]));
}

export interface Migration {
  readonly name: string;
  readonly script: string;
  /** SHA-256 of the file, as Prisma has it. */
  readonly checksum: string;
}

/** Every migration of this version, in order. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for (const name of await migrationNames(directory)) {
    const script = await readFile(join(directory, name, 'migration.sql'), 'utf8');
    migrations.push({ name, script, checksum: createHash('sha256').update(script).digest('hex') });
  }
  return migrations;
}

/** The script and its row in the ledger; the transaction is the caller's. */
export async function runMigration(client: Client, { name, script, checksum }: Migration): Promise<void> {
  await client.query(script);
  await client.query(
    'insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, now(), 1)',
    [randomUUID(), checksum, name],
  );
}

/**
 * Beside whatever serves: it is all there or not at all, so it may be begun as often as it takes. The tables that it rebuilds
 * are locked before it, and the one that could not be had is the first of the next attempt: requests hold the tables of
 * their sign-in and want others, and whoever has those others first stands in their way and in its own for ever.
 */
async function applyOne(client: Client, migration: Migration): Promise<void> {
  const deadline = Date.now() + GIVE_WAY_MS;
  let tables = await rebuiltTables(client, migration);
  for (let pause = PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const tried = await tryOne(client, migration, tables);
    if (tried === null) return;
    if (Date.now() > deadline) throw tried.error;
    const { contested } = tried;
    if (contested !== null) tables = [contested, ...tables.filter((table) => table !== contested)];
    await sleep(pause * (0.5 + Math.random()));
  }
}

interface InTheWay {
  readonly error: DatabaseError;
  /** Of the tables that are locked beforehand, the one that was not to be had. */
  readonly contested: string | null;
}

/** @returns null when it is applied. */
async function tryOne(client: Client, migration: Migration, tables: readonly string[]): Promise<InTheWay | null> {
  let contested: string | null = null;
  try {
    await client.query('begin');
    await client.query(`set local lock_timeout = ${LOCK_WAIT_MS}`);
    for (contested of tables) await client.query(`lock table ${escapeIdentifier(contested)} in access exclusive mode`);
    contested = null;
    await runMigration(client, migration);
    await client.query('commit');
    return null;
  } catch (error) {
    await client.query('rollback');
    if (error instanceof DatabaseError && IN_THE_WAY.has(error.code ?? '')) return { error, contested };
    throw error;
  }
}

/** Tables that are there and that the script takes from everybody, in its order: as far as its words tell. */
async function rebuiltTables(client: Client, { script }: Migration): Promise<string[]> {
  const names = [...script.matchAll(REBUILDS)].map((match) => match[1] ?? match[2] ?? '');
  const { rows } = await client.query<{ name: string }>(
    `select n.name from unnest($1::text[]) with ordinality n(name, place)
     join pg_class c on c.oid = to_regclass(n.name) and c.relkind in ('r', 'p') order by n.place`,
    [[...new Set(names)]],
  );
  return rows.map(({ name }) => name);
}

async function migrationNames(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
