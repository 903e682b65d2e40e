import fc from 'fast-check';
import { describeFlatness } from './describe-flatness.js';
import { filterArbitraries } from './filter.builder.js';
import { parseFilter, restoreFilter } from './parse-filter.js';
import { parseMoment } from './parse-moment.js';

const issuesOf = (input: unknown): string[] => {
  const result = parseFilter(input);
  return result.ok ? [] : result.issues.map(({ path, code }) => `${path} ${code}`);
};
const expressionOf = (input: unknown) => restoreFilter(input).expression;

describe('parseFilter', () => {
  it('takes nothing, null and empty groups for no condition at all', () => {
    for (const input of [undefined, null, {}, { substance: {}, quantity: null, place: {}, occurred: { from: null } }]) {
      expect(expressionOf(input)).toEqual({ kind: 'all', of: [] });
    }
  });

  it('says every fault at once, with its path', () => {
    const input = {
      and: [
        { substance: { deaCodes: ['9801', 'fentanyl', 9801], forms: ['BRICK'] } },
        { place: { stateFips: ['6'], countyFips: [], settings: 'HIGHWAY' } },
        null,
      ],
      or: [],
      not: { occurred: { from: '2026-02-30', to: '2026-12-31T00:00' }, colour: 'red' },
      quantity: { minGrams: 5, maxGrams: 1, minUnits: 1.5, maxUnits: -1 },
      released: { from: '2026-02-01', to: '2026-02-01' },
    };
    expect(issuesOf(input)).toEqual([
      'quantity.minUnits INVALID_FORMAT',
      'quantity.maxUnits OUT_OF_RANGE',
      'quantity RANGE_REVERSED',
      'released RANGE_REVERSED',
      'and[0].substance.deaCodes[1] INVALID_FORMAT',
      'and[0].substance.deaCodes[2] INVALID_TYPE',
      'and[0].substance.forms[0] UNKNOWN_CODE',
      'and[1].place.countyFips EMPTY_LIST',
      'and[1].place.stateFips[0] INVALID_FORMAT',
      'and[1].place.settings INVALID_TYPE',
      'and[2] INVALID_TYPE',
      'or EMPTY_LIST',
      'not UNKNOWN_FIELD',
      'not.occurred.from INVALID_FORMAT',
      'not.occurred.to INVALID_FORMAT',
    ]);
    expect(issuesOf('a filter')).toEqual([' INVALID_TYPE']);
    expect(issuesOf({ quantity: { minGrams: Number.NaN } })).toEqual(['quantity.minGrams INVALID_TYPE']);
  });

  it('never repeats what was sent', () => {
    const result = parseFilter({ concealment: ['Juan 619 555 0100'], 'Juan 619 555 0100': 1 });
    expect(JSON.stringify(result)).not.toContain('Juan');
  });

  it('bounds depth, conditions, lists and the work that a hostile filter makes', () => {
    const nested = (depth: number): unknown => (depth === 1 ? { conveyance: ['BUS'] } : { not: nested(depth - 1) });
    expect(issuesOf(nested(6))).toEqual([]);
    expect(issuesOf(nested(7))).toEqual(['not.not.not.not.not.not TOO_DEEP']);
    const buses = (count: number) => ({ or: Array.from({ length: count }, () => ({ conveyance: ['BUS'] })) });
    expect(issuesOf(buses(50))).toEqual([]);
    expect(issuesOf(buses(51))).toEqual([' TOO_MANY_CONDITIONS']);
    const codes = Array.from({ length: 201 }, (_, index) => String(1000 + index));
    expect(issuesOf({ substance: { deaCodes: codes } })).toEqual(['substance.deaCodes LIST_TOO_LONG']);
    const wide = (depth: number): object =>
      depth === 0 ? {} : { and: Array.from({ length: 200 }, () => wide(depth - 1)) };
    expect(issuesOf(wide(2))).toEqual([' TOO_MANY_CONDITIONS']);
    const faults = { or: Array.from({ length: 50 }, () => ({ conveyance: Array.from({ length: 200 }, () => 'x') })) };
    expect(issuesOf(faults)).toHaveLength(100);
  });

  it('joins the substances of a conjunction with all its quantities, and not across or and not', () => {
    const expression = expressionOf({
      and: [
        { substance: { deaCodes: ['9801'] } },
        { and: [{ quantity: { minGrams: 1 } }, { substance: { categories: ['HEROIN'] } }] },
        { not: { quantity: { minUnits: 7 } } },
      ],
      quantity: { minGrams: 2, maxGrams: 9.5 },
    });
    const quantity = { minMilligrams: 2000n, maxMilligrams: 9500n, minUnits: null, maxUnits: null };
    const noCodes = { deaCodes: null, categories: null, forms: null, laboratoryStatuses: null };
    const noQuantity = { minMilligrams: null, maxMilligrams: null, minUnits: null, maxUnits: null };
    expect(expression).toEqual({
      kind: 'all',
      of: [
        { kind: 'not', of: { kind: 'substance', ...noCodes, ...noQuantity, minUnits: 7n } },
        { kind: 'substance', ...noCodes, deaCodes: ['9801'], ...quantity },
        { kind: 'substance', ...noCodes, categories: ['HEROIN'], ...quantity },
      ],
    });
  });

  it.each([
    [1.1, 1100n, 1100n],
    [0.0015, 2n, 1n],
    [0.3, 300n, 300n],
    [1e12, 1_000_000_000_000_000n, 1_000_000_000_000_000n],
  ])('turns %d grams into whole milligrams without losing a bound', (grams, atLeast, atMost) => {
    expect(expressionOf({ quantity: { minGrams: grams, maxGrams: grams } })).toMatchObject({
      minMilligrams: atLeast,
      maxMilligrams: atMost,
    });
  });

  it('compares a date with an instant only where no offset could put them in order', () => {
    expect(issuesOf({ occurred: { from: '2026-01-02', to: '2026-01-01T12:00:00Z' } })).toEqual([]);
    expect(issuesOf({ occurred: { from: '2026-01-02', to: '2026-01-01T09:00:00Z' } })).toEqual([
      'occurred RANGE_REVERSED',
    ]);
    expect(issuesOf({ released: { from: '2026-01-02', to: '2026-01-01T12:00:00Z' } })).toEqual([
      'released RANGE_REVERSED',
    ]);
  });

  it('comes back from what is stored with a rule', () => {
    fc.assert(
      fc.property(filterArbitraries(fc).filter, (input) => {
        const filter = restoreFilter(input);
        expect(filter.source).not.toContain('null');
        expect(restoreFilter(filter.source)).toEqual(filter);
        expect(restoreFilter(JSON.parse(filter.source))).toEqual(filter);
      }),
    );
    expect(() => restoreFilter({ conveyance: ['BALLOON'] })).toThrow('conveyance[0] UNKNOWN_CODE');
  });
});

