// `npm run test:matrix [-- --decisions N | --minutes M] [--seed S]`: the access matrix on one generated world after the
// other, until there are a million decisions (or as many, or as long, as was asked for) or the API and the oracle differ.
// Prints what was decided as JSON, with the seed; fails where anything differs or the decisions are not reached.
import { spawn } from 'node:child_process';
import { mkdtempSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** A world that has begun is asked to its end; what hangs is ended. */
const GRACE_MINUTES = 15;

const MILLION = 1_000_000;
/** A million took ten on two shared cores. */
const LONGEST_MINUTES = 120;

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, decisions: { type: 'string' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes ?? LONGEST_MINUTES);
const decisions = Number(values.decisions ?? (values.minutes === undefined ? MILLION : Number.MAX_SAFE_INTEGER));
const needed = values.decisions === undefined && values.minutes !== undefined ? 0 : decisions;
const seed = values.seed ?? process.env.CONCORD_SEED ?? String(Date.now() % 1_000_000);
if (!(minutes > 0) || !(decisions > 0) || !/^\d+$/.test(seed)) {
  process.stderr.write('npm run test:matrix -- [--decisions N] [--minutes M] [--seed S]\n');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'concord-matrix-'));
const results = join(folder, 'results.json');
await build({ quiet: true });
const jest = spawn(
  process.execPath,
  [
    ...['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')],
    ...['test/access-matrix/access-matrix.flow-spec.ts', '--runInBand', '--forceExit'],
  ],
  {
    cwd: root,
    // Its own words beside; what this prints on standard output is JSON alone.
    stdio: ['ignore', 2, 2],
    detached: true,
    env: {
      ...process.env,
      CONCORD_MATRIX_MINUTES: String(minutes),
      CONCORD_MATRIX_DECISIONS: String(decisions),
      CONCORD_MATRIX_RESULTS: results,
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
const late = setTimeout(() => signalAll('SIGKILL'), (minutes + GRACE_MINUTES) * 60_000);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signalAll(signal));

jest.on('exit', (code) => {
  clearTimeout(late);
  signalAll('SIGKILL');
  const found = existsSync(results) ? readFileSync(results, 'utf8') : null;
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${found ?? JSON.stringify({ seed: Number(seed), total: 0 })}\n`);
  const { total = 0, faults = 1 } = found === null ? {} : JSON.parse(found);
  process.exit(code === 0 && faults === 0 && total >= needed ? 0 : 1);
});
