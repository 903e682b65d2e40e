import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CONTEXT, EXAMPLE } from './example-report.fixture.js';
import { REFUSALS, WARNINGS, type IssueCode, type RefusalCode } from './issue.js';
import { validateReport } from './validate-report.js';

/** The example with two of everything that there may be several of, so that faults have room. */
const FULL = {
  ...EXAMPLE,
  substances: [
    EXAMPLE.substances[0],
    { deaCode: '1105', form: 'PILL_TABLET', quantity: 300, unit: 'DU', adulterants: ['caffeine'] },
    { name: 'xylazine', category: 'ADULTERANT', form: 'LIQUID', quantity: 2, unit: 'LT' },
  ],
  route: { ...EXAMPLE.route, originCountyFips: '06025', destinationCountry: 'US' },
  people: [...EXAMPLE.people, { role: 'UNKNOWN', age: 40 }],
  identifiers: [
    ...EXAMPLE.identifiers,
    { kind: 'PERSON', person: { givenName: 'A', surName: 'B', birthDate: '1980-02-28' } },
    { kind: 'VIN', value: '1HGCM82633A004352' },
  ],
};

/** Values put at paths; undefined takes the field away. */
type Changes = Readonly<Record<string, unknown>>;
type Found = `${string} ${IssueCode}`;
type Row = readonly [clause: string, changes: Changes, ...found: Found[]];

const long = (length: number) => 'x'.repeat(length);
const many = (count: number, item: unknown) => Array.from({ length: count }, () => item);
const CYRILLIC_A = '\u0410';
const ZERO_WIDTH = '\u200B';
const FULL_WIDTH_9801 = '\uFF19\uFF18\uFF10\uFF11';

