import type { Terminal } from './command.js';

/** This process as a command sees it. */
export const processTerminal: Terminal = {
  env: process.env,
  print: (text) => void process.stdout.write(text),
  tell: (line) => void process.stderr.write(`${line}\n`),
};
