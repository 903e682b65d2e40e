import { DomainError } from '@concord/platform/errors';

/** Requests of one person that run at once; the rest wait their turn, so that nobody's burst is everybody's wait. */
const AT_ONCE = 6;
/** Longest queue of one person; what comes then is told to come back. */
const MOST_WAITING = 500;

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** A fair share of this process for each person, whatever they send. */
export class PersonTurns {
  readonly #lines = new Map<string, Line>();

  /** Resolves when it is this request's turn, with what gives the turn on. @throws LIMIT_EXCEEDED */
  async take(personId: string): Promise<() => void> {
    const line = this.#lines.get(personId) ?? { running: 0, waiting: [] };
    this.#lines.set(personId, line);
    if (line.running < AT_ONCE) line.running += 1;
    else if (line.waiting.length >= MOST_WAITING)
      throw new DomainError('limit', 'LIMIT_EXCEEDED', 'Too many requests at once; wait for answers.', 2);
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#giveOn(personId, line);
    };
  }

  #giveOn(personId: string, line: Line): void {
    const next = line.waiting.shift();
    if (next !== undefined) return next();
    line.running -= 1;
    if (line.running === 0) this.#lines.delete(personId);
  }
}