/** What refuses a report: the issue's sentence, clause by clause. */
const REFUSED: readonly Row[] = [
  ['unknown DEA code', { 'substances.0.deaCode': '9999' }, 'substances.0.deaCode UNKNOWN_DEA_CODE'],
  ['unknown FIPS code', { 'place.countyFips': '06999' }, 'place.countyFips UNKNOWN_COUNTY'],
  ['unknown FIPS code on the way', { 'route.originCountyFips': '00000' }, 'route.originCountyFips UNKNOWN_COUNTY'],
  ['unknown country', { 'route.originCountry': 'XX' }, 'route.originCountry UNKNOWN_COUNTRY'],
  ['a place outside its county', { 'place.latitude': 33.71, 'place.longitude': -116.21 }, 'place PLACE_OUTSIDE_COUNTY'],
  ['a future time', { occurredAt: '2027-01-01T00:00:00Z' }, 'occurredAt TIME_IN_FUTURE'],
  ['30 February', { occurredAt: '2026-02-30T00:00:00Z' }, 'occurredAt INVALID_TIME'],
  ['an offset of 20 hours', { occurredAt: '2026-11-20T03:15:00+20:00' }, 'occurredAt INVALID_TIME'],
  ['a leap second', { occurredAt: '2016-12-31T23:59:60Z' }, 'occurredAt INVALID_TIME'],
  ['the year 1', { occurredAt: '0001-01-01T00:00:00Z' }, 'occurredAt TIME_TOO_EARLY'],
  ['the year 10000', { occurredAt: '10000-01-01T00:00:00Z' }, 'occurredAt INVALID_TIME'],
  [
    'an impossible birth date',
    { 'identifiers.1.person.birthDate': '1990-02-30' },
    'identifiers.1.person.birthDate INVALID_DATE',
  ],
  ['a release in six years', { releaseAfter: '2032-11-30T00:00:00Z' }, 'releaseAfter RELEASE_TOO_LATE'],
  ['0 without a reason', { 'substances.0.quantity': 0 }, 'substances.0.quantity MISSING_QUANTITY'],
  ['less than nothing', { 'substances.0.quantity': -1 }, 'substances.0.quantity OUT_OF_RANGE'],
  ['not a number', { 'substances.0.quantity': NaN }, 'substances.0.quantity WRONG_TYPE'],
  ['infinitely much', { 'substances.0.quantity': Infinity }, 'substances.0.quantity WRONG_TYPE'],
  ['above 100 t', { 'substances.0.quantity': 100_000.001 }, 'substances.0.quantity QUANTITY_IMPLAUSIBLE'],
  [
    'a count of what is not counted',
    { 'substances.0.unit': 'DU', 'substances.0.quantity': 12 },
    'substances.0.unit UNIT_DOES_NOT_FIT_FORM',
  ],
  ['plants that are pills', { 'substances.1.unit': 'NP' }, 'substances.1.unit UNIT_DOES_NOT_FIT_FORM'],
  ['half a pill', { 'substances.1.quantity': 0.5 }, 'substances.1.quantity NOT_A_WHOLE_NUMBER'],
  [
    'a quantity and a reason why none',
    { 'substances.2.quantityReason': 'TRACE' },
    'substances.2.quantityReason QUANTITY_WITH_REASON',
  ],
  ['a unit not reported', { 'substances.2.unit': 'XX' }, 'substances.2.unit UNIT_NEEDS_REASON'],
  ['no unit', { 'substances.2.unit': null }, 'substances.2.unit REQUIRED'],
  [
    'neither number nor unit',
    { 'substances.2.unit': null, 'substances.2.quantity': -2 },
    'substances.2.quantity OUT_OF_RANGE',
    'substances.2.unit REQUIRED',
  ],
  ['no reference', { submitterReference: undefined }, 'submitterReference REQUIRED'],
  ['no time', { occurredAt: null }, 'occurredAt REQUIRED'],
  ['no sharing', { sharing: '' }, 'sharing REQUIRED'],
  ['no county', { 'place.countyFips': null }, 'place.countyFips REQUIRED'],
  ['half a point', { 'place.longitude': null }, 'place.longitude COORDINATES_INCOMPLETE'],
  ['no substance', { substances: [] }, 'substances REQUIRED'],
  ['half a source', { 'source.credibility': null }, 'source.credibility REQUIRED'],
  ['over-long text', { narrative: long(20_001) }, 'narrative TOO_LONG'],
  ['over-long text in a list', { 'substances.1.adulterants.0': long(61) }, 'substances.1.adulterants.0 TOO_LONG'],
  ['too many items', { people: many(51, {}) }, 'people TOO_MANY_ITEMS'],
  ['too many codes', { concealment: many(51, 'NONE') }, 'concealment TOO_MANY_ITEMS'],
  ['control characters', { narrative: 'a\u0007b' }, 'narrative FORBIDDEN_CHARACTER'],
  [
    'control characters in a name',
    { 'identifiers.1.person.givenName': 'A\u001BB' },
    'identifiers.1.person.givenName FORBIDDEN_CHARACTER',
  ],
  [
    'invisible characters in what is compared',
    { 'substances.0.signature': `a${ZERO_WIDTH}b` },
    'substances.0.signature FORBIDDEN_CHARACTER',
  ],
  ['half a character', { 'basis.decidedBy': 'a\uD800' }, 'basis.decidedBy MALFORMED_TEXT'],
  [
    'full-width digits in a code',
    { 'substances.0.deaCode': FULL_WIDTH_9801 },
    'substances.0.deaCode LOOKALIKE_CHARACTER',
  ],
  [
    'an invisible character in a code',
    { 'place.countyFips': `06073${ZERO_WIDTH}` },
    'place.countyFips LOOKALIKE_CHARACTER',
  ],
  ['another script in a code of a list', { conveyance: `B${'\u03A5'}S` }, 'conveyance LOOKALIKE_CHARACTER'],
  [
    'another script in a list of codes',
    { withhold: ['METHOD', `CONTRI${'\u0412'}UTOR`] },
    'withhold.1 LOOKALIKE_CHARACTER',
  ],
  ['another script in a country', { 'route.originCountry': '\u041CX' }, 'route.originCountry LOOKALIKE_CHARACTER'],
  [
    'another script in a reference',
    { submitterReference: `${CYRILLIC_A}B-12` },
    'submitterReference LOOKALIKE_CHARACTER',
  ],
  ['another script in a task force', { taskForceIds: [`tf-${CYRILLIC_A}`] }, 'taskForceIds.0 LOOKALIKE_CHARACTER'],
  [
    'another script in a VIN',
    { 'identifiers.2.value': `1HGCM82633${CYRILLIC_A}004352` },
    'identifiers.2.value LOOKALIKE_CHARACTER',
  ],
  [
    'full-width digits in a birth date',
    { 'identifiers.1.person.birthDate': '\uFF11990-02-28' },
    'identifiers.1.person.birthDate LOOKALIKE_CHARACTER',
  ],
  ['another dash in a time', { occurredAt: '2026\u201311-20T03:15:00Z' }, 'occurredAt LOOKALIKE_CHARACTER'],
  ['identifiers without a basis', { basis: null }, 'basis BASIS_REQUIRED'],
  ['half a basis', { 'basis.decidedBy': ' ' }, 'basis.decidedBy REQUIRED'],
  [
    'a person under 18',
    { 'identifiers.1.person.birthDate': '2010-11-21' },
    'identifiers.1.person.birthDate IDENTIFIER_OF_MINOR',
  ],
  [
    'an identifier of no kind, too long',
    { 'identifiers.2.kind': 'BADGE', 'identifiers.2.value': long(201) },
    'identifiers.2.kind UNKNOWN_CODE',
    'identifiers.2.value TOO_LONG',
  ],
  ['a name that is no name', { 'identifiers.0.person': { givenName: 'A' } }, 'identifiers.0.person DOES_NOT_FIT_KIND'],
  ['sharing wider than TLP allows', { tlp: 'RED' }, 'sharing SHARING_EXCEEDS_TLP'],
  ['a foreign task force', { taskForceIds: ['tf-9'] }, 'taskForceIds.0 UNKNOWN_TASK_FORCE'],
  [
    'an embargo of both kinds',
    { holdUntilReleased: true, releaseAfter: '2026-12-24T00:00:00Z' },
    'holdUntilReleased EMBARGO_TWICE',
  ],
  ['text for a number', { 'people.1.age': '40' }, 'people.1.age WRONG_TYPE'],
  ['a number for text', { 'substances.2.name': 7 }, 'substances.2.name WRONG_TYPE'],
  ['too old', { 'people.0.age': 121 }, 'people.0.age OUT_OF_RANGE'],
  ['half a year', { 'people.0.age': 3.5 }, 'people.0.age NOT_A_WHOLE_NUMBER'],
  ['a misspelt field', { witholds: ['METHOD'] }, ' UNKNOWN_FIELD'],
  ['a misspelt field deep inside', { 'identifiers.1.person.dob': 'x' }, 'identifiers.1.person UNKNOWN_FIELD'],
];

