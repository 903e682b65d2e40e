import { existsSync } from 'node:fs';
import { readOptions, UsageError, type Command } from './command.js';
import { readTarget, TARGET_OPTIONS, withOwner } from './database-target.js';

const OPTIONS = { ...TARGET_OPTIONS, json: { type: 'boolean' } } as const;

export const migrateCommand: Command = {
  name: 'migrate',
  help: `migrate [--data DIRECTORY | --database-url URL] [--json]   brings a database to this version's schema

    --data           CONCORD_DATA_DIR  a data directory of npm start (.concord), running or stopped; made if it is missing
    --database-url   DATABASE_URL   a login that owns the database and has CREATEROLE; a direct connection
    --json                          prints {"applied":[...]} instead of one name a line`,
  options: OPTIONS,
  examples: ['migrate --data .concord', 'migrate --database-url postgresql://owner@db.example.gov/concord'],
  async run(args, { env, print }) {
    const options = readOptions(args, OPTIONS);
    const target = readTarget(options, env);
    // A deployment that forgot to name its database must not be content with an empty one of its own.
    if (target.kind === 'directory' && !(options.data ?? env['CONCORD_DATA_DIR']) && !existsSync(target.dataDir))
      throw new UsageError('Which database? Give --data, --database-url or DATABASE_URL.');
    const applied = await withOwner(target, (_, migrated) => Promise.resolve(migrated));
    if (options.json) print(`${JSON.stringify({ applied })}\n`);
    else print(applied.length === 0 ? 'up to date\n' : applied.map((name) => `applied ${name}\n`).join(''));
    return 'done';
  },
};
