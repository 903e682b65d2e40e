import fc, { type Arbitrary } from 'fast-check';
import type { GraphQLInputType } from 'graphql';
import type { GeneratedOperation } from './documents.generator.js';
import type { ValueGenerator } from './values.generator.js';

export const SUBMIT = `mutation Submit($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { __typename
  ... on SeizureReportAccepted { duplicate receipt warnings { path code message } report { id status version } record { id precision } }
  ... on SeizureReportHeld { receipt reasons { path code } } ... on SeizureReportRejected { issues { path code message } } } }`;

type Report = Readonly<Record<string, unknown>>;

const COUNTIES = [
  { countyFips: '06073', latitude: 32.7, longitude: -117.1 },
  { countyFips: '06065', latitude: 33.71, longitude: -116.21 },
  { countyFips: '53033', latitude: 47.6, longitude: -122.3 },
] as const;

/** Reports that are right in everything. */
const validReport: Arbitrary<Report> = fc
  .record({
    reference: fc.uuid(),
    hoursAgo: fc.integer({ min: 1, max: 2_000 }),
    sharing: fc.constantFrom('AGENCY', 'STATE', 'NATION', 'PARTNERS'),
    place: fc.constantFrom(...COUNTIES),
    setting: fc.constantFrom('HIGHWAY', 'STREET', 'RESIDENCE'),
    deaCode: fc.constantFrom('9801', '9200', '9041', '1105'),
    grams: fc.integer({ min: 1, max: 50_000 }),
    pills: fc.boolean(),
    people: fc.array(
      fc.record({ role: fc.constantFrom('COURIER', 'UNKNOWN'), age: fc.integer({ min: 18, max: 90 }) }),
      { maxLength: 3 },
    ),
    narrative: fc.option(fc.string({ maxLength: 200 }).map((text) => text.replace(/[^ -~]/g, ' '))),
  })
  .map(({ reference, hoursAgo, sharing, place, setting, deaCode, grams, pills, people, narrative }) => ({
    submitterReference: `FUZZ-${reference}`,
    occurredAt: new Date(Date.now() - hoursAgo * 3_600_000).toISOString(),
    sharing,
    tlp: 'AMBER',
    place: { ...place, setting },
    substances: [
      pills
        ? { deaCode, form: 'PILL_TABLET', quantity: grams, unit: 'DU' }
        : { deaCode, form: 'POWDER', quantity: grams, unit: 'GM', laboratoryStatus: 'PRESUMPTIVE' },
    ],
    people,
    narrative,
  }));

/** A report with a few of its fields replaced by whatever the type would take, or by nothing. */
function nearlyValid(values: ValueGenerator, type: GraphQLInputType): Arbitrary<Report> {
  return fc
    .tuple(validReport, values.of(type, 3), fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 3 }))
    .map(([report, other, places]) => {
      const changed: Record<string, unknown> = { ...report };
      const given = typeof other === 'object' && other !== null ? Object.entries(other) : [];
      for (const place of places) {
        const [name, value] = given[place % Math.max(1, given.length)] ?? [
          Object.keys(report)[place % 8] ?? 'tlp',
          null,
        ];
        changed[name] = value;
      }
      return changed;
    });
}

/** Submissions: one in five right, two in five nearly, the rest whatever the input type allows. */
export function submissions(values: ValueGenerator, type: GraphQLInputType): Arbitrary<GeneratedOperation> {
  return fc
    .oneof(
      { weight: 1, arbitrary: validReport },
      { weight: 2, arbitrary: nearlyValid(values, type) },
      { weight: 2, arbitrary: values.of(type, 4) },
    )
    .map((input) => ({ query: SUBMIT, variables: { input } }));
}
