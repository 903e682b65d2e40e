import { cpus, loadavg, release, totalmem } from 'node:os';

/** What the numbers depend on; printed with them. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  /** At the time of asking; above the number of cores the numbers are somebody else's too. */
  readonly load: number;
}

export function machineFacts(): MachineFacts {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGb: round(totalmem() / 2 ** 30, 1),
    kernel: release(),
    node: process.version,
    load: round(loadavg()[0] ?? 0, 2),
  };
}

export interface Spread {
  readonly n: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { n: values.length, p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: quantile(values, 1) };
}

/** Nearest rank: always a value that was measured. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(0, Math.ceil(share * sorted.length) - 1);
  return round(sorted[rank] ?? Number.NaN, 2);
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/**
 * Runs `work` `times` times, one after the other, after `warmUp` runs that do not count; milliseconds. What is slow is
 * run less often: it ends after `longestMs`, with what it has.
 */
export async function timed(
  work: () => Promise<unknown>,
  times: number,
  warmUp = 5,
  longestMs = 4_000,
): Promise<number[]> {
  const begun = performance.now();
  for (let run = 0; run < warmUp && performance.now() - begun < longestMs / 4; run += 1) await work();
  const taken: number[] = [];
  for (let run = 0; run < times && (run === 0 || performance.now() - begun < longestMs); run += 1) {
    const started = performance.now();
    await work();
    taken.push(performance.now() - started);
  }
  return taken;
}

/** `--name value` or `--name=value` of the command line. */
export function numberOption(name: string, otherwise: number): number {
  const value = Number(textOption(name, String(otherwise)));
  if (!Number.isFinite(value)) throw new Error(`--${name} takes a number`);
  return value;
}

/** The same, as it was written. */
export function textOption(name: string, otherwise: string): string {
  const args = process.argv.slice(2);
  const at = args.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (at < 0) return otherwise;
  const text = args[at]?.includes('=') ? args[at]?.split('=')[1] : args[at + 1];
  if (text === undefined) throw new Error(`--${name} takes a value`);
  return text;
}

/** One JSON document on standard output; progress goes to standard error. */
export function printResult(result: object): void {
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}

export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Whether the command line has `--name`. */
export const flag = (name: string): boolean => process.argv.includes(`--${name}`);
