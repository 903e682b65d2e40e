import { systemClock } from '@concord/platform/clock';
import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openRootKey } from '../../embedded/src/data-directory.js';
import { readOptions, UsageError, type Command, type Terminal } from './command.js';
import { readTarget, TARGET_OPTIONS, withOwner, type DatabaseTarget } from './database-target.js';
import { readRootKey, ROOT_KEY_OPTION } from './key-files.js';
import type { RefusedRow } from './csv-lines.js';

const OPTIONS = {
  ...TARGET_OPTIONS,
  ...ROOT_KEY_OPTION,
  'from-cbp': { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const seedCommand: Command = {
  name: 'seed',
  help: `seed --from-cbp FILE [--data DIRECTORY | --database-url URL] [--key-file FILE] [--json]
    makes synthetic reports out of CBP's table of drug seizures: as many as it has events, weighing together what it
    weighs (docs/synthetic-data.md). Raises no alerts. Broken off, it goes on where it was; again, it stores nothing

    --from-cbp                      CBP's "nationwide drugs" CSV
    --data           CONCORD_DATA_DIR  a data directory of npm start (.concord), running or stopped; made if it is missing
    --database-url   DATABASE_URL   a PostgreSQL of yours: a login that owns the database, as for migrate
    --key-file       CONCORD_KEY_FILE  the root key; without it root.key of the data directory
    --json                          prints a JSON line for each row that cannot be used, {"line","reason"}, and as the
                                    last line {"reports","refused","totals":[{"fiscalYear","drug","events","pounds"}]},
                                    read back out of the database. Rows that cannot be used are also told on stderr`,
  options: OPTIONS,
  examples: ['seed --from-cbp nationwide-drugs-fy20-fy26.csv'],
  async run(args, terminal) {
    const options = readOptions(args, OPTIONS);
    if (!options['from-cbp']) throw new UsageError("From what? Give --from-cbp, CBP's table of drug seizures.");
    const file = resolve(options['from-cbp']);
    const target = readTarget(options, terminal.env);
    const namedKey = await readRootKey(options, terminal.env, target);
    if (namedKey === null && target.kind === 'url')
      throw new UsageError('Which root key? Name its file with --key-file or CONCORD_KEY_FILE.');
    await access(file, constants.R_OK).catch(() => {
      throw new Error(`${file} cannot be read.`);
    });
    const { readCbpFile, planOf, usableRows, loadPlan, compare, told } = await import('./seed/index.js');
    const now = systemClock.now();
    const plan = await planOf(readCbpFile(file, now), (row) => tellRefused(row, options.json ?? false, terminal));
    const started = performance.now();
    const { counts, stored } = await withOwner(target, async (ownerUrl) => {
      const rows = usableRows(readCbpFile(file, now));
      return loadPlan({ rows, now, plan, ownerUrl, rootKey: namedKey ?? (await rootKeyOf(target)) }, terminal);
    });
    const seconds = (performance.now() - started) / 1000;
    const { equal, lines } = compare(plan.totals, stored, plan.wordings);
    if (options.json) {
      const totals = stored.sorted().map((total) => told(total, plan.wordings));
      terminal.print(`${JSON.stringify({ reports: stored.events, refused: plan.refused, totals })}\n`);
    } else {
      terminal.print(`${lines.join('\n')}\n`);
      terminal.print(
        `${stored.events} reports, ${counts.loaded} of them loaded now in ${seconds.toFixed(1)} s; ` +
          `${plan.refused} rows of the file could not be used\n`,
      );
    }
    if (!equal) terminal.tell('What is stored is not what the file says: was another version of it loaded before?');
    return equal && (plan.rows > 0 || plan.refused === 0) ? 'done' : 'failed';
  },
};

const rootKeyOf = (target: DatabaseTarget): Promise<Buffer> => {
  if (target.kind === 'url') throw new Error('a database of the operator comes with a key file');
  return openRootKey(target.dataDir);
};

function tellRefused({ line, reason }: RefusedRow, json: boolean, { print, tell }: Terminal): void {
  if (json) print(`${JSON.stringify({ line, reason })}\n`);
  tell(`line ${line} ${reason}`);
}
