import { UsageError, type Command, type CommandOutcome, type Terminal } from './command.js';
import { COMMANDS } from './commands.js';

export function helpOf(commands: readonly Command[]): string {
  return `concord <command>

${commands.map(({ help }) => `  ${help}\n`).join('\n')}
  -h, --help   prints this; after a command, what is said of that command

Exit codes: 0 done, 1 failed, 2 asked wrongly.
`;
}

/** What to read for somebody who asked wrongly: of the command that was named, or of all. */
export function helpFor(args: readonly string[], commands: readonly Command[] = COMMANDS): string {
  const named = commands.find(({ name }) => name === args[0]);
  return named === undefined ? helpOf(commands) : `concord ${named.help}\n`;
}

/**
 * Runs `concord <command> [options]`: the command comes first.
 * @throws UsageError for a command that does not exist, or one that is asked for wrongly
 */
export async function runCommand(
  args: readonly string[],
  terminal: Terminal,
  commands: readonly Command[] = COMMANDS,
): Promise<CommandOutcome> {
  const [name, ...others] = args;
  if (name === 'help' || name === '--help' || name === '-h') {
    terminal.print(helpOf(commands));
    return 'done';
  }
  if (name === undefined || name.startsWith('-')) throw new UsageError('Which command? It comes before its options.');
  const command = commands.find((known) => known.name === name);
  if (command === undefined) throw new UsageError(`There is no command ${name}.`);
  if (others.includes('--help') || others.includes('-h')) {
    terminal.print(`concord ${command.help}\n`);
    return 'done';
  }
  return command.run(others, terminal);
}
