import { appendFileSync } from 'node:fs';

/** How an attempt ended for the client: done, definitely refused, or not known (no answer, or one that does not say). */
export type Ending = 'ok' | 'fail' | 'info';

/** One request of an operation. */
export interface Attempt {
  readonly client: string;
  /** Milliseconds of the epoch. */
  readonly begunAt: number;
  /** Null while it is under way: what never ended is not known either. */
  endedAt: number | null;
  ending: Ending;
  /** What the client was told: an error code, a status, a system's error; null where it was done. */
  told: string | null;
}

/** What a client wanted once, however often it had to ask: the retries of a submitterReference are one operation. */
export interface Operation<Facts> {
  readonly key: string;
  readonly facts: Facts;
  readonly attempts: readonly Attempt[];
  /** Ids that answers named, one for each answer that said that it is done. */
  readonly answers: readonly string[];
}

/** Done as soon as one answer says so; refused only if every answer refused; else not known. */
export function outcomeOf({ attempts }: Operation<unknown>): Ending {
  if (attempts.some(({ ending }) => ending === 'ok')) return 'ok';
  return attempts.every(({ ending }) => ending === 'fail') ? 'fail' : 'info';
}

/**
 * What the clients know, kept outside the system: each attempt is appended to a file when it begins and when it ends,
 * so that the file says what was under way whatever becomes of this process.
 */
export class Journal<Facts> {
  readonly #operations = new Map<string, { facts: Facts; attempts: Attempt[]; answers: string[] }>();

  /** @param file null: kept in memory alone. */
  constructor(private readonly file: string | null) {}

  /** The returned function ends the attempt; `id` is what the answer named. */
  begin(
    key: string,
    facts: Facts,
    client: string,
  ): (ending: Ending, said?: { readonly id?: string; readonly told?: string }) => void {
    const attempt: Attempt = { client, begunAt: Date.now(), endedAt: null, ending: 'info', told: null };
    let operation = this.#operations.get(key);
    if (operation === undefined) this.#operations.set(key, (operation = { facts, attempts: [], answers: [] }));
    operation.attempts.push(attempt);
    this.#write({ at: attempt.begunAt, key, client, event: 'begin' });
    const { answers } = operation;
    return (ending, { id, told } = {}) => {
      Object.assign(attempt, { endedAt: Date.now(), ending, told: told ?? null });
      if (id !== undefined) answers.push(id);
      this.#write({ at: attempt.endedAt, key, client, event: ending, id, told });
    };
  }

  get operations(): readonly Operation<Facts>[] {
    return [...this.#operations].map(([key, operation]) => ({ key, ...operation }));
  }

  /** Attempts, and how many of them ended how. */
  get attempts(): Readonly<Record<'attempts' | Ending, number>> {
    const counts = { attempts: 0, ok: 0, fail: 0, info: 0 };
    for (const { attempts } of this.#operations.values())
      for (const { ending } of attempts) {
        counts.attempts += 1;
        counts[ending] += 1;
      }
    return counts;
  }

  #write(line: Record<string, unknown>): void {
    if (this.file !== null) appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}
