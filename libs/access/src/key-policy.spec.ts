import { AGENCY_LEVELS, API_KEY_CAPABILITIES, ROLES, SHARING_CODES } from '@concord/codes';
import fc from 'fast-check';
import type { Actor } from './actor.js';
import { decide, KEY_ACTIONS, OPEN_ACTIONS, POLICIES, type Action } from './policy.js';

const ACTIONS = [...Object.keys(POLICIES), ...OPEN_ACTIONS] as Action[];
const person: fc.Arbitrary<Actor> = fc.record({
  personId: fc.uuid(),
  displayName: fc.constant('somebody'),
  agency: fc.option(
    fc.record({
      id: fc.uuid(),
      ori: fc.constant(null),
      name: fc.constant('A'),
      level: fc.constantFrom(...AGENCY_LEVELS),
    }),
  ),
  roles: fc.uniqueArray(fc.constantFrom(...ROLES)).map((roles) => new Set(roles)),
  purpose: fc.option(fc.constant({ code: 'INVESTIGATION' as const, reference: '1' })),
});
const key = fc.record({
  id: fc.uuid(),
  capabilities: fc.subarray([...API_KEY_CAPABILITIES]).map((capabilities) => new Set(capabilities)),
  widestSharing: fc.constantFrom(...SHARING_CODES),
});

describe('an API key', () => {
  it('allows what both it and its person may, and nothing else', () => {
    fc.assert(
      fc.property(person, key, fc.constantFrom(...ACTIONS), (actor, held, action) => {
        const included =
          action === 'self.read' || [...held.capabilities].some((capability) => KEY_ACTIONS[capability] === action);
        expect(decide({ ...actor, key: held }, action).allowed).toBe(included && decide(actor, action).allowed);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has no capability for shared records, alerts or administration', () => {
    const capable = new Set<string>(Object.values(KEY_ACTIONS));
    expect([...capable].sort()).toEqual(['report.change', 'report.read', 'report.submit']);
  });
});
