import fc from 'fast-check';
import { Turns, type TurnLimits } from './turns.js';

const LIMITS: TurnLimits = {
  atOnce: 3,
  atOnceAmongOthers: 1,
  perGroup: 4,
  total: 6,
  mostWaiting: 100,
  longestWaitMs: 5_000,
};
const here = (): AbortSignal => new AbortController().signal;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('run so many of a line, a group and in all, and everybody who stays gets one', async () => {
    const asker = fc.record({ line: fc.nat(4), group: fc.nat(2), leaves: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(asker, { maxLength: 60 }), fc.infiniteStream(fc.nat(1_000)), async (askers, picks) => {
        const turns = new Turns(LIMITS);
        const running: { line: string; group: string; end: () => void }[] = [];
        let served = 0;
        let left = 0;
        const tries = askers.map(({ line, group, leaves }) => {
          const gone = new AbortController();
          const place = { line: `${group}/${line}`, group: String(group), signal: gone.signal };
          const began = turns.take(place).then(
            (end) => {
              served += 1;
              running.push({ ...place, end });
            },
            () => void (left += 1),
          );
          return { began, gone, leaves };
        });
        await settled();
        for (const { gone, leaves } of tries) if (leaves) gone.abort();
        await settled();
        for (;;) {
          const alive = turns.running;
          expect(alive).toBeLessThanOrEqual(LIMITS.total);
          for (const by of ['line', 'group'] as const) {
            const counts = new Map<string, number>();
            // Those whose signal was aborted have given their turn on already.
            for (const one of running)
              if (alive === running.length) counts.set(one[by], (counts.get(one[by]) ?? 0) + 1);
            for (const count of counts.values())
              expect(count).toBeLessThanOrEqual(by === 'line' ? LIMITS.atOnce : LIMITS.perGroup);
          }
          if (running.length === 0) break;
          const [one] = running.splice((picks.next().value ?? 0) % running.length, 1);
          one?.end();
          one?.end();
          await settled();
        }
        await Promise.all(tries.map(({ began }) => began));
        expect(served + left).toBe(askers.length);
        expect(left).toBeLessThanOrEqual(askers.filter(({ leaves }) => leaves).length);
        expect([turns.running, turns.waiting]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('let somebody else begin before the second of a flood', async () => {
    const turns = new Turns({ ...LIMITS, atOnceAmongOthers: 3, total: 3 });
    const order: string[] = [];
    const ends: (() => void)[] = [];
    const ask = (line: string): void =>
      void turns
        .take({ line, group: line, signal: here() })
        .then((end) => {
          order.push(line);
          ends.push(end);
        })
        .catch(() => undefined);
    for (let n = 0; n < 50; n += 1) ask('flood');
    ask('other');
    await settled();
    expect(order).toEqual(['flood', 'flood', 'flood']);
    ends.shift()?.();
    await settled();
    ends.shift()?.();
    await settled();
    expect(order.slice(0, 5)).toContain('other');
  });

  it('give a flood less while somebody else is there, and all when it is alone', async () => {
    const turns = new Turns(LIMITS);
    const running: (() => void)[] = [];
    const ask = (line: string, of: (() => void)[]): void =>
      void turns
        .take({ line, group: line, signal: here() })
        .then((end) => of.push(end))
        .catch(() => undefined);
    for (let n = 0; n < 30; n += 1) ask('flood', running);
    await settled();
    expect(turns.running).toBe(3);
    const others: (() => void)[] = [];
    ask('other', others);
    await settled();
    others.shift()?.();
    for (const end of running.splice(0)) end();
    await settled();
    expect(turns.running).toBe(1);
  });

  it('are left by who is gone, before and while it has its turn', async () => {
    const turns = new Turns({ ...LIMITS, atOnce: 1 });
    const first = new AbortController();
    const second = new AbortController();
    const third = new AbortController();
    const place = { line: 'a', group: 'a' };
    await turns.take({ ...place, signal: first.signal });
    const gone = turns.take({ ...place, signal: second.signal });
    const next = turns.take({ ...place, signal: third.signal });
    second.abort();
    await expect(gone).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect([turns.running, turns.waiting]).toEqual([1, 1]);
    first.abort();
    await next;
    expect([turns.running, turns.waiting]).toEqual([1, 0]);
    third.abort();
    expect(turns.running).toBe(0);
  });

  it('are refused at once when the own line is full: LIMIT_EXCEEDED', async () => {
    const turns = new Turns({ ...LIMITS, atOnce: 1, mostWaiting: 2 });
    const ask = (): Promise<unknown> => turns.take({ line: 'a', group: 'a', signal: here() });
    await ask();
    for (let n = 0; n < 2; n += 1) void ask().catch(() => undefined);
    await expect(ask()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', retryAfterSeconds: 1 });
    expect(turns.waiting).toBe(2);
  });

  it('are refused in time when everybody waits: UNAVAILABLE', async () => {
    const turns = new Turns({ ...LIMITS, total: 1, longestWaitMs: 30 });
    await turns.take({ line: 'a', group: 'a', signal: here() });
    await expect(turns.take({ line: 'b', group: 'b', signal: here() })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryAfterSeconds: 1,
    });
    expect([turns.running, turns.waiting]).toEqual([1, 0]);
  });

  it('are refused before the wait when turns have become so long that it would be in vain', async () => {
    const turns = new Turns({ ...LIMITS, atOnce: 1, total: 1, longestWaitMs: 60 });
    for (let n = 0; n < 40; n += 1) {
      const end = await turns.take({ line: 'a', group: 'a', signal: here() });
      const until = performance.now() + 40;
      while (performance.now() < until) await settled();
      end();
    }
    await turns.take({ line: 'a', group: 'a', signal: here() });
    const waits = turns.take({ line: 'b', group: 'b', signal: here() }).catch(() => undefined);
    const asked = performance.now();
    await expect(turns.take({ line: 'c', group: 'c', signal: here() })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - asked).toBeLessThan(30);
    await waits;
  }, 20_000);
});
