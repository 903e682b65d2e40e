import { UsageError, readOptions, type Command, type CommandOutcome, type Terminal } from './command.js';
import { COMMANDS } from './commands.js';
import { completionFor, SHELLS } from './completion.js';
import { EXIT_CODES } from './exit-codes.js';
import { meant } from './meant.js';
import { visible, visibleLine } from './visible.js';

const COMPLETION = `completion ${SHELLS.join('|')}   prints what a shell completes this program by: source <(concord completion bash)`;

export function helpOf(commands: readonly Command[]): string {
  const codes = Object.values(EXIT_CODES).map(({ code, meaning }) => `${code} ${meaning}`);
  return `concord <command>

${commands.map(({ help }) => `  ${help}\n`).join('\n')}
  ${COMPLETION}

  -h, --help   prints this; after a command, what is said of that command, with examples

Exit codes: ${codes.join(' ')} docs/cli.md
`;
}

/** Of one command: what it is for, and how somebody would type it. */
export const helpOfOne = ({ help, examples }: Command): string =>
  `concord ${help}\n\n  For example:\n${examples.map((example) => `    concord ${example}\n`).join('')}`;

/** What to read for somebody who asked wrongly: of the command that was named, or of all. */
export function helpFor(args: readonly string[], commands: readonly Command[] = COMMANDS): string {
  const named = commands.find(({ name }) => name === args[0]);
  return named === undefined ? helpOf(commands) : helpOfOne(named);
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
    terminal.print(helpFor(others, commands));
    return 'done';
  }
  if (name === undefined || name.startsWith('-')) throw new UsageError('Which command? It comes before its options.');
  if (name === 'completion') return complete(others, terminal, commands);
  const command = commands.find((known) => known.name === name);
  if (command === undefined)
    throw new UsageError(
      `There is no such command.${meant(name, ['help', 'completion', ...commands.map((one) => one.name)])}`,
    );
  if (others.includes('--help') || others.includes('-h')) {
    terminal.print(helpOfOne(command));
    return 'done';
  }
  return command.run(others, terminal);
}

function complete(
  [shell, ...others]: readonly string[],
  { print }: Terminal,
  commands: readonly Command[],
): CommandOutcome {
  const known = SHELLS.find((one) => one === shell);
  if (known === undefined) throw new UsageError(`For which shell? ${SHELLS.join(', ')}.`);
  const { json } = readOptions(others, { json: { type: 'boolean' } });
  const script = completionFor(known, commands);
  print(json ? `${JSON.stringify({ shell: known, script })}\n` : script);
  return 'done';
}

/** What the program itself is given. */
export interface ProgramTerminal extends Terminal {
  readonly paint: (style: 'red' | 'bold', text: string) => string;
  /** Stdout is read by a person, and not by a file or a pipe. */
  readonly printsToTerminal?: boolean;
}

/**
 * The whole program: runs it, says what went wrong and what to do, and answers with its exit code. With `--json` stdout
 * ends with a JSON document also when it failed.
 */
export async function runProgram(
  args: readonly string[],
  terminal: ProgramTerminal,
  commands: readonly Command[] = COMMANDS,
): Promise<number> {
  try {
    const outcome = await runCommand(args, shownPlainly(terminal), commands);
    return EXIT_CODES[outcome].code;
  } catch (error) {
    const asked = error instanceof UsageError;
    const { code } = asked ? EXIT_CODES.usage : EXIT_CODES.failed;
    const message = visible(reasonOf(error));
    terminal.tell(
      `${terminal.paint('red', 'concord:')} ${message}${asked ? `\n\n${helpFor(args, commands).trimEnd()}` : ''}`,
    );
    if (args.includes('--json')) terminal.print(`${JSON.stringify({ error: { exitCode: code, message } })}\n`);
    return code;
  }
}

/** What a command says may repeat what a file has in it. Its results go to files and pipes too, and are left as they are there. */
function shownPlainly(terminal: ProgramTerminal): Terminal {
  const { ask, print, tell, printsToTerminal = false } = terminal;
  return {
    ...terminal,
    print: (text) => print(printsToTerminal ? visible(text) : text),
    tell: (line) => tell(visibleLine(line)),
    ...(ask === undefined ? {} : { ask: (question) => ask(visibleLine(question)) }),
  };
}

/** Several addresses that all refuse make an error with a code and no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, 'code');
  const reason = error.message || (typeof code === 'string' ? code : error.name);
  const hint = typeof code === 'string' ? WHAT_TO_DO[code] : undefined;
  return hint === undefined ? reason : `${reason}. ${hint}`;
}

/** For what the system says in its own words. */
const WHAT_TO_DO: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nobody listens there: is it running, and is the address right?',
  ENOTFOUND: 'No machine of that name is known: is the address right?',
  ETIMEDOUT: 'Nobody answered: is the address right, and may this machine connect to it?',
  '28P01': 'PostgreSQL does not take this password.',
  '28000': 'PostgreSQL does not let this login in.',
  '3D000': 'There is no database of that name on this server.',
  '42501': 'This login may not do that: the help of the command says which one may.',
};
