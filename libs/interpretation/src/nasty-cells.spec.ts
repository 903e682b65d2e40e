import { describe, expect, it } from '@jest/globals';
import { interpretFile } from './interpret-file.js';
import type { InterpretedEntry } from './interpreted-entry.js';
import { EMPTY_MAPPING, type ColumnMapping } from './mapping/column-mapping.js';
import type { InterpretationSettings } from './settings.js';

const SETTINGS: InterpretationSettings = {
  stateFips: '06',
  countyFips: ['06073'],
  timeZone: 'America/Los_Angeles',
  now: new Date('2026-11-23T12:00:00Z'),
};

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** One row of the columns named, under a mapping that says nothing but what is given. */
async function row(
  cells: Readonly<Record<string, string>>,
  mapping: Partial<ColumnMapping> = {},
  settings: Partial<InterpretationSettings> = {},
): Promise<InterpretedEntry> {
  const line = JSON.stringify(cells);
  const columns = Object.keys(cells).map((column) => ({ heading: column, column }));
  for await (const entry of interpretFile(
    'JSON_LINES',
    bytes(line),
    { ...EMPTY_MAPPING, columns, ...mapping },
    { ...SETTINGS, ...settings },
  )) {
    return entry;
  }
  throw new Error('no entry');
}

const codes = ({ questions }: InterpretedEntry): string[] => questions.map(({ code }) => code);
/** What was taken, by path; or the code of what is asked. */
async function taken(column: string, text: string, mapping: Partial<ColumnMapping> = {}): Promise<string> {
  const { readings, questions } = await row({ [column]: text }, mapping);
  return questions[0]?.code ?? readings.map(({ path, value }) => `${path}=${value}`).join(' ');
}

const at = (value: string): string => `occurredAt=${value}`;
const day = (value: string): string => `${at(value)} occurredAtPrecision=DAY`;

