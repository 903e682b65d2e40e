import {
  AFFILIATION_CODES,
  CITIZENSHIP_CODES,
  CONCEALMENT_CODES,
  CONVEYANCE_CODES,
  FORM_CODES,
  IDENTIFIER_SENSITIVITIES,
  LABORATORY_STATUSES,
  OCCURRED_AT_PRECISIONS,
  PERSON_ROLES,
  SETTING_CODES,
  SHARING_CODES,
  SOURCE_CREDIBILITIES,
  SOURCE_RELIABILITIES,
  TIME_PRECISIONS,
  TLP_CODES,
  WITHHOLD_CODES,
} from '@concord/codes';
import type { OccurredAtPrecision, UnitCode } from '@concord/codes';
import fc from 'fast-check';
import type { Occurred, ValidIdentifier, ValidPlace, ValidReport, ValidSubstance } from './valid-report.js';

/** Texts that the owner alone may see carry this mark, so that a leak of any of them is one search. */
export const SECRET_MARK = 'zq7secret';

const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const secretText = fc.integer({ min: 0, max: 999_999 }).map((number) => `${SECRET_MARK}${number}`);
const country = fc.constantFrom('US', 'MX', 'CA', 'CN', 'CO');
const countyFips = fc.constantFrom('06073', '48141', '04023', '35013', '36061');

const PRECISION_MS = { MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 };

function occurredAt(localMs: number, offsetMinutes: number, precision: OccurredAtPrecision): Occurred {
  const offsetMs = offsetMinutes * 60_000;
  const at = (local: number): Date => new Date(local - offsetMs);
  if (precision === 'MONTH') {
    const local = new Date(localMs);
    const startOf = (monthsOn: number): Date => at(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + monthsOn));
    return { from: startOf(0), to: startOf(1), offsetMinutes, precision };
  }
  const length = PRECISION_MS[precision];
  const start = Math.floor(localMs / length) * length;
  return { from: at(start), to: at(start + length), offsetMinutes, precision };
}

export const occurredArbitrary: fc.Arbitrary<Occurred> = fc
  .tuple(
    fc.integer({ min: Date.UTC(1999, 0, 1), max: Date.UTC(2035, 0, 1) }),
    fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15),
    fc.constantFrom(...OCCURRED_AT_PRECISIONS),
    fc.boolean(),
  )
  .map(([localMs, offsetMinutes, precision, aligned]) => {
    const occurred = occurredAt(localMs, offsetMinutes, precision);
    if (aligned) return occurred;
    // A source may also say "the day from 14:20 on": such an interval crosses midnight.
    const shiftMs = 14 * 3_600_000 + 20 * 60_000;
    return {
      ...occurred,
      from: new Date(occurred.from.getTime() + shiftMs),
      to: new Date(occurred.to.getTime() + shiftMs),
    };
  });

export const placeArbitrary: fc.Arbitrary<ValidPlace> = fc
  .record({
    point: nullable(
      fc.record({
        latitude: fc.double({ min: -90, max: 90, noNaN: true }),
        longitude: fc.double({ min: -180, max: 180, noNaN: true }),
      }),
    ),
    countyFips,
    setting: fc.constantFrom(...SETTING_CODES),
    portOfEntry: nullable(fc.constantFrom('PORT-2404', 'PORT-2501', 'PORT-2502')),
  })
  .map(({ point, ...place }) => ({
    ...place,
    latitude: point?.latitude ?? null,
    longitude: point?.longitude ?? null,
    stateFips: place.countyFips.slice(0, 2),
  }));

type Amount = Pick<ValidSubstance, 'quantity' | 'quantityReason' | 'unit' | 'milligrams' | 'units'>;

const MILLIGRAMS = { KG: 1_000_000, GM: 1_000, LB: 453_592.37, OZ: 28_349.523125 };
const noAmount = { quantity: null, quantityReason: 'UNKNOWN', unit: null, milligrams: null, units: null } as const;
const positive = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 100_000 }));

