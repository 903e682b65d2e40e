import { appendFileSync } from 'node:fs';
import { LONG, RESULTS_FILE, SEED } from './length.config.js';
import { FAULTS, faultsIn, type Fault, type Tally } from './tally.js';

/** What one reader saw by one way of looking. */
export interface Counted {
  readonly reader: string;
  readonly channel: string;
  readonly tally: Tally;
}

export interface ScenarioResult {
  /** Numbers of the scenarios that the run covers; docs/faults.md lists them. */
  readonly scenario: readonly number[];
  readonly name: string;
  readonly backend: string;
  /** Which guarantee was taken away, and so has to show; null: none. */
  readonly without: string | null;
  readonly counted: readonly Counted[];
  readonly seconds: number;
  /** Numbers and words of this scenario alone: kills, attempts, seconds until rebuilt. */
  readonly facts?: Readonly<Record<string, number | string | boolean>>;
}

/** Appends the line, says it in short on standard error, and gives what must be 0, summed over all readers. */
export function tell(result: ScenarioResult): Readonly<Record<Fault, number>> {
  const faults = faultsIn(result.counted.map((one) => one.tally));
  const line = { ...result, ...faults, seed: SEED, length: LONG ? 'long' : 'short' };
  if (RESULTS_FILE !== null) appendFileSync(RESULTS_FILE, `${JSON.stringify(line)}\n`);
  const short = { ...faults, ...result.facts, seconds: result.seconds, seed: SEED };
  const what = `#${result.scenario.join(' #')} ${result.name}${result.without === null ? '' : `, without ${result.without}`}`;
  process.stderr.write(`faults: ${what} on ${result.backend}: ${JSON.stringify(short)}\n`);
  // The rest is in the line of the file.
  for (const { reader, channel, tally } of result.counted)
    if (FAULTS.some((fault) => tally[fault] > 0))
      process.stderr.write(`faults:   ${reader} ${channel}: ${JSON.stringify(tally)}\n`);
  return faults;
}
