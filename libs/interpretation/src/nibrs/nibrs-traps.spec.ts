import {
  administrative,
  flatFile,
  flatSegments,
  INCIDENT,
  property,
  segment,
  xmlFile,
  xmlReport,
  type TrueDrug,
  type TrueIncident,
} from './nibrs-files.builder.js';
import { EMPTY_MAPPING } from '../mapping/column-mapping.js';
import { DECIMAL, MAPPING, questionsOf, readNibrs, saying, SETTINGS } from './read-nibrs.builder.js';

const withDrugs = (...drugs: TrueDrug[]): TrueIncident => ({
  ...INCIDENT,
  properties: [{ loss: 6, descriptions: ['10'], drugs }],
});
const drug = (letter: string, thousandths: number | null = 500, unit = 'OZ'): TrueDrug => ({
  letter,
  thousandths,
  unit,
});

/** An incident with the last segment of level 3 changed. */
const withProperty = (change: (line: string) => string, incident = INCIDENT): string =>
  flatSegments(incident)
    .map((line) => (line[4] === '3' ? change(line) : line))
    .join('\n');

async function flat(incident: TrueIncident) {
  const { entries, skipped } = await readNibrs('NIBRS_FLAT', flatFile([incident]));
  return { entry: entries[0], entries, skipped };
}
async function xml(report: string, mapping = DECIMAL) {
  const { entries, skipped } = await readNibrs('NIBRS_XML', xmlFile([report]), mapping);
  return { entry: entries[0], entries, skipped };
}

