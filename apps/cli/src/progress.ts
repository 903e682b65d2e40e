import { Presets, SingleBar } from 'cli-progress';

/** A line every so often where nobody watches a bar. */
const LINE_EVERY_MS = 5_000;

/** How far a command has come that takes long. */
export interface Progress {
  /**
   * @param done so many of the total are through
   * @param loaded those of them that were work now, by which the pace is judged
   */
  at(done: number, loaded: number): void;
  end(): void;
}

export interface ProgressOptions {
  /** Null: nobody knows before the end; then there is a rate and no time left. */
  readonly total: number | null;
  /** What is counted, in the plural: `reports`. */
  readonly unit: string;
  /** A terminal that shows a bar; null: lines instead. */
  readonly bar: NodeJS.WritableStream | null;
  readonly tell: (line: string) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

/** Progress of a command, on standard error: a bar where that is a terminal, else lines. */
export const showProgress = (
  { total, unit }: Pick<ProgressOptions, 'total' | 'unit'>,
  tell: ProgressOptions['tell'],
): Progress =>
  startProgress({
    ...{ total, unit, tell, bar: process.stderr.isTTY ? process.stderr : null },
    clock: () => performance.now(),
  });

/** A bar where somebody sits at a terminal, lines where standard error goes elsewhere. */
export function startProgress(options: ProgressOptions): Progress {
  return options.bar === null ? lines(options) : bar(options, options.bar);
}

function bar({ total, unit, clock }: ProgressOptions, stream: NodeJS.WritableStream): Progress {
  const shown = new SingleBar(
    {
      stream,
      format:
        total === null
          ? `{value} ${unit} | {rate} a second`
          : `{bar} {percentage} % | {value}/{total} ${unit} | {rate} a second | {left} left`,
      hideCursor: true,
      fps: 4,
    },
    Presets.shades_classic,
  );
  const pace = new Pace(total, clock);
  shown.start(total ?? Infinity, 0, { rate: '-', left: '-' });
  return { at: (done, loaded) => shown.update(done, pace.at(done, loaded)), end: () => shown.stop() };
}

function lines({ total, unit, tell, clock }: ProgressOptions): Progress {
  const pace = new Pace(total, clock);
  let said = clock();
  return {
    at(done, loaded) {
      const { rate, left } = pace.at(done, loaded);
      if (clock() - said < LINE_EVERY_MS) return;
      said = clock();
      if (total === null) tell(`${done} ${unit}, ${rate} a second`);
      else tell(`${done} of ${total} ${unit}, ${rate} a second, ${left} left`);
    },
    end: () => undefined,
  };
}

/** So many a second, and from it what is left; what was found done is no work and does not count. */
class Pace {
  private readonly started: number;

  constructor(
    private readonly total: number | null,
    private readonly clock: () => number,
  ) {
    this.started = clock();
  }

  at(done: number, loaded: number): { rate: string; left: string } {
    const rate = loaded / Math.max(0.001, (this.clock() - this.started) / 1000);
    if (rate === 0) return { rate: '-', left: '-' };
    if (this.total === null) return { rate: String(Math.round(rate)), left: '-' };
    const seconds = Math.max(0, Math.round((this.total - done) / rate));
    const left = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    return { rate: String(Math.round(rate)), left };
  }
}
