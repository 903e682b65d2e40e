import { migrate } from '@concord/platform/database';
import { migrationsDirectory } from '@concord/platform/project';
import { HELP, readCommand, UsageError } from './config.js';
import { revoke } from './revoke.js';

/** `concord <command>`: what operators do beside the running processes. */
async function main(): Promise<void> {
  if (process.argv[2] === 'revoke') return revoke(process.argv.slice(3));
  const command = readCommand(process.argv.slice(2));
  if (command.name === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const applied = await migrate(command.databaseUrl, migrationsDirectory());
  if (command.json) process.stdout.write(`${JSON.stringify({ applied })}\n`);
  else
    process.stdout.write(applied.length === 0 ? 'up to date\n' : applied.map((name) => `applied ${name}\n`).join(''));
}

/** Several addresses that all refuse make an error with a code and no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, 'code');
  return error.message || (typeof code === 'string' ? code : error.name);
}

main().catch((error: unknown) => {
  const asked = error instanceof UsageError;
  process.stderr.write(`concord: ${reasonOf(error)}\n${asked ? `\n${HELP}` : ''}`);
  process.exitCode = asked ? 2 : 1;
});