describe('parseMoment', () => {
  it.each([
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T03:15:00-08:00', '2026-11-20T11:15:00.000Z'],
    ['2026-11-20T03:15+05:45', '2026-11-19T21:30:00.000Z'],
    ['2026-11-20T03:15:07.250000Z', '2026-11-20T03:15:07.250Z'],
    ['2026-11-20T03:15:07.5Z', '2026-11-20T03:15:07.500Z'],
  ])('reads %s', (text, expected) => {
    const moment = parseMoment(text);
    expect(moment && new Date(moment.epochMs).toISOString()).toBe(expected);
    expect(moment?.kind).toBe(text.length === 10 ? 'date' : 'instant');
  });

  it.each([
    '',
    '2026-02-29',
    '2026-13-01',
    '0026-01-01',
    '2026-11-20T03:15:00',
    '2026-11-20T24:00:00Z',
    '2026-11-20T03:60:00Z',
    '2026-11-20T03:15:00+15:00',
    '2026-11-20T03:15:07.1234Z',
    ' 2026-11-20',
  ])('refuses %p', (text) => {
    expect(parseMoment(text)).toBeNull();
  });
});

describe('describeFlatness', () => {
  const codesOf = (input: unknown) => describeFlatness(restoreFilter(input))?.substanceCodes ?? null;

  it('finds the shortest list of codes at the top, and UNKNOWN with it', () => {
    const deaCodes = ['9801'];
    expect(codesOf({ substance: { deaCodes } })).toEqual(['9801', 'UNKNOWN']);
    expect(
      codesOf({
        and: [{ substance: { deaCodes: ['1105', '9041'] } }, { and: [{ substance: { deaCodes } }] }],
        conveyance: ['BUS'],
      }),
    ).toEqual(['9801', 'UNKNOWN']);
    expect(codesOf({ or: [{ substance: { deaCodes } }] })).toBeNull();
    expect(codesOf({ not: { substance: { deaCodes } } })).toBeNull();
    expect(codesOf({ substance: { categories: ['FENTANYL'] } })).toBeNull();
    expect(codesOf({})).toBeNull();
  });
});

describe('codes that stand for nothing', () => {
  const filter = {
    substance: { deaCodes: ['9801', '0000'] },
    or: [{ place: { countyFips: ['06073', '60073'] } }, { not: { place: { stateFips: ['03'] } } }],
  };

  it('are refused where somebody writes them, each with its path', () => {
    const parsed = parseFilter(filter);
    expect(parsed.ok ? [] : parsed.issues.map(({ path, code }) => [path, code])).toEqual([
      ['substance.deaCodes[1]', 'UNKNOWN_CODE'],
      ['or[0].place.countyFips[1]', 'UNKNOWN_CODE'],
      ['or[1].not.place.stateFips[0]', 'UNKNOWN_CODE'],
    ]);
  });

  it('silence no rule that was stored', () => {
    expect(restoreFilter(filter).expression).toBeDefined();
  });

  it('takes grades of the information as whole numbers from 1 to 6, each once, and names every other', () => {
    const taken = parseFilter({ sourceCredibility: [6, 1, 6] });
    expect(taken.ok && taken.filter.expression).toEqual({ kind: 'credibility', wanted: [6, 1] });
    const refused = parseFilter({ sourceCredibility: [0, 1.5, '2', 7] as unknown as number[] });
    expect(refused.ok ? [] : refused.issues.map(({ path, code }) => [path, code])).toEqual([
      ['sourceCredibility[0]', 'UNKNOWN_CODE'],
      ['sourceCredibility[1]', 'UNKNOWN_CODE'],
      ['sourceCredibility[2]', 'INVALID_TYPE'],
      ['sourceCredibility[3]', 'UNKNOWN_CODE'],
    ]);
    const empty = parseFilter({ sourceCredibility: [] });
    expect(empty.ok ? [] : empty.issues.map(({ code }) => code)).toEqual(['EMPTY_LIST']);
  });
});
