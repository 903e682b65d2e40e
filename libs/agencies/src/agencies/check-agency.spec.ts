import { AGENCY_LEVELS } from '@concord/codes';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Agency, AgencyInput } from './agency.js';
import { checkAgency, isLevelUnder, type AgencyFacts } from './check-agency.js';
import { jurisdictionOf, placeKeys } from './jurisdiction.js';

const NOTHING: AgencyFacts = { current: null, oriTaken: false, parent: null, levelsBelow: [] };
const GOOD: AgencyInput = {
  ori: 'CA0371100',
  name: 'San Diego Police Department',
  level: 'LOCAL',
  jurisdiction: { countyFips: ['06073'] },
  contact: { phone: '+1 619 555 0101' },
};
const faultsOf = (change: AgencyInput, facts: Partial<AgencyFacts> = {}): string[] =>
  checkAgency({ ...GOOD, ...change }, { ...NOTHING, ...facts }).faults.map(({ path, code }) => `${path} ${code}`);

describe('what is asked of an agency', () => {
  it('takes the example of the operations', () => {
    expect(checkAgency(GOOD, NOTHING)).toEqual({
      agency: {
        ori: 'CA0371100',
        name: 'San Diego Police Department',
        level: 'LOCAL',
        parentId: null,
        places: ['county:06073'],
        contact: { name: null, phone: '+1 619 555 0101', email: null },
      },
      faults: [],
    });
  });

  it('says everything that is wrong at once', () => {
    expect(checkAgency({}, NOTHING).faults.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'level REQUIRED',
      'ori REQUIRED',
      'name REQUIRED',
      'jurisdiction REQUIRED',
    ]);
    const all = {
      ori: 'ca0371100',
      name: 'a\u202Eb',
      jurisdiction: { nation: true, stateFips: ['06', '99'], countyFips: ['06073', '6073'], tribes: ['Hopi'] },
      parentOri: 'CA0000000',
      contact: { name: '', phone: 'ask', email: 'duty@' },
    };
    expect(faultsOf(all)).toEqual([
      'ori INVALID_FORMAT',
      'name FORBIDDEN_CHARACTER',
      'jurisdiction.stateFips.1 UNKNOWN_STATE',
      'jurisdiction.countyFips.1 UNKNOWN_COUNTY',
      'jurisdiction.tribes.0 INVALID_FORMAT',
      'jurisdiction.nation JURISDICTION_DOES_NOT_FIT',
      'jurisdiction.stateFips JURISDICTION_DOES_NOT_FIT',
      'jurisdiction.tribes JURISDICTION_DOES_NOT_FIT',
      'contact.name REQUIRED',
      'contact.phone INVALID_FORMAT',
      'contact.email INVALID_FORMAT',
      'parentOri UNKNOWN_PARENT',
    ]);
  });

  it.each([
    ['FEDERAL', { nation: true }],
    ['STATE', { stateFips: ['06', '32'] }],
    ['LOCAL', { countyFips: ['06073', '09001', '09190'] }],
    ['TRIBAL', { tribes: ['tohono-oodham'] }],
    ['TRIBAL', { tribes: ['tohono-oodham'], countyFips: ['04019'] }],
  ])('lets %s agencies act for %j', (level, jurisdiction) => {
    expect(faultsOf({ level, jurisdiction })).toEqual([]);
  });

  it('asks community partners for no ORI, and everybody else for one', () => {
    const community = { level: 'COMMUNITY', jurisdiction: { stateFips: ['06'] } };
    expect(faultsOf(community)).toEqual(['ori ORI_DOES_NOT_FIT']);
    expect(faultsOf({ ...community, ori: null })).toEqual([]);
    expect(faultsOf({ ori: null })).toEqual(['ori REQUIRED']);
    expect(faultsOf({}, { oriTaken: true })).toEqual(['ori TAKEN']);
  });

  it.each(['619-555-0101', '(619) 555-0101 x12', '+44 20 7946 0958'])('takes the telephone number %s', (phone) => {
    expect(faultsOf({ contact: { phone } })).toEqual([]);
  });

  it('keeps what a change leaves out, an empty jurisdiction of an import too', () => {
    const current: Agency = {
      ...{ id: 'x', ori: 'CA0371100', name: 'Old', level: 'LOCAL', status: 'ACTIVE', parent: null, version: 3 },
      jurisdiction: jurisdictionOf([]),
      contact: { name: 'Desk', phone: null, email: null },
    };
    const { faults, ...rest } = checkAgency({ name: 'New' }, { ...NOTHING, current });
    expect(faults).toEqual([]);
    expect(rest).toMatchObject({ agency: { name: 'New', places: [], contact: { name: 'Desk' } } });
  });

  it('has levels that are above each other in one direction', () => {
    for (const level of AGENCY_LEVELS) expect(isLevelUnder(level, level)).toBe(true);
    const mutual = AGENCY_LEVELS.flatMap((a) =>
      AGENCY_LEVELS.filter((b) => a !== b && isLevelUnder(a, b) && isLevelUnder(b, a)).map((b) => `${a} ${b}`),
    );
    expect(mutual).toEqual([]);
    expect(isLevelUnder('LOCAL', 'TRIBAL') || isLevelUnder('TRIBAL', 'LOCAL')).toBe(false);
  });

  it('comes back from keys as it went', () => {
    const codes = fc.uniqueArray(fc.constantFrom('06', '32', '04'));
    const jurisdictions = fc.record({
      nation: fc.boolean(),
      stateFips: codes,
      countyFips: fc.uniqueArray(fc.constantFrom('06073', '09190')),
      tribes: fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,8}$/)),
    });
    fc.assert(
      fc.property(jurisdictions, (jurisdiction) => {
        const keys = placeKeys(jurisdiction);
        expect(placeKeys(jurisdictionOf(keys))).toEqual(keys);
        expect(keys.length).toBe(
          Number(jurisdiction.nation) +
            jurisdiction.stateFips.length +
            jurisdiction.countyFips.length +
            jurisdiction.tribes.length,
        );
      }),
    );
  });

  it('never stores what has a fault, and throws at nothing', () => {
    const text = fc.option(fc.string({ unit: 'binary', maxLength: 300 }), { nil: null });
    const list = fc.option(fc.array(fc.string({ maxLength: 6 }), { maxLength: 5 }), { nil: null });
    const inputs = fc.record({
      ori: text,
      name: text,
      level: fc.option(fc.constantFrom(...AGENCY_LEVELS, 'COUNTY'), { nil: null }),
      jurisdiction: fc.record({ stateFips: list, countyFips: list, tribes: list }),
      contact: fc.record({ name: text, phone: text, email: text }),
    });
    fc.assert(
      fc.property(inputs, (input) => {
        const checked = checkAgency(input, NOTHING);
        expect('agency' in checked).toBe(checked.faults.length === 0);
      }),
    );
  });
});