describe('the traps of the format', () => {
  it('1: a flat file has thousandths, XML has decimals, and XML that may have thousandths is asked about', async () => {
    const incident = withDrugs(drug('D', 43_950, 'GM'));
    expect((await flat(incident)).entry?.input.substances).toMatchObject([{ quantity: 43.95, unit: 'GM' }]);
    expect((await xml(xmlReport(incident))).entry?.input.substances).toMatchObject([{ quantity: 43.95, unit: 'GM' }]);

    const unscaled = xmlReport(incident).replace('>43.95<', '>43950<');
    const asked = (await xml(unscaled, MAPPING)).entry;
    expect(questionsOf(asked)).toEqual(['NIBRS_QUANTITY_SCALE']);
    expect(asked?.input.substances?.[0]).not.toHaveProperty('quantity');
    expect((await xml(unscaled)).entry?.input.substances).toMatchObject([{ quantity: 43950 }]);
    const padded = xmlReport(incident).replace('>43.95<', '>000000000500<');
    expect(questionsOf((await xml(padded, MAPPING)).entry)).toEqual(['NIBRS_QUANTITY_SCALE']);
  });

  it.each([
    ['         500', 0.5],
    ['000000012   ', 12],
    ['000000000005', 0.005],
  ])('2: a part of the quantity that is blank is zero: %j', async (text, quantity) => {
    const file = withProperty((line) => line.slice(0, 233) + text + line.slice(245));
    const { entries } = await readNibrs('NIBRS_FLAT', file);
    expect(entries[0]?.input.substances).toMatchObject([{ quantity }]);
  });

  it.each(['000000000  5', '        1500', '00000000050A', '-00000000500'])(
    '2: a part that is blank in part is not cut: %j',
    async (text) => {
      const file = withProperty((line) => line.slice(0, 233) + text + line.slice(245));
      const { entries } = await readNibrs('NIBRS_FLAT', file);
      expect(questionsOf(entries[0])).toEqual(['NIBRS_QUANTITY']);
      expect(entries[0]?.input.substances?.[0]).not.toHaveProperty('quantity');
    },
  );

  it('3: 1.005 stays 1.005, and the largest and the least quantity are exact', async () => {
    for (const [thousandths, quantity] of [
      [1_005, 1.005],
      [999_999_999_999, 999_999_999.999],
      [1, 0.001],
    ] as const) {
      const { entry } = await flat(withDrugs(drug('D', thousandths, 'GM')));
      expect(entry?.input.substances).toMatchObject([{ quantity }]);
    }
  });

  it('4: XX with 1 is no quantity, DU with 1 is one', async () => {
    expect((await flat(withDrugs(drug('U', 1_000, 'XX')))).entry).toMatchObject({
      questions: [],
      input: {
        substances: [{ name: 'Unknown Drug Type', category: 'UNKNOWN', quantityReason: 'PENDING', unit: 'XX' }],
      },
    });
    const counted = (await flat(withDrugs(drug('D', 1_000, 'DU')))).entry;
    expect(counted?.input.substances).toMatchObject([{ deaCode: '9200', quantity: 1, unit: 'DU' }]);
    expect(questionsOf((await flat(withDrugs(drug('D', 2_000, 'XX')))).entry)).toEqual(['NIBRS_NOT_REPORTED_QUANTITY']);
  });

  it('4: X is asked about, and once the agency has said so is further drugs of unknown class without a quantity', async () => {
    const incident = withDrugs(drug('D'), drug('B'), drug('X', null, ''));
    const { entry } = await flat(incident);
    expect(entry?.questions).toMatchObject([
      { code: 'NIBRS_FURTHER_DRUGS', path: 'substances.2.deaCode', text: 'NIBRS X' },
    ]);
    const { entries } = await readNibrs('NIBRS_FLAT', flatFile([incident]), saying('drug', 'NIBRS X', 'UNKNOWN'));
    expect(entries[0]).toMatchObject({
      questions: [],
      input: { substances: [{}, {}, { name: 'Over 3 Drug Types', category: 'UNKNOWN', quantityReason: 'UNKNOWN' }] },
    });
    const counted = withDrugs(drug('D'), drug('B'), drug('X'));
    expect(questionsOf((await flat(counted)).entry)).toContain('NIBRS_QUANTITY_OF_X');
  });

  it.each([1, 2, 3, 4, 5, 7, 8])('5: loss %d is no seizure, although it names a drug', async (loss) => {
    const incident = {
      ...INCIDENT,
      properties: [{ loss, descriptions: loss === 1 ? [] : ['10'], drugs: [drug('D')] }],
    };
    for (const { entries, skipped } of [await flat(incident), await xml(xmlReport(incident))]) {
      expect(entries).toEqual([]);
      expect(skipped).toMatchObject([{ reason: 'DRUGS_NOT_SEIZED' }]);
    }
  });

  it('6: blanks that were cut off are put back, and a blank line ends nothing', async () => {
    const lines = [INCIDENT, { ...INCIDENT, number: '2026-000124' }].map((it) =>
      flatSegments(it).map((line) => line.trimEnd()),
    );
    const { entries } = await readNibrs('NIBRS_FLAT', lines.map((it) => it.join('\n\n')).join('\n\n\n'));
    expect(entries.map(({ input }) => input.submitterReference)).toEqual(['2026-000123', '2026-000124']);
    expect(entries.flatMap(questionsOf)).toEqual([]);
  });

  it('7: the same number of another agency is another incident, and never stored under this one', async () => {
    const other = { ...INCIDENT, ori: 'CA0190000' };
    const { entries } = await readNibrs('NIBRS_FLAT', flatFile([INCIDENT, other]));
    expect(entries.map(questionsOf)).toEqual([[], ['NIBRS_OTHER_AGENCY']]);
    expect(questionsOf((await xml(xmlReport(other))).entry)).toEqual(['NIBRS_OTHER_AGENCY']);
    expect(
      questionsOf(
        (await readNibrs('NIBRS_FLAT', flatFile([INCIDENT]), MAPPING, { ...SETTINGS, ori: null })).entries[0],
      ),
    ).toEqual(['NIBRS_OTHER_AGENCY']);
  });

  it('8: D and I are a replacement, a D alone is asked about whatever else is on it', async () => {
    const { entries } = await readNibrs(
      'NIBRS_FLAT',
      flatFile([
        { ...INCIDENT, action: 'R' },
        { ...INCIDENT, number: '7', action: 'D' },
      ]),
    );
    expect(entries.map(questionsOf)).toEqual([[], ['NIBRS_DELETED']]);
    expect(entries[0]?.input).toEqual((await flat(INCIDENT)).entry?.input);
    expect(entries[1]?.input).toEqual({ submitterReference: '7' });
    expect(questionsOf((await xml(xmlReport({ ...INCIDENT, action: 'D' }))).entry)).toEqual(['NIBRS_DELETED']);
  });

  it('8: a replacement that takes the seizure back is asked about, one without drugs is counted by itself', async () => {
    const noLonger = {
      ...INCIDENT,
      action: 'R',
      properties: [{ loss: 1, descriptions: [], drugs: [drug('D', null, '')] }],
    };
    const never = { ...INCIDENT, action: 'R', offenses: [{ code: '13A', location: '20' }], properties: [] };
    for (const read of [flat, (it: TrueIncident) => xml(xmlReport(it))]) {
      expect(questionsOf((await read(noLonger)).entry)).toEqual(['NIBRS_SEIZURE_TAKEN_BACK']);
      expect((await read(never)).skipped).toMatchObject([{ reason: 'REPLACED_WITHOUT_DRUGS' }]);
    }
  });

  it('9: levels 7, 8, 9 and 0 stand anywhere, and an incident ends where the next begins', async () => {
    const [first, ...rest] = flatSegments(INCIDENT);
    const arrest = segment(66, { 5: '7', 6: 'A', 17: INCIDENT.ori, 26: 'ARREST-1' });
    const zero = segment(43, { 5: '0', 6: 'A', 17: INCIDENT.ori, 26: '000000000000', 38: '102026' });
    const state = segment(90, { 5: '8', 6: 'I', 17: INCIDENT.ori, 26: INCIDENT.number });
    const { entries, skipped } = await readNibrs('NIBRS_FLAT', [arrest, first, state, ...rest, zero].join('\n'));
    expect(entries.map(questionsOf)).toEqual([[]]);
    expect(skipped.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '1 GROUP_B_ARREST',
      '3 STATE_SEGMENT',
      '8 ZERO_REPORT',
    ]);
  });

  it('10: what breaks the rules is asked about: a drug without 35A, not described, twice, of X alone', async () => {
    const cases: [TrueIncident, string[]][] = [
      [{ ...INCIDENT, offenses: [{ code: '520', location: '13' }] }, ['NIBRS_NO_DRUG_OFFENSE']],
      [{ ...INCIDENT, offenses: [{ code: '35A', location: '13', isAttempted: true }] }, ['NIBRS_NO_DRUG_OFFENSE']],
      [{ ...INCIDENT, properties: [{ loss: 6, descriptions: ['77'], drugs: [drug('D')] }] }, ['NIBRS_DESCRIPTION']],
      [withDrugs(), ['NIBRS_NO_DRUG_TYPE']],
      [withDrugs(drug('D'), drug('D', 2_000, 'LB')), ['NIBRS_SAME_DRUG']],
      [withDrugs(drug('D'), drug('D', 2_000, 'DU')), []],
      [withDrugs(drug('D', null, 'GM')), ['NIBRS_QUANTITY_MISSING']],
      [withDrugs(drug('D', 5_000, '')), ['NIBRS_QUANTITY_MISSING']],
      [withDrugs(drug('D', 5_000, 'OU')), ['NIBRS_MEASUREMENT']],
      [withDrugs(drug('D', 5_000, 'NP')), ['NIBRS_PLANTS']],
      [withDrugs(drug('Q')), ['NIBRS_DRUG_TYPE']],
      [{ ...INCIDENT, offenses: [{ code: '35A', location: '26' }] }, ['NIBRS_LOCATION']],
    ];
    for (const [incident, codes] of cases)
      for (const { entry } of [await flat(incident), await xml(xmlReport(incident))])
        expect(questionsOf(entry)).toEqual(codes);
    const twice = { ...INCIDENT, properties: [...INCIDENT.properties, ...withDrugs(drug('B')).properties] };
    expect(questionsOf((await flat(twice)).entry)).toEqual(['NIBRS_SEIZED_TWICE']);
  });

  it('10: XML that has nc:Date beside nc:DateTime, and mixed losses, is read drug by drug', async () => {
    const incident = {
      ...INCIDENT,
      properties: [
        { loss: 1, descriptions: [], drugs: [drug('B', null, '')] },
        ...withDrugs(drug('D', 1_500, 'GM')).properties,
      ],
    };
    const text = xmlReport(incident).replace('<nc:DateTime>', '<nc:Date>2026-11-18</nc:Date><nc:DateTime>');
    expect((await xml(text)).entry).toMatchObject({
      questions: [],
      input: { occurredAt: '2026-11-19T15:00:00-08:00', substances: [{ deaCode: '9200', quantity: 1.5, unit: 'GM' }] },
    });
  });
});

