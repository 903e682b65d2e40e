import fc from 'fast-check';
import { checkEndReason, validateAgreement, type SubmittedAgreement } from './agreement-input.js';

const GOOD: SubmittedAgreement = {
  name: 'Two agencies of one county',
  parties: ['CA037SYN1', 'CA037SYN2', 'CA037SYN1'],
  purposes: ['ANALYSIS', 'INVESTIGATION'],
  widestSharing: 'STATE',
  from: '2026-01-01',
  until: '2027-01-01T00:00:00-08:00',
  contact: { phone: '+1 619 555 0101' },
  textDigest: 'AB'.repeat(32),
};

const faults = (input: SubmittedAgreement): string[] => {
  const checked = validateAgreement(input);
  return checked.ok ? [] : checked.issues.map(({ path, code }) => `${path} ${code}`);
};

describe('validateAgreement', () => {
  it('takes a whole one, each party once and codes in the order of their list', () => {
    expect(validateAgreement(GOOD)).toEqual({
      ok: true,
      agreement: {
        ...{ name: GOOD.name, parties: ['CA037SYN1', 'CA037SYN2'], purposes: ['INVESTIGATION', 'ANALYSIS'] },
        ...{ widestSharing: 'STATE', dataClasses: ['SEIZURE_RECORDS'], textDigest: 'ab'.repeat(32) },
        ...{ from: new Date('2026-01-01'), until: new Date('2027-01-01T08:00:00Z') },
        contact: { name: null, phone: '+1 619 555 0101', email: null },
      },
    });
  });

  it.each<[string, SubmittedAgreement, string[]]>([
    ['one party twice', { parties: ['CA037SYN1', 'CA037SYN1'] }, ['parties TOO_FEW']],
    ['a purpose of its own', { purposes: ['ANALYSIS', 'FUN'] }, ['purposes.1 UNKNOWN_CODE']],
    ['no purpose', { purposes: [] }, ['purposes REQUIRED']],
    ['a sharing of its own', { widestSharing: 'WORLD' }, ['widestSharing UNKNOWN_CODE']],
    ['data that there is not', { dataClasses: ['NARRATIVES'] }, ['dataClasses.0 UNKNOWN_CODE']],
    ['an end before its beginning', { until: '2025-12-31' }, ['until RANGE_REVERSED']],
    ['a local time', { from: '2026-01-01T00:00:00' }, ['from INVALID_FORMAT']],
    ['no way to ask', { contact: { name: 'Desk' } }, ['contact REQUIRED']],
    ['a short digest', { textDigest: 'ab' }, ['textDigest INVALID_FORMAT']],
    ['a name that hides something', { name: 'a\u202Eb' }, ['name FORBIDDEN_CHARACTER']],
  ])('refuses %s', (_, change, expected) => {
    expect(faults({ ...GOOD, ...change })).toEqual(expected);
  });

  it('never throws, and lists what is missing all at once', () => {
    expect(faults({}).sort()).toEqual([
      ...['contact REQUIRED', 'from REQUIRED', 'name REQUIRED', 'parties TOO_FEW', 'purposes REQUIRED'],
      ...['textDigest REQUIRED', 'widestSharing REQUIRED'],
    ]);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(GOOD)), fc.string()), (some) => {
        const texts = { name: some['name'] ?? null, from: some['from'] ?? null, until: some['until'] ?? null };
        expect(typeof validateAgreement({ ...texts, textDigest: some['textDigest'] ?? null }).ok).toBe('boolean');
      }),
    );
  });
});

describe('checkEndReason', () => {
  it('takes a sentence, and nothing that is empty, long or hidden', () => {
    expect(checkEndReason(' It is over. ')).toEqual({ text: 'It is over.' });
    for (const [reason, code] of [
      ['  ', 'REQUIRED'],
      ['x'.repeat(501), 'TOO_LONG'],
      ['a\u0000', 'FORBIDDEN_CHARACTER'],
    ])
      expect(checkEndReason(reason ?? '')).toMatchObject({ issue: { code } });
  });
});
