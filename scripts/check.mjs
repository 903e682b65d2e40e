// `npm run check`: everything that can be judged without running the product. Every step runs, as many at once as there
// are cores; what failed is listed at the end.
import pLimit from 'p-limit';
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join, resolve, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules/.bin', name);
const node = (script, ...args) => [process.execPath, [join(root, 'scripts', script), ...args]];

// The longest first, so that nothing waits for one of them alone at the end.
const steps = [
  ['lint', bin('eslint'), ['--max-warnings', '200', '.']],
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['boundaries', bin('depcruise'), ['apps', 'libs', 'test', 'scripts']],
  ['unused', bin('knip'), ['--no-config-hints']],
  ['graphql schema', ...node('print-graphql-schema.mjs', '--check')],
  ['client', ...node('print-client.mjs', '--check')],
  ['capabilities', ...node('print-capabilities.mjs', '--check')],
  ['documents of strangers', ...node('print-trusted-documents.mjs', '--check')],
  ['operations of the field', ...node('check-operations.mjs')],
  ['database schema', ...node('check-schema-sql.mjs')],
  ['commands', ...node('print-cli.mjs', '--check')],
  ['issue codes', ...node('print-issue-codes.mjs', '--check')],
  ['log events', ...node('print-log-events.mjs', '--check')],
  ['release page', ...node('print-release-policy.mjs', '--check')],
  ['import page', ...node('print-import-page.mjs', '--check')],
  ['NIBRS tables', ...node('print-nibrs.mjs', '--check')],
  [
    'policies, leakproof filters',
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js'), 'test/catalogue'],
  ],
];

const only = process.argv.slice(2);
await build({ quiet: true });
const failed = [];
// Each is one core's work.
const core = pLimit(availableParallelism());
await Promise.all(
  steps
    .filter(([name]) => only.length === 0 || only.includes(name))
    .map(([name, command, args]) =>
      core(async () => {
        const started = Date.now();
        const { status, output } = await run(command, args);
        if (status !== 0) failed.push(name);
        const seconds = ((Date.now() - started) / 1000).toFixed(1);
        process.stdout.write(`${output}${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
      }),
    ),
);
process.stdout.write(failed.length === 0 ? 'check: everything is in order\n' : `check: failed: ${failed.join(', ')}\n`);
process.exit(failed.length === 0 ? 0 : 1);

/** What it says is kept until it ends, so that two do not talk at once. */
function run(command, args) {
  return new Promise((resolved) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => resolved({ status: null, output: `${error.message}\n` }));
    child.on('close', (status) => resolved({ status, output }));
  });
}