describe('time and place', () => {
  it.each([
    ['2026-11-19', '15', '2026-11-19T15:00:00-08:00', 'HOUR'],
    ['2026-07-04', '00', '2026-07-04T00:00:00-07:00', 'HOUR'],
    ['2026-07-04', '', '2026-07-04T12:00:00-07:00', 'DAY'],
    // The clock went back: 01 came twice; and forward: there was no 02. The day has the offset at which it began.
    ['2026-11-01', '01', '2026-11-01T12:00:00-07:00', 'DAY'],
    ['2026-03-08', '02', '2026-03-08T12:00:00-08:00', 'DAY'],
    ['2026-03-08', '03', '2026-03-08T03:00:00-07:00', 'HOUR'],
  ])('%s at %j is %s to the %s', async (date, hour, occurredAt, occurredAtPrecision) => {
    const incident = { ...INCIDENT, date, hour };
    for (const { entry } of [await flat(incident), await xml(xmlReport(incident))])
      expect(entry).toMatchObject({ questions: [], input: { occurredAt, occurredAtPrecision } });
  });

  it.each([
    [{ hour: '24' }, 'NIBRS_DATE'],
    [{ date: '2026-02-30' }, 'NIBRS_DATE'],
    [{ date: '2026-13-01', hour: '' }, 'NIBRS_DATE'],
    [{ isReportDate: true }, 'NIBRS_REPORT_DATE'],
  ])('%j is asked about', async (change, code) => {
    const incident = { ...INCIDENT, ...change };
    for (const { entry } of [await flat(incident), await xml(xmlReport(incident))]) {
      expect(questionsOf(entry)).toEqual([code]);
      expect(entry?.input).not.toHaveProperty('occurredAt');
    }
  });

  it('asks for the county until the agency has said it, and for the zone', async () => {
    const { entries } = await readNibrs('NIBRS_FLAT', flatFile([INCIDENT]), EMPTY_MAPPING);
    expect(entries[0]?.questions).toMatchObject([{ code: 'NIBRS_COUNTY', suggestions: ['06073'] }]);
    const elsewhere = await readNibrs('NIBRS_FLAT', flatFile([INCIDENT]), MAPPING, { ...SETTINGS, timeZone: null });
    expect(questionsOf(elsewhere.entries[0])).toEqual(['NIBRS_DATE']);
  });

  it('asks about an offset that is not on the clock of the agency', async () => {
    const at = (offset: string) => xmlReport(INCIDENT).replace('T15:00:00<', `T15:00:00${offset}<`);
    expect(questionsOf((await xml(at('Z'))).entry)).toEqual(['NIBRS_DATE']);
    expect(questionsOf((await xml(at('-08:00'))).entry)).toEqual([]);
  });

  it('has the place of the drug violation, not of another offense', async () => {
    const incident = {
      ...INCIDENT,
      offenses: [
        { code: '520', location: '14' },
        { code: '35A', location: '20' },
      ],
    };
    for (const { entry } of [await flat(incident), await xml(xmlReport(incident))])
      expect(entry?.input.place).toEqual({ countyFips: '06073', setting: 'RESIDENCE' });
  });
});

