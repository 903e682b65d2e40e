import { parseArgs, type ParseArgsConfig } from 'node:util';

/** One thing that operators do beside the running processes: a file `<name>.command.ts`, and a line in `commands.ts`. */
export interface Command {
  readonly name: string;
  /** How it is asked for and what each option means: the lines of its help, without the name of the program. */
  readonly help: string;
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
}

/** The command was asked for in a way that cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;
type Values<T extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: false }>
>['values'];

/** Options of one command; it takes no other words. @throws UsageError */
export function readOptions<const T extends OptionsConfig>(args: readonly string[], options: T): Values<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
