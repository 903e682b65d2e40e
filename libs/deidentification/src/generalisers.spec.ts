import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IdentifierTraces } from './identifier-traces.js';
import { ageBand } from './people.generaliser.js';
import { purityBand } from './purity.generaliser.js';
import { decadeBand, generaliseQuantity } from './quantity.generaliser.js';
import { generaliseRoute } from './route.generaliser.js';
import { TransformationLog } from './transformation-log.js';
import { substanceArbitrary } from './valid-report.arbitrary.js';
import type { ValidIdentifier, ValidSubstance } from './valid-report.js';

describe('decade band', () => {
  it.each([
    [1n, 1n, 9n],
    [9n, 1n, 9n],
    [10n, 10n, 99n],
    [12_500_000n, 10_000_000n, 99_999_999n],
    [99_999_999n, 10_000_000n, 99_999_999n],
    [100_000_000n, 100_000_000n, 999_999_999n],
    [9_223_372_036_854_775_807n, 1_000_000_000_000_000_000n, 9_999_999_999_999_999_999n],
  ])('%d lies in %d to %d', (value, min, max) => {
    expect(decadeBand(value)).toEqual({ min, max });
  });

  it('covers its value, and both of its ends lie in the same band', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (value) => {
        const band = decadeBand(value);
        expect(band.min <= value && value <= band.max).toBe(true);
        expect([decadeBand(band.min), decadeBand(band.max)]).toEqual([band, band]);
      }),
    );
  });
});

describe('quantity in decades', () => {
  const at = (substance: ValidSubstance) => generaliseQuantity(substance, 'DECADE', new TransformationLog());
  const amount = (part: Partial<ValidSubstance>): ValidSubstance => {
    const [some] = fc.sample(substanceArbitrary, { numRuns: 1, seed: 1 });
    return { ...some!, quantityReason: null, milligrams: null, units: null, estimated: true, ...part };
  };

  it('shows 12.5 kg as its decade, without the amount', () => {
    expect(at(amount({ quantity: 12.5, unit: 'KG', milligrams: 12_500_000n }))).toEqual({
      unit: 'KG',
      milligrams: { min: 10_000_000n, max: 99_999_999n },
      units: null,
      amount: null,
      estimated: true,
    });
  });

  it('shows a volume by its unit alone', () => {
    expect(at(amount({ quantity: 250, unit: 'ML' }))).toMatchObject({
      unit: 'ML',
      milligrams: null,
      units: null,
      amount: null,
    });
  });

  it.each([
    ['zero weight', { quantity: 0, unit: 'GM', milligrams: 0n }],
    ['less than half a milligram', { quantity: 0.0001, unit: 'GM', milligrams: 0n }],
    ['less than half a unit', { quantity: 0.4, unit: 'DU', units: 0n }],
    ['zero count', { quantity: 0, unit: 'DU', units: 0n }],
    ['zero volume', { quantity: 0, unit: 'ML' }],
    ['trace', { quantity: null, unit: null, quantityReason: 'TRACE' }],
  ] satisfies [string, Partial<ValidSubstance>][])('is absent for %s', (_name, part) => {
    expect(at(amount(part))).toBeNull();
  });
});

describe('purity band', () => {
  it.each([
    [0, 0, 10],
    [9.99, 0, 10],
    [10, 10, 20],
    [29.999999999999996, 20, 30],
    [90, 90, 100],
    [100, 90, 100],
  ])('%d %% lies in %d to %d', (percent, min, max) => {
    expect(purityBand(percent, 10)).toEqual({ min, max });
  });

  it('covers its value, is ten wide and is the band of its own lower end', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
        const band = purityBand(percent, 10);
        expect(band.min <= percent && percent <= band.max).toBe(true);
        expect([band.max - band.min, band.min % 10]).toEqual([10, 0]);
        expect(purityBand(band.min, 10)).toEqual(band);
      }),
    );
  });
});

describe('age band', () => {
  it.each([
    [0, 0, 9],
    [17, 10, 19],
    [18, 10, 19],
    [30, 30, 39],
    [39, 30, 39],
    [120, 120, 129],
  ])('%d lies in %d to %d', (age, min, max) => {
    expect(ageBand(age, 10)).toEqual({ min, max });
  });
});

describe('route', () => {
  const route = {
    originCountry: 'MX',
    originCountyFips: null,
    destinationCountry: 'US',
    destinationCountyFips: '06073',
  };

  it('keeps the county for a task force and shows partners its state', () => {
    const log = new TransformationLog();
    expect(generaliseRoute(route, 'COUNTY', log)).toMatchObject({
      destinationCountyFips: '06073',
      destinationStateFips: '06',
    });
    expect(log.entries()).toEqual([]);
    expect(generaliseRoute(route, 'STATE', log)).toMatchObject({
      destinationCountyFips: null,
      destinationStateFips: '06',
    });
    expect(log.entries()).toEqual([{ field: 'route', from: 'county', to: 'state' }]);
  });

  it('is none when it says nothing', () => {
    const nothing = {
      originCountry: null,
      originCountyFips: null,
      destinationCountry: null,
      destinationCountyFips: null,
    };
    expect(generaliseRoute(nothing, 'COUNTY', new TransformationLog())).toBeNull();
  });
});

describe('traces of identifiers in free text', () => {
  const traces = new IdentifierTraces([
    { kind: 'PHONE', value: '+1 (619) 555-0142', sensitivity: 'OPEN' },
    { kind: 'HANDLE', value: '@ox', sensitivity: 'OPEN' },
    { kind: 'PERSON', person: { givenName: 'José', surName: 'Li', birthDate: '1990-05-17' }, sensitivity: 'SILENT' },
  ] satisfies ValidIdentifier[]);

  it.each([
    ['call 1-619-555-0142', true],
    ['call16195550142now', true],
    ['stamp "OX"', true],
    ['JOSE brand', true],
    ['for Li', true],
    ['born 1990 05 17', true],
    ['oxycodone', false],
    ['lion stamp', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(traces.areIn(text)).toBe(expected);
  });

  it('finds nothing where no identifier was given', () => {
    expect(new IdentifierTraces([]).areIn('anything')).toBe(false);
    expect(new IdentifierTraces([{ kind: 'HANDLE', value: '@ _', sensitivity: 'OPEN' }]).areIn('@ _')).toBe(false);
  });
});
