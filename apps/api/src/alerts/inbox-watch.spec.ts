import { InboxWatch, type WaitingInbox } from './inbox-watch.js';

/** Wake-ups that a test rings by hand. */
class Bells {
  #ring: (ids: readonly string[]) => void = () => undefined;
  subscribe(ring: (ids: readonly string[]) => void): Promise<void> {
    this.#ring = ring;
    return Promise.resolve();
  }
  ring(ids: readonly string[]): void {
    this.#ring(ids);
  }
}

/** A watch that looks again as soon as it may, and what it asked. */
async function watching(findAhead: (waiting: readonly WaitingInbox[]) => Promise<readonly string[]>) {
  const failures: unknown[] = [];
  const watch = new InboxWatch({ findAhead, onFailure: (error) => failures.push(error), lookAgainMs: 1 });
  const bells = new Bells();
  await watch.start(bells);
  return { watch, bells, failures };
}

describe('a watch of inboxes', () => {
  test('one that is ahead wakes those who wait for it, and no others', async () => {
    const asked: (readonly WaitingInbox[])[] = [];
    const { watch } = await watching((waiting) => {
      asked.push(waiting);
      return Promise.resolve(waiting.some(({ id, position }) => id === 'one' && position < 7n) ? ['one'] : []);
    });
    const woken: string[] = [];
    const [behind, level, other] = [watch.ticket('one'), watch.ticket('one'), watch.ticket('two')];
    void other.wait(0n).then(() => woken.push('two'));
    await Promise.all([level.wait(7n), behind.wait(3n)]);
    expect(asked.at(-1)).toEqual([
      { id: 'one', position: 3n },
      { id: 'two', position: 0n },
    ]);
    expect(woken).toEqual([]);
    watch.close();
    await other.wait(0n);
    expect(woken).toEqual(['two']);
  });

  test('who still reads is not asked for; a wake-up that comes meanwhile is kept', async () => {
    const asked: string[] = [];
    let looks = 0;
    const { watch, bells } = await watching((waiting) => {
      looks += 1;
      asked.push(...waiting.map(({ id }) => id));
      return Promise.resolve([]);
    });
    const reading = watch.ticket('reading');
    const waiting = watch.ticket('waiting');
    const over = waiting.wait(0n);
    while (looks < 3) await new Promise(setImmediate);
    expect(new Set(asked)).toEqual(new Set(['waiting']));
    bells.ring(['reading']);
    await reading.wait(0n);
    waiting.leave();
    await over;
    reading.leave();
    expect(watch.size).toBe(0);
    watch.close();
  });

  test('a look that fails is said once, and made again', async () => {
    let looks = 0;
    const { watch, failures } = await watching(() => {
      looks += 1;
      return looks < 4 ? Promise.reject(new Error('away')) : Promise.resolve(['one']);
    });
    await watch.ticket('one').wait(0n);
    expect(looks).toBeGreaterThanOrEqual(4);
    expect(failures).toHaveLength(1);
    watch.close();
  });

  test('what waits for something else looks for itself at every look', async () => {
    const asked: string[] = [];
    const { watch } = await watching((waiting) => {
      asked.push(...waiting.map(({ id }) => id));
      return Promise.resolve([]);
    });
    await watch.ticket('an import').wait(null);
    expect(asked).toEqual([]);
    watch.close();
  });
});
