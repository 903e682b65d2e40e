import { coloursOf } from './colours.js';
import { readOptions, UsageError, type Command } from './command.js';
import { COMMANDS } from './commands.js';
import { completionFor, SHELLS } from './completion.js';
import { helpFor, runCommand, runProgram } from './run-command.js';

const OPTIONS = { loud: { type: 'boolean' }, json: { type: 'boolean' } } as const;
const trial: Command = {
  name: 'trial',
  help: 'trial [--loud]   tries',
  options: OPTIONS,
  examples: ['trial --loud'],
  async run(args, { print }) {
    const { loud, json } = readOptions(args, OPTIONS);
    if (loud && json) throw new Error('too loud');
    print(loud ? 'LOUD' : 'quiet');
    return 'done';
  },
};
const HELP = 'concord trial [--loud]   tries\n\n  For example:\n    concord trial --loud\n';

async function said(args: readonly string[]): Promise<string> {
  let text = '';
  const terminal = { env: {}, print: (more: string) => void (text += more), tell: () => undefined };
  await runCommand(args, terminal, [trial]);
  return text;
}

async function program(args: readonly string[], commands: readonly Command[] = COMMANDS) {
  let [printed, told] = ['', ''];
  const terminal = {
    env: {},
    print: (text: string) => void (printed += text),
    tell: (line: string) => void (told += `${line}\n`),
    paint: (_: string, text: string) => text,
  };
  return { code: await runProgram(args, terminal, commands), printed, told };
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
    expect(await said(['trial', '--help'])).toBe(HELP);
    expect(await said(['help', 'trial'])).toBe(HELP);
  });

  it('tells whoever asked wrongly of that command alone, where it was named', () => {
    expect(helpFor(['trial', '--riot'], [trial])).toBe(HELP);
    expect(helpFor(['riot'], [trial])).toContain('concord <command>');
  });

  it('says what was probably meant, and repeats nothing that may be a secret', async () => {
    expect((await program(['trail'], [trial])).told).toContain('Did you mean trial?');
    expect((await program(['trial', '--lud'], [trial])).told).toContain('no option --lud. Did you mean --loud?');
    const secret = 'cck_0123456789ab_SECRET';
    for (const args of [[secret], ['trial', secret], ['trial', `--${secret}`], ['trial', '--loud', secret]]) {
      const { code, told } = await program(args, [trial]);
      expect([code, told.includes('SECRET')]).toEqual([2, false]);
    }
  });

  it('ends with 0, 1 or 2, and with --json in a document also when it failed', async () => {
    expect((await program(['trial'], [trial])).code).toBe(0);
    const failed = await program(['trial', '--loud', '--json'], [trial]);
    expect([failed.code, JSON.parse(failed.printed)]).toEqual([1, { error: { exitCode: 1, message: 'too loud' } }]);
  });

  it('tells a terminal nothing that stands in a file: what would do something is written out', async () => {
    const nasty = '\u001b]0;owned\u0007\u001b[2J\u009b1m\r\u202egnp\u200b\u061c\u00ad\u{e0041} ok\ttab\nnext';
    const [shown, plain] = [
      '\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{9b}1m\\u{d}\\u{202e}gnp\\u{200b}\\u{61c}\\u{ad}\\u{e0041} ok\ttab\nnext',
      nasty,
    ];
    const command: Command = {
      ...trial,
      async run(_, { print, tell, ask }) {
        tell(nasty);
        print(nasty);
        await ask?.(nasty);
        throw new Error(nasty);
      },
    };
    for (const printsToTerminal of [true, false]) {
      const said: Record<string, string[]> = { print: [], tell: [], ask: [] };
      const code = await runProgram(
        ['trial'],
        {
          ...{ env: {}, paint: (_: string, text: string) => text, printsToTerminal },
          print: (text) => void said['print']?.push(text),
          tell: (line) => void said['tell']?.push(line),
          ask: (question) => {
            said['ask']?.push(question);
            return Promise.resolve('');
          },
        },
        [command],
      );
      expect(code).toBe(1);
      const line = shown.replace('\n', '\\u{a}');
      expect(said).toEqual({
        print: [printsToTerminal ? shown : plain],
        tell: [line, `concord: ${shown}`],
        ask: [line],
      });
    }
  });

  it('colours on terminals alone, as NO_COLOR and FORCE_COLOR say', () => {
    const red = (isTTY: boolean, env: Record<string, string>): boolean => coloursOf({ isTTY }, env)('red', 'x') !== 'x';
    const TERM = 'xterm-256color';
    expect([red(true, { TERM }), red(false, { TERM }), red(true, { TERM: 'dumb' })]).toEqual([true, false, false]);
    expect([red(true, { TERM, NO_COLOR: '1' }), red(false, { FORCE_COLOR: '1' })]).toEqual([false, true]);
    expect(red(true, { TERM, FORCE_COLOR: '0' })).toBe(false);
  });

  it('has each command once, and its help begins with its name', () => {
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
    for (const { name, help } of COMMANDS) expect(help.startsWith(name)).toBe(true);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s has help with an example that can be meant, --json, and ends with 2 when asked wrongly',
    async (name, command) => {
      const help = await program([name, '--help']);
      expect(help.code).toBe(0);
      expect(help.printed).toMatch(new RegExp(`For example:\n    concord ${name} `));
      for (const option of Object.keys(command.options)) expect(help.printed).toContain(`--${option}`);
      for (const example of command.examples)
        for (const [, option = ''] of example.matchAll(/ --([a-z-]+)/g)) expect(command.options).toHaveProperty(option);
      const wrong = await program([name, ...(command.words ?? []).slice(0, 1), 'file', '--no-such-option', '--json']);
      expect(wrong.code).toBe(2);
      expect(JSON.parse(wrong.printed.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { exitCode: 2 } });
      expect(command.options).toHaveProperty('json');
    },
  );

  it.each(SHELLS)('completes every command, word and option in %s', async (shell) => {
    const { printed } = await program(['completion', shell]);
    expect(printed).toBe(completionFor(shell, COMMANDS));
    for (const { name, words = [], options } of COMMANDS)
      for (const word of [name, ...words, ...Object.keys(options)]) expect(printed).toContain(word);
    expect((await program(['completion', 'csh'])).code).toBe(2);
  });
});
