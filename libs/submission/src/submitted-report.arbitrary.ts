import {
  AFFILIATION_CODES,
  CITIZENSHIP_CODES,
  CONCEALMENT_CODES,
  CONVEYANCE_CODES,
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
import fc from 'fast-check';
import type { SubmittedReport } from './submitted-report.js';

/** What a report is made for: texts that any encoding on the way might trip over, and times around a clock. */
export interface ReportSurroundings {
  readonly now: Date;
  readonly taskForceIds: readonly string[];
}

/** What COPY, JSON and arrays write with a sign of their own. */
const AWKWARD = ['\\N', '\\.', 'a\\tb', '"quoted"', "it's", '{a,b}', '\\x00ff', 'null', 'Ñandú', '🦂', '%s $1', '\\\\'];
const awkward = fc.constantFrom(...AWKWARD);
const nullable = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });

const PLACES = [
  { countyFips: '06073', latitude: 32.556, longitude: -117.047 },
  { countyFips: '06073', latitude: null, longitude: null },
  { countyFips: '06065', latitude: 33.71, longitude: -116.21 },
  { countyFips: '53033', latitude: 47.6, longitude: -122.3 },
  // A county of no region, and one that the atlas may have no shape of.
  { countyFips: '48141', latitude: null, longitude: null },
];

const amount = fc.oneof(
  fc.record({ quantity: fc.constantFrom(12.5, 0.001, 3), unit: fc.constantFrom('KG', 'GM', 'LB', 'OZ') }),
  fc.record({ form: fc.constant('LIQUID'), quantity: fc.constant(2.25), unit: fc.constantFrom('LT', 'FO') }),
  fc.record({ form: fc.constant('PILL_TABLET'), quantity: fc.constantFrom(1, 40_000), unit: fc.constant('DU') }),
  fc.record({ quantityReason: fc.constantFrom('TRACE', 'PENDING') }),
);
const kind = fc.oneof(
  fc.record({ deaCode: fc.constantFrom('9801', '9041', '1105', '9200') }),
  fc.record({ name: awkward, category: fc.constantFrom('OTHER', 'UNKNOWN', 'FENTANYL') }),
);
const substance = fc
  .tuple(
    amount,
    kind,
    fc.record({
      estimated: fc.boolean(),
      laboratoryStatus: fc.constantFrom(...LABORATORY_STATUSES),
      purityPercent: nullable(fc.constantFrom(0, 4.1, 100, 1 / 3)),
      signature: nullable(awkward),
      adulterants: fc.array(awkward, { maxLength: 3 }),
    }),
  )
  .map(([much, what, rest]) => ({ ...much, ...what, ...rest }));

const identifier = fc.oneof(
  fc.record({
    kind: fc.constantFrom('PHONE', 'PLATE'),
    value: fc.constantFrom('+1 619 555 0100', '7ABC123'),
    sensitivity: fc.constantFrom(...IDENTIFIER_SENSITIVITIES),
  }),
  fc.record({
    kind: fc.constant('PERSON'),
    person: fc.record({ givenName: awkward, surName: awkward, birthDate: fc.constant('1980-02-29') }),
  }),
);

/** Reports as clients send them, right in nearly everything; `submitterReference` is the caller's to set. */
export function submittedReports({ now, taskForceIds }: ReportSurroundings): fc.Arbitrary<SubmittedReport> {
  const hours = (some: number): string => new Date(now.getTime() + some * 3_600_000).toISOString();
  const identified = fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.record({
        identifiers: fc.array(identifier, { maxLength: 3 }),
        basis: fc.record({
          activity: fc.constantFrom('TRAFFICKING', 'OTHER'),
          reasonableSuspicion: awkward,
          decidedBy: awkward,
        }),
      }),
    },
  );
  const rest = fc.record({
    occurredAt: fc.integer({ min: 25, max: 9_000 }).map((ago) => hours(-ago)),
    occurredAtPrecision: fc.constantFrom(...OCCURRED_AT_PRECISIONS, null),
    sharing: fc.constantFrom(...SHARING_CODES),
    // RED is refused where sharing is wide: some reports must be.
    tlp: fc.constantFrom(...TLP_CODES, null),
    releaseAfter: fc.constantFrom(null, null, hours(240), hours(-240)),
    withhold: fc.subarray([...WITHHOLD_CODES]),
    timePrecision: fc.constantFrom(...TIME_PRECISIONS),
    place: fc
      .tuple(fc.constantFrom(...PLACES), fc.constantFrom(...SETTING_CODES), nullable(awkward))
      .map(([place, setting, portOfEntry]) => ({ ...place, setting, portOfEntry })),
    substances: fc.array(substance, { minLength: 1, maxLength: 4 }),
    concealment: fc.subarray([...CONCEALMENT_CODES], { maxLength: 3 }),
    conveyance: fc.constantFrom(...CONVEYANCE_CODES, null),
    route: nullable(fc.constant({ originCountry: 'MX', destinationCountyFips: '53033' })),
    people: fc.array(
      fc.record({
        role: fc.constantFrom(...PERSON_ROLES),
        age: nullable(fc.integer({ min: 18, max: 99 })),
        citizenship: fc.constantFrom(...CITIZENSHIP_CODES),
        affiliation: fc.constantFrom(...AFFILIATION_CODES),
      }),
      { maxLength: 3 },
    ),
    source: nullable(
      fc.record({
        reliability: fc.constantFrom(...SOURCE_RELIABILITIES),
        credibility: fc.constantFrom(...SOURCE_CREDIBILITIES),
      }),
    ),
    narrative: nullable(awkward.map((text) => `${text}\n\tand ${text}`)),
    taskForceIds: fc.subarray([...taskForceIds]),
  });
  return fc.tuple(rest, identified).map(([report, named]) => ({ ...report, ...named }));
}
