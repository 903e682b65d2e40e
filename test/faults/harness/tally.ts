import { outcomeOf, type Ending, type Operation } from './journal.js';

/** Jepsen's counting (total-queue, set) of one reader's view of what clients attempted. docs/faults.md explains it. */
export interface Tally {
  /** Operations whose effect this reader is entitled to, if they are done; the next three add up to it. */
  readonly attempted: number;
  readonly ok: number;
  readonly refused: number;
  readonly unknown: number;
  /** Unknown to the client, and present. */
  readonly recovered: number;
  /** Answered as done, and never seen. Must be 0. */
  readonly lost: number;
  /** Seen, and never attempted or refused every time. Must be 0. */
  readonly unexpected: number;
  /** Seen more than once. Must be 0 for effects. */
  readonly duplicated: number;
  /** Seen by a reader who was not entitled to it. Must be 0. */
  readonly leaked: number;
}

export interface Witness<Facts> {
  readonly operations: readonly Operation<Facts>[];
  /** Whether the reader may see it, from when it is committed. */
  readonly entitled: (operation: Operation<Facts>) => boolean;
  /** Keys of operations, as often as each was seen; what belongs to no operation under a key that none has. */
  readonly seen: readonly string[];
}

/** Pure. Everything is counted in distinct keys: what was seen three times is one duplicate. */
export function tally<Facts>({ operations, entitled, seen }: Witness<Facts>): Tally {
  const times = new Map<string, number>();
  for (const key of seen) times.set(key, (times.get(key) ?? 0) + 1);
  const counts = { attempted: 0, ok: 0, refused: 0, unknown: 0, recovered: 0, lost: 0, unexpected: 0, leaked: 0 };
  const known = new Set<string>();
  for (const operation of operations) {
    known.add(operation.key);
    const outcome = outcomeOf(operation);
    const present = times.has(operation.key);
    if (present && outcome === 'fail') counts.unexpected += 1;
    if (!entitled(operation)) {
      if (present) counts.leaked += 1;
      continue;
    }
    counts.attempted += 1;
    counts[NAME[outcome]] += 1;
    if (outcome === 'ok' && !present) counts.lost += 1;
    if (outcome === 'info' && present) counts.recovered += 1;
  }
  for (const key of times.keys()) if (!known.has(key)) counts.unexpected += 1;
  const duplicated = [...times.values()].filter((count) => count > 1).length;
  return { ...counts, duplicated };
}

const NAME = { ok: 'ok', fail: 'refused', info: 'unknown' } as const satisfies Record<Ending, string>;

/** What must be 0, whoever looks and wherever. */
export const FAULTS = ['lost', 'unexpected', 'duplicated', 'leaked'] as const;

export type Fault = (typeof FAULTS)[number];

/** Of several readers and channels together. */
export function faultsIn(tallies: readonly Tally[]): Readonly<Record<Fault, number>> {
  const sum = (fault: Fault): number => tallies.reduce((total, counted) => total + counted[fault], 0);
  return { lost: sum('lost'), unexpected: sum('unexpected'), duplicated: sum('duplicated'), leaked: sum('leaked') };
}