/** What is odd and does not stop a report. */
const WARNED: readonly Row[] = [
  [
    'a place less than 2 km outside',
    { 'place.latitude': 33.435, 'place.longitude': -117.2 },
    'place PLACE_NEAR_COUNTY',
  ],
  ['a place far out at sea', { 'place.latitude': 5, 'place.longitude': -105 }, 'place PLACE_IN_NO_COUNTY'],
  ['a release that has passed', { releaseAfter: '2026-11-20T00:00:00Z' }, 'releaseAfter RELEASE_PASSED'],
  ['21 years ago', { occurredAt: '2005-11-20T00:00:00Z' }, 'occurredAt TIME_LONG_AGO'],
  ['above 10 t', { 'substances.0.quantity': 10_000.001 }, 'substances.0.quantity QUANTITY_LARGE'],
  ['more digits than a milligram', { 'substances.0.quantity': 12.3456789 }, 'substances.0.quantity QUANTITY_TOO_FINE'],
  ['a volume of pills', { 'substances.1.unit': 'LT' }, 'substances.1.unit UNIT_UNUSUAL_FOR_FORM'],
  ['another category', { 'substances.0.category': 'HEROIN' }, 'substances.0.category DEA_CODE_PREVAILS'],
  ['a basis for nothing', { identifiers: [] }, 'basis BASIS_WITHOUT_IDENTIFIERS'],
  ['nobody of age', { people: [{ age: 17 }, { age: 16 }] }, 'identifiers PEOPLE_ARE_MINORS'],
  [
    'task forces that get nothing',
    { sharing: 'AGENCY', taskForceIds: ['tf-1'] },
    'taskForceIds TASK_FORCES_NOT_SHARED',
  ],
  ['no task force', { sharing: 'TASK_FORCES' }, 'taskForceIds NO_TASK_FORCE_NAMED'],
];

/** What must not be held against a report. */
const ACCEPTED: readonly Row[] = [
  ['the whole example', {}],
  ['0 with a reason', { 'substances.0.quantity': 0, 'substances.0.quantityReason': 'TRACE' }],
  [
    'nothing known but why',
    { 'substances.0.quantity': null, 'substances.0.unit': null, 'substances.0.quantityReason': 'UNKNOWN' },
  ],
  ['pills by weight', { 'substances.1.unit': 'OZ' }],
  ['today, to the day, before noon', { occurredAt: '2026-11-30T12:00:00-08:00', occurredAtPrecision: 'DAY' }],
  ['this month', { occurredAt: '2026-11-30T23:59:00Z', occurredAtPrecision: 'MONTH' }],
  [
    'another script in a narrative and in names',
    { narrative: 'Он сказал «no»', 'identifiers.1.person.surName': 'Müller-Ōe' },
  ],
  ['a handle as it was chosen', { 'identifiers.0': { kind: 'HANDLE', value: `b${'\u03BF'}ss` } }],
  ['an accent in a reference', { submitterReference: 'Señal 12' }],
  ['empty fields that nobody knows', { colour: null, weather: ' ', notes: [] }],
];

function put(target: unknown, [name = '', ...rest]: readonly string[], value: unknown): unknown {
  const changed =
    rest.length === 0 ? value : put(Object.entries(target ?? {}).find(([key]) => key === name)?.[1], rest, value);
  if (Array.isArray(target)) return target.map((item: unknown, index) => (String(index) === name ? changed : item));
  return { ...(target as object), [name]: changed };
}

