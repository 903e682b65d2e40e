import fc from 'fast-check';
import { compileFilter } from './compile-filter.js';
import { describeFlatness, substanceListKeys } from './describe-flatness.js';
import { evaluateFilter, type FilterableView } from './evaluate-filter.js';
import { filterArbitraries } from './filter.builder.js';
import { restoreFilter } from './parse-filter.js';
import type { SeizureRecordFilter } from './seizure-record-filter.js';

type SubstanceView = FilterableView['substances'][number];

const arbitraries = filterArbitraries(fc);
const grams = (min: number, max = min) => ({
  unit: 'GM' as const,
  milligrams: { min: BigInt(min * 1000), max: BigInt(max * 1000) },
  units: null,
  amount: null,
  estimated: false,
});
const pills = (count: bigint) => ({
  ...grams(0),
  unit: 'DU' as const,
  milligrams: null,
  units: { min: count, max: count },
});
const substance = (change: Partial<SubstanceView> = {}): SubstanceView => ({
  deaCode: '9801',
  name: 'Fentanyl',
  category: 'FENTANYL',
  form: 'POWDER',
  laboratoryStatus: 'CONFIRMED',
  quantity: grams(10),
  purity: null,
  signature: null,
  adulterants: null,
  ...change,
});
const meth = (change: Partial<SubstanceView> = {}) =>
  substance({ deaCode: '1105', category: 'METHAMPHETAMINE', ...change });

const place = {
  stateFips: '06',
  countyFips: '06073',
  h3: null,
  latitude: null,
  longitude: null,
  setting: 'HIGHWAY' as const,
  portOfEntry: null,
};
/** The local 20 November in San Diego. */
const day = { from: new Date('2026-11-20T08:00:00Z'), to: new Date('2026-11-21T08:00:00Z'), offsetMinutes: -480 };
const view = (change: Partial<FilterableView> = {}): FilterableView => ({
  occurred: day,
  place,
  substances: [substance()],
  concealment: ['PARCEL'],
  conveyance: 'BUS',
  source: null,
  releasedAt: new Date('2026-11-22T00:00:00Z'),
  ...change,
});
const truth = (filter: SeizureRecordFilter, change: Partial<FilterableView> = {}) =>
  evaluateFilter(restoreFilter(filter), view(change));

