import { EventEmitter } from 'node:events';
import { SupervisedWakeUps, type RelayLike } from './wake-ups.js';

/** A relay whose store answers when the test says so. */
class SlowRelay extends EventEmitter {
  readonly published: { readonly ids: readonly string[]; readonly answer: () => void }[] = [];
  publish(_topic: string, ids: readonly string[]): Promise<void> {
    return new Promise((resolve) => this.published.push({ ids, answer: resolve }));
  }
  waitUntilReady = (): Promise<void> => Promise.resolve();
}

describe('wake-ups while their store says nothing', () => {
  test('one silence is waited for once, and whoever was to be woken in it is woken after it', async () => {
    const relay = new SlowRelay();
    const errors: Error[] = [];
    const wakeUps = await SupervisedWakeUps.start(
      { make: () => relay as unknown as RelayLike, close: () => Promise.resolve() },
      (error) => errors.push(error),
    );
    await wakeUps.publish(['first']);
    expect(errors.map(({ name }) => name)).toEqual(['QueueSilentError']);

    const began = performance.now();
    await wakeUps.publish(['second', 'third']);
    await wakeUps.publish(['third']);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(relay.published).toHaveLength(1);

    relay.published[0]?.answer();
    await new Promise(setImmediate);
    expect(relay.published.map(({ ids }) => ids)).toEqual([['first'], ['second', 'third']]);
    relay.published[1]?.answer();
    await new Promise(setImmediate);

    const told = wakeUps.publish(['fourth']);
    relay.published[2]?.answer();
    await told;
    expect(errors).toHaveLength(1);
    await wakeUps.close();
  });
});
