import { spawn } from 'node:child_process';

/** One command of a page and what it is said to answer. */
export interface Step {
  readonly line: number;
  readonly command: string;
  /** Lines; `…` stands for any text of a line, and a line of `…` alone for any lines. */
  readonly expected: string;
}

/**
 * Commands of a page of Markdown: the lines of its ```console blocks that begin with `$ `, with those that continue them
 * (`> `), and what stands below each.
 */
export function readTranscript(markdown: string): Step[] {
  const steps: { line: number; command: string; expected: string[] }[] = [];
  let inside = false;
  for (const [index, line] of markdown.split('\n').entries()) {
    if (line.startsWith('```')) inside = line === '```console';
    else if (inside && line.startsWith('$ ')) steps.push({ line: index + 1, command: line.slice(2), expected: [] });
    else if (inside && line.startsWith('> ')) {
      const step = steps.at(-1);
      if (step !== undefined) step.command += `\n${line.slice(2)}`;
    } else if (inside) steps.at(-1)?.expected.push(line);
  }
  return steps.map(({ expected, ...step }) => ({ ...step, expected: expected.join('\n').trim() }));
}

/** Whether the answer is what the page says. */
export function isAsSaid(answer: string, expected: string): boolean {
  const pattern = expected
    .split('\n')
    .map((line) => (line.trim() === '…' ? '[^]*?' : line.split('…').map(escaped).join('[^\\n]*?')))
    .join('\n');
  return new RegExp(`^${pattern}$`).test(answer.trim());
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A shell in which commands run one behind the other, so that what one sets the next one has. */
export class Shell {
  readonly #shell;
  #text = '';
  #told: () => void = () => undefined;

  constructor(env: Record<string, string>, cwd: string) {
    const { PATH = '' } = process.env;
    this.#shell = spawn('bash', ['--noprofile', '--norc'], { cwd, env: { PATH, HOME: cwd, ...env } });
    for (const stream of [this.#shell.stdout, this.#shell.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        this.#text += part;
        this.#told();
      });
  }

  /** What it prints, stderr too. */
  async run(command: string): Promise<string> {
    this.#text = '';
    const end = '-- the command is over --';
    this.#shell.stdin.write(`{ ${command}\n} 2>&1 </dev/null\nprintf '\\n${end}\\n'\n`);
    const text = await new Promise<string>((resolve, reject) => {
      this.#shell.once('exit', () => reject(new Error(`the shell ended: ${this.#text}`)));
      this.#told = () => {
        const at = this.#text.indexOf(`\n${end}\n`);
        if (at >= 0) resolve(this.#text.slice(0, at));
      };
    });
    this.#shell.removeAllListeners('exit');
    return text.trim();
  }

  close(): void {
    this.#shell.kill();
  }
}
