import { openLedger, readMigrations, runMigration, type Migration, type Queryable } from '@concord/platform/database';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BackupError, refuseFaults, type BackupFault } from './backup.error.js';
import {
  LEDGER,
  nameOf,
  quoted,
  quoteName,
  readForeignKeys,
  readSequences,
  readTables,
  readTriggers,
  type CatalogueForeignKey,
  type CatalogueTable,
  type CatalogueTrigger,
} from './catalogue.reader.js';
import type { Manifest, ManifestTable } from './manifest.js';
import { checkFiles, contentFaults, unreadable, type OpenedBackup } from './read-backup.js';
import { inSession } from './session.js';
import { readTableFile } from './table-file.js';

/**
 * How far sequences are set beyond what the backup holds: numbers that were given out after it, and that somebody may
 * still remember (a job on a Redis, a log), are not given out again.
 */
const SEQUENCE_HEADROOM = 10_000n;

export interface RestoreOptions {
  /** The login that owns the database, as for migrations; it need be no superuser. A direct connection. */
  readonly url: string;
  readonly backup: OpenedBackup;
  readonly migrationsDirectory: string;
  /** Judges what was loaded before it is committed; the connection sees every row. What it answers undoes everything. */
  readonly check?: (db: Queryable) => Promise<readonly BackupFault[]>;
  readonly onTable?: (table: ManifestTable) => void;
}

/**
 * Fills an empty database: the backup's own migrations, every row, sequences, all in one transaction. Killed at any
 * moment, it leaves the database as it was, and may be run again. The schema is then the backup's; `migrate` brings it
 * forward.
 *
 * @throws BackupError FILE_MISSING, FILE_CHANGED, CONTENT_CHANGED, NEWER_THAN_CODE, MIGRATION_CHANGED, NOT_EMPTY,
 *   SCHEMA_DIFFERS, UNSOUND; errors of the database as they are. Nothing has changed then.
 * @returns tables of the backup that its migrations do not make: somebody else's, and left out.
 */
export async function restoreBackup(options: RestoreOptions): Promise<{ readonly skipped: readonly string[] }> {
  const { backup } = options;
  // Before the database is touched: a backup that was damaged is then told from a database that does not take it.
  refuseFaults(await checkFiles(backup));
  const migrations = await migrationsOf(backup.manifest, options.migrationsDirectory);
  return inSession({ url: options.url, name: 'concord_restore', lock: 'exclusive' }, async (client) => {
    await client.query('begin');
    await migrateTo(client, migrations);
    const tables = await readTables(client);
    refuseFaults(compareSchema(backup.manifest, tables));
    const opened = await openTables(client, tables);
    const replaced = await filledByMigrations(client);
    await refuseRows(
      client,
      tables.filter((table) => !replaced.has(nameOf(table))),
    );
    const made = new Set(tables.map(nameOf));
    for (const table of backup.manifest.tables.filter((known) => made.has(nameOf(known)))) {
      if (replaced.has(nameOf(table))) await client.query(`delete from ${quoted(table)}`);
      await loadTable(client, backup, table);
      options.onTable?.(table);
    }
    await forgetOldCluster(client, tables);
    await setSequences(client, backup.manifest);
    await closeTables(client, opened);
    await client.query('analyze');
    refuseFaults((await options.check?.(client)) ?? []);
    await forceRowSecurity(client, tables);
    await client.query('commit');
    return { skipped: backup.manifest.tables.map(nameOf).filter((name) => !made.has(name)) };
  });
}

/** The migrations that the backup's schema is made of, in its order and with the content they had. */
async function migrationsOf(manifest: Manifest, directory: string): Promise<Migration[]> {
  const known = new Map((await readMigrations(directory)).map((migration) => [migration.name, migration]));
  return manifest.migrations.map(({ name, checksum }) => {
    const migration = known.get(name);
    if (migration === undefined)
      throw new BackupError({
        code: 'NEWER_THAN_CODE',
        subject: name,
        message: 'this version has no such migration: the backup is a newer version’s. Restore it with that one.',
      });
    if (migration.checksum !== checksum)
      throw new BackupError({
        code: 'MIGRATION_CHANGED',
        subject: name,
        message: 'it was applied with other content than its file has now',
      });
    return migration;
  });
}

/** A database that was migrated and never used will do, unless it is further than the backup. */
async function migrateTo(client: Client, migrations: readonly Migration[]): Promise<void> {
  const done = await openLedger(client);
  for (const migration of migrations) {
    const checksum = done.get(migration.name);
    if (checksum === undefined) await runMigration(client, migration);
    else if (checksum !== migration.checksum)
      throw new BackupError({
        code: 'MIGRATION_CHANGED',
        subject: migration.name,
        message: 'the database was migrated with other content than its file has now',
      });
    done.delete(migration.name);
  }
  const [further] = done.keys();
  if (further !== undefined)
    throw new BackupError({
      code: 'SCHEMA_DIFFERS',
      subject: further,
      message: 'the database has this migration and the backup has not. Give it a database that was never migrated.',
    });
}

function compareSchema(manifest: Manifest, tables: readonly CatalogueTable[]): BackupFault[] {
  const differs = (subject: string, message: string): BackupFault => ({ code: 'SCHEMA_DIFFERS', subject, message });
  const here = new Map(tables.map((table) => [nameOf(table), table]));
  const faults: BackupFault[] = [];
  for (const table of manifest.tables) {
    const name = nameOf(table);
    const found = here.get(name);
    if (found !== undefined && JSON.stringify(found.columns) !== JSON.stringify(table.columns))
      faults.push(differs(name, 'its columns are not those of the backup'));
    here.delete(name);
  }
  return [
    ...faults,
    ...[...here.keys()].map((name) => differs(name, 'the database has this table and the backup has not')),
  ];
}

