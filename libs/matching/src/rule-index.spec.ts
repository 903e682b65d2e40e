import fc from 'fast-check';
import { restoreFilter, type FilterableView, type SeizureRecordFilter } from '@concord/records';
import { matchView } from './match-view.js';
import { findingsOf } from './match-records.js';
import { RuleIndex } from './rule-index.js';
import { selectorsOf } from './rule-selector.js';
import { weightStep } from './weight-step.js';

interface Rule {
  readonly id: string;
}
const idsOf = (index: RuleIndex<Rule>, views: readonly FilterableView[]): Set<string> =>
  new Set(index.candidates(views).flatMap(({ rules }) => [...rules].map(({ id }) => id)));

const COUNTIES = ['06073', '06037', '53033'];
const DEA_CODES = ['9801', '1105'];
const CATEGORIES = ['FENTANYL', 'COCAINE', 'UNKNOWN'] as const;
const CONVEYANCES = ['BUS', 'TRAIN', 'UNKNOWN'] as const;
const CONCEALMENTS = ['PARCEL', 'ON_PERSON', 'UNKNOWN'] as const;
const SETTINGS = ['HIGHWAY', 'STREET', 'UNKNOWN'] as const;
const FORMS = ['POWDER', 'PILL_TABLET', 'UNKNOWN'] as const;
const RELIABILITIES = ['A', 'F'] as const;
const CREDIBILITIES = [1, 6] as const;

const some = (codes: readonly string[]) => fc.subarray([...codes], { minLength: 1, maxLength: 2 });
const leaf: fc.Arbitrary<SeizureRecordFilter> = fc.oneof(
  some(DEA_CODES).map((deaCodes) => ({ substance: { deaCodes } })),
  some(CATEGORIES).map((categories) => ({ substance: { categories } })),
  some(COUNTIES).map((countyFips) => ({ place: { countyFips } })),
  some(['06', '53']).map((stateFips) => ({ place: { stateFips } })),
  some(CONVEYANCES).map((conveyance) => ({ conveyance })),
  some(CONCEALMENTS).map((concealment) => ({ concealment })),
  some(RELIABILITIES).map((sourceReliability) => ({ sourceReliability })),
  fc.subarray([...CREDIBILITIES], { minLength: 1 }).map((sourceCredibility) => ({ sourceCredibility })),
  some(SETTINGS).map((settings) => ({ place: { settings } })),
  some(FORMS).map((forms) => ({ substance: { forms } })),
  fc.constantFrom(0, 0.001, 1, 100, 5000).map((minGrams) => ({ quantity: { minGrams } })),
  fc.constantFrom(0, 1, 30, 70_000).map((minUnits) => ({ quantity: { minUnits } })),
  fc.constantFrom(1, 100).map((maxGrams) => ({ quantity: { maxGrams } })),
);
const filterOf = (depth: number): fc.Arbitrary<SeizureRecordFilter> => {
  if (depth === 0) return leaf;
  const parts = fc.array(filterOf(depth - 1), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    leaf,
    parts.map((and) => ({ and })),
    parts.map((or) => ({ or })),
    filterOf(depth - 1).map((not) => ({ not })),
  );
};
const amount = fc
  .tuple(fc.constantFrom(0n, 1n, 31n, 999n, 1000n), fc.constantFrom(0n, 1n, 100_000n, 6_000_000n))
  .map(([min, wider]) => ({ min, max: min + wider }));
const substance: fc.Arbitrary<FilterableView['substances'][number]> = fc.record({
  deaCode: fc.option(fc.constantFrom(...DEA_CODES)),
  name: fc.constant('substance'),
  category: fc.constantFrom(...CATEGORIES),
  form: fc.option(fc.constantFrom(...FORMS)),
  laboratoryStatus: fc.constant(null),
  quantity: fc.option(
    fc.record({
      unit: fc.constant('GM' as const),
      milligrams: fc.option(amount),
      units: fc.option(amount),
      amount: fc.constant(null),
      estimated: fc.constant(false),
    }),
  ),
  purity: fc.constant(null),
  signature: fc.constant(null),
  adulterants: fc.constant(null),
});
const viewOf = (county: string, hasCounty: boolean, substances: FilterableView['substances']): FilterableView => ({
  occurred: { from: new Date(0), to: new Date(60_000), offsetMinutes: 0 },
  place: {
    stateFips: county.slice(0, 2),
    countyFips: hasCounty ? county : null,
    h3: null,
    latitude: null,
    longitude: null,
    setting: null,
    portOfEntry: null,
  },
  substances,
  concealment: null,
  conveyance: 'TRAIN',
  source: null,
  releasedAt: new Date(0),
});
const view = fc
  .tuple(
    fc.constantFrom(...COUNTIES),
    fc.boolean(),
    fc.array(substance, { maxLength: 2 }),
    fc.option(fc.constantFrom(...CONVEYANCES)),
    fc.option(fc.constantFrom(...SETTINGS)),
    fc.option(fc.array(fc.constantFrom(...CONCEALMENTS), { maxLength: 2 })),
    fc.option(
      fc.record({
        reliability: fc.constantFrom(...RELIABILITIES),
        credibility: fc.constantFrom(...CREDIBILITIES),
      }),
    ),
  )
  .map(([county, hasCounty, substances, conveyance, setting, concealment, source]) => {
    const plain = viewOf(county, hasCounty, substances);
    return { ...plain, conveyance, concealment, source, place: { ...plain.place, setting } };
  });
