/**
 * The shape of an attack: a program that plays one adversary, says in JSON what he got, and whether what we promise
 * held. Copy this:
 *
 * - `test/attacks/<name>.attack.ts` exports `attack: Attack`. `npm run attack -- <name> [--seed S] [--option N]` builds,
 *   runs it by its name and prints its result (run-attack.ts; nothing is registered anywhere else). Whatever it needs
 *   beside it is compiled too, but not `*.builder.ts`, `*.spec.ts` and the like: those are for Jest alone.
 * - `test/attacks/<name>.attack.spec.ts` (`.flow-spec.ts` with a stack) is the short form in `npm test`: it calls
 *   `attack.run({ ...attack.options, seed: 1, tables: 5 })`, expects `broken` to be empty, and that the same adversary
 *   does get something where the defence is left out: an attack that finds nothing anywhere proves nothing.
 */
export interface Attack<Options extends Readonly<Record<string, number>> = Readonly<Record<string, number>>> {
  /** Who attacks, with what, against what: one sentence, printed with the result. */
  readonly adversary: string;
  /** Every option with the number of its long form; `seed` 0 is drawn anew and printed. All numbers: `--tables 200`. */
  readonly options: Options;
  run(options: Options): Promise<AttackResult>;
}

export interface AttackResult {
  /** One sentence for each promise that was broken, with what it takes to see it again; empty where all held. */
  readonly broken: readonly string[];
  /** What was measured, with the numbers of the naive defence beside ours; printed as it is. */
  readonly measured: Readonly<Record<string, unknown>>;
  /** What was left out and why, such as public data that is not there; said aloud. */
  readonly skipped?: readonly string[];
}

/** How `npm run attack` ends. */
export interface Verdict {
  /** Null where nothing was tried: a promise that nobody tested has not held. */
  readonly held: boolean | null;
  readonly exitCode: 0 | 1 | typeof NOTHING_TRIED;
}
export const NOTHING_TRIED = 3;

export function verdictOf({ broken, measured, skipped = [] }: AttackResult): Verdict {
  if (broken.length > 0) return { held: false, exitCode: 1 };
  const tried = Object.keys(measured).length > 0 || skipped.length === 0;
  return tried ? { held: true, exitCode: 0 } : { held: null, exitCode: NOTHING_TRIED };
}
