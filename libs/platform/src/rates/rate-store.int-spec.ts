import { startTestRedis, testQueueBackends, type TestRedis } from '@concord/platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRateStore, type Budget, type RateStore, type Spent } from './index.js';

const person: Budget = { name: 'person', points: 5, seconds: 2, shared: true };
const agency: Budget = { name: 'agency', points: 8, seconds: 2, shared: true };

async function spend(store: RateStore, times: number, ...keys: string[]): Promise<Spent[]> {
  const all: Spent[] = [];
  const charges = keys.map((key) => ({ budget: key.startsWith('agency') ? agency : person, key }));
  for (let n = 0; n < times; n += 1) all.push(await store.spend(charges, 1));
  return all;
}

const allowed = (spent: readonly Spent[]): number => spent.filter((one) => one.allowed).length;
const waitOf = (spent: Spent | undefined): number =>
  spent === undefined || spent.allowed ? 0 : spent.retryAfterSeconds;

describe('the rate store', () => {
  const inProcess = (): Promise<RateStore> =>
    openRateStore({ redisUrl: null, prefix: 'test', onStore: () => undefined });

  it('counts in process without Redis, tells when to come back, and then gives again', async () => {
    const store = await inProcess();
    const spent = await spend(store, 7, 'a');
    expect(allowed(spent)).toBe(5);
    expect(spent[5]).toMatchObject({ allowed: false, budget: 'person' });
    expect(allowed(await spend(store, 1, 'b'))).toBe(1);
    await sleep(waitOf(spent[5]) * 1_000);
    expect(allowed(await spend(store, 6, 'a'))).toBe(5);
  });

  it('charges nothing for what it refuses: the others of an agency keep what one was refused', async () => {
    const store = await inProcess();
    expect(allowed(await spend(store, 50, 'one', 'agency'))).toBe(5);
    expect(allowed(await spend(store, 50, 'another', 'agency'))).toBe(3);
    // Three points were left of its own.
    expect(allowed(await spend(store, 50, 'another'))).toBe(2);
  });

  it('takes the whole of a budget for what costs more than it, and refuses it for no longer than a window', async () => {
    const store = await inProcess();
    expect(await store.spend([{ budget: person, key: 'a' }], 1_000)).toEqual({ allowed: true });
    const refused = await store.spend([{ budget: person, key: 'a' }], 1_000);
    expect(waitOf(refused)).toBeGreaterThanOrEqual(1);
    expect(waitOf(refused)).toBeLessThanOrEqual(2);
  });

  const redisHere = testQueueBackends().some(({ name, available }) => name === 'Redis' && available);
  (redisHere ? describe : describe.skip)('on Redis', () => {
    let redis: TestRedis;
    const told: boolean[] = [];
    const stores: RateStore[] = [];
    const open = async (): Promise<RateStore> => {
      const onStore = (away: boolean): void => void told.push(away);
      const store = await openRateStore({ redisUrl: redis.url, prefix: 'test', onStore });
      stores.push(store);
      return store;
    };

    beforeEach(async () => {
      const started = await startTestRedis();
      if (started === null) throw new Error('there is one');
      redis = started;
      told.length = 0;
    });

    afterEach(async () => {
      for (const store of stores.splice(0)) store.close();
      redis.signal('SIGCONT');
      await redis.stop();
    });

    it('is one count for two processes, and a refusal is given back there too', async () => {
      const [one, other] = [await open(), await open()];
      expect(allowed(await spend(one, 5, 'a', 'agency of one'))).toBe(5);
      const spent = await spend(other, 10, 'a', 'agency');
      expect(allowed(spent)).toBe(0);
      // Nothing of those ten was taken from the agency, neither here nor there.
      expect(allowed(await spend(other, 10, 'b', 'agency'))).toBe(5);
      expect(allowed(await spend(one, 10, 'c', 'agency'))).toBe(3);
      await sleep(waitOf(spent.at(-1)) * 1_000);
      expect(allowed(await spend(other, 1, 'a', 'agency'))).toBe(1);
    });

    it('goes on in process when Redis freezes, without anybody waiting long, and comes back by itself', async () => {
      const store = await open();
      const long: Budget = { name: 'long', points: 50, seconds: 60, shared: true };
      const ask = (): Promise<Spent> => store.spend([{ budget: long, key: 'a' }], 1);
      for (let n = 0; n < 20; n += 1) expect(await ask()).toEqual({ allowed: true });
      redis.signal('SIGSTOP');
      const taken: number[] = [];
      const after: Spent[] = [];
      for (let n = 0; n < 60; n += 1) {
        const began = performance.now();
        after.push(await ask());
        taken.push(performance.now() - began);
      }
      // What was counted before goes on counting: 20 and 30.
      expect(allowed(after)).toBe(30);
      expect(Math.max(...taken)).toBeLessThan(1_000);
      // One in a second asks Redis, the others do not wait for it.
      expect(taken.filter((ms) => ms > 50).length).toBeLessThan(10);
      expect(told).toEqual([true]);
      redis.signal('SIGCONT');
      const other: Budget = { ...long, name: 'other' };
      for (const deadline = Date.now() + 20_000; told.length < 2 && Date.now() < deadline;) {
        await store.spend([{ budget: other, key: String(Math.random()) }], 1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(told).toEqual([true, false]);
    });

    it('goes on in process when Redis dies, and when it was never there', async () => {
      const store = await open();
      await redis.stop();
      expect(allowed(await spend(store, 20, 'a'))).toBe(5);
      const late = await open();
      expect(allowed(await spend(late, 20, 'a'))).toBe(5);
      expect(told.filter(Boolean)).toHaveLength(2);
    });
  });
});
