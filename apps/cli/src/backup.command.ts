import { findRootKeyDigest } from '@concord/blinding';
import { writeBackup, type Manifest } from '@concord/platform/backup';
import { resolve } from 'node:path';
import { readOptions, UsageError, type Command } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything } from './database-target.js';
import { BACKUP_KEY_OPTION, readBackupKey, ROOT_KEY_FACT } from './key-files.js';
import { showProgress, type Progress } from './progress.js';

const OPTIONS = { ...TARGET_OPTIONS, ...BACKUP_KEY_OPTION, to: { type: 'string' }, json: { type: 'boolean' } } as const;

export const backupCommand: Command = {
  name: 'backup',
  help: `backup --to DIRECTORY [--data DIRECTORY | --database-url URL] [--backup-key FILE] [--json]
    copies every table in one snapshot, also while Concord runs

    --to                            a directory that is not there yet
    --data           CONCORD_DATA_DIR  a data directory of npm start (.concord)
    --database-url   DATABASE_URL   a PostgreSQL of yours: a login with BYPASSRLS and pg_read_all_data, or a superuser
    --backup-key                    a file with 64 hexadecimal digits: encrypts the backup. Without it, whoever has the
                                    files reads all but the sealed parts. The root key is never in a backup
    --json                          prints one JSON document`,
  options: OPTIONS,
  examples: [
    'backup --to /backups/2026-11-23',
    'backup --to /backups/2026-11-23 --backup-key /etc/concord/backup.key --json',
  ],
  run: async (args, { env, print, tell }) => {
    const options = readOptions(args, OPTIONS);
    if (!options.to) throw new UsageError('Where to? Give --to a directory that is not there yet.');
    const directory = resolve(options.to);
    const key = await readBackupKey(options);
    const started = performance.now();
    let progress: Progress | null = null;
    const manifest = await withEverything(readTarget(options, env), (url) =>
      writeBackup({
        url,
        directory,
        key,
        facts: async (db) => {
          const digest = await findRootKeyDigest(db);
          return digest === null ? {} : { [ROOT_KEY_FACT]: digest };
        },
        onTable: ({ name, content }) => {
          if (!process.stderr.isTTY) tell(`${name}: ${content.rows} rows`);
        },
        onBytes: (done, total) => {
          progress ??= showProgress({ total: megabytes(total), unit: 'MB of tables' }, tell);
          progress.at(megabytes(done), megabytes(done));
        },
      }),
    ).finally(() => progress?.end());
    const summary = { directory, ...sizesOf(manifest), seconds: Math.round(performance.now() - started) / 1000 };
    if (options.json) print(`${JSON.stringify({ ...summary, id: manifest.id, takenAt: manifest.takenAt })}\n`);
    else
      print(
        `${summary.rows} rows of ${summary.tables} tables in ${directory}, ${summary.fileBytes} bytes, as of ${manifest.takenAt}\n`,
      );
    if (!options.json && key === null) tell('Not encrypted: keep it where nobody else reads it.');
    return 'done';
  },
};

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

export function sizesOf({ tables }: Manifest): {
  tables: number;
  rows: number;
  contentBytes: number;
  fileBytes: number;
} {
  const sum = (of: (table: Manifest['tables'][number]) => number): number =>
    tables.reduce((total, table) => total + of(table), 0);
  return {
    tables: tables.length,
    rows: sum(({ content }) => content.rows),
    contentBytes: sum(({ content }) => content.bytes),
    fileBytes: sum(({ file }) => file.bytes),
  };
}