describe('dates and times as people write them', () => {
  it.each<[string, string]>([
    ['11/20/26 3:15pm', 'CENTURY'],
    ['11/20/25 3:15pm', at('2025-11-20T15:15:00-08:00')],
    ['11/20/2025 3:15 PM', at('2025-11-20T15:15:00-08:00')],
    ['20-Nov-2025 0315', at('2025-11-20T03:15:00-08:00')],
    ['20 NOV 2025', day('2025-11-20T12:00:00-08:00')],
    ['Nov. 20th, 2025', day('2025-11-20T12:00:00-08:00')],
    // The clock changes within them: as a whole they begin by the offset of their first midnight.
    ['9 Mar 2025', day('2025-03-09T12:00:00-08:00')],
    ['2 Nov 2025', day('2025-11-02T12:00:00-07:00')],
    ['Thu 11/20/2025', day('2025-11-20T12:00:00-08:00')],
    ['Fri 11/20/2025', 'DATE_NOT_KNOWN'],
    ['2025-11-20', day('2025-11-20T12:00:00-08:00')],
    ['2025/11/20 10:15', at('2025-11-20T10:15:00-08:00')],
    ['20251120', day('2025-11-20T12:00:00-08:00')],
    ['2025-07-20 15:15:30', at('2025-07-20T15:15:30-07:00')],
    ['2025-11-20T03:15:00-08:00', at('2025-11-20T03:15:00-08:00')],
    ['11/11/25', 'DATE_ORDER'], // 2011-11-25 stands there too
    ['11/11/2025', day('2025-11-11T12:00:00-08:00')],
    ['03/04/2025', 'DATE_ORDER'],
    ['03/04/25', 'DATE_ORDER'],
    ['25-11-20', 'DATE_ORDER'], // 2025-11-20, or 25 November 2020
    ['20.11.2025', day('2025-11-20T12:00:00-08:00')],
    ['11/20', 'NO_YEAR'],
    ['20 Nov', 'NO_YEAR'],
    ['02/30/2025', 'DATE_NOT_KNOWN'],
    ['02/29/2025', 'DATE_NOT_KNOWN'],
    ['45981', 'EXCEL_DATE'],
    ['112025', 'DATE_NOT_KNOWN'],
    ['11202025', 'DATE_NOT_KNOWN'],
    ['Nov 2025', 'occurredAt=2025-11-15T12:00:00-07:00 occurredAtPrecision=MONTH'],
    ['11/20/2025 3:15', 'HALF_OF_DAY'],
    ['11/20/2025 10:15', 'HALF_OF_DAY'],
    ['11/20/2025 03:15', at('2025-11-20T03:15:00-08:00')],
    ['11/20/2025 15:15', at('2025-11-20T15:15:00-08:00')],
    ['11/20/2025 15:15 PM', 'TIME_NOT_KNOWN'],
    ['11/20/2025 315', 'HALF_OF_DAY'],
    ['11/20/2025 2400', 'TIME_NOT_KNOWN'],
    ['11/20/2025 12:00:00 AM', 'MIDNIGHT'],
    ['2025-11-20 00:00:00.000', 'MIDNIGHT'],
    ['2025-11-20 0315Z', 'TIME_NOT_KNOWN'],
    ['2025-11-20 3pm', 'occurredAt=2025-11-20T15:00:00-08:00 occurredAtPrecision=HOUR'],
    ['2025-11-20 12:30 am', at('2025-11-20T00:30:00-08:00')],
    ['2025-11-20 noon', at('2025-11-20T12:00:00-08:00')],
    ['2025-11-20 unk', day('2025-11-20T12:00:00-08:00')],
    ['2025-11-20 evening', 'TIME_NOT_KNOWN'],
    ['2025-03-09 02:30', 'CLOCK_WENT_FORWARD'],
    ['2025-11-02 01:30', 'CLOCK_WENT_BACK'],
    ['on or about 11/20/2025', 'DATE_NOT_KNOWN'],
    ['11/20/2025-11/22/2025', 'DATE_NOT_KNOWN'],
    ['１１/２０/２０２５', 'DATE_NOT_KNOWN'],
    ['N/A', 'DATE_NOT_KNOWN'],
  ])('%s: %s', async (text, expected) => {
    const now = new Date('2025-12-23T12:00:00Z');
    const { readings, questions } = await row({ date: text }, {}, { now });
    expect(questions[0]?.code ?? readings.map(({ path, value }) => `${path}=${value}`).join(' ')).toBe(expected);
  });

  it('goes by what the mapping says, and asks where a row speaks against it', async () => {
    const us = { dateOrder: 'MONTH_FIRST' } as const;
    expect(await taken('date', '03/04/26', us)).toBe(day('2026-03-04T12:00:00-08:00'));
    expect(await taken('date', '03/04/26', { dateOrder: 'DAY_FIRST' })).toBe(day('2026-04-03T12:00:00-07:00'));
    expect(await taken('date', '20/11/26', us)).toBe('DATE_AGAINST_ORDER');
    expect(await taken('date', '11/20/27', us)).toBe('CENTURY');
    expect(await taken('date', '11/20/2026 315', { ...us, clock: '24_HOUR' })).toBe(at('2026-11-20T03:15:00-08:00'));
    expect(await taken('date', '11/20/2026 12:00 AM', { ...us, midnight: 'NO_TIME' })).toBe(
      day('2026-11-20T12:00:00-08:00'),
    );
    expect(await taken('date', '11/20/2026 0:00', { ...us, midnight: 'MIDNIGHT' })).toBe(
      at('2026-11-20T00:00:00-08:00'),
    );
    expect(await taken('date', '46346.635416667', { excelDates: '1900' })).toBe(at('2026-11-20T15:15:00-08:00'));
  });

  it('asks where the agency has no time zone, and where date and time disagree', async () => {
    expect(codes(await row({ date: '2026-11-20' }, {}, { timeZone: null }))).toEqual(['NO_TIME_ZONE']);
    expect(codes(await row({ date: '2026-11-20 15:15', time: '1516' }))).toEqual(['TIME_TWICE']);
    expect(codes(await row({ date: '2026-11-20T15:15:00-08:00', time: '1515' }))).toEqual(['TIME_TWICE']);
    expect(codes(await row({ time: '1515' }))).toEqual(['DATE_NOT_KNOWN']);
  });

  it('asks whether an embargo until a day ends before or after it, and never leaves one out', async () => {
    expect(await taken('release_after', '2026-12-24')).toBe('RELEASE_WITHOUT_TIME');
    expect(await taken('release_after', 'n/a')).toBe('DATE_NOT_KNOWN');
    expect(await taken('hold_until_released', '-')).toBe('NOT_YES_OR_NO');
    expect(await taken('sharing', 'n/a')).toBe('CODE_NOT_KNOWN');
    expect(await taken('withhold', 'x')).toBe('CODE_NOT_KNOWN');
  });
});

