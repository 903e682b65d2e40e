import { DirectLane } from './direct-lane.js';

/** A handler whose runs end when the test says so. */
class Runs {
  readonly rows: (readonly string[])[] = [];
  readonly #ends: ((error?: Error) => void)[] = [];

  readonly handle = (outboxIds: readonly string[]): Promise<void> => {
    this.rows.push(outboxIds);
    return new Promise((resolve, reject) => this.#ends.push((error) => (error ? reject(error) : resolve())));
  };

  end(error?: Error): void {
    this.#ends.shift()?.(error);
  }
}

const ids = (from: number, count: number): string[] => Array.from({ length: count }, (_, n) => String(from + n));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function laneOf(runs: Runs, concurrency: number) {
  const failed: (readonly string[])[] = [];
  const lane = new DirectLane({
    concurrency,
    handle: runs.handle,
    onFailed: (rows) => {
      failed.push(rows);
      return Promise.reject(new Error('the queue is away'));
    },
  });
  return { lane, failed };
}

describe('a direct lane', () => {
  it('takes together what came while it worked, at most 50 rows a run', async () => {
    const runs = new Runs();
    const { lane } = laneOf(runs, 1);
    lane.take(['0']);
    lane.take(ids(1, 2));
    lane.take(ids(3, 60));
    expect(runs.rows).toEqual([['0']]);
    runs.end();
    await turn();
    expect(runs.rows[1]).toEqual(ids(1, 50));
    runs.end();
    await turn();
    expect(runs.rows[2]).toEqual(ids(51, 12));
    runs.end();
    await lane.idle(1_000);
    expect(runs.rows).toHaveLength(3);
  });

  it('begins again after it was idle, from any point between two steps', async () => {
    const runs = new Runs();
    const { lane } = laneOf(runs, 1);
    for (let n = 0; n < 5; n += 1) {
      lane.take([String(n)]);
      expect(runs.rows).toHaveLength(n + 1);
      runs.end();
      // So many microtasks later; the run ends within the first of them.
      for (let step = 0; step <= n; step += 1) await Promise.resolve();
      if (n < 2) await turn();
    }
    await turn();
    expect(runs.rows.flat()).toEqual(ids(0, 5));
  });

  it('puts back what failed, and goes on when that fails too', async () => {
    const runs = new Runs();
    const { lane, failed } = laneOf(runs, 1);
    lane.take(['1']);
    lane.take(['2']);
    runs.end(new Error('deadlock'));
    await turn();
    expect(failed).toEqual([['1']]);
    expect(runs.rows).toEqual([['1'], ['2']]);
    runs.end();
    await lane.idle(1_000);
  });

  it('works so many at once, and has no room for a backlog', () => {
    const runs = new Runs();
    const { lane } = laneOf(runs, 2);
    lane.take(['1']);
    lane.take(['2']);
    lane.take(ids(3, 199));
    expect(runs.rows).toEqual([['1'], ['2']]);
    expect(lane.hasRoom).toBe(true);
    lane.take(['202']);
    expect(lane.hasRoom).toBe(false);
  });

  it('waits for what is under way, and no longer than it is told', async () => {
    const runs = new Runs();
    const { lane } = laneOf(runs, 1);
    lane.take(['1']);
    await lane.idle(5);
    runs.end();
    await lane.idle(60_000);
    expect(runs.rows).toEqual([['1']]);
  });
});
