import { DomainError } from '@concord/platform/errors';

export interface TurnLimits {
  /** Of one line (a person) at once, while there is no other. */
  readonly atOnce: number;
  /** The same while others come too, of a line as long as a flood's: what it runs is what they wait for. */
  readonly atOnceAmongOthers: number;
  /** Of one group (an agency) at once. */
  readonly perGroup: number;
  /** Of everybody at once. */
  readonly total: number;
  /** Longest line. */
  readonly mostWaiting: number;
  /** Nobody waits longer; whoever would is told so when it comes. */
  readonly longestWaitMs: number;
}

export interface Place {
  readonly line: string;
  readonly group: string;
  /** Aborted when the asker is gone: it leaves its place, or gives on its turn. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly start: () => void;
}

interface Line {
  readonly key: string;
  readonly group: string;
  running: number;
  readonly waiting: Set<Waiting>;
}

/** How much the newest turn counts in the mean length of a turn. */
const NEWEST = 0.05;
const FIRST_GUESS_MS = 20;
/**
 * A line is a flood's when it is this many times as long as what may run at once, and no shorter than the others: a page
 * that asks for much is none, nor is whoever waits because of one.
 */
const FLOOD = 2;
/** Who came within this time is there. */
const PRESENT_MS = 1_000;

/**
 * Shares of this process: so many at once in all, in a group, in a line. Lines take turns, one of each, so that
 * somebody's flood waits in its own line and everybody else is next.
 */
export class Turns {
  /** By group and key: what is said about one seat has nothing to do with another. */
  readonly #lines = new Map<string, Line>();
  readonly #groups = new Map<string, number>();
  /** Lines in which somebody waits; the first is next. */
  readonly #ring = new Set<Line>();
  /** Lines and when somebody of them came last, in that order. */
  readonly #present = new Map<string, number>();
  #running = 0;
  #waiting = 0;
  #meanMs = FIRST_GUESS_MS;

  constructor(private readonly limits: TurnLimits) {}

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Resolves when it is this one's turn, with what ends it; the signal ends it too.
   * @throws LIMIT_EXCEEDED when the own line is too long, UNAVAILABLE when all are
   */
  async take(place: Place): Promise<() => void> {
    const line = this.#lineOf(place);
    this.#seen(line);
    if (this.#mayStart(line)) this.#begin(line);
    else {
      this.#refuseWhereHopeless(line);
      await this.#wait(line, place.signal);
    }
    const began = performance.now();
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      place.signal.removeEventListener('abort', end);
      this.#meanMs += NEWEST * (performance.now() - began - this.#meanMs);
      this.#end(line);
    };
    if (place.signal.aborted) end();
    else place.signal.addEventListener('abort', end, { once: true });
    return end;
  }

  /** What waits longer than it may is refused at once: waiting would only make everybody else's wait longer. */
  #refuseWhereHopeless(line: Line): void {
    const { total, mostWaiting, longestWaitMs } = this.limits;
    const ownMs = ((line.waiting.size + 1) * this.#meanMs) / this.#atOnce(line);
    if (line.waiting.size >= mostWaiting || (line.waiting.size > 0 && ownMs > longestWaitMs)) {
      this.#forget(line);
      throw tooManyAtOnce(ownMs);
    }
    // Lines take turns: a new one waits for one of each, whatever stands behind those.
    const everybodysMs = ((line.waiting.size + 1) * (this.#ring.size + 1) * this.#meanMs) / total;
    if (this.#ring.size > 0 && this.#running >= total && everybodysMs > longestWaitMs) {
      this.#forget(line);
      throw overloaded(everybodysMs);
    }
  }

  #wait(line: Line, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (reason: Error): void => {
        settle();
        if (line.waiting.delete(waiting)) this.#waiting -= 1;
        if (line.waiting.size === 0) this.#ring.delete(line);
        this.#forget(line);
        reject(reason);
      };
      const gone = (): void => leave(new DomainError('unavailable', 'UNAVAILABLE', 'The client has gone.'));
      const late = (): void => leave(this.#mayRun(line) ? overloaded(this.#meanMs) : tooManyAtOnce(this.#meanMs));
      const timer = setTimeout(late, this.limits.longestWaitMs);
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
      };
      const waiting: Waiting = {
        start: () => {
          settle();
          resolve();
        },
      };
      if (signal.aborted) return gone();
      signal.addEventListener('abort', gone, { once: true });
      line.waiting.add(waiting);
      this.#waiting += 1;
      this.#ring.add(line);
    });
  }

  #begin(line: Line): void {
    line.running += 1;
    this.#running += 1;
    this.#groups.set(line.group, (this.#groups.get(line.group) ?? 0) + 1);
  }

  #end(line: Line): void {
    line.running -= 1;
    this.#running -= 1;
    const left = (this.#groups.get(line.group) ?? 1) - 1;
    if (left === 0) this.#groups.delete(line.group);
    else this.#groups.set(line.group, left);
    this.#forget(line);
    this.#startNext();
  }

  #startNext(): void {
    // A line that begins one goes to the end and is met again; one that may not is passed over.
    for (const line of this.#ring) {
      if (this.#running >= this.limits.total) return;
      const next = this.#mayRun(line) ? line.waiting.values().next().value : undefined;
      if (next === undefined) continue;
      line.waiting.delete(next);
      this.#waiting -= 1;
      this.#ring.delete(line);
      if (line.waiting.size > 0) this.#ring.add(line);
      this.#begin(line);
      next.start();
    }
  }

  #atOnce(line: Line): number {
    const { atOnce, atOnceAmongOthers } = this.limits;
    const { size } = line.waiting;
    const flood = size >= FLOOD * atOnce && size * this.#ring.size >= this.#waiting && this.#present.size > 1;
    return flood ? atOnceAmongOthers : atOnce;
  }

  #seen({ key }: Line): void {
    const now = performance.now();
    this.#present.delete(key);
    this.#present.set(key, now);
    for (const [other, at] of this.#present) {
      if (now - at <= PRESENT_MS) break;
      this.#present.delete(other);
    }
  }

  #mayRun(line: Line): boolean {
    return line.running < this.#atOnce(line) && (this.#groups.get(line.group) ?? 0) < this.limits.perGroup;
  }

  #mayStart(line: Line): boolean {
    return line.waiting.size === 0 && this.#running < this.limits.total && this.#mayRun(line);
  }

  #lineOf({ line: key, group }: Place): Line {
    const name = `${group} ${key}`;
    const known = this.#lines.get(name);
    if (known !== undefined) return known;
    const made: Line = { key: name, group, running: 0, waiting: new Set() };
    this.#lines.set(name, made);
    return made;
  }

  #forget(line: Line): void {
    if (line.running === 0 && line.waiting.size === 0) this.#lines.delete(line.key);
  }
}

const seconds = (ms: number): number => Math.max(1, Math.min(30, Math.ceil(ms / 1_000)));

const tooManyAtOnce = (ms: number): DomainError =>
  new DomainError('limit', 'LIMIT_EXCEEDED', 'Too many operations at once; wait for answers.', seconds(ms));

const overloaded = (ms: number): DomainError =>
  new DomainError('unavailable', 'UNAVAILABLE', 'The service is busy. Try again.', seconds(ms));