describe('evaluateFilter', () => {
  it('takes a date as the calendar date where it happened, from inclusive and to exclusive', () => {
    expect(truth({ occurred: { from: '2026-11-20', to: '2026-11-21' } })).toBe('TRUE');
    expect(truth({ occurred: { from: '2026-11-21' } })).toBe('FALSE');
    expect(truth({ occurred: { to: '2026-11-20' } })).toBe('FALSE');
    expect(
      truth({ occurred: { from: '2026-11-20', to: '2026-11-21' } }, { occurred: { ...day, offsetMinutes: 0 } }),
    ).toBe('UNKNOWN');
    expect(truth({ occurred: { from: '2026-11-20T00:00:00-08:00' } })).toBe('TRUE');
    expect(truth({ occurred: { from: '2026-11-20T00:00:00.001-08:00' } })).toBe('UNKNOWN');
    expect(truth({ occurred: { from: '2026-11-21T00:00:00-08:00' } })).toBe('FALSE');
    expect(truth({ released: { from: '2026-11-22', to: '2026-11-23' } })).toBe('TRUE');
    expect(truth({ released: { to: '2026-11-22' } })).toBe('FALSE');
  });

  it('looks for one substance that meets codes and quantities together', () => {
    const kiloOfFentanyl = { and: [{ substance: { deaCodes: ['9801'] } }, { quantity: { minGrams: 1000 } }] };
    expect(truth(kiloOfFentanyl, { substances: [substance(), meth({ quantity: grams(2000) })] })).toBe('FALSE');
    expect(truth(kiloOfFentanyl, { substances: [substance({ quantity: grams(1000) }), meth()] })).toBe('TRUE');
    expect(truth(kiloOfFentanyl, { substances: [substance({ quantity: grams(10, 1000) })] })).toBe('UNKNOWN');
    expect(truth(kiloOfFentanyl, { substances: [] })).toBe('FALSE');
    expect(
      truth({ quantity: { minGrams: 1000 } }, { substances: [substance(), meth({ quantity: grams(2000) })] }),
    ).toBe('TRUE');
    const both = { and: [{ substance: { deaCodes: ['9801'] } }, { substance: { deaCodes: ['1105'] } }] };
    expect(truth(both, { substances: [substance(), meth()] })).toBe('TRUE');
    expect(
      truth({ ...both, quantity: { minGrams: 11 } }, { substances: [substance(), meth({ quantity: grams(11) })] }),
    ).toBe('FALSE');
  });

  it('has no grams for a count, and knows nothing where nothing was measured', () => {
    expect(truth({ quantity: { minGrams: 1 } }, { substances: [substance({ quantity: pills(30_000n) })] })).toBe(
      'UNKNOWN',
    );
    expect(truth({ quantity: { minUnits: 1 } }, { substances: [substance({ quantity: pills(30_000n) })] })).toBe(
      'TRUE',
    );
    expect(truth({ quantity: { maxUnits: 1 } }, { substances: [substance({ quantity: null })] })).toBe('UNKNOWN');
    expect(truth({ quantity: { maxGrams: 10 } })).toBe('TRUE');
    expect(truth({ quantity: { maxGrams: 9.999 } })).toBe('FALSE');
  });

  it('takes UNKNOWN and what the view does not carry for unknown, unless UNKNOWN is wanted', () => {
    const setting = (code: 'UNKNOWN' | null) => ({ place: { ...place, setting: code } });
    expect(truth({ place: { settings: ['STREET'] } })).toBe('FALSE');
    expect(truth({ place: { settings: ['STREET'] } }, setting(null))).toBe('UNKNOWN');
    expect(truth({ place: { settings: ['STREET'] } }, setting('UNKNOWN'))).toBe('UNKNOWN');
    expect(truth({ place: { settings: ['UNKNOWN'] } }, setting('UNKNOWN'))).toBe('TRUE');
    expect(truth({ place: { settings: ['UNKNOWN'] } }, setting(null))).toBe('UNKNOWN');
    expect(truth({ concealment: ['ON_PERSON'] }, { concealment: ['PARCEL', 'UNKNOWN'] })).toBe('UNKNOWN');
    expect(truth({ concealment: ['ON_PERSON'] }, { concealment: null })).toBe('UNKNOWN');
    expect(truth({ concealment: ['ON_PERSON'] }, { concealment: [] })).toBe('UNKNOWN');
    expect(truth({ concealment: ['PARCEL'] }, { concealment: ['PARCEL', 'UNKNOWN'] })).toBe('TRUE');
    const deaCodes = ['9801'];
    expect(
      truth({ substance: { deaCodes } }, { substances: [substance({ deaCode: null, category: 'UNKNOWN' })] }),
    ).toBe('UNKNOWN');
    expect(
      truth({ substance: { deaCodes } }, { substances: [substance({ deaCode: null, category: 'ADULTERANT' })] }),
    ).toBe('FALSE');
  });

  it('knows that a county lies in its state', () => {
    const stateOnly = (stateFips: string) => ({ place: { ...place, stateFips, countyFips: null } });
    expect(truth({ place: { countyFips: ['06073'] } }, stateOnly('06'))).toBe('UNKNOWN');
    expect(truth({ place: { countyFips: ['06073'] } }, stateOnly('53'))).toBe('FALSE');
  });

  it('keeps NOT(UNKNOWN) unknown, and the empty filter true', () => {
    expect(
      truth({ not: { quantity: { minGrams: 11 } } }, { substances: [substance({ quantity: grams(10, 12) })] }),
    ).toBe('UNKNOWN');
    expect(truth({})).toBe('TRUE');
    expect(truth({ not: {} })).toBe('FALSE');
  });

  it('is never refuted by a finer view of the same record', () => {
    fc.assert(
      fc.property(arbitraries.filter, arbitraries.view, arbitraries.coarsening, (input, fine, coarsen) => {
        const filter = restoreFilter(input);
        const coarse = evaluateFilter(filter, coarsen(fine));
        if (coarse !== 'UNKNOWN') expect(evaluateFilter(filter, fine)).toBe(coarse);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('substanceListKeys', () => {
  it('holds each substance once, by its code, its class or as unknown', () => {
    const unknown = substance({ deaCode: null, category: 'UNKNOWN' });
    const xylazine = substance({ deaCode: null, category: 'ADULTERANT' });
    expect(substanceListKeys(view({ substances: [substance(), substance(), unknown, xylazine] }))).toEqual([
      '9801',
      'UNKNOWN',
      'name:ADULTERANT',
    ]);
  });

  it('is under one of the keys of a flat filter wherever that is not FALSE', () => {
    fc.assert(
      fc.property(arbitraries.filter, arbitraries.view, (input, candidate) => {
        const filter = restoreFilter(input);
        const flat = describeFlatness(filter);
        fc.pre(flat !== null && evaluateFilter(filter, candidate) !== 'FALSE');
        expect(substanceListKeys(candidate).some((key) => flat.substanceCodes.includes(key))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('compileFilter', () => {
  it('numbers its parameters from the given one and holds no text of the user', () => {
    const filter = restoreFilter({
      substance: { deaCodes: ['9801'] },
      quantity: { minGrams: 1 },
      place: { countyFips: ['06073'] },
    });
    const { sql, params } = compileFilter(filter, 4);
    expect(params).toEqual([['06073'], ['06'], ['9801'], '1000']);
    expect([...new Set(sql.match(/\$\d+/g))].sort()).toEqual(['$4', '$5', '$6', '$7']);
    expect(sql).not.toMatch(/9801|06073/);
    expect(compileFilter(restoreFilter({}), 1)).toEqual({ sql: 'true', params: [] });
  });
});
