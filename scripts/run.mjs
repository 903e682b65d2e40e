// Builds what has changed and runs a program of dist/ in this process: `npm start`, `npm run demo`, `npm run concord`,
// `npm run bench [name]`, `npm run attack [name]`, `npm run fuzz`, `npm run timing`.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { bundleGraphiql } from './bundle-graphiql.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [program, ...args] = process.argv.slice(2);

await build({ quiet: true });
if (program === 'start') await bundleGraphiql({ quiet: true });

const programs = {
  start: 'apps/embedded/src/start.js',
  demo: 'apps/embedded/src/demo.js',
  cli: 'apps/cli/src/main.js',
  fuzz: 'test/fuzz/fuzz.js',
  timing: 'test/attacks/timing.js',
  attack: 'test/attacks/run-attack.js',
};

function benchOf(name) {
  const folder = join(root, 'dist/test/bench');
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.bench.js'))
        .map((file) => file.replace('.bench.js', ''))
    : [];
  if (name !== undefined && names.includes(name)) return `test/bench/${name}.bench.js`;
  process.stderr.write(`npm run bench -- <name> [options]; there is: ${names.join(', ')}\n`);
  process.exit(2);
}

const file = program === 'bench' ? benchOf(args[0]) : programs[program];
process.argv = [process.argv[0], join(root, 'dist', file), ...(program === 'bench' ? args.slice(1) : args)];
await import(pathToFileURL(join(root, 'dist', file)).href);