const amount = (quantity: string, unit = ''): string =>
  `substances.0.quantity=${quantity}${unit === '' ? '' : ` substances.0.unit=${unit}`}`;

describe('quantities as people write them', () => {
  it.each<[string, string]>([
    ['12.5kg', amount('12.5', 'KG')],
    ['12.5 KG.', amount('12.5', 'KG')],
    ['1,234.5 g', amount('1234.5', 'GM')],
    ['1,234 g', 'NUMBER_SEPARATOR'],
    ['1.234 g', 'NUMBER_SEPARATOR'],
    ['1.2345 g', amount('1.2345', 'GM')],
    ['12,5 g', 'NUMBER_SEPARATOR'],
    ['1.234,5 g', 'NUMBER_SEPARATOR'],
    ['2 1/2 lbs', amount('2.5', 'LB')],
    ['2½ lb', amount('2.5', 'LB')],
    ['1/2 oz', amount('0.5', 'OZ')],
    ['1/3 oz', 'NUMBER_NOT_KNOWN'],
    ['5/2 oz', 'NUMBER_NOT_KNOWN'],
    ['2-1/2 lbs', 'QUANTITY_RANGE'],
    ['approx 3 oz', `${amount('3')} substances.0.estimated=true substances.0.unit=OZ`],
    ['~500 pills', `${amount('500')} substances.0.estimated=true substances.0.unit=DU`],
    ['1 lb 4.5 oz', amount('20.5', 'OZ')],
    ['1 lb 16 oz', 'QUANTITY_TWICE'],
    ['1k pills', 'UNIT_NOT_KNOWN'],
    ['1k', 'UNIT_NOT_KNOWN'],
    ['5#', 'UNIT_NOT_KNOWN'],
    ['5 gr', 'UNIT_NOT_KNOWN'],
    ['30 mg', 'UNIT_NOT_KNOWN'],
    ['2 bags', 'UNIT_NOT_KNOWN'],
    ['< 1 g', 'QUANTITY_RANGE'],
    ['1.5-2 g', 'QUANTITY_RANGE'],
    ['500+ pills', 'QUANTITY_RANGE'],
    ['up to 5 g', 'QUANTITY_RANGE'],
    ['54.2 g (500 pills)', 'NUMBER_NOT_KNOWN'],
    ['500 pills 54.2 g', 'NUMBER_NOT_KNOWN'],
    ['1.2E+05 g', 'NUMBER_NOT_KNOWN'],
    ['0.300000000000000041 g', 'TOO_MANY_DIGITS'],
    ['1O.5 g', 'NUMBER_NOT_KNOWN'],
    ['2-Jan', 'NUMBER_NOT_KNOWN'],
    ['-5 g', 'NUMBER_NOT_KNOWN'],
    ['(5) g', 'NUMBER_NOT_KNOWN'],
    ['trace', 'substances.0.quantityReason=TRACE'],
    ['residue', 'substances.0.quantityReason=TRACE'],
    ['unk', 'substances.0.quantityReason=UNKNOWN'],
    ['several grams', 'NUMBER_NOT_KNOWN'],
    ['5', 'UNIT_MISSING'],
    ['5 kg g', 'UNIT_NOT_KNOWN'],
    ['10 L', 'UNIT_NOT_KNOWN'],
    ['#DIV/0!', 'NUMBER_NOT_KNOWN'],
  ])('%s: %s', async (text, expected) => {
    expect(await taken('quantity', text)).toBe(expected);
  });

  it('asks where cell, unit column and heading name different units', async () => {
    expect(codes(await row({ quantity: '5 lbs', unit: 'KG' }))).toEqual(['UNITS_DISAGREE']);
    const grams = { columns: [{ heading: 'quantity', column: 'quantity', unit: 'GM' as const }] };
    expect(codes(await row({ quantity: '5 lbs' }, grams))).toEqual(['UNITS_DISAGREE']);
    expect((await row({ quantity: '5' }, grams)).input.substances).toEqual([{ quantity: 5, unit: 'GM' }]);
    expect(codes(await row({ quantity: '5', unit: 'oz', form: 'liquid' }))).toEqual(['UNITS_DISAGREE']);
  });

  it('goes by the decimal sign that the mapping says', async () => {
    expect(await taken('quantity', '1,234 g', { decimal: 'POINT' })).toBe(amount('1234', 'GM'));
    expect(await taken('quantity', '1,234 g', { decimal: 'COMMA' })).toBe(amount('1.234', 'GM'));
    expect(await taken('quantity', '12,5 g', { decimal: 'POINT' })).toBe('NUMBER_SEPARATOR');
    expect(await taken('quantity', '1.234,5 g', { decimal: 'COMMA' })).toBe(amount('1234.5', 'GM'));
  });
});