const fentanyl: FilterableView['substances'][number] = {
  deaCode: '9801',
  name: 'Fentanyl',
  category: 'FENTANYL',
  form: null,
  laboratoryStatus: null,
  quantity: null,
  purity: null,
  signature: null,
  adulterants: null,
};
const sanDiego = viewOf('06073', true, [fentanyl]);

describe('RuleIndex', () => {
  it('finds exactly the rules that trying every one of them finds, whatever was changed and removed before', () => {
    fc.assert(
      fc.property(
        fc.array(filterOf(2), { minLength: 1, maxLength: 20 }),
        fc.array(filterOf(2), { maxLength: 5 }),
        fc.array(view, { minLength: 1, maxLength: 2 }),
        (first, changed, views) => {
          const index = new RuleIndex<Rule>();
          const rules = new Map(
            [...first, ...changed].map((filter, i) => [String(i % first.length), restoreFilter(filter)]),
          );
          first.forEach((filter, i) => index.upsert({ id: String(i) }, restoreFilter(filter)));
          for (const [id, filter] of rules) index.upsert({ id }, filter);
          index.remove('0');
          rules.delete('0');
          const scanned = [...rules].flatMap(([id, filter]) => {
            const matches = views.map((one) => matchView(filter, one));
            return matches.some((match) => match !== null) ? [`${id} ${matches.join()}`] : [];
          });
          const found = findingsOf(index, views).flatMap(({ rules: meeting, matches }) =>
            meeting.map(({ id }) => `${id} ${matches.join()}`),
          );
          expect(found.sort()).toEqual(scanned.sort());
          expect(index.size).toBe(rules.size);
          expect(index.questions).toBe(new Set([...rules.values()].map(({ source }) => source)).size);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('finds a rule whose demands are met by two different substances', () => {
    const index = new RuleIndex<Rule>();
    index.upsert(
      { id: 'load' },
      restoreFilter({ and: [{ substance: { deaCodes: ['9801'] } }, { or: [{ quantity: { minGrams: 1000 } }] }] }),
    );
    index.upsert(
      { id: 'pills' },
      restoreFilter({ and: [{ substance: { deaCodes: ['9801'] } }, { substance: { forms: ['PILL_TABLET'] } }] }),
    );
    const weighing = (milligrams: bigint) => ({
      ...{ unit: 'GM' as const, milligrams: { min: milligrams, max: milligrams }, units: null },
      ...{ amount: null, estimated: false },
    });
    const trace = { ...fentanyl, form: 'POWDER' as const, quantity: weighing(10n) };
    const kilos = { ...fentanyl, deaCode: '9041', category: 'COCAINE' as const, form: 'PILL_TABLET' as const };
    expect(idsOf(index, [viewOf('06073', true, [trace, { ...kilos, quantity: weighing(2_000_000n) }])])).toEqual(
      new Set(['load', 'pills']),
    );
  });

  it('looks at the ten of 10,000 rules that match and at few others', () => {
    const index = new RuleIndex<Rule>();
    const add = (id: string, county: string, deaCode: string) =>
      index.upsert(
        { id },
        restoreFilter({ and: [{ substance: { deaCodes: [deaCode] } }, { place: { countyFips: [county] } }] }),
      );
    for (let i = 0; i < 9_990; i += 1) add(`other-${i}`, String(10_000 + (i % 3000)), i % 2 ? '9801' : '1105');
    for (let i = 0; i < 10; i += 1) add(`wanted-${i}`, '06073', '9801');
    const candidates = idsOf(index, [sanDiego]);
    expect([...candidates].filter((id) => id.startsWith('wanted-'))).toHaveLength(10);
    expect(candidates.size).toBeLessThanOrEqual(20);
  });

  it('uses a removed rule’s slot again without mistaking one rule for the other', () => {
    const index = new RuleIndex<Rule>();
    const inSanDiego = restoreFilter({ place: { countyFips: ['06073'] } });
    const inSeattle = restoreFilter({ place: { countyFips: ['53033'] } });
    for (let i = 0; i < 5000; i += 1) index.upsert({ id: `rule-${i}` }, inSanDiego);
    for (let i = 0; i < 5000; i += 1) index.upsert({ id: `rule-${i}` }, inSeattle);
    expect(index.size).toBe(5000);
    expect(idsOf(index, [sanDiego]).size).toBe(0);
    expect(idsOf(index, [viewOf('53033', true, [])]).size).toBe(5000);
    for (let i = 0; i < 5000; i += 1) index.remove(`rule-${i}`);
    expect(index.size).toBe(0);
    expect(idsOf(index, [viewOf('53033', false, [])]).size).toBe(0);
  });
});

describe('selectorsOf', () => {
  const keysOf = (input: SeizureRecordFilter) =>
    selectorsOf(restoreFilter(input)).map(({ place, substance: key, way: how }) => `${place} ${key} ${how}`);

  it('takes the most selective part on each axis, and the alternatives of an or', () => {
    const deaCodes = ['9801'];
    const countyFips = ['06073'];
    expect(
      keysOf({ substance: { deaCodes, categories: ['FENTANYL'] }, place: { countyFips, stateFips: ['06'] } }),
    ).toEqual(['county:06073 code:9801 *']);
    expect(keysOf({ or: [{ substance: { deaCodes } }, { place: { countyFips } }] })).toEqual([
      '* code:9801 *',
      'county:06073 * *',
    ]);
    expect(keysOf({ or: [{ substance: { deaCodes } }, { conveyance: ['BUS'] }] })).toEqual([
      '* code:9801 *',
      '* * conveyance:BUS',
    ]);
    expect(keysOf({ conveyance: ['BUS'], quantity: { minGrams: 100_000 } })).toEqual(['* * milligrams:73']);
    expect(keysOf({ or: [{ substance: { deaCodes } }, { occurred: { from: '2026-01-01' } }] })).toEqual(['* * *']);
    expect(keysOf({ not: { place: { countyFips } } })).toEqual(['* * *']);
  });

  it('files what a rule does not want under what is left', () => {
    const stateFips = ['06'];
    expect(keysOf({ not: { place: { stateFips } } })).not.toContain('state:06 * *');
    expect(keysOf({ not: { place: { stateFips } } })).toContain('state:53 * *');
    expect(keysOf({ not: { not: { place: { stateFips } } } })).toEqual(['state:06 * *']);
    expect(keysOf({ not: { substance: { categories: ['HEROIN', 'FENTANYL'] } } })).toEqual([
      '* * lacksCategory:FENTANYL',
    ]);
    expect(keysOf({ not: { substance: { deaCodes: ['9801'], forms: ['POWDER'] } } })).toEqual(['* * *']);
    const ways = keysOf({ place: { stateFips }, not: { conveyance: ['BUS', 'TRAIN'] } });
    expect(ways).toContain('state:06 * conveyance:DRONE');
    expect(ways).not.toContain('state:06 * conveyance:BUS');
  });

  it('files a rule under its counties alone where counties times codes would be too many', () => {
    const counties = Array.from({ length: 200 }, (_, i) => String(10_000 + i));
    const keys = keysOf({ place: { countyFips: counties }, substance: { deaCodes: ['9801', '1105'] } });
    expect(keys.length).toBeLessThanOrEqual(200);
    expect(keysOf({})).toEqual(['* * *']);
  });
});

describe('weightStep', () => {
  it('never goes down as the amount goes up, and rises at each leading digit', () => {
    expect([0n, 1n, 9n, 10n, 19n, 20n, 99_999n, 100_000n].map(weightStep)).toEqual([0, 1, 9, 10, 10, 11, 45, 46]);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n }), fc.bigInt({ min: 0n, max: 2n ** 63n }), (a, b) => {
        expect(Math.sign(weightStep(a) - weightStep(b)) * (a < b ? -1 : 1)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('matchView', () => {
  it('tells certain from possible', () => {
    const over = restoreFilter({ quantity: { minGrams: 1 }, substance: { deaCodes: ['9801'] } });
    expect(matchView(over, sanDiego)).toBe('POSSIBLE');
    expect(matchView(restoreFilter({ place: { countyFips: ['06073'] } }), sanDiego)).toBe('CERTAIN');
    expect(matchView(restoreFilter({ place: { countyFips: ['53033'] } }), sanDiego)).toBeNull();
  });
});
