import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CONTEXT, EXAMPLE, SMALLEST } from './example-report.fixture.js';
import { ISSUE_CODES } from './issue.js';
import type { SubmittedReport } from './submitted-report.js';
import { validateReport } from './validate-report.js';

/** The input is whatever came over the wire, so specs may hand in anything. */
const validate = (input: unknown) => validateReport(input as SubmittedReport, CONTEXT);

describe('validateReport', () => {
  it('accepts the example of the operations, whole', () => {
    expect(validate(EXAMPLE)).toEqual({
      ok: true,
      warnings: [],
      report: {
        submitterReference: '2026-000123',
        occurred: {
          from: new Date('2026-11-20T11:15:00Z'),
          to: new Date('2026-11-20T11:16:00Z'),
          offsetMinutes: -480,
          precision: 'MINUTE',
        },
        sharing: 'NATION',
        tlp: 'AMBER',
        releaseAfter: null,
        holdUntilReleased: false,
        withhold: [],
        timePrecision: 'WEEK',
        taskForceIds: [],
        place: { ...EXAMPLE.place, stateFips: '06' },
        substances: [
          {
            ...EXAMPLE.substances[0],
            name: 'Fentanyl',
            category: 'FENTANYL',
            quantityReason: null,
            milligrams: 12_500_000n,
            units: null,
          },
        ],
        concealment: ['VEHICLE_COMPARTMENT'],
        conveyance: 'PASSENGER_VEHICLE',
        packaging: null,
        remarks: null,
        route: {
          originCountry: 'MX',
          originCountyFips: null,
          destinationCountry: null,
          destinationCountyFips: '53033',
        },
        people: EXAMPLE.people,
        identifiers: EXAMPLE.identifiers,
        basis: EXAMPLE.basis,
        source: EXAMPLE.source,
        narrative: 'Seen by nobody but the agency.',
      },
    });
  });

  it('fills in every default', () => {
    expect(validate(SMALLEST)).toMatchObject({
      ok: true,
      warnings: [],
      report: {
        tlp: 'AMBER',
        releaseAfter: null,
        withhold: [],
        timePrecision: 'WEEK',
        taskForceIds: [],
        place: { latitude: null, longitude: null, setting: 'UNKNOWN', portOfEntry: null },
        substances: [
          {
            form: 'UNKNOWN',
            quantity: null,
            quantityReason: 'PENDING',
            unit: null,
            milligrams: null,
            units: null,
            estimated: false,
            laboratoryStatus: 'NONE',
            purityPercent: null,
            signature: null,
            adulterants: [],
          },
        ],
        concealment: ['UNKNOWN'],
        conveyance: 'UNKNOWN',
        route: null,
        people: [],
        identifiers: [],
        basis: null,
        source: null,
        narrative: null,
      },
    });
  });

  it('names everything that is missing from nothing', () => {
    const result = validate({});
    expect(result.ok).toBe(false);
    expect(!result.ok && result.issues.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'submitterReference REQUIRED',
      'occurredAt REQUIRED',
      'sharing REQUIRED',
      'place.countyFips REQUIRED',
      'substances REQUIRED',
    ]);
  });

  it.each([null, undefined, 'text', 7, true, [], [EXAMPLE]])('refuses %j as a report', (input) => {
    expect(validate(input)).toMatchObject({ ok: false, issues: [{ path: '', code: 'WRONG_TYPE' }] });
  });

  it('reads null-prototype objects as GraphQL makes them, and no inherited field', () => {
    expect(validate(Object.assign(Object.create(null) as object, EXAMPLE)).ok).toBe(true);
    expect(validate(Object.create(EXAMPLE)).ok).toBe(false);
  });

  it('finds every fault at once', () => {
    const result = validate({
      ...EXAMPLE,
      tlp: 'PINK',
      substances: [{ ...EXAMPLE.substances[0], unit: 'DU', quantity: 1.5, purityPercent: 101 }],
      people: [{ age: 34.5 }, { age: 'old' }],
      source: { reliability: 'B' },
      packaging: 'x'.repeat(201),
    });
    expect(!result.ok && result.issues.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'tlp UNKNOWN_CODE',
      'substances.0.unit UNIT_DOES_NOT_FIT_FORM',
      'substances.0.quantity NOT_A_WHOLE_NUMBER',
      'substances.0.purityPercent OUT_OF_RANGE',
      'packaging TOO_LONG',
      'people.0.age NOT_A_WHOLE_NUMBER',
      'people.1.age WRONG_TYPE',
      'source.credibility REQUIRED',
    ]);
  });
});

describe('whatever is submitted, validateReport', () => {
  /** The example with some of its parts, anywhere in it, replaced by anything. */
  const replaced = fc
    .array(fc.tuple(fc.nat(60), fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true })), {
      maxLength: 4,
    })
    .map((changes) => changes.reduce<unknown>((input, [at, by]) => replaceLeaf(input, { at, by }), EXAMPLE));

  it.each([
    ['anything', fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true })],
    ['a report of anything', fc.record(fields(EXAMPLE), { requiredKeys: [] })],
    ['the example with parts replaced', replaced],
  ])('never throws, and says why it refuses: %s', (_, inputs) => {
    fc.assert(
      fc.property(inputs, (input) => {
        const result = validate(input);
        if (!result.ok) expect(result.issues.length).toBeGreaterThan(0);
        for (const { code, message } of [...(result.ok ? [] : result.issues), ...result.warnings]) {
          expect(Object.keys(ISSUE_CODES)).toContain(code);
          expect(message.length).toBeGreaterThan(10);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never repeats what was submitted', () => {
    const secret = 'Zebra\u00A7Q';
    const count = leaves(EXAMPLE);
    for (let at = 0; at < count; at++) {
      for (const by of [secret, [secret], { secret }]) {
        expect(JSON.stringify(findings(replaceLeaf(EXAMPLE, { at, by })))).not.toContain(secret);
      }
    }
  });

  it('gives the same findings again', () => {
    fc.assert(fc.property(replaced, (input) => expect(findings(input)).toEqual(findings(input))));
  });

  function findings(input: unknown) {
    const result = validate(input);
    return [...(result.ok ? [] : result.issues), ...result.warnings];
  }
});

function fields(example: object): Record<string, fc.Arbitrary<unknown>> {
  const arbitrary = (value: unknown) => fc.oneof(fc.constant(value), fc.anything());
  return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, arbitrary(value)]));
}

function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, part) => sum + leaves(part), 0);
}

function replaceLeaf(value: unknown, target: { at: number; by: unknown }): unknown {
  const left = { ...target };
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (isPlain(part)) return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, walk(inner)]));
    return left.at-- === 0 ? left.by : part;
  };
  return walk(value);
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
