import { runCommand } from '../../apps/cli/src/run-command.js';

export interface Said {
  readonly outcome: 'done' | 'failed';
  readonly printed: string;
  readonly told: string;
}

/** `concord …` in this process, in an environment of its own. */
export async function concord(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Said> {
  let printed = '';
  let told = '';
  const outcome = await runCommand(args, {
    env,
    print: (text) => void (printed += text),
    tell: (line) => void (told += `${line}\n`),
  });
  return { outcome, printed, told };
}
