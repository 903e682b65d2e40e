import { parseArgs } from 'node:util';

/** What the command line and the environment ask for. */
export type CliCommand =
  { readonly name: 'help' } | { readonly name: 'migrate'; readonly databaseUrl: string; readonly json: boolean };

export const HELP = `concord <command>

  migrate [--database-url URL] [--json]   brings a database to this version's schema
  revoke --token-id JTI --issuer ISS [--reason TEXT]   takes a token back; docs/sign-in.md
  revoke --person ID                                   ends every seat of a person

  --database-url   DATABASE_URL   a login that owns the database and has CREATEROLE; a direct connection
  --data           CONCORD_DATA_DIR  revoke without DATABASE_URL: the directory of npm start (.concord)
  --json                          prints {"applied":[...]} instead of one name a line
  -h, --help                      prints this

Exit codes: 0 done, 1 failed, 2 asked wrongly.
`;

/** The command was asked for in a way that cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readCommand(args: readonly string[], env: NodeJS.ProcessEnv = process.env): CliCommand {
  const { values, positionals } = parsed(args);
  const [command, ...others] = positionals;
  if (values.help || command === 'help') return { name: 'help' };
  if (command === undefined) throw new UsageError('Which command?');
  if (command !== 'migrate') throw new UsageError(`There is no command ${command}.`);
  if (others.length > 0) throw new UsageError('migrate takes options only.');
  const databaseUrl = values['database-url'] || env['DATABASE_URL'];
  if (!databaseUrl) throw new UsageError('Which database? Give --database-url or DATABASE_URL.');
  return { name: 'migrate', databaseUrl, json: values.json ?? false };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'database-url': { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