interface OpenedTables {
  readonly foreignKeys: readonly CatalogueForeignKey[];
  readonly triggers: readonly CatalogueTrigger[];
}

/**
 * Lets the owner write rows as they are: row-level security does not hold for it, triggers do not fire (what they once
 * wrote is in the backup), foreign keys are away, and checked as a whole when they come back. No superuser is needed, and
 * nobody else sees any of it: until the commit the tables are locked.
 */
async function openTables(client: Client, tables: readonly CatalogueTable[]): Promise<OpenedTables> {
  const foreignKeys = await readForeignKeys(client);
  const triggers = await readTriggers(client);
  for (const table of tables) {
    await client.query(`lock table ${quoted(table)} in access exclusive mode`);
    if (table.rowSecurityForced) await client.query(`alter table ${quoted(table)} no force row level security`);
  }
  for (const { trigger, ...table } of triggers)
    await client.query(`alter table ${quoted(table)} disable trigger ${quoteName(trigger)}`);
  for (const { constraint, ...table } of foreignKeys)
    await client.query(`alter table ${quoted(table)} drop constraint ${quoteName(constraint)}`);
  return { foreignKeys, triggers };
}

async function closeTables(client: Client, { foreignKeys, triggers }: OpenedTables): Promise<void> {
  for (const { constraint, definition, ...table } of foreignKeys)
    await client.query(`alter table ${quoted(table)} add constraint ${quoteName(constraint)} ${definition}`);
  const how = { O: 'enable', R: 'enable replica', A: 'enable always' } as const;
  for (const { trigger, enabled, ...table } of triggers)
    await client.query(`alter table ${quoted(table)} ${how[enabled]} trigger ${quoteName(trigger)}`);
}

async function forceRowSecurity(client: Client, tables: readonly CatalogueTable[]): Promise<void> {
  for (const table of tables)
    if (table.rowSecurityForced) await client.query(`alter table ${quoted(table)} force row level security`);
}

/** Tables into which migrations write rows, which take part in no check for being empty: a comment on them says so. */
const FILLED_BY_MIGRATIONS = 'Filled by its migration.';

/**
 * What the backup has takes the place of what the migrations wrote. The ledger is one of them: when each migration was
 * applied is part of the backup.
 */
async function filledByMigrations(client: Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and (c.relname = $1 or obj_description(c.oid, 'pg_class') = $2)`,
    [LEDGER, FILLED_BY_MIGRATIONS],
  );
  return new Set(rows.map(nameOf));
}

/** Asked while row-level security does not hold: it would hide what is there. */
async function refuseRows(client: Client, tables: readonly CatalogueTable[]): Promise<void> {
  const filled: string[] = [];
  for (const table of tables) {
    const { rowCount } = await client.query(`select from ${quoted(table)} limit 1`);
    if ((rowCount ?? 0) > 0) filled.push(nameOf(table));
  }
  refuseFaults(
    filled.slice(0, 5).map((subject) => ({
      code: 'NOT_EMPTY',
      subject,
      message: 'it has rows. A backup is restored into an empty database and never over one that is in use.',
    })),
  );
}

async function loadTable(client: Client, backup: OpenedBackup, table: ManifestTable): Promise<void> {
  const columns = table.columns.map(({ name }) => quoteName(name)).join(', ');
  const sink = client.query(copyFrom(`copy ${quoted(table)} (${columns}) from stdin`));
  const measures = await readTableFile(backup.context, table, sink).catch((error: unknown) => {
    // PostgreSQL's own refusal says more than ours could; what the streams say is about the file.
    if (typeof error === 'object' && error !== null && 'severity' in error) throw error;
    throw new BackupError(unreadable(table, error));
  });
  refuseFaults(contentFaults(table, measures));
  if (sink.rowCount !== table.content.rows)
    throw new BackupError({
      code: 'CONTENT_CHANGED',
      subject: table.file.path,
      message: `PostgreSQL took ${sink.rowCount} rows, not ${table.content.rows}`,
    });
}

/**
 * Transaction ids of the old cluster mean nothing in this one; one that lies in its future would make a row look changed
 * for ever. Every row was written by this transaction.
 */
async function forgetOldCluster(client: Client, tables: readonly CatalogueTable[]): Promise<void> {
  for (const table of tables) {
    const columns = table.columns.filter(({ type }) => type === 'xid8').map(({ name }) => quoteName(name));
    if (columns.length === 0) continue;
    const changes = columns.map((column) => `${column} = pg_current_xact_id()`).join(', ');
    const stale = columns.map((column) => `${column} is not null`).join(' or ');
    await client.query(`update ${quoted(table)} set ${changes} where ${stale}`);
  }
}

async function setSequences(client: Client, manifest: Manifest): Promise<void> {
  const noted = new Map(manifest.sequences.map((sequence) => [nameOf(sequence), BigInt(sequence.lastValue)]));
  for (const sequence of await readSequences(client)) {
    const last = noted.get(nameOf(sequence)) ?? 0n;
    const used = sequence.column === null ? 0n : await highestOf(client, sequence.column);
    const beyond = (last > used ? last : used) + SEQUENCE_HEADROOM;
    const limit = BigInt(sequence.maxValue);
    await client.query('select setval($1::regclass, $2)', [
      quoted(sequence),
      (beyond < limit ? beyond : limit).toString(),
    ]);
  }
}

async function highestOf(client: Client, column: { schema: string; name: string; column: string }): Promise<bigint> {
  const { rows } = await client.query<{ highest: string | null }>(
    `select max(${quoteName(column.column)})::text as highest from ${quoted(column)}`,
  );
  return BigInt(rows[0]?.highest ?? 0);
}
