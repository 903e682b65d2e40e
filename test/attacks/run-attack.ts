import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { machineFacts, numberOption, round } from '../bench/measures.js';
import { verdictOf, type Attack } from './attack.js';

/**
 * `npm run attack -- <name> [--option N]`: runs one attack in its long form and prints JSON. It ends with 1 where a
 * promise was broken, with 2 where there is no such attack, with 3 where nothing was tried (`held: null`: data is not
 * here). `attack.ts` says how one is written.
 */
const here = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(here)
  .filter((file) => file.endsWith('.attack.js'))
  .map((file) => file.replace('.attack.js', ''))
  .sort();
const name = process.argv[2];
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`npm run attack -- <name> [--option N]; there is: ${names.join(', ')}\n`);
  process.exit(2);
}

const { attack } = (await import(pathToFileURL(join(here, `${name}.attack.js`)).href)) as { attack: Attack };
const unknown = process.argv.slice(3).filter((arg) => {
  const option = /^--([^=]+)/.exec(arg)?.[1];
  return option !== undefined && !(option in attack.options);
});
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; there is: ${JSON.stringify(attack.options)}\n`);
  process.exit(2);
}
const options = Object.fromEntries(
  Object.entries(attack.options).map(([option, otherwise]) => [option, numberOption(option, otherwise)]),
);
if (options['seed'] === 0) options['seed'] = randomInt(1, 1_000_000);

const began = performance.now();
const result = await attack.run(options);
const { broken, measured, skipped = [] } = result;
const { held, exitCode } = verdictOf(result);
for (const sentence of skipped) process.stderr.write(`skipped: ${sentence}\n`);
for (const sentence of broken) process.stderr.write(`BROKEN: ${sentence}\n`);
const said = {
  ...{ attack: name, adversary: attack.adversary, options, seconds: round((performance.now() - began) / 1000, 1) },
  ...{ held, broken, skipped, measured, machine: machineFacts() },
};
process.stdout.write(`${JSON.stringify(said, null, 2)}\n`);
process.exitCode = exitCode;
