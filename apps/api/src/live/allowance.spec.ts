import fc from 'fast-check';
import { Allowance } from './allowance.js';

describe('an allowance', () => {
  test('never lets through more than twice a second’s worth and what time has brought', () => {
    const steps = fc.array(fc.record({ wait: fc.nat(3_000), amount: fc.nat(40) }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), steps, (perSecond, all) => {
        const allowance = new Allowance(perSecond, 0);
        let [now, passed] = [0, 0];
        for (const { wait, amount } of all) {
          now += wait;
          if (allowance.take(amount, now)) passed += amount;
          expect(passed).toBeLessThanOrEqual((2 + now / 1_000) * perSecond + 1e-6);
        }
      }),
    );
  });

  test('never refuses who stays below it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(2_000), { maxLength: 60 }), (perSecond, waits) => {
        const allowance = new Allowance(perSecond, 0);
        let now = 0;
        for (const wait of waits) {
          now += wait;
          expect(allowance.take((wait / 1_000) * perSecond, now)).toBe(true);
        }
      }),
    );
  });

  test('a clock that goes back gives nothing', () => {
    const allowance = new Allowance(10, 1_000);
    expect(allowance.take(20, 1_000)).toBe(true);
    expect(allowance.take(0, 0)).toBe(true);
    expect(allowance.take(1, 1_000)).toBe(false);
  });
});
