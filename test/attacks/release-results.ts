import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One number of an attack on release, as docs/release.md prints it. */
export interface ReleaseResult {
  /** Whose rows were attacked: a precision, or `NAIVE` for what is released elsewhere. */
  readonly tier: string;
  readonly measure: string;
  readonly value: number;
  /** Of 95 %, where `value` is a share of a sample. */
  readonly interval?: readonly [low: number, high: number];
  /** How many were looked at. */
  readonly of?: number;
  /** Where `value` is a part of the whole. */
  readonly unit?: 'share';
}

/** Writes docs/release/<attack>.json, which the page for the agency's lawyer is printed from. Run it from the root. */
export function writeReleaseResults(
  attack: string,
  options: Readonly<Record<string, number>>,
  results: readonly ReleaseResult[],
  run: 'attack' | 'bench' = 'attack',
): void {
  const folder = join(process.cwd(), 'docs', 'release');
  const said = Object.entries(options).map(([option, value]) => `--${option} ${value}`);
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const content = {
    ...{ attack, measuredAt: new Date().toISOString(), commit },
    ...{ command: `npm run ${run} -- ${attack} ${said.join(' ')}`, seed: options['seed'] ?? null, results },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${attack}.json`), `${JSON.stringify(content, null, 2)}\n`);
}
