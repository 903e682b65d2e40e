import { STATES } from './states.data.js';
import { timeZoneOfState, US_TIME_ZONES } from './time-zones.js';

test('every state and territory has a zone that the runtime knows and whose days begin on the hour', () => {
  for (const [, postalCode] of STATES) expect(US_TIME_ZONES).toContain(timeZoneOfState(postalCode));
  for (const timeZone of US_TIME_ZONES)
    for (const at of ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z'])
      expect(new Intl.DateTimeFormat('en-US', { timeZone, minute: 'numeric' }).format(new Date(at))).toBe('0');
  expect(timeZoneOfState('ZZ')).toBe('UTC');
});
