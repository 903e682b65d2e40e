import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SignInGuard, type Admission, type Source } from './sign-in-guard.js';

const MINUTE = 60_000;

function guardAt(start = Date.parse('2026-01-01T00:00:00Z')) {
  let now = start;
  const guard = new SignInGuard({ now: () => new Date(now) });
  return { guard, pass: (ms: number) => (now += ms) };
}

const from = (address: string): Source => ({ kind: 'strange', address });
const known = (id: string): Source => ({ kind: 'known', id });

function admitted(admission: Admission) {
  if (admission.kind !== 'admitted') throw new Error(`locked for ${admission.retryAfterSeconds} s`);
  return admission;
}
const fails = (guard: SignInGuard, account: string, source: Source, times = 1) =>
  Array.from({ length: times }, () => admitted(guard.begin(account, source)).failed());
const isLocked = (guard: SignInGuard, account: string, source: Source): boolean => {
  const admission = guard.begin(account, source);
  if (admission.kind === 'admitted') admission.withdrawn();
  return admission.kind === 'locked';
};

describe('SignInGuard', () => {
  it('locks at the fifth failure in 15 minutes, for 15 minutes, which nobody prolongs by trying', () => {
    const { guard, pass } = guardAt();
    expect(fails(guard, 'a', from('1'), 4)).toEqual([null, null, null, null]);
    pass(14 * MINUTE);
    expect(fails(guard, 'a', from('1'))).toEqual(['ACCOUNT_FROM_HERE']);
    pass(14 * MINUTE);
    expect(guard.begin('a', from('1'))).toEqual({ kind: 'locked', retryAfterSeconds: 60 });
    pass(MINUTE);
    expect(fails(guard, 'a', from('1'), 4)).toEqual([null, null, null, null]);
  });

  it('forgets failures after 15 minutes, and at a success', () => {
    const { guard, pass } = guardAt();
    fails(guard, 'a', from('1'), 4);
    pass(15 * MINUTE);
    fails(guard, 'a', from('1'), 4);
    admitted(guard.begin('a', from('1'))).succeeded();
    expect(fails(guard, 'a', from('1'), 4)).not.toContain('ACCOUNT_FROM_HERE');
  });

  it('gives a hundred at once no more guesses than a hundred one after the other', () => {
    const { guard } = guardAt();
    const begun = Array.from({ length: 100 }, () => guard.begin('a', from('1')));
    expect(begun.filter(({ kind }) => kind === 'admitted')).toHaveLength(5);
  });

  it('takes a lock back that was only possible: the fifth attempt was right', () => {
    const { guard } = guardAt();
    fails(guard, 'a', from('1'), 4);
    const fifth = admitted(guard.begin('a', from('1')));
    expect(isLocked(guard, 'a', from('1'))).toBe(true);
    fifth.succeeded();
    expect(isLocked(guard, 'a', from('1'))).toBe(false);
  });

  it('closes an account to strangers when several sources fail, and never to a browser that has signed in before', () => {
    const { guard } = guardAt();
    fails(guard, 'a', from('1'), 5);
    expect(fails(guard, 'a', from('2'), 5)).toContain('ACCOUNT_FROM_HERE');
    expect([isLocked(guard, 'a', from('3')), isLocked(guard, 'a', known('b'))]).toEqual([true, false]);
    expect(fails(guard, 'a', known('b'), 5)).toContain('ACCOUNT_FROM_HERE');
    expect([isLocked(guard, 'a', known('b')), isLocked(guard, 'a', known('c'))]).toEqual([true, false]);
  });

  it('refuses a source that goes through names, before it has gone through many', () => {
    const { guard } = guardAt();
    const locks = Array.from({ length: 20 }, (_, name) => fails(guard, `name ${name}`, from('1'))[0]);
    expect(locks.at(-1)).toBe('SOURCE');
    expect([isLocked(guard, 'another', from('1')), isLocked(guard, 'another', from('2'))]).toEqual([true, false]);
  });

  it('is not closed to others by anybody alone, whatever they try and when', () => {
    const steps = fc.array(
      fc.record({ wait: fc.constantFrom(0, 0, 0, MINUTE, 16 * MINUTE), account: fc.constantFrom('a', 'b', 'c') }),
      {
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(steps, (tried) => {
        const { guard, pass } = guardAt();
        for (const { wait, account } of tried) {
          pass(wait);
          const admission = guard.begin(account, from('attacker'));
          if (admission.kind === 'admitted') admission.failed();
        }
        expect(isLocked(guard, 'a', from('owner'))).toBe(false);
      }),
    );
  });

  it('lets no source guess more than five times at an account in any 15 minutes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5 * MINUTE), { maxLength: 200 }), (waits) => {
        const { guard, pass } = guardAt(0);
        const guesses: number[] = [];
        for (const wait of waits) {
          const now = pass(wait);
          const admission = guard.begin('a', from('1'));
          if (admission.kind === 'locked') continue;
          guesses.push(now);
          admission.failed();
        }
        for (const [index, at] of guesses.entries()) {
          const sixth = guesses[index + 5];
          if (sixth !== undefined) expect(sixth - at).toBeGreaterThanOrEqual(15 * MINUTE);
        }
      }),
    );
  });
});