const reportWith = (...changes: readonly Changes[]): unknown =>
  changes
    .flatMap((change) => Object.entries(change))
    .reduce<unknown>((report, [path, value]) => put(report, path.split('.'), value), FULL);

function judge(report: unknown): { issues: string[]; warnings: string[] } {
  const result = validateReport(report as object, CONTEXT);
  const told = (list: readonly { path: string; code: string }[]) => list.map(({ path, code }) => `${path} ${code}`);
  return { issues: result.ok ? [] : told(result.issues), warnings: told(result.warnings) };
}

describe('refused', () => {
  it.each(REFUSED)('%s', (_clause, changes, ...found) => {
    expect(judge(reportWith(changes)).issues).toEqual(found);
  });
});

describe('accepted with a warning', () => {
  it.each(WARNED)('%s', (_clause, changes, ...found) => {
    expect(judge(reportWith(changes))).toEqual({ issues: [], warnings: found });
  });
});

describe('accepted', () => {
  it.each(ACCEPTED)('%s', (_clause, changes) => {
    expect(judge(reportWith(changes))).toEqual({ issues: [], warnings: [] });
  });
});

describe('the tables', () => {
  it('show every code but those that need the database, another agreement or an API key', () => {
    const shown = (rows: readonly Row[]) =>
      rows.flatMap(([, , ...found]) => found.map((each) => each.split(' ').at(-1)));
    // Of changes of a report: test/flows/changes.flow-spec.ts.
    const ofChanges: RefusalCode[] = [
      ...(['NOT_FOUND', 'CONFLICT', 'REPORT_RECALLED', 'REFERENCE_CHANGED'] as const),
      ...(['EMBARGO_AFTER_RELEASE', 'DUPLICATE_ITEM'] as const),
      // Of decisions: test/flows/review.flow-spec.ts.
      ...(['NOT_HELD', 'OWN_REPORT'] as const),
    ];
    const elsewhere: RefusalCode[] = [
      'REFERENCE_REUSED',
      'SHARING_EXCEEDS_AGREEMENT',
      'SHARING_EXCEEDS_KEY',
      // Of drafts: test/flows/own-reports.flow-spec.ts.
      'TOO_MANY_DRAFTS',
      ...ofChanges,
    ];
    expect([...new Set([...shown(REFUSED), ...elsewhere])].sort()).toEqual(Object.keys(REFUSALS).sort());
    expect([...new Set(shown(WARNED))].sort()).toEqual(Object.keys(WARNINGS).sort());
  });
});

describe('faults together', () => {
  /** Rows that touch one part cannot be combined: one would hide the other. */
  const parts = ([, changes]: Row): string[] =>
    Object.keys(changes).map((path) => {
      const [head = '', index = '', field = ''] = path.split('.');
      if (head === 'place' || head === 'basis') return head;
      if (head === 'sharing' || head === 'tlp') return 'sharing';
      if (head === 'substances' && index !== '')
        return `${head}.${index}.${field.startsWith('quantity') || field === 'unit' ? 'quantity' : field}`;
      return [head, index].filter(Boolean).join('.');
    });
  const overlaps = (one: string, other: string) =>
    one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);

  it('all come back, each with its code and path, whichever there are', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...REFUSED], { minLength: 2 }), (drawn) => {
        const rows: Row[] = [];
        for (const row of drawn) {
          const taken = rows.flatMap(parts);
          if (!parts(row).some((part) => taken.some((other) => overlaps(part, other)))) rows.push(row);
        }
        const { issues } = judge(reportWith(...rows.map(([, changes]) => changes)));
        expect([...issues].sort()).toEqual(rows.flatMap(([, , ...found]) => found).sort());
      }),
      { numRuns: 500 },
    );
  });
});

describe('a value of another type', () => {
  const OTHERS: readonly unknown[] = ['text', 7, 1n, true, { a: 1 }, [1], new Date(0), new String('x')];
  const kindOf = (value: unknown) => (Array.isArray(value) ? 'list' : typeof value);

  /** Every leaf of the example and every list and object in it. */
  function* paths(value: unknown, path = ''): Generator<readonly [path: string, value: unknown]> {
    if (path !== '') yield [path, value];
    if (typeof value !== 'object' || value === null) return;
    for (const [name, part] of Object.entries(value)) yield* paths(part, path === '' ? name : `${path}.${name}`);
  }

  it.each([...paths(FULL)].filter(([, value]) => value !== null && kindOf(value) !== 'undefined'))(
    '%s',
    (path, value) => {
      for (const other of OTHERS) {
        if (kindOf(other) === kindOf(value)) continue;
        const { issues } = judge(reportWith({ [path]: other }));
        expect(issues).toContain(`${path} WRONG_TYPE`);
      }
    },
  );
});