const drug = (code: string, form = ''): string =>
  `substances.0.deaCode=${code}${form === '' ? '' : ` substances.0.form=${form}`}`;

describe('drugs as people call them', () => {
  it.each<[string, string]>([
    ['meth', drug('1105')],
    ['Crystal Meth', drug('1105', 'CRYSTAL')],
    ['meth (liquid)', drug('1105', 'LIQUID')],
    ['susp. meth', drug('1105')],
    ['not meth', 'DRUG_NOT_KNOWN'],
    ['suspected not meth', 'DRUG_NOT_KNOWN'],
    ['methadone', drug('9250')],
    ['metadone', 'DRUG_NOT_KNOWN'],
    ['fent', drug('9801')],
    ['fentanyl pills', drug('9801', 'PILL_TABLET')],
    ['fentanyl/heroin', 'DRUG_NOT_KNOWN'],
    ['para-fluorofentanyl', drug('9812')],
    ['blues', 'LOOKS_COUNTERFEIT'],
    ['M-30', 'LOOKS_COUNTERFEIT'],
    ['blue pills', 'LOOKS_COUNTERFEIT'],
    ['oxy', 'LOOKS_COUNTERFEIT'],
    ['molly', 'LOOKS_COUNTERFEIT'],
    ['H', 'DRUG_NOT_KNOWN'],
    ['D', 'DRUG_NOT_KNOWN'],
    ['crystal', 'DRUG_NOT_KNOWN'],
    ['coke', drug('9041')],
    ['weed', drug('7360')],
    ['marijuana plants', drug('7360', 'PLANT')],
    ['hash', drug('7360', 'RESIN')],
    ['hash oil', 'DRUG_NOT_KNOWN'],
    ['Xanax bars', drug('2882', 'PILL_TABLET')],
    ['fake xanax', 'LOOKS_COUNTERFEIT'],
    ['xylazine', 'substances.0.name=xylazine substances.0.category=ADULTERANT'],
    ['9801', drug('9801')],
    ['980', 'DRUG_NOT_KNOWN'],
    ['9801.0', 'DRUG_NOT_KNOWN'],
    ['сoke', 'DRUG_NOT_KNOWN'], // its first letter is Cyrillic
    ['constructor', 'DRUG_NOT_KNOWN'],
    ['see narrative', 'DRUG_NOT_KNOWN'],
  ])('%s: %s', async (text, expected) => {
    expect(await taken('drug', text)).toBe(expected);
  });

  it('suggests what is near and never applies it; what the agency has confirmed counts', async () => {
    const [question] = (await row({ drug: 'fentynal' })).questions;
    expect(question).toMatchObject({ code: 'DRUG_NOT_KNOWN', suggestions: ['Fentanyl'] });
    const vocabulary = [{ column: 'drug', text: 'Blues', code: 'FENTANYL PILL_TABLET' }];
    expect((await row({ drug: 'BLUES' }, { vocabulary })).input.substances).toEqual([
      { name: 'BLUES', category: 'FENTANYL', form: 'PILL_TABLET' },
    ]);
  });

  it('asks where the name and the column of the form disagree', async () => {
    expect(codes(await row({ drug: 'crystal meth', form: 'powder' }))).toEqual(['FORMS_DISAGREE']);
    expect(codes(await row({ drug: 'meth', dea_code: '9041' }))).toEqual(['DRUG_NOT_KNOWN']);
  });
});

