// `npm run test:faults [-- --scenario N] [--backend postgres|redis] [--seed S] [--short] [--minutes M]`: the long run of the
// fault scenarios (test/faults/scenarios), one after the other, and the table of what was counted. It ends by itself,
// whatever hangs; it fails when anything was lost, unexpected, duplicated or leaked, or a harness without its guarantee
// found nothing.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { faultsTable } from './faults-table.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const BACKENDS = { postgres: 'PostgreSQL', redis: 'Redis' };
const GRACE_MS = 20_000;

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    backend: { type: 'string' },
    seed: { type: 'string' },
    short: { type: 'boolean', default: false },
    // Of everything together.
    minutes: { type: 'string', default: '90' },
  },
});
const minutes = Number(values.minutes);
const backend = values.backend === undefined ? null : BACKENDS[values.backend];
if (backend === undefined || !(minutes > 0) || (values.scenario !== undefined && !/^\d+$/.test(values.scenario))) {
  process.stderr.write(
    'npm run test:faults -- [--scenario N] [--backend postgres|redis] [--seed S] [--short] [--minutes M]\n',
  );
  process.exit(2);
}

const seed = values.seed ?? process.env.CONCORD_SEED ?? String(Date.now() % 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'concord-faults-results-'));
const results = process.env.CONCORD_FAULTS_RESULTS ?? join(folder, 'results.jsonl');
const before = existsSync(results) ? readFileSync(results, 'utf8').length : 0;
process.stderr.write(`faults: CONCORD_SEED=${seed}\n`);
await build({ quiet: true });

// `describe` begins with the numbers of its scenarios and ends with its backend.
const pattern = [
  ...(values.scenario === undefined ? [] : [`#${values.scenario}(?!\\d)`]),
  ...(backend === null ? [] : [`(?=.* on ${backend}\\b)`]),
];
const filter =
  pattern.length === 0
    ? []
    : [
        '-t',
        `^(?=.*${pattern[0].startsWith('#') ? pattern[0] : ''})${pattern.filter((one) => !one.startsWith('#')).join('')}`,
      ];
const jest = spawn(
  process.execPath,
  [
    ...['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')],
    ...['test/faults/scenarios/', '--runInBand', '--forceExit', ...filter],
  ],
  {
    cwd: root,
    stdio: 'inherit',
    // A group of its own, so that at the end all of it can be ended.
    detached: true,
    env: {
      ...process.env,
      CONCORD_FAULTS: values.short ? '' : 'long',
      CONCORD_FAULTS_RESULTS: results,
      CONCORD_SEED: seed,
    },
  },
);
const signalAll = (signal) => {
  try {
    process.kill(-jest.pid, signal);
  } catch {
    // It is over.
  }
};
let cutShort = false;
const late = setTimeout(() => {
  cutShort = true;
  process.stderr.write(`faults: cut short after ${minutes} minutes\n`);
  signalAll('SIGTERM');
  setTimeout(() => signalAll('SIGKILL'), GRACE_MS).unref();
}, minutes * 60_000);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signalAll(signal));

jest.on('exit', (code) => {
  clearTimeout(late);
  // What a test that was cut short has left behind.
  signalAll('SIGKILL');
  const text = existsSync(results) ? readFileSync(results, 'utf8').slice(before) : '';
  const lines = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const { table, sound } = faultsTable(lines);
  process.stdout.write(`\n${table}\n`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(code === 0 && sound && !cutShort && lines.length > 0 ? 0 : 1);
});
