import { openBackup, verifyBackup, type BackupFault } from '@concord/platform/backup';
import { resolve } from 'node:path';
import { sizesOf } from './backup.command.js';
import { readOptions, UsageError, type Command, type Terminal } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything } from './database-target.js';
import {
  BACKUP_KEY_OPTION,
  fitsRootKey,
  readBackupKey,
  readRootKey,
  ROOT_KEY_FACT,
  ROOT_KEY_OPTION,
} from './key-files.js';
import { verifyDatabase } from './verify/check-database.js';

const OPTIONS = {
  ...TARGET_OPTIONS,
  ...BACKUP_KEY_OPTION,
  ...ROOT_KEY_OPTION,
  from: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Options = ReturnType<typeof readOptions<typeof OPTIONS>>;

/** What was looked at, in numbers, and everything that is not in order. */
interface Verdict {
  readonly seen: Readonly<Record<string, number | string>>;
  readonly faults: readonly BackupFault[];
}

export const verifyCommand: Command = {
  name: 'verify',
  help: `verify --from DIRECTORY [--backup-key FILE] [--key-file FILE] [--json]
    reads every byte of a backup and says what is not as it was written; no database is needed
  verify [--data DIRECTORY | --database-url URL] [--key-file FILE] [--json]
    asks a database, running or not, whether everything in it fits together; a login as for backup

    --key-file       CONCORD_KEY_FILE  the root key: whether it is the right one, and in a database whether every
                                    sealed part opens (counted, never shown). With --data: root.key
    --json                          prints {"ok":...,"faults":[...]}`,
  options: OPTIONS,
  examples: ['verify --from /backups/2026-11-23', 'verify --data .concord --json'],
  run: async (args, { env, print }) => {
    const options = readOptions(args, OPTIONS);
    const { seen, faults } =
      options.from === undefined ? await ofDatabase(options, env) : await ofBackup(options.from, options, env);
    const ok = faults.length === 0;
    if (options.json) print(`${JSON.stringify({ ok, ...seen, faults })}\n`);
    else {
      for (const { code, subject, message } of faults)
        print(`${code} ${subject === undefined ? '' : `${subject}: `}${message}\n`);
      const numbers = Object.entries(seen).map(([name, value]) => `${name} ${value}`);
      print(`${ok ? 'in order' : `${faults.length} faults`}: ${numbers.join(', ')}\n`);
    }
    return ok ? 'done' : 'failed';
  },
};

async function ofBackup(from: string, options: Options, env: Terminal['env']): Promise<Verdict> {
  if (options.data !== undefined || options['database-url'] !== undefined)
    throw new UsageError('Either --from a backup, or a database: --data or --database-url.');
  const backup = await openBackup(resolve(from), await readBackupKey(options));
  const faults = await verifyBackup(backup);
  const rootKey = await readRootKey(options, env, null);
  if (rootKey !== null && !fitsRootKey(rootKey, backup.manifest.facts[ROOT_KEY_FACT] ?? null))
    faults.push({ code: 'KEY_WRONG', message: 'the root key is not that of the Concord that was backed up' });
  return { seen: { ...sizesOf(backup.manifest), takenAt: backup.manifest.takenAt }, faults };
}

async function ofDatabase(options: Options, env: Terminal['env']): Promise<Verdict> {
  if (options['backup-key'] !== undefined) throw new UsageError('--backup-key is for a backup: give --from.');
  const target = readTarget(options, env);
  const rootKey = await readRootKey(options, env, target);
  return withEverything(target, (url) => verifyDatabase(url, rootKey));
}