describe('counties, countries and the rest', () => {
  it.each<[string, string, string]>([
    ['county', 'San Diego Co.', 'place.countyFips=06073'],
    ['county', 'County of San Diego, CA', 'place.countyFips=06073'],
    ['county', '6073', 'place.countyFips=06073'],
    ['county', '1073', 'COUNTY_NOT_KNOWN'],
    ['county', '073', 'COUNTY_NOT_KNOWN'],
    ['county', 'SD County', 'COUNTY_NOT_KNOWN'],
    ['county', 'Maricopa', 'COUNTY_NOT_CLEAR'],
    ['county', 'St. Louis, MO', 'COUNTY_NOT_CLEAR'],
    ['county', 'St. Louis County, MO', 'place.countyFips=29189'],
    ['county', 'St. Louis city, MO', 'place.countyFips=29510'],
    ['county', 'Saint Louis, Missouri', 'COUNTY_NOT_CLEAR'],
    ['county', 'Fairfax, VA', 'COUNTY_NOT_CLEAR'],
    ['county', 'Carson City, NV', 'place.countyFips=32510'],
    ['county', 'Miami-Dade, FL', 'place.countyFips=12086'],
    ['county', 'Dade, FL', 'place.countyFips=12086'],
    ['county', 'Doña Ana, NM', 'place.countyFips=35013'],
    ['county', 'Dona Ana, NM', 'place.countyFips=35013'],
    ['county', 'Los Angeles City', 'COUNTY_NOT_KNOWN'],
    ['county', 'Orange/Riverside', 'COUNTY_NOT_KNOWN'],
    ['county', '99999', 'COUNTY_NOT_KNOWN'],
    ['origin_county', 'Orange', 'COUNTY_NOT_CLEAR'],
    ['origin_country', 'Mexico', 'route.originCountry=MX'],
    ['origin_country', 'Georgia', 'COUNTRY_OR_STATE'],
    ['origin_country', 'CA', 'route.originCountry=CA'],
    ['latitude', '32°33\'21.6"N', 'place.latitude=32.556'],
    ['longitude', '117.047 W', 'place.longitude=-117.047'],
    ['longitude', '117.047 N', 'COORDINATE_NOT_KNOWN'],
    ['conveyance', 'truck', 'CODE_NOT_KNOWN'],
    ['conveyance', 'tractor-trailer', 'conveyance=COMMERCIAL_TRUCK'],
    ['setting', 'POE', 'place.setting=PORT_OF_ENTRY'],
    ['setting', 'traffic stop', 'CODE_NOT_KNOWN'],
    ['concealment', 'gas tank; on person', 'concealment=["VEHICLE_COMPARTMENT","ON_PERSON"]'],
    ['lab_status', 'positive', 'CODE_NOT_KNOWN'],
    ['lab_status', 'Field test positive', 'substances.0.laboratoryStatus=PRESUMPTIVE'],
    ['sharing', 'all', 'CODE_NOT_KNOWN'],
    ['sharing', 'Agency only', 'sharing=AGENCY'],
    ['tlp', 'TLP:AMBER+STRICT', 'tlp=AMBER_STRICT'],
    ['estimated', 'x', 'NOT_YES_OR_NO'],
    ['purity_percent', '4.1 %', 'substances.0.purityPercent=4.1'],
    ['person_1_age', '34 yrs', 'people.0.age=34'],
    ['person_1_age', '30s', 'NUMBER_NOT_KNOWN'],
    ['person_1_age', 'juvenile', 'NUMBER_NOT_KNOWN'],
    ['person_1_role', 'driver', 'CODE_NOT_KNOWN'],
    ['reference', '2.026E+10', 'DAMAGED_TEXT'],
    ['reference', '26-Mar', 'DAMAGED_TEXT'],
    ['reference', '2026000123.0', 'DAMAGED_TEXT'],
    ['reference', '#REF!', 'FORMULA_ERROR'],
    ['reference', 'caf\uFFFD-1', 'DAMAGED_LETTERS'],
    ['identifier_1_value', '6.19555E+09', 'DAMAGED_TEXT'],
  ])('%s %s: %s', async (column, text, expected) => {
    expect(await taken(column, text)).toBe(expected);
  });

  it('asks of a share or a percentage where the heading does not say', async () => {
    const purity = { columns: [{ heading: 'Purity', column: 'purity_percent' }] };
    expect((await row({ Purity: '0.85' }, purity)).questions[0]).toMatchObject({
      code: 'PERCENT_OR_PART',
      suggestions: ['0.85%', '85%'],
    });
    expect((await row({ Purity: '85' }, purity)).input.substances).toEqual([{ purityPercent: 85 }]);
  });

  it('makes no identifier of "n/a" and keeps what the mapping alone says to itself', async () => {
    const constants = { identifier_1_kind: 'PHONE' };
    expect((await row({ identifier_1_value: 'none' }, { constants })).input.identifiers).toBeUndefined();
    expect((await row({ identifier_1_value: '619 555 0100' }, { constants })).input.identifiers).toEqual([
      { kind: 'PHONE', value: '619 555 0100' },
    ]);
  });
});
