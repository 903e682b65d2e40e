import { createInterface } from 'node:readline/promises';
import { coloursOf } from './colours.js';

/** This process as a command sees it. */
export const processTerminal = {
  env: process.env,
  print: (text: string) => void process.stdout.write(text),
  tell: (line: string) => void process.stderr.write(`${line}\n`),
  printsToTerminal: process.stdout.isTTY,
  paint: coloursOf(process.stderr, process.env),
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
};

/** Ctrl-C and Ctrl-D are no answer. */
async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
  reader.once('SIGINT', () => reader.close());
  try {
    return await Promise.race([reader.question(question), closed]);
  } finally {
    reader.close();
  }
}
