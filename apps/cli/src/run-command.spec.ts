import { readOptions, UsageError, type Command } from './command.js';
import { COMMANDS } from './commands.js';
import { helpFor, runCommand } from './run-command.js';

const trial: Command = {
  name: 'trial',
  help: 'trial [--loud]   tries',
  async run(args, { print }) {
    print(readOptions(args, { loud: { type: 'boolean' } }).loud ? 'LOUD' : 'quiet');
    return 'done';
  },
};

async function said(args: readonly string[]): Promise<string> {
  let text = '';
  const terminal = { env: {}, print: (more: string) => void (text += more), tell: () => undefined };
  await runCommand(args, terminal, [trial]);
  return text;
}

describe('concord <command>', () => {
  it('hands a command what comes after its name', async () => {
    expect(await said(['trial'])).toBe('quiet');
    expect(await said(['trial', '--loud'])).toBe('LOUD');
  });

  it.each([[[]], [['--loud', 'trial']], [['riot']], [['trial', '--riot']], [['trial', 'riot']]])(
    'refuses %j as asked wrongly',
    async (args) => {
      await expect(said(args)).rejects.toBeInstanceOf(UsageError);
    },
  );

  it('helps with all commands and with one', async () => {
    for (const args of [['help'], ['-h'], ['--help']]) expect(await said(args)).toContain('trial [--loud]   tries');
    expect(await said(['trial', '--help'])).toBe('concord trial [--loud]   tries\n');
  });

  it('tells whoever asked wrongly of that command alone, where it was named', () => {
    expect(helpFor(['trial', '--riot'], [trial])).toBe('concord trial [--loud]   tries\n');
    expect(helpFor(['riot'], [trial])).toContain('concord <command>');
  });

  it('has each command once, and its help begins with its name', () => {
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
    for (const { name, help } of COMMANDS) expect(help.startsWith(name)).toBe(true);
  });
});