export const amountArbitrary: fc.Arbitrary<Amount> = fc.oneof(
  fc.tuple(positive, fc.constantFrom('KG', 'GM', 'LB', 'OZ')).map(([quantity, unit]) => ({
    ...noAmount,
    quantity,
    quantityReason: null,
    unit,
    milligrams: BigInt(Math.round(quantity * MILLIGRAMS[unit])),
  })),
  fc
    .tuple(fc.integer({ min: 0, max: 5_000_000 }), fc.constantFrom<UnitCode>('DU', 'NP'))
    .map(([quantity, unit]) => ({ ...noAmount, quantity, quantityReason: null, unit, units: BigInt(quantity) })),
  fc
    .tuple(positive, fc.constantFrom<UnitCode>('LT', 'ML', 'GL', 'FO'))
    .map(([quantity, unit]) => ({ ...noAmount, quantity, quantityReason: null, unit })),
  fc.constantFrom('TRACE' as const, 'PENDING' as const).map((quantityReason) => ({ ...noAmount, quantityReason })),
);

export const substanceArbitrary: fc.Arbitrary<ValidSubstance> = fc
  .tuple(
    amountArbitrary,
    fc.constantFrom(
      { deaCode: '9801', name: 'Fentanyl', category: 'FENTANYL' as const },
      { deaCode: null, name: 'xylazine', category: 'ADULTERANT' as const },
    ),
    fc.record({
      form: fc.constantFrom(...FORM_CODES),
      estimated: fc.boolean(),
      laboratoryStatus: fc.constantFrom(...LABORATORY_STATUSES),
      purityPercent: nullable(fc.double({ min: 0, max: 100, noNaN: true })),
      signature: nullable(fc.constantFrom('STAMP-LION', 'STAMP-M30')),
      adulterants: fc.subarray(['caffeine-x', 'mannitol-x']),
    }),
  )
  .map(([amount, named, rest]) => ({ ...amount, ...named, ...rest }));

const sensitivity = fc.constantFrom(...IDENTIFIER_SENSITIVITIES);
const identifierArbitrary: fc.Arbitrary<ValidIdentifier> = fc.oneof(
  fc.record({ kind: fc.constantFrom('PHONE' as const, 'PLATE' as const), value: secretText, sensitivity }),
  fc.record({
    kind: fc.constant('PERSON' as const),
    person: fc.record({
      givenName: secretText,
      surName: secretText,
      birthDate: fc.constantFrom('1890-01-02', '1891-03-04'),
    }),
    sensitivity,
  }),
);

/** Reports as `libs/submission` lets them through; whatever is the owner's alone carries {@link SECRET_MARK}. */
export const validReportArbitrary: fc.Arbitrary<ValidReport> = fc.record({
  submitterReference: secretText,
  occurred: occurredArbitrary,
  sharing: fc.constantFrom(...SHARING_CODES),
  tlp: fc.constantFrom(...TLP_CODES),
  holdUntilReleased: fc.boolean(),
  releaseAfter: nullable(fc.date({ noInvalidDate: true })),
  withhold: fc.subarray([...WITHHOLD_CODES]),
  timePrecision: fc.constantFrom(...TIME_PRECISIONS),
  place: placeArbitrary,
  substances: fc.array(substanceArbitrary, { minLength: 1, maxLength: 4 }),
  concealment: fc.subarray([...CONCEALMENT_CODES], { maxLength: 3 }),
  conveyance: fc.constantFrom(...CONVEYANCE_CODES),
  route: nullable(
    fc.record({
      originCountry: nullable(country),
      originCountyFips: nullable(countyFips),
      destinationCountry: nullable(country),
      destinationCountyFips: nullable(countyFips),
    }),
  ),
  people: fc.array(
    fc.record({
      role: fc.constantFrom(...PERSON_ROLES),
      age: nullable(fc.integer({ min: 0, max: 120 })),
      citizenship: fc.constantFrom(...CITIZENSHIP_CODES),
      affiliation: fc.constantFrom(...AFFILIATION_CODES),
    }),
    { maxLength: 3 },
  ),
  identifiers: fc.array(identifierArbitrary, { maxLength: 3 }),
  basis: nullable(
    fc.record({
      activity: fc.constant('TRAFFICKING' as const),
      reasonableSuspicion: secretText,
      decidedBy: secretText,
    }),
  ),
  source: nullable(
    fc.record({
      reliability: fc.constantFrom(...SOURCE_RELIABILITIES),
      credibility: fc.constantFrom(...SOURCE_CREDIBILITIES),
    }),
  ),
  packaging: nullable(fc.constantFrom('Bricks in brown tape', 'Heat-sealed bags')),
  remarks: nullable(fc.constantFrom('Press mark like the July lot.', 'Two lots, one stamp.')),
  narrative: nullable(secretText),
  taskForceIds: fc.array(secretText, { maxLength: 2 }),
});
