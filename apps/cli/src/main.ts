import { UsageError } from './command.js';
import { processTerminal } from './config.js';
import { helpFor, runCommand } from './run-command.js';

/** Several addresses that all refuse make an error with a code and no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, 'code');
  return error.message || (typeof code === 'string' ? code : error.name);
}

/** `concord <command>`: what operators do beside the running processes. */
const args = process.argv.slice(2);
runCommand(args, processTerminal).then(
  (outcome) => {
    process.exitCode = outcome === 'done' ? 0 : 1;
  },
  (error: unknown) => {
    const asked = error instanceof UsageError;
    process.stderr.write(`concord: ${reasonOf(error)}\n${asked ? `\n${helpFor(args)}` : ''}`);
    process.exitCode = asked ? 2 : 1;
  },
);
