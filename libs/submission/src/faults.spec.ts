import { SHARING_CODES } from '@concord/codes';
import { describe, expect, it } from '@jest/globals';
import { CONTEXT, EXAMPLE, SMALLEST } from './example-report.fixture.js';
import type { IssueCode } from './issue.js';
import { validateReport } from './validate-report.js';

type Case = readonly [what: string, change: object, found?: `${string} ${IssueCode}`];

const { occurredAt: _, ...timeless } = SMALLEST;
const person = { givenName: 'A', surName: 'B', birthDate: '1990-02-28' };
const identified = (identifier: object) => ({ basis: EXAMPLE.basis, identifiers: [identifier] });
const born = (birthDate: unknown) => identified({ kind: 'PERSON', person: { ...person, birthDate } });
const many = (count: number, item: unknown) => Array.from({ length: count }, () => item);

/** Refusals and acceptances of one change to the smallest report. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  submitterReference: [
    ['64 characters', { submitterReference: 'é'.repeat(64) }],
    ['64 code points outside the basic plane', { submitterReference: '𐍈'.repeat(64) }],
    ['65 characters', { submitterReference: 'x'.repeat(65) }, 'submitterReference TOO_LONG'],
    ['megabytes', { submitterReference: ' '.repeat(5e6) + 'x' }, 'submitterReference TOO_LONG'],
    ['blank', { submitterReference: ' \t ' }, 'submitterReference REQUIRED'],
    ['a number', { submitterReference: 7 }, 'submitterReference WRONG_TYPE'],
    ['a null byte', { submitterReference: 'a\0b' }, 'submitterReference FORBIDDEN_CHARACTER'],
    ['a zero-width space', { submitterReference: 'a\u200Bb' }, 'submitterReference FORBIDDEN_CHARACTER'],
    ['half a surrogate pair', { submitterReference: 'a\uD800' }, 'submitterReference MALFORMED_TEXT'],
  ],
  occurredAt: [
    ['Z', { occurredAt: '2026-11-20T11:15Z' }],
    ['5 minutes ahead', { occurredAt: '2026-11-30T12:05:00Z' }],
    ['later', { occurredAt: '2026-11-30T12:05:01Z' }, 'occurredAt TIME_IN_FUTURE'],
    ['the first instant', { occurredAt: '1970-01-01T00:00:00Z' }],
    ['before it', { occurredAt: '1970-01-01T00:00:00+01:00' }, 'occurredAt TIME_TOO_EARLY'],
    ['no offset', { occurredAt: '2026-11-20T11:15:00' }, 'occurredAt INVALID_TIME'],
    ['a date', { occurredAt: '2026-11-20' }, 'occurredAt INVALID_TIME'],
    ['30 February', { occurredAt: '2026-02-30T11:15:00Z' }, 'occurredAt INVALID_TIME'],
    ['29 February of no leap year', { occurredAt: '2026-02-29T11:15:00Z' }, 'occurredAt INVALID_TIME'],
    ['29 February', { occurredAt: '2024-02-29T11:15:00Z' }],
    ['24:00', { occurredAt: '2026-11-20T24:00:00Z' }, 'occurredAt INVALID_TIME'],
    ['offset +14:01', { occurredAt: '2026-11-20T11:15:00+14:01' }, 'occurredAt INVALID_TIME'],
    ['a Date', { occurredAt: new Date('2026-11-20') }, 'occurredAt WRONG_TYPE'],
    ['a wrong precision', { occurredAtPrecision: 'SECOND' }, 'occurredAtPrecision UNKNOWN_CODE'],
  ],
  sharing: [
    ['lower case', { sharing: 'agency' }, 'sharing UNKNOWN_CODE'],
    ['Cyrillic A', { sharing: 'АGENCY' }, 'sharing LOOKALIKE_CHARACTER'],
    ['RED to task forces', { sharing: 'TASK_FORCES', tlp: 'RED', taskForceIds: ['tf-1'] }],
    ['RED to the state', { sharing: 'STATE', tlp: 'RED' }, 'sharing SHARING_EXCEEDS_TLP'],
    [
      'a foreign task force',
      { sharing: 'STATE', taskForceIds: ['tf-1', '', 'tf-9'] },
      'taskForceIds.2 UNKNOWN_TASK_FORCE',
    ],
    ['one task force', { sharing: 'STATE', taskForceIds: 'tf-1' }, 'taskForceIds WRONG_TYPE'],
    ['a release in 5 years', { releaseAfter: '2031-11-30T12:00:00Z' }],
    ['a later one', { releaseAfter: '2031-11-30T12:00:01Z' }, 'releaseAfter RELEASE_TOO_LATE'],
    ['a release without offset', { releaseAfter: '2027-01-01' }, 'releaseAfter INVALID_TIME'],
    ['a wrong withhold', { withhold: ['METHOD', 'ME'] }, 'withhold.1 UNKNOWN_CODE'],
    ['null in a list of codes', { withhold: [null] }, 'withhold.0 WRONG_TYPE'],
    ['month for partners', { timePrecision: 'MONTH' }, 'timePrecision UNKNOWN_CODE'],
    ['hold', { holdUntilReleased: true }],
    [
      'hold, and a time',
      { holdUntilReleased: true, releaseAfter: '2027-01-01T00:00:00Z' },
      'holdUntilReleased EMBARGO_TWICE',
    ],
    ['hold, and a time that has passed', { holdUntilReleased: true, releaseAfter: '2026-01-01T00:00:00Z' }],
    ['no hold', { holdUntilReleased: false, packaging: '', remarks: ' ' }],
    ['hold as text', { holdUntilReleased: 'yes' }, 'holdUntilReleased WRONG_TYPE'],
    ['remarks', { remarks: 'Two lots,\none stamp.', packaging: 'x'.repeat(200) }],
    ['long remarks', { remarks: 'x'.repeat(2_001) }, 'remarks TOO_LONG'],
    ['long packaging', { packaging: 'x'.repeat(201) }, 'packaging TOO_LONG'],
    ['two lines of packaging', { packaging: 'a\nb' }, 'packaging FORBIDDEN_CHARACTER'],
  ],
  place: [
    ['none', { place: null }, 'place.countyFips REQUIRED'],
    ['text', { place: '06073' }, 'place WRONG_TYPE'],
    ['a county number', { place: { countyFips: 6073 } }, 'place.countyFips WRONG_TYPE'],
    ['no county', { place: { countyFips: '06999' } }, 'place.countyFips UNKNOWN_COUNTY'],
    ['an old county of Connecticut', { place: { countyFips: '09001' } }],
    ['latitude alone', { place: { countyFips: '06073', latitude: 32 } }, 'place.longitude COORDINATES_INCOMPLETE'],
    ['0, 0', { place: { countyFips: '06073', latitude: 0, longitude: 0 } }, 'place PLACE_OUTSIDE_COUNTY'],
    ['beyond a pole', { place: { countyFips: '06073', latitude: 91, longitude: 0 } }, 'place.latitude OUT_OF_RANGE'],
    ['no number', { place: { countyFips: '06073', latitude: NaN, longitude: 0 } }, 'place.latitude WRONG_TYPE'],
    ['a long port', { place: { countyFips: '06073', portOfEntry: 'x'.repeat(81) } }, 'place.portOfEntry TOO_LONG'],
    ['a country', { route: { originCountry: 'XX' } }, 'route.originCountry UNKNOWN_COUNTRY'],
    ['a county on the way', { route: { originCountyFips: '00000' } }, 'route.originCountyFips UNKNOWN_COUNTY'],
    ['concealment', { concealment: ['HAT'] }, 'concealment.0 UNKNOWN_CODE'],
    ['thousands', { concealment: many(1e5, 'HAT') }, 'concealment TOO_MANY_ITEMS'],
  ],
  people: [
    ['50', { people: many(50, {}) }],
    ['51', { people: many(51, {}) }, 'people TOO_MANY_ITEMS'],
    ['121 years', { people: [{ age: 121 }] }, 'people.0.age OUT_OF_RANGE'],
    ['age as text', { people: [{ age: '34' }] }, 'people.0.age WRONG_TYPE'],
    ['nobody', { people: [null] }, 'people.0 WRONG_TYPE'],
    ['a role', { people: [{}, { role: 'MULE' }] }, 'people.1.role UNKNOWN_CODE'],
  ],
  identifiers: [
    ['without basis', { identifiers: EXAMPLE.identifiers }, 'basis BASIS_REQUIRED'],
    ['no identifier, no basis', { identifiers: [] }],
    ['a basis for nothing', { basis: EXAMPLE.basis }],
    ['half a basis', { basis: { ...EXAMPLE.basis, decidedBy: '' } }, 'basis.decidedBy REQUIRED'],
    [
      'a long basis',
      { basis: { ...EXAMPLE.basis, reasonableSuspicion: 'x'.repeat(2001) } },
      'basis.reasonableSuspicion TOO_LONG',
    ],
    ['no kind', identified({ value: 'x' }), 'identifiers.0.kind REQUIRED'],
    ['no value', identified({ kind: 'PHONE' }), 'identifiers.0.value REQUIRED'],
    ['201 characters', identified({ kind: 'PHONE', value: 'x'.repeat(201) }), 'identifiers.0.value TOO_LONG'],
    ['a person', identified({ kind: 'PERSON', person })],
    [
      'a person with a value',
      identified({ kind: 'PERSON', person, value: 'x' }),
      'identifiers.0.value DOES_NOT_FIT_KIND',
    ],
    [
      'a phone with a person',
      identified({ kind: 'PHONE', value: 'x', person }),
      'identifiers.0.person DOES_NOT_FIT_KIND',
    ],
    ['no birth date', born(null), 'identifiers.0.person.birthDate REQUIRED'],
    ['no such birth date', born('1990-02-29'), 'identifiers.0.person.birthDate INVALID_DATE'],
    ['born later', born('2026-12-01'), 'identifiers.0.person.birthDate TIME_IN_FUTURE'],
    ['18 on the day', born('2008-11-20')],
    ['18 the day after', born('2008-11-21'), 'identifiers.0.person.birthDate IDENTIFIER_OF_MINOR'],
    ['an unborn', born('2026-11-25'), 'identifiers.0.person.birthDate IDENTIFIER_OF_MINOR'],
    ['51', { basis: EXAMPLE.basis, identifiers: many(51, EXAMPLE.identifiers[0]) }, 'identifiers TOO_MANY_ITEMS'],
  ],
  source: [
    ['empty', { source: {} }],
    ['half', { source: { credibility: 2 } }, 'source.reliability REQUIRED'],
    ['7', { source: { reliability: 'A', credibility: 7 } }, 'source.credibility UNKNOWN_CODE'],
    ['text for a number', { source: { reliability: 'A', credibility: '2' } }, 'source.credibility WRONG_TYPE'],
  ],
  narrative: [
    ['lines', { narrative: 'one\ttwo\r\nthree\n' }],
    ['20,000 characters', { narrative: 'x'.repeat(20_000) }],
    ['20,001', { narrative: 'x'.repeat(20_001) }, 'narrative TOO_LONG'],
    ['a bell', { narrative: 'a\u0007b' }, 'narrative FORBIDDEN_CHARACTER'],
    ['reversed text', { narrative: 'a\u202Eb' }, 'narrative FORBIDDEN_CHARACTER'],
    ['half a pair', { narrative: '\uDC00a' }, 'narrative MALFORMED_TEXT'],
  ],
};

describe.each(Object.entries(CASES))('%s', (_section, cases) => {
  it.each(cases)('%s', (_what, change, ...found) => {
    const result = validateReport({ ...SMALLEST, ...change }, CONTEXT);
    expect(result.ok ? [] : result.issues.map(({ path, code }) => `${path} ${code}`)).toEqual(found);
  });
});

describe('sharing', () => {
  it('is at most what the agreement allows', () => {
    const agreed = (sharing: string) =>
      validateReport({ ...SMALLEST, sharing }, { ...CONTEXT, agreementWidestSharing: 'STATE' });
    expect(agreed('STATE')).toMatchObject({ ok: true });
    expect(agreed('NATION')).toMatchObject({
      ok: false,
      issues: [{ path: 'sharing', code: 'SHARING_EXCEEDS_AGREEMENT' }],
    });
  });

  it.each(SHARING_CODES)('refuses whatever an API key with the widest sharing %s may not share', (keyWidestSharing) => {
    const within = SHARING_CODES.slice(0, SHARING_CODES.indexOf(keyWidestSharing) + 1);
    for (const sharing of SHARING_CODES) {
      const outcome = validateReport({ ...SMALLEST, sharing }, { ...CONTEXT, keyWidestSharing });
      const codes = outcome.ok ? [] : outcome.issues.map(({ path, code }) => `${path} ${code}`);
      expect(codes).toEqual(within.includes(sharing) ? [] : ['sharing SHARING_EXCEEDS_KEY']);
    }
  });

  it('warns of task forces that get nothing, and drops them', () => {
    expect(validateReport({ ...SMALLEST, taskForceIds: ['tf-2'] }, CONTEXT)).toMatchObject({
      ok: true,
      report: { taskForceIds: [] },
      warnings: [{ path: 'taskForceIds', code: 'TASK_FORCES_NOT_SHARED' }],
    });
  });

  it('warns of sharing with no task force', () => {
    expect(validateReport({ ...SMALLEST, sharing: 'TASK_FORCES', taskForceIds: [] }, CONTEXT)).toMatchObject({
      ok: true,
      warnings: [{ path: 'taskForceIds', code: 'NO_TASK_FORCE_NAMED' }],
    });
  });

  it('keeps task forces once and a release only if it is to come', () => {
    const input = {
      ...SMALLEST,
      sharing: 'STATE',
      taskForceIds: ['tf-2', 'tf-1', 'tf-2'],
      withhold: ['SIGNATURE', 'METHOD'],
    };
    expect(validateReport({ ...input, releaseAfter: '2026-11-30T12:00:00Z' }, CONTEXT)).toMatchObject({
      report: { taskForceIds: ['tf-1', 'tf-2'], releaseAfter: null, withhold: ['METHOD', 'SIGNATURE'] },
      warnings: [{ path: 'releaseAfter', code: 'RELEASE_PASSED' }],
    });
    expect(validateReport({ ...input, releaseAfter: '2026-12-01T12:00:00+02:00' }, CONTEXT)).toMatchObject({
      report: { releaseAfter: new Date('2026-12-01T10:00:00Z') },
    });
  });
});

describe('occurred', () => {
  it.each([
    ['MINUTE', '2024-02-29T23:59:59.999-08:00', '2024-03-01T07:59:00Z', '2024-03-01T08:00:00Z'],
    ['HOUR', '2024-02-29T23:59:59+05:30', '2024-02-29T17:30:00Z', '2024-02-29T18:30:00Z'],
    ['DAY', '2024-02-29T23:59:59-08:00', '2024-02-29T08:00:00Z', '2024-03-01T08:00:00Z'],
    ['MONTH', '2024-02-29T23:59:59-08:00', '2024-02-01T08:00:00Z', '2024-03-01T08:00:00Z'],
    ['MONTH', '2025-12-31T23:00:00Z', '2025-12-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ])('%s of %s', (occurredAtPrecision, occurredAt, from, to) => {
    expect(validateReport({ ...timeless, occurredAt, occurredAtPrecision }, CONTEXT)).toMatchObject({
      report: { occurred: { from: new Date(from), to: new Date(to), precision: occurredAtPrecision } },
    });
  });

  it('keeps the offset, and -00:00 as 0', () => {
    const offset = (occurredAt: string) => {
      const result = validateReport({ ...timeless, occurredAt }, CONTEXT);
      return result.ok && result.report.occurred.offsetMinutes;
    };
    expect(['Z', '-00:00', '-08:00', '+05:45'].map((end) => offset(`2026-11-20T03:15:00${end}`))).toEqual([
      0, 0, -480, 345,
    ]);
  });
});

describe('text', () => {
  it('is trimmed, in NFC and with line feeds', () => {
    const result = validateReport({ ...SMALLEST, submitterReference: ' e\u0301 ', narrative: ' a\r\nb ' }, CONTEXT);
    expect(result).toMatchObject({ report: { submitterReference: 'é', narrative: 'a\nb' } });
  });
});
