// The words of docs/release.md: for an agency's lawyer, so in plain language. scripts/print-release-policy.mjs puts the
// policy's own facts beside them; a field, level or rule without words is a fault.

/** What each field of a record is. */
export const FIELD_WORDS = {
  precision: 'How exactly the reader sees the record',
  policyVersion: 'Version of the release policy',
  transformations: 'What was made coarser, without the finer value',
  tlp: 'Traffic light: what a reader may do onward',
  'occurred.from': 'When it happened: beginning',
  'occurred.to': 'When it happened: end',
  'occurred.offsetMinutes': 'Time zone by which day, week and month are counted; calculated with, not shown',
  'place.stateFips': 'State',
  'place.countyFips': 'County',
  'place.h3': 'Grid cell (H3)',
  'place.latitude': 'Latitude',
  'place.longitude': 'Longitude',
  'place.setting': 'Kind of place (port of entry, highway, residence …)',
  'place.portOfEntry': 'Name of the port of entry',
  'substances.deaCode': 'Substance: DEA code',
  'substances.name': 'Substance: name',
  'substances.category': 'Substance: class',
  'substances.form': 'Substance: form (powder, pills …)',
  'substances.laboratoryStatus': 'Substance: whether a laboratory has looked at it',
  'substances.quantity.unit': 'Quantity: unit',
  'substances.quantity.milligrams': 'Quantity: weight, from and to',
  'substances.quantity.units': 'Quantity: number of pills or plants, from and to',
  'substances.quantity.amount': 'Quantity: the number as it was reported',
  'substances.quantity.estimated': 'Quantity: estimated or measured',
  'substances.purity': 'Purity in percent, from and to',
  'substances.signature': 'Press mark, stamp or brand',
  'substances.adulterants': 'What it was cut with',
  concealment: 'How it was hidden',
  conveyance: 'What carried it',
  packaging: 'How it was packed, in the submitter’s words',
  remarks: 'Remarks of the submitter to readers',
  'route.originCountry': 'Route: country it came from',
  'route.originStateFips': 'Route: state it came from',
  'route.originCountyFips': 'Route: county it came from',
  'route.destinationCountry': 'Route: country it was going to',
  'route.destinationStateFips': 'Route: state it was going to',
  'route.destinationCountyFips': 'Route: county it was going to',
  'people.role': 'People: the part they had (courier, buyer …), without a name',
  'people.age': 'People: age',
  'people.citizenship': 'People: citizenship',
  'people.affiliation': 'People: affiliation',
  'source.reliability': 'Grading of the source: reliability (A to F)',
  'source.credibility': 'Grading of the information: credibility (1 to 6)',
  contributor: 'Name, level and telephone number of the agency that it came from',
  contributorWithheld: 'Whether that agency’s name is withheld, and then a random name for this one record',
};

/** Of fields that go by one rule together, those that a level makes coarser; the others are there or not. */
export const COARSENED = [
  ...['occurred.from', 'occurred.to', 'place.h3', 'substances.quantity.milligrams', 'substances.quantity.units'],
  'substances.purity',
];

/** What a row for community partners is made of (libs/deidentification/src/community.generaliser.ts). */
export const COMMUNITY_ROWS = [
  ...['occurred.from', 'occurred.to', 'place.stateFips', 'substances.deaCode', 'substances.category'],
  ...['substances.quantity.milligrams', 'substances.quantity.units'],
];

/** What is done to a value at each level, with an example. */
export const LEVEL_TEXTS = {
  MINUTE: ['as reported', 'March 4, 2026, 14:20'],
  DAY: ['the calendar day', 'March 4, 2026'],
  ISO_WEEK: ['the week, Monday to Sunday', 'the week of March 2 to 8, 2026'],
  MONTH: ['the calendar month', 'March 2026'],
  POINT: ['the point', '32.556 north, 117.047 west'],
  H3_7: ['a grid cell of 5 km²', 'some blocks, with county and state'],
  H3_6: ['a grid cell of 36 km²', 'a small town, with county and state'],
  COUNTY: ['the county', 'San Diego County'],
  STATE: ['the state', 'California'],
  COUNTRY: ['the country', 'Mexico'],
  EXACT: ['as reported', '12.5 kg; 4.1 %; 34 years'],
  DECADE: ['one of the bands 1 to 10, 10 to 100, 100 to 1,000 …; of a liquid the unit alone', '10 to 100 kg'],
  THREE_BANDS: ['small or unknown, medium, large', '“large”'],
  UNIT: ['the unit, and no number', 'kilograms'],
  BAND_5: ['a band of five', '30 to 34 years; 0 to 5 %'],
  BAND_10: ['a band of ten', '30 to 39 years; 0 to 10 %'],
  BAND_20: ['a band of twenty', '20 to 39 years; 0 to 20 %'],
  BAND_25: ['a band of twenty-five', '0 to 25 %'],
  BAND_50: ['a band of fifty', '0 to 50 %'],
  AS_REPORTED: ['as reported', ''],
  ABSENT: ['not carried', ''],
};

/** The owner's controls, as they are named in a report. */
export const CONTROL_TEXTS = {
  CONTRIBUTOR: 'Your agency’s name, level and telephone number. Contact then goes through the record.',
  METHOD: 'How it was hidden, what carried it and how it was packed.',
  SIGNATURE: 'Press mark, stamp or brand, and what it was cut with.',
};
