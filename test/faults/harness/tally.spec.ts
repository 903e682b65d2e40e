import fc from 'fast-check';
import { Journal, outcomeOf, type Ending } from './journal.js';
import { faultsIn, tally } from './tally.js';

interface Fate {
  readonly attempts: readonly Ending[];
  readonly entitled: boolean;
  readonly times: number;
}

const fate = fc.record({
  attempts: fc.array(fc.constantFrom<Ending>('ok', 'fail', 'info'), { minLength: 1, maxLength: 3 }),
  entitled: fc.boolean(),
  times: fc.nat(3),
});

function journalOf(fates: readonly Fate[]): Journal<Fate> {
  const journal = new Journal<Fate>(null);
  fates.forEach((facts, n) => facts.attempts.forEach((ending) => journal.begin(`op-${n}`, facts, 'client')(ending)));
  return journal;
}

const witnessed = (fates: readonly Fate[], strangers: readonly number[]) =>
  tally({
    operations: journalOf(fates).operations,
    entitled: ({ facts }) => facts.entitled,
    // The order in which things are seen says nothing.
    seen: [
      ...strangers.flatMap((times, n) => Array<string>(times).fill(`stranger-${n}`)),
      ...fates.flatMap(({ times }, n) => Array<string>(times).fill(`op-${n}`)),
    ].reverse(),
  });

/** By definition, one row at a time, in the words of docs/faults.md. */
function oracle(fates: readonly Fate[], strangers: readonly number[]) {
  const rows = fates.map(({ attempts, entitled, times }) => {
    const answer = attempts.includes('ok') ? 'ok' : attempts.includes('info') ? 'unknown' : 'refused';
    return { answer, entitled, seen: times > 0, twice: times > 1 };
  });
  const count = (rule: (row: (typeof rows)[number]) => boolean): number => rows.filter(rule).length;
  return {
    attempted: count((row) => row.entitled),
    ok: count((row) => row.entitled && row.answer === 'ok'),
    refused: count((row) => row.entitled && row.answer === 'refused'),
    unknown: count((row) => row.entitled && row.answer === 'unknown'),
    recovered: count((row) => row.entitled && row.answer === 'unknown' && row.seen),
    lost: count((row) => row.entitled && row.answer === 'ok' && !row.seen),
    unexpected: count((row) => row.answer === 'refused' && row.seen) + strangers.filter((times) => times > 0).length,
    duplicated: count((row) => row.twice) + strangers.filter((times) => times > 1).length,
    leaked: count((row) => !row.entitled && row.seen),
  };
}

describe('the count', () => {
  it('is what its definition says, of any fates', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 40 }), fc.array(fc.nat(3), { maxLength: 4 }), (fates, strangers) => {
        expect(witnessed(fates, strangers)).toEqual(oracle(fates, strangers));
      }),
      { numRuns: 500 },
    );
  });

  const clean = { unexpected: 0, duplicated: 0, leaked: 0, lost: 0 };

  it.each([
    ['answered and gone', { attempts: ['info', 'ok'], entitled: true, times: 0 }, { ok: 1, lost: 1 }],
    ['answered and there', { attempts: ['ok'], entitled: true, times: 1 }, { ok: 1 }],
    ['not known and there', { attempts: ['info'], entitled: true, times: 1 }, { unknown: 1, recovered: 1 }],
    ['not known and not there', { attempts: ['info', 'fail'], entitled: true, times: 0 }, { unknown: 1, recovered: 0 }],
    ['refused and there', { attempts: ['fail'], entitled: true, times: 1 }, { refused: 1, unexpected: 1 }],
    ['there twice', { attempts: ['ok'], entitled: true, times: 2 }, { ok: 1, duplicated: 1 }],
    ['for somebody else', { attempts: ['ok'], entitled: false, times: 0 }, { attempted: 0, ok: 0 }],
    ['for somebody else, and seen', { attempts: ['info'], entitled: false, times: 1 }, { attempted: 0, leaked: 1 }],
  ] as const)('%s', (_, told, expected) => {
    expect(witnessed([told], [])).toMatchObject({ ...clean, ...expected });
  });

  it('of nobody who attempted', () => {
    expect(faultsIn([witnessed([], [1]), witnessed([], [2])])).toEqual({ ...clean, unexpected: 2, duplicated: 1 });
  });
});

describe('the journal', () => {
  it('counts an attempt that never ended as not known', () => {
    const journal = new Journal<null>(null);
    journal.begin('one', null, 'client');
    expect(journal.operations.map(outcomeOf)).toEqual(['info']);
    journal.begin('one', null, 'client')('ok', { id: 'record' });
    expect(journal.operations).toMatchObject([{ key: 'one', answers: ['record'] }]);
    expect(journal.attempts).toEqual({ attempts: 2, ok: 1, fail: 0, info: 1 });
  });
});
