import { migrate } from '@concord/platform/database';
import { migrationsDirectory } from '@concord/platform/project';
import { readOptions, UsageError, type Command } from './command.js';

export const migrateCommand: Command = {
  name: 'migrate',
  help: `migrate [--database-url URL] [--json]   brings a database to this version's schema

    --database-url   DATABASE_URL   a login that owns the database and has CREATEROLE; a direct connection
    --json                          prints {"applied":[...]} instead of one name a line`,
  async run(args, { env, print }) {
    const options = readOptions(args, { 'database-url': { type: 'string' }, json: { type: 'boolean' } });
    const databaseUrl = options['database-url'] || env['DATABASE_URL'];
    if (!databaseUrl) throw new UsageError('Which database? Give --database-url or DATABASE_URL.');
    const applied = await migrate(databaseUrl, migrationsDirectory());
    if (options.json) print(`${JSON.stringify({ applied })}\n`);
    else print(applied.length === 0 ? 'up to date\n' : applied.map((name) => `applied ${name}\n`).join(''));
    return 'done';
  },
};
