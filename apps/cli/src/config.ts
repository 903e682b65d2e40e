import { coloursOf } from './colours.js';

/** This process as a command sees it. */
export const processTerminal = {
  env: process.env,
  print: (text: string) => void process.stdout.write(text),
  tell: (line: string) => void process.stderr.write(`${line}\n`),
  paint: coloursOf(process.stderr, process.env),
};
