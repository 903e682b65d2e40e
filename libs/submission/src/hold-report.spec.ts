import type { ValidReport } from '@concord/deidentification';
import { CONTEXT, EXAMPLE } from './example-report.fixture.js';
import { presentReasons, reasonsToHold } from './hold-report.js';
import { validateReport } from './validate-report.js';

const PHONE = '619-555-0142';
const OFF = { newMember: false, holdSharingPartners: false };

function report(change: object): ValidReport {
  const validation = validateReport({ ...EXAMPLE, ...change }, CONTEXT);
  if (!validation.ok) throw new Error(JSON.stringify(validation.issues));
  return validation.report;
}
const held = (change: object, rules = OFF): string[] =>
  reasonsToHold(report(change), rules).map(({ path, code, from, to }) => `${path} ${code} ${from ?? '-'}-${to ?? '-'}`);
const [substance] = EXAMPLE.substances;

describe('what holds a report', () => {
  it.each([
    ['nothing', {}, []],
    ['remarks', { remarks: `Blue.\nAsk ${PHONE}` }, ['remarks TEXT_HOLDS_PHONE 10-22']],
    ['packaging', { packaging: 'box for Det. Smith' }, ['packaging TEXT_HOLDS_NAME 8-18']],
    ['a port', { place: { ...EXAMPLE.place, portOfEntry: PHONE } }, ['place.portOfEntry TEXT_HOLDS_PHONE 0-12']],
    [
      'a signature',
      { substances: [{ ...substance, signature: `M30 ${PHONE}` }] },
      ['substances.0.signature TEXT_HOLDS_PHONE 4-16'],
    ],
    [
      'an adulterant',
      { substances: [{ ...substance, adulterants: ['xylazine', PHONE] }] },
      ['substances.0.adulterants.0 TEXT_HOLDS_PHONE 0-12'],
    ],
    [
      'a name beside a title in an adulterant, which is stored in small letters',
      { substances: [{ ...substance, adulterants: ['xylazine', 'ask Det. Quillfeather', 'Sgt Oyelaran'] }] },
      ['substances.0.adulterants.0 TEXT_HOLDS_NAME 4-21', 'substances.0.adulterants.1 TEXT_HOLDS_NAME 0-12'],
    ],
    [
      'what adulterants are called, never',
      {
        substances: [
          {
            ...substance,
            adulterants: [
              ...['cutting agent mannitol', 'bulking agent lactose', 'off-white powder', 'source unknown'],
              ...['2f-ap-237', 'u-47700', 'mdmb-4en-pinaca', 'dr. scholls powder', 'despropionyl fentanyl'],
            ],
          },
        ],
      },
      [],
    ],
    [
      'a name of a substance',
      { substances: [{ name: `pills ${PHONE}`, category: 'UNKNOWN', quantityReason: 'PENDING' }] },
      ['substances.0.name TEXT_HOLDS_PHONE 6-18'],
    ],
    ['its own reference', { remarks: 'see 2026 000123' }, ['remarks TEXT_HOLDS_CASE_NUMBER 4-15']],
    ['an identifier that it declares: the text is in no view', { remarks: 'Ask +1 619 555 0100' }, []],
    ['the narrative, never', { narrative: `Ask ${PHONE}` }, []],
  ] as const)('%s', (_what, change, expected) => {
    expect(held(change)).toEqual(expected);
  });

  it('is also a rule of the agency', () => {
    const partners = { newMember: false, holdSharingPartners: true };
    expect(held({}, { newMember: true, holdSharingPartners: false })).toEqual([' NEW_MEMBER ---']);
    expect(held({ sharing: 'NATION' }, partners)).toEqual([]);
    expect(held({ sharing: 'PARTNERS' }, partners)).toEqual(['sharing SHARING_PARTNERS ---']);
  });

  it('is told once for each text and kind, with every place', () => {
    const found = reasonsToHold(report({ remarks: `${PHONE} or 619-555-0143` }), OFF);
    expect(presentReasons(found)).toMatchObject([
      {
        path: 'remarks',
        code: 'TEXT_HOLDS_PHONE',
        places: [
          { from: 0, to: 12 },
          { from: 16, to: 28 },
        ],
      },
    ]);
    expect(JSON.stringify(found)).not.toContain('555');
  });
});
