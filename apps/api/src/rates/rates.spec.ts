import { parse } from 'graphql';
import { createLogger } from '@concord/platform/logging';
import { openRateStore, type RateStore } from '@concord/platform/rates';
import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pointsOf } from './operation.js';
import { budgetsOf } from './rate-settings.js';
import { Rates } from './rates.js';
import { Remembered } from './remembered.js';

const quiet = createLogger({ name: 'test', level: 'silent' });

describe('rates', () => {
  it('can be raised and lowered, and not switched off', () => {
    expect(budgetsOf({}).reads.credential).toEqual({
      name: 'reads:credential',
      points: 300,
      seconds: 10,
      shared: true,
    });
    expect(budgetsOf({ factor: 100 }).reads.credential?.points).toBe(30_000);
    expect(budgetsOf({ factor: 0.01, windowSeconds: 1 }).connects.credential?.points).toBe(1);
    for (const factor of [0, -1, 101, Number.POSITIVE_INFINITY, Number.NaN])
      expect(() => budgetsOf({ factor })).toThrow();
    for (const windowSeconds of [0, 0.5, 61]) expect(() => budgetsOf({ windowSeconds })).toThrow();
  });

  it('let ten documents a second through for one token, and one each 50 ms, with room to spare', () => {
    const { reads, requests } = budgetsOf({});
    expect((reads.credential?.points ?? 0) / 10).toBeGreaterThanOrEqual(1.2 * 20);
    expect(requests.credential?.points).toBeGreaterThan(reads.credential?.points ?? Infinity);
  });

  it('count writes by root field, through fragments, and reads by what their answers could hold', () => {
    const points = (text: string, cost: number, operationName: string | null = null): number =>
      pointsOf({ document: parse(text), operationName, cost });
    expect(points('{ a }', 3)).toBe(1);
    expect(points('{ a }', 20_000)).toBe(1);
    expect(points('{ a }', 50_000)).toBe(3);
    expect(
      points(
        'mutation { a: submit b: submit ... on Mutation { c: submit } ...F } fragment F on Mutation { d: submit }',
        9,
      ),
    ).toBe(4);
    expect(points('query A { a } mutation B { a b c }', 9, 'B')).toBe(3);
    const batch = (inputs: unknown): number =>
      pointsOf({
        document: parse(
          'mutation ($i: [I!]!) { submitSeizureReports(inputs: $i) other ...F } fragment F on Mutation { b: submitSeizureReports(inputs: $i) }',
        ),
        ...{ operationName: null, cost: 9, variables: { i: inputs } },
      });
    expect([batch(Array(500).fill({})), batch([]), batch({})]).toEqual([1001, 3, 3]);
    expect(points('mutation { a(inputs: [{}, {}, {}]) b(inputs: {}) }', 9)).toBe(4);
  });

  it('count half a million made-up addresses on 65,536 counters, in bounded memory, and each has its limit', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const inProcess = await openRateStore({ redisUrl: null, prefix: '', onStore: () => undefined });
    const keys = new Set<string>();
    const store: RateStore = {
      spend: (charges, points) => {
        const fresh = charges.filter(({ key }) => !keys.has(key));
        for (const { key } of fresh) keys.add(key);
        return fresh.length > 0 ? inProcess.spend(charges, points) : Promise.resolve({ allowed: true });
      },
      close: () => undefined,
    };
    const options = { key: randomBytes(32), settings: { windowSeconds: 60 }, costOf: pointsOf, log: quiet };
    const rates = new Rates({ ...options, store });
    /** What a first collection leaves to finalizers, a second one takes. */
    const heapMiB = async (): Promise<number> => {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    const strangersOf = async (last: number): Promise<void> => {
      for (let n = 0; n < 250_000; n += 1)
        await rates.stranger(`${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}.${last}`);
    };
    await strangersOf(7);
    expect(keys.size).toBeGreaterThan(60_000);
    const full = await heapMiB();
    await strangersOf(8);
    expect(keys.size).toBeLessThanOrEqual(65_536);
    // The counters are all there: as many addresses again cost nothing.
    expect((await heapMiB()) - full).toBeLessThan(20);
    const crowded = new Rates({ ...options, store: inProcess });
    let refused = 0;
    for (let n = 0; n < 301; n += 1) await crowded.stranger('198.51.100.77').catch(() => (refused += 1));
    expect(refused).toBeGreaterThan(0);
  }, 120_000);

  it('remember no more than they have room for', () => {
    const remembered = new Remembered();
    for (let n = 0; n < 25_000; n += 1) remembered.add(String(n), 60);
    expect(remembered.size).toBe(10_000);
    expect([remembered.has('0'), remembered.has('24999')]).toEqual([false, true]);
  });
});
