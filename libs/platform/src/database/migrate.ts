import { migrateQueue } from '@concord/platform/queue';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

/** Any two processes that migrate the same database take turns. */
const MIGRATION_LOCK = 7_262_433_101;

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
  await client.query(`create table if not exists _prisma_migrations (
    id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
    logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count int not null default 0)`);
  const ledger = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  const done = new Map(ledger.rows.map((row) => [row.migration_name, row.checksum]));
  const applied: string[] = [];
  for (const name of await migrationNames(directory)) {
    const script = await readFile(join(directory, name, 'migration.sql'), 'utf8');
    const checksum = createHash('sha256').update(script).digest('hex');
    const known = done.get(name);
    if (known === checksum) continue;
    if (known !== undefined) throw new MigrationChangedError(name);
    await applyOne(client, name, script, checksum);
    applied.push(name);
  }
  return applied;
}

async function applyOne(client: Client, name: string, script: string, checksum: string): Promise<void> {
  try {
    await client.query('begin');
    await client.query(script);
    await client.query(
      'insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, now(), 1)',
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function migrationNames(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