describe('faults of the file', () => {
  const L1 = administrative(INCIDENT);
  const L3 = property(INCIDENT, INCIDENT.properties[0] as never);

  it.each([
    ['a length that no segment has', withProperty((line) => `0306${line.slice(4)}`), 'NIBRS_LENGTH'],
    ['more than its length', withProperty((line) => `${line}X`), 'NIBRS_LENGTH'],
    ['a line without end', withProperty((line) => line.padEnd(5_000, 'X')), 'NIBRS_LENGTH'],
    ['a control character', withProperty((line) => `${line.slice(0, 300)}\u001b${line.slice(301)}`), 'NIBRS_CHARACTER'],
    [
      'a letter that is not ASCII',
      withProperty((line) => `${line.slice(0, 300)}\u00e9${line.slice(301)}`),
      'NIBRS_CHARACTER',
    ],
    ['a level that there is not', [L1, L3.replace('3071', '307').replace(/^03073/, '0307Z')].join('\n'), 'NIBRS_LEVEL'],
    [
      'no level 1',
      withProperty((line) => line)
        .split('\n')
        .slice(1)
        .join('\n'),
      'NIBRS_NO_ADMINISTRATIVE_SEGMENT',
    ],
    ['an unknown loss', withProperty((line) => `${line.slice(0, 37)}9${line.slice(38)}`), 'NIBRS_LOSS'],
    ['an action that is not read', withProperty((line) => `${line.slice(0, 5)}A${line.slice(6)}`), 'NIBRS_ACTION'],
    ['a number with a blank in it', flatFile([{ ...INCIDENT, number: '12 34' }]).toString('latin1'), 'NIBRS_HEADER'],
    ['an ORI that is none', flatFile([{ ...INCIDENT, ori: 'ca0371100' }]).toString('latin1'), 'NIBRS_HEADER'],
    ['a modification', flatFile([{ ...INCIDENT, action: 'M' }]).toString('latin1'), 'NIBRS_ACTION'],
    ['a time window', flatFile([{ ...INCIDENT, action: 'W' }]).toString('latin1'), 'NIBRS_ACTION'],
  ])('asks about %s, with its line', async (_, file, code) => {
    const { entries } = await readNibrs('NIBRS_FLAT', file);
    const asked = entries.flatMap(({ questions }) => questions).find((it) => it.code === code);
    expect(asked?.line).toBeGreaterThan(0);
  });

  it('gives back the lines as they stand', async () => {
    const { entries } = await readNibrs('NIBRS_FLAT', flatFile([INCIDENT]));
    expect(entries[0]?.rows.map(({ line, cells }) => [line, cells.get('segment')])).toEqual(
      flatSegments(INCIDENT).map((line, index) => [index + 1, line]),
    );
    const report = xmlReport(INCIDENT);
    expect((await xml(report)).entry?.rows[0]?.cells.get('segment')).toBe(report);
  });

  it('says nothing of faults in incidents that show no drugs', async () => {
    const theft = {
      ...INCIDENT,
      offenses: [{ code: '23H', location: '20' }],
      properties: [{ loss: 7, descriptions: ['77'], drugs: [] }],
    };
    const file = flatFile([theft]).toString('latin1').replace(/^0129/m, '0130');
    expect(await readNibrs('NIBRS_FLAT', file)).toEqual({ entries: [], skipped: [{ line: 1, reason: 'NO_DRUGS' }] });
  });

  it('reads a mark of UTF-8, LF or CR LF, with or without a last line end', async () => {
    for (const file of [
      flatFile([INCIDENT], '\n'),
      flatFile([INCIDENT]),
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), flatFile([INCIDENT])]),
      flatFile([INCIDENT]).subarray(0, -2),
    ])
      expect((await readNibrs('NIBRS_FLAT', file)).entries.map(questionsOf)).toEqual([[]]);
  });

  it.each(['reference,date\n1,2', '%PDF-1.7\n', '<?xml version="1.0"?>', '\u00ff\u00fe0\u00000\u00008\u00007\u0000'])(
    'does not read %j as a flat file',
    async (file) => {
      await expect(readNibrs('NIBRS_FLAT', file)).rejects.toMatchObject({ code: 'NOT_THIS_FORMAT', line: 1 });
    },
  );

  it('reads zero reports and Group B arrests as what they are', async () => {
    const reports = [xmlReport(INCIDENT, 'ZERO REPORT'), xmlReport(INCIDENT, 'GROUP B ARREST REPORT')];
    const { entries, skipped } = await readNibrs('NIBRS_XML', xmlFile(reports));
    expect(entries).toEqual([]);
    expect(skipped.map(({ reason }) => reason)).toEqual(['ZERO_REPORT', 'GROUP_B_ARREST']);
  });
});
