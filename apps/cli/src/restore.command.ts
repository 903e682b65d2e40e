import { openBackup, restoreBackup, type OpenedBackup } from '@concord/platform/backup';
import { migrate } from '@concord/platform/database';
import { migrationsDirectory } from '@concord/platform/project';
import { resolve } from 'node:path';
import { restoreIntoDirectory } from '../../embedded/src/data-directory.js';
import { sizesOf } from './backup.command.js';
import { readOptions, UsageError, type Command } from './command.js';
import { readTarget, TARGET_OPTIONS } from './database-target.js';
import {
  BACKUP_KEY_OPTION,
  fitsRootKey,
  readBackupKey,
  readRootKey,
  ROOT_KEY_FACT,
  ROOT_KEY_OPTION,
} from './key-files.js';
import { showProgress } from './progress.js';
import { checkDatabase } from './verify/check-database.js';

const OPTIONS = {
  ...TARGET_OPTIONS,
  ...BACKUP_KEY_OPTION,
  ...ROOT_KEY_OPTION,
  from: { type: 'string' },
  force: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export const restoreCommand: Command = {
  name: 'restore',
  help: `restore --from DIRECTORY [--data DIRECTORY | --database-url URL] [--key-file FILE] [--backup-key FILE] [--force] [--json]
    fills an empty database, all or nothing, and brings it to this version's schema

    --from                          what backup has written
    --data           CONCORD_DATA_DIR  a data directory without a database; it is made (.concord)
    --database-url   DATABASE_URL   a PostgreSQL of yours: the login that owns the empty database, as for migrate
    --key-file       CONCORD_KEY_FILE  the root key of the Concord that was backed up; checked before anything is
                                    written, and kept in --data. Needed with --data, unless root.key is there
    --backup-key                    the key that the backup was encrypted with
    --force                         also where what was backed up was not in order in itself (verify says what)
    --json                          prints one JSON document`,
  options: OPTIONS,
  examples: ['restore --from /backups/2026-11-23 --data .concord --key-file root.key'],
  run: async (args, { env, print, tell }) => {
    const options = readOptions(args, OPTIONS);
    if (!options.from) throw new UsageError('From where? Give --from the directory of a backup.');
    const target = readTarget(options, env);
    const rootKey = await readRootKey(options, env, target);
    const backup = await openBackup(resolve(options.from), await readBackupKey(options));
    const started = performance.now();
    refuseWrongKey(rootKey, backup);
    let migrated: string[] = [];
    const { rows, tables } = sizesOf(backup.manifest);
    const bar = process.stderr.isTTY ? process.stderr : null;
    const fill = async (ownerUrl: string): Promise<void> => {
      const progress = showProgress({ total: rows, unit: 'rows' }, tell);
      let loaded = 0;
      const { skipped } = await restoreBackup({
        url: ownerUrl,
        backup,
        migrationsDirectory: migrationsDirectory(),
        check: async (db) => {
          progress.end();
          tell('every row is there; looking whether all is in order');
          const { faults } = await checkDatabase(db, { rootKey, rowSecurityForced: false });
          if (!options.force) return faults;
          for (const fault of faults) tell(`in spite of: ${fault.subject ?? fault.code}: ${fault.message}`);
          return [];
        },
        onTable: ({ name, content }) => {
          loaded += content.rows;
          if (bar === null) tell(`${name}: ${content.rows} rows`);
          progress.at(loaded, loaded);
        },
      }).finally(() => progress.end());
      for (const table of skipped) tell(`left out: ${table} was in the database and is no table of Concord`);
      migrated = await migrate(ownerUrl, migrationsDirectory());
    };
    if (target.kind === 'url') {
      if (rootKey === null) tell('The root key was not checked: no --key-file was given.');
      await fill(target.url);
    } else {
      if (rootKey === null)
        throw new UsageError(
          'The root key is not in a backup: name its file with --key-file, or put root.key into the data directory.',
        );
      await restoreIntoDirectory({ dataDir: target.dataDir, rootKey, fill });
    }
    const seconds = Math.round(performance.now() - started) / 1000;
    if (options.json)
      print(`${JSON.stringify({ rows, tables, takenAt: backup.manifest.takenAt, migrated, seconds })}\n`);
    else print(`${rows} rows of ${tables} tables are back, as of ${backup.manifest.takenAt}\n`);
    return 'done';
  },
};

/** Before a hand is laid on the database: what is sealed could never be opened under another key. */
function refuseWrongKey(rootKey: Buffer | null, { manifest }: OpenedBackup): void {
  if (rootKey !== null && !fitsRootKey(rootKey, manifest.facts[ROOT_KEY_FACT] ?? null))
    throw new Error(
      'The root key is not the one of the Concord that was backed up: what is sealed could not be opened. Nothing was restored.',
    );
}
