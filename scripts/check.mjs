// `npm run check`: everything that can be judged without running the product. Every step runs; what failed is listed
// at the end.
import { spawnSync } from 'node:child_process';
import { join, resolve, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules/.bin', name);
const node = (script, ...args) => [process.execPath, [join(root, 'scripts', script), ...args]];

const steps = [
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['lint', bin('eslint'), ['--max-warnings', '200', '.']],
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
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
for (const [name, command, args] of steps) {
  if (only.length > 0 && !only.includes(name)) continue;
  const started = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const passed = status === 0;
  if (!passed) failed.push(name);
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
}
process.stdout.write(failed.length === 0 ? 'check: everything is in order\n' : `check: failed: ${failed.join(', ')}\n`);
process.exit(failed.length === 0 ? 0 : 1);
