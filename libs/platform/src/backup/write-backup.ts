import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Queryable } from '@concord/platform/database';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { BackupError } from './backup.error.js';
import type { BackupKey } from './backup-key.js';
import {
  LEDGER,
  nameOf,
  quoted,
  quoteName,
  readSequences,
  readTables,
  type CatalogueTable,
} from './catalogue.reader.js';
import { MANIFEST_FILE, printManifest, type Manifest, type ManifestTable } from './manifest.js';
import { inSession } from './session.js';
import { writeTableFile, type FileContext } from './table-file.js';

export interface BackupOptions {
  /** A login that may read everything: a superuser, or one with BYPASSRLS and pg_read_all_data. A direct connection. */
  readonly url: string;
  /** Made by the backup; it must not be there. */
  readonly directory: string;
  /** Encrypts it; null: the files are readable for whoever has them. */
  readonly key: BackupKey | null;
  /** What to note of the database in the manifest, readable without restoring it; asked in the backup's snapshot. */
  readonly facts?: (db: Queryable) => Promise<Record<string, string>>;
  /** Told after each table. */
  readonly onTable?: (table: ManifestTable) => void;
  /** Told while it copies: bytes of the tables as they lie on disk, of all of them; within a table an estimate. */
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * Copies every table in one snapshot, while the database is in use. The directory gets its name when everything in it is
 * on disk: a backup that was killed leaves `<directory>.unfinished-…`, without a manifest, and nothing under the name.
 *
 * @throws BackupError TARGET_EXISTS, RIGHTS_MISSING, NOT_MIGRATED; errors of the database and of the disk as they are
 */
export async function writeBackup(options: BackupOptions): Promise<Manifest> {
  const directory = resolve(options.directory);
  await refuseExisting(directory);
  await mkdir(dirname(directory), { recursive: true });
  const unfinished = join(dirname(directory), `${basename(directory)}.unfinished-${randomBytes(6).toString('hex')}`);
  await mkdir(unfinished, { mode: 0o700 });
  try {
    const manifest = await inSession({ url: options.url, name: 'concord_backup', lock: 'shared' }, (client) =>
      copyEverything(client, options, unfinished),
    );
    await writeFile(join(unfinished, MANIFEST_FILE), printManifest(manifest, options.key), {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    });
    await syncDirectory(unfinished);
    // An empty directory would be replaced without a word.
    await refuseExisting(directory);
    await rename(unfinished, directory);
    await syncDirectory(dirname(directory));
    return manifest;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function copyEverything(client: Client, options: BackupOptions, unfinished: string): Promise<Manifest> {
  await client.query('begin isolation level repeatable read read only');
  // What policies would leave out is an error then, and never a backup of a part.
  await client.query('set local row_security = off');
  const { rows } = await client.query<{ taken_at: Date; version: string; reads_all: boolean }>(
    `select clock_timestamp() as taken_at, current_setting('server_version') as version,
       (select rolsuper or (rolbypassrls and pg_has_role('pg_read_all_data', 'USAGE')) from pg_roles where rolname = current_user) as reads_all`,
  );
  const [server] = rows;
  if (server === undefined) throw new Error('a select without from has one row');
  if (!server.reads_all)
    throw new BackupError({
      code: 'RIGHTS_MISSING',
      message:
        'This login may not read everything. A backup wants a superuser, or a login with BYPASSRLS that was granted pg_read_all_data.',
    });
  const tables = await readTables(client);
  const context: FileContext = {
    directory: unfinished,
    backupId: randomBytes(16).toString('hex'),
    key: options.key,
  };
  const migrations = await readMigrations(client, tables);
  const facts = (await options.facts?.(client)) ?? {};
  const sequences = await readSequences(client);
  const written: ManifestTable[] = [];
  const total = tables.reduce((sum, { diskBytes }) => sum + diskBytes, 0);
  let copied = 0;
  for (const table of tables) {
    const onBytes = (bytes: number): void => options.onBytes?.(copied + Math.min(bytes, table.diskBytes), total);
    const entry = await copyTable(client, context, table, onBytes);
    copied += table.diskBytes;
    options.onBytes?.(copied, total);
    written.push(entry);
    options.onTable?.(entry);
  }
  await client.query('commit');
  return {
    format: 1,
    id: context.backupId,
    takenAt: server.taken_at.toISOString(),
    serverVersion: server.version,
    encryption: options.key === null ? 'none' : 'aes-256-gcm',
    migrations,
    facts,
    tables: written,
    sequences: sequences.map(({ schema, name, lastValue }) => ({ schema, name, lastValue })),
  };
}

async function copyTable(
  client: Client,
  context: FileContext,
  table: CatalogueTable,
  onBytes: (bytes: number) => void,
): Promise<ManifestTable> {
  const columns = table.columns.map(({ name }) => quoteName(name)).join(', ');
  const rows = client.query(copyTo(`copy ${quoted(table)} (${columns}) to stdout`));
  const { path, content, file } = await writeTableFile(context, table, rows, onBytes);
  if (content.lines !== rows.rowCount)
    throw new Error(`${nameOf(table)}: PostgreSQL sent ${rows.rowCount} rows and ${content.lines} were written`);
  return {
    schema: table.schema,
    name: table.name,
    columns: [...table.columns],
    file: { path, bytes: file.bytes, sha256: file.sha256 },
    content: { rows: content.lines, bytes: content.bytes, sha256: content.sha256 },
  };
}

async function readMigrations(client: Client, tables: readonly CatalogueTable[]): Promise<Manifest['migrations']> {
  if (!tables.some(({ schema, name }) => schema === 'public' && name === LEDGER))
    throw new BackupError({
      code: 'NOT_MIGRATED',
      message: 'There is no Concord in this database: it was never migrated.',
    });
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `select migration_name as name, checksum from ${LEDGER}
     where finished_at is not null and rolled_back_at is null order by finished_at, migration_name`,
  );
  return rows;
}

async function refuseExisting(directory: string): Promise<void> {
  const found = await lstat(directory).catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (found !== null)
    throw new BackupError({
      code: 'TARGET_EXISTS',
      subject: directory,
      message: 'there is something already: a backup is written to a new directory',
    });
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
