import { ORI } from '@concord/agencies';
import { resolve } from 'node:path';
import { readOptions, UsageError, type Command } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything } from './database-target.js';
import { exportAgency } from './export/export-agency.js';
import { readRootKey, ROOT_KEY_OPTION } from './key-files.js';

const OPTIONS = {
  ...TARGET_OPTIONS,
  ...ROOT_KEY_OPTION,
  ori: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const exportCommand: Command = {
  name: 'export',
  help: `export agency --ori ORI --out DIRECTORY [--data DIRECTORY | --database-url URL] [--key-file FILE] [--json]
    writes all reports of an agency with their versions, opened, as JSON lines, with a manifest of digests. Everything that
    was sealed is readable in it: hand it to the agency and delete it; docs/agencies.md

    --ori                               which agency; also one that has left
    --out                               a directory that is not there yet
    --data           CONCORD_DATA_DIR   without it: the directory of npm start (.concord), running or stopped
    --database-url   DATABASE_URL       a login as for backup that was granted concord_operator, or a superuser
    --key-file       CONCORD_KEY_FILE   the root key; without it root.key of the data directory
    --json                              prints the manifest`,
  options: OPTIONS,
  examples: ['export agency --ori CA0370100 --out /handover/san-diego'],
  words: ['agency'],
  async run(args, { env, print, tell }) {
    const [what, ...others] = args;
    if (what !== 'agency') throw new UsageError('Export what? Say `export agency`.');
    const options = readOptions(others, OPTIONS);
    const { ori, out } = options;
    if (ori === undefined || !ORI.test(ori)) throw new UsageError('Which agency? Give --ori and its nine characters.');
    if (!out) throw new UsageError('Where to? Give --out a directory that is not there yet.');
    const target = readTarget(options, env);
    const rootKey = await readRootKey(options, env, target);
    if (rootKey === null) throw new UsageError('Which root key? Name its file with --key-file or CONCORD_KEY_FILE.');
    const directory = resolve(out);
    const manifest = await withEverything(target, (url) => exportAgency(url, { ori, directory, rootKey }));
    if (options.json) print(`${JSON.stringify(manifest)}\n`);
    else
      print(
        `${directory}: ${manifest.files.map(({ name, rows }) => `${name} ${rows}`).join(', ')}, as of ${manifest.takenAt}\n`,
      );
    if (!options.json) tell('Everything in it is readable: hand it to the agency, and delete it.');
    if (manifest.unopened > 0) tell(`${manifest.unopened} sealed parts do not open any more; each line names its own.`);
    return manifest.unopened > 0 ? 'failed' : 'done';
  },
};
