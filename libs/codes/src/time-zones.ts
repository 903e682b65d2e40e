/**
 * The time zone of the larger part of each state's people, by IANA name (49 CFR part 71; IANA tz database). All of them
 * differ from UTC by whole hours.
 */
const STATES_OF_ZONE = {
  'America/New_York': 'CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV',
  'America/Chicago': 'AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI',
  'America/Denver': 'CO ID MT NM UT WY',
  'America/Phoenix': 'AZ',
  'America/Los_Angeles': 'CA NV OR WA',
  'America/Anchorage': 'AK',
  'Pacific/Honolulu': 'HI',
  'America/Puerto_Rico': 'PR VI',
  'Pacific/Guam': 'GU MP',
  'Pacific/Pago_Pago': 'AS',
} as const satisfies Readonly<Record<string, string>>;

export const US_TIME_ZONES: readonly string[] = Object.keys(STATES_OF_ZONE);

/** Of a state or territory by its postal code; UTC for any other text. */
export function timeZoneOfState(postalCode: string): string {
  const found = Object.entries(STATES_OF_ZONE).find(([, states]) => states.split(' ').includes(postalCode));
  return found?.[0] ?? 'UTC';
}
