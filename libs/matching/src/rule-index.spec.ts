import fc from 'fast-check';
import { evaluateFilter, restoreFilter, type FilterableView, type SeizureRecordFilter } from '@concord/records';
import { matchView } from './match-view.js';
import { RuleIndex } from './rule-index.js';
import { selectorsOf } from './rule-selector.js';

const COUNTIES = ['06073', '06037', '53033'];
const DEA_CODES = ['9801', '1105'];
const CATEGORIES = ['FENTANYL', 'COCAINE', 'UNKNOWN'] as const;

const some = (codes: readonly string[]) => fc.subarray([...codes], { minLength: 1, maxLength: 2 });
const leaf: fc.Arbitrary<SeizureRecordFilter> = fc.oneof(
  some(DEA_CODES).map((deaCodes) => ({ substance: { deaCodes } })),
  some(CATEGORIES).map((categories) => ({ substance: { categories } })),
  some(COUNTIES).map((countyFips) => ({ place: { countyFips } })),
  some(['06', '53']).map((stateFips) => ({ place: { stateFips } })),
  fc.constant({ conveyance: ['BUS'] }),
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
const substance: fc.Arbitrary<FilterableView['substances'][number]> = fc.record({
  deaCode: fc.option(fc.constantFrom(...DEA_CODES)),
  name: fc.constant('substance'),
  category: fc.constantFrom(...CATEGORIES),
  form: fc.constant(null),
  laboratoryStatus: fc.constant(null),
  quantity: fc.constant(null),
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
  releasedAt: new Date(0),
});
const view = fc
  .tuple(fc.constantFrom(...COUNTIES), fc.boolean(), fc.array(substance, { maxLength: 2 }))
  .map(([county, hasCounty, substances]) => viewOf(county, hasCounty, substances));
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
  it('finds every rule that is not FALSE on one of the views, whatever was changed and removed before', () => {
    fc.assert(
      fc.property(
        fc.array(filterOf(2), { minLength: 1, maxLength: 20 }),
        fc.array(filterOf(2), { maxLength: 5 }),
        fc.array(view, { minLength: 1, maxLength: 2 }),
        (first, changed, views) => {
          const index = new RuleIndex();
          const rules = new Map(
            [...first, ...changed].map((filter, i) => [String(i % first.length), restoreFilter(filter)]),
          );
          first.forEach((filter, i) => index.upsert({ id: String(i), filter: restoreFilter(filter) }));
          for (const [id, filter] of rules) index.upsert({ id, filter });
          index.remove('0');
          rules.delete('0');
          const firing = [...rules].filter(([, filter]) => views.some((v) => evaluateFilter(filter, v) !== 'FALSE'));
          const candidates = index.candidates(views);
          expect(firing.map(([id]) => id).filter((id) => !candidates.has(id))).toEqual([]);
          expect(candidates.has('0')).toBe(false);
          expect(index.size).toBe(rules.size);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('looks at the ten of 10,000 rules that match and at few others', () => {
    const index = new RuleIndex();
    const add = (id: string, county: string, deaCode: string) =>
      index.upsert({
        id,
        filter: restoreFilter({ and: [{ substance: { deaCodes: [deaCode] } }, { place: { countyFips: [county] } }] }),
      });
    for (let i = 0; i < 9_990; i += 1) add(`other-${i}`, String(10_000 + (i % 3000)), i % 2 ? '9801' : '1105');
    for (let i = 0; i < 10; i += 1) add(`wanted-${i}`, '06073', '9801');
    const candidates = index.candidates([sanDiego]);
    expect([...candidates].filter((id) => id.startsWith('wanted-'))).toHaveLength(10);
    expect(candidates.size).toBeLessThanOrEqual(20);
  });

  it('uses a removed rule’s slot again without mistaking one rule for the other', () => {
    const index = new RuleIndex();
    const inSanDiego = restoreFilter({ place: { countyFips: ['06073'] } });
    const inSeattle = restoreFilter({ place: { countyFips: ['53033'] } });
    for (let i = 0; i < 5000; i += 1) index.upsert({ id: `rule-${i}`, filter: inSanDiego });
    for (let i = 0; i < 5000; i += 1) index.upsert({ id: `rule-${i}`, filter: inSeattle });
    expect(index.size).toBe(5000);
    expect(index.candidates([sanDiego]).size).toBe(0);
    expect(index.candidates([viewOf('53033', true, [])]).size).toBe(5000);
    for (let i = 0; i < 5000; i += 1) index.remove(`rule-${i}`);
    expect(index.size).toBe(0);
    expect(index.candidates([viewOf('53033', false, [])]).size).toBe(0);
  });
});

describe('selectorsOf', () => {
  const keysOf = (input: SeizureRecordFilter) =>
    selectorsOf(restoreFilter(input)).map(({ place, substance: key }) => `${place} ${key}`);

  it('takes the most selective part on each axis, and the alternatives of an or', () => {
    const deaCodes = ['9801'];
    const countyFips = ['06073'];
    expect(
      keysOf({ substance: { deaCodes, categories: ['FENTANYL'] }, place: { countyFips, stateFips: ['06'] } }),
    ).toEqual(['county:06073 code:9801']);
    expect(keysOf({ or: [{ substance: { deaCodes } }, { place: { countyFips } }] })).toEqual([
      '* code:9801',
      'county:06073 *',
    ]);
    expect(keysOf({ or: [{ substance: { deaCodes } }, { conveyance: ['BUS'] }] })).toEqual(['* *']);
    expect(keysOf({ not: { place: { countyFips } } })).toEqual(['* *']);
  });

  it('files a rule under its counties alone where counties times codes would be too many', () => {
    const counties = Array.from({ length: 200 }, (_, i) => String(10_000 + i));
    const keys = keysOf({ place: { countyFips: counties }, substance: { deaCodes: ['9801', '1105'] } });
    expect(keys.length).toBeLessThanOrEqual(200);
    expect(keysOf({})).toEqual(['* *']);
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
