import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentDigest } from './content-digest.js';
import { CONTEXT, EXAMPLE, SMALLEST } from './example-report.fixture.js';
import type { SubmittedReport } from './submitted-report.js';
import { validateReport } from './validate-report.js';

const KEY = Buffer.alloc(32, 7);

function digest(input: object, key = KEY): string {
  const result = validateReport(input, CONTEXT);
  if (!result.ok) throw new Error(result.issues.map(({ path, code }) => `${path} ${code}`).join());
  return contentDigest(result.report, key);
}

/** Every field of the input that may be left out, with what it then means. */
const DEFAULTS = {
  tlp: 'AMBER',
  releaseAfter: null,
  holdUntilReleased: false,
  withhold: [],
  timePrecision: 'WEEK',
  occurredAtPrecision: 'MINUTE',
  concealment: ['UNKNOWN'],
  conveyance: 'UNKNOWN',
  route: {},
  people: [],
  identifiers: [],
  basis: null,
  source: {},
  narrative: '',
  packaging: '',
  remarks: ' ',
  taskForceIds: [],
} satisfies SubmittedReport;

/** One change each to the example that makes it say something else. */
const CHANGES: readonly object[] = [
  { occurredAt: '2026-11-20T03:16:00-08:00' },
  { occurredAt: '2026-11-20T04:15:00-07:00' },
  { occurredAtPrecision: 'HOUR' },
  { sharing: 'STATE' },
  { tlp: 'GREEN' },
  { releaseAfter: '2026-12-24T00:00:00Z' },
  { withhold: ['METHOD'] },
  { timePrecision: 'DAY' },
  { taskForceIds: ['tf-1'] },
  { concealment: ['ON_PERSON'] },
  { conveyance: 'BUS' },
  { packaging: 'Bricks.' },
  { remarks: 'Two lots.' },
  { holdUntilReleased: true },
  { route: null },
  { people: [] },
  { narrative: null },
  { source: { reliability: 'B', credibility: 3 } },
  { basis: { ...EXAMPLE.basis, decidedBy: 'unit 5' } },
  { identifiers: [{ ...EXAMPLE.identifiers[0], sensitivity: 'SILENT' }] },
  { identifiers: [{ ...EXAMPLE.identifiers[0], value: '+1 619 555 0101' }] },
  { place: { ...EXAMPLE.place, latitude: 32.5561 } },
  { place: { ...EXAMPLE.place, latitude: 32.792, longitude: -115.563, countyFips: '06025' } },
  { place: { ...EXAMPLE.place, portOfEntry: null } },
  ...[
    { deaCode: '9821' },
    { deaCode: null, name: 'Fentanyl', category: 'FENTANYL' },
    { deaCode: null, name: 'Fentanyl', category: 'OTHER' },
    { form: 'LIQUID' },
    { quantity: 12.6 },
    { unit: 'LB' },
    { quantity: null, quantityReason: 'PENDING' },
    { estimated: true },
    { laboratoryStatus: 'CONFIRMED' },
    { purityPercent: 4.2 },
    { signature: null },
    { adulterants: [] },
  ].map((change) => ({ substances: [{ ...EXAMPLE.substances[0], ...change }] })),
];

describe('contentDigest', () => {
  it('is a versioned HMAC-SHA-256, the same for ever', () => {
    const text =
      '{"concealment":["UNKNOWN"],"conveyance":"UNKNOWN","occurred":{"from":"2026-11-20T11:15:00.000Z",' +
      '"offsetMinutes":-480,"precision":"MINUTE","to":"2026-11-20T11:16:00.000Z"},' +
      '"place":{"countyFips":"06073","setting":"UNKNOWN","stateFips":"06"},"sharing":"AGENCY",' +
      '"substances":[{"deaCode":"9801","estimated":false,"form":"UNKNOWN","laboratoryStatus":"NONE",' +
      '"quantityReason":"PENDING"}],"timePrecision":"WEEK","tlp":"AMBER"}';
    expect(digest(SMALLEST)).toBe(`v1:${createHmac('sha256', KEY).update(text).digest('hex')}`);
    expect(digest(SMALLEST)).toBe('v1:73df556b351c6c358b1cd6ca06692c23e2f1d9ba0c70e604bccc75f582fddae4');
  });

  it('is the same whether a default is left out, null or stated', () => {
    fc.assert(
      fc.property(fc.record(presence(DEFAULTS), { requiredKeys: [] }), (stated) => {
        expect(digest({ ...SMALLEST, ...stated })).toBe(digest(SMALLEST));
      }),
    );
  });

  it('is the same for another reference, spelling, order of fields and order of codes', () => {
    const other = {
      ...Object.fromEntries(Object.entries(EXAMPLE).reverse()),
      submitterReference: '2026-000124',
      occurredAt: '2026-11-20T03:15:59-08:00',
      narrative: ' Seen by nobody but the agency.\r\n',
      substances: [{ ...EXAMPLE.substances[0], name: 'fentanyl', adulterants: ['XYLAZINE', 'xylazine'] }],
      concealment: ['VEHICLE_COMPARTMENT', 'VEHICLE_COMPARTMENT'],
    };
    expect(digest(other)).toBe(digest(EXAMPLE));
  });

  it('differs with every change of what is said, and with the key', () => {
    const digests = [
      digest(EXAMPLE),
      digest(EXAMPLE, Buffer.alloc(32, 8)),
      ...CHANGES.map((change) => digest({ ...EXAMPLE, ...change })),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});

function presence(defaults: object): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, fc.constantFrom<unknown>(undefined, null, value)]),
  );
}
