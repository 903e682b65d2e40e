import { parseArgs, type ParseArgsConfig } from 'node:util';
import { meant } from './meant.js';

/** One thing that is done at a terminal: a file `<name>.command.ts`, and a line in `commands.ts`. */
export interface Command {
  readonly name: string;
  /** How it is asked for and what each option means: the lines of its help, without the name of the program. */
  readonly help: string;
  /** All of its options: completion is made of them. */
  readonly options: OptionsConfig;
  /** As somebody would type it, without the name of the program; at least one. */
  readonly examples: readonly string[];
  /** Words that may stand first behind its name; absent: none. */
  readonly words?: readonly string[];
  /** @throws UsageError where it is asked for in a way that cannot be meant; any other error: it failed. */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<CommandOutcome>;
}

/** `failed`: it did what was asked, and what it found is not in order. Exit code 1, as for an error. */
export type CommandOutcome = 'done' | 'failed';

/** What a command is given by whoever runs it. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** The result, to stdout: lines, or one JSON document with `--json`. */
  readonly print: (text: string) => void;
  /** Progress and warnings, to stderr, one line each. */
  readonly tell: (line: string) => void;
  /** A question to whoever sits there; absent where nobody does. Empty: no answer. */
  readonly ask?: (question: string) => Promise<string>;
}

/** The command was asked for in a way that cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type OptionsConfig = NonNullable<ParseArgsConfig['options']>;
type Values<T extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: false }>
>['values'];

/** Options of one command; it takes no other words. @throws UsageError, which repeats no word: it may be a secret */
export function readOptions<const T extends OptionsConfig>(args: readonly string[], options: T): Values<T> {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new UsageError(`Word ${token.index + 1} behind the command is one too many: it is no option of its own.`);
    if (token.kind === 'option' && !Object.hasOwn(options, token.name))
      throw new UsageError(
        `There is no option ${nameOf(token.rawName)}.${meant(token.name, Object.keys(options), '--')}`,
      );
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** What looks like a name is repeated; what may be a secret behind two dashes is not. */
const nameOf = (raw: string): string => (/^--?[a-z][a-z-]{0,29}$/.test(raw) ? raw : 'of that name');
