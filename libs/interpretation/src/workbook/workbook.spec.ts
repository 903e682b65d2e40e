import { describe, expect, it } from '@jest/globals';
import { collect } from '../collect.builder.js';
import { interpretFile } from '../interpret-file.js';
import type { InterpretedEntry } from '../interpreted-entry.js';
import { guessMapping } from '../mapping/guess-mapping.js';
import { readHeadings } from '../mapping/read-headings.js';
import type { InterpretationSettings } from '../settings.js';
import { STYLE, workbookOf, zipOf } from './workbook.builder.js';

const SETTINGS: InterpretationSettings = {
  stateFips: '06',
  countyFips: ['06073'],
  timeZone: 'America/Los_Angeles',
  now: new Date('2026-11-23T12:00:00Z'),
};

async function* bytes(buffer: Buffer): AsyncGenerator<Uint8Array> {
  yield buffer;
}

const text = (at: string, value: string): string => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
const number = (at: string, value: string, style: number = STYLE.PLAIN): string =>
  `<c r="${at}" s="${style}"><v>${value}</v></c>`;
const row = (n: number, cells: string, more = ''): string => `<row r="${n}"${more}>${cells}</row>`;
const HEADING = row(
  1,
  ['Case #', 'Date', 'County', 'Drug', 'Qty', 'UOM', 'Purity %']
    .map((name, n) => text(`${'ABCDEFG'.charAt(n)}1`, name))
    .join(''),
);
const sheet = (rows: string, after = ''): string => `<sheetData>${HEADING}${rows}</sheetData>${after}`;

async function read(book: Buffer): Promise<InterpretedEntry[]> {
  const { mapping } = guessMapping(await readHeadings('XLSX', bytes(book)));
  return collect(interpretFile('XLSX', bytes(book), mapping, SETTINGS));
}

const fault = async (book: Buffer): Promise<unknown> =>
  read(book).then(
    () => 'read',
    (error: { code: unknown }) => error.code,
  );
const ordinary = (n: number, reference = `R-${n}`): string =>
  row(
    n,
    text(`A${n}`, reference) +
      number(`B${n}`, '46346', STYLE.DATE) +
      number(`C${n}`, '6073', STYLE.FIVE_DIGITS) +
      text(`D${n}`, 'meth') +
      number(`E${n}`, '12.300000000000001') +
      text(`F${n}`, 'lbs') +
      number(`G${n}`, '0.041', STYLE.PERCENT),
  );

describe('workbooks', () => {
  it('reads dates, padded numbers, percentages and the digits that Excel keeps', async () => {
    const [entry, more] = await read(workbookOf({ Seizures: sheet(ordinary(2)) }));
    expect(more).toBeUndefined();
    expect(entry?.questions).toEqual([]);
    expect(entry?.input).toEqual({
      submitterReference: 'R-2',
      occurredAt: '2026-11-20T12:00:00-08:00',
      occurredAtPrecision: 'DAY',
      place: { countyFips: '06073' },
      substances: [{ deaCode: '1105', quantity: 12.3, unit: 'LB', purityPercent: 4.1 }],
    });
    const late = await read(workbookOf({ Seizures: sheet(ordinary(2).replace('46346', '44884')) }, { date1904: true }));
    expect(late[0]?.input.occurredAt).toBe('2026-11-20T12:00:00-08:00');
  });

  it('reads a time to the second, and asks of numbers that Excel has rounded', async () => {
    const timed = ordinary(2).replace('<v>46346</v>', '<v>46346.635416666664</v>');
    const [entry] = await read(workbookOf({ S: sheet(timed.replace('s="1"', 's="2"')) }));
    expect(entry?.input.occurredAt).toBe('2026-11-20T15:15:00-08:00');
    const long = ordinary(2).replace(text('A2', 'R-2'), number('A2', '1234567890123456789'));
    expect((await read(workbookOf({ S: sheet(long) })))[0]?.questions[0]?.code).toBe('DAMAGED_TEXT');
  });

  it('takes a merged reference for each of its rows, and asks of a merged quantity', async () => {
    const second = ordinary(3).replace(text('A3', 'R-3'), '<c r="A3"/>').replace('meth', 'cocaine');
    const rows = ordinary(2) + second;
    const merge = (ref: string): string => `<mergeCells><mergeCell ref="${ref}"/></mergeCells>`;
    const [entry] = await read(workbookOf({ S: sheet(rows, merge('A2:A3')) }));
    expect(entry?.questions).toEqual([]);
    expect(entry?.input.substances?.map((each) => each?.deaCode)).toEqual(['1105', '9041']);
    const summed = await read(workbookOf({ S: sheet(rows, merge('E2:E3')) }));
    expect(summed.flatMap(({ questions }) => questions.map(({ code }) => code))).toContain('MERGED_CELLS');
  });

  it('asks of hidden rows, and which of several sheets is meant', async () => {
    const hidden = ordinary(2).replace('<row r="2"', '<row r="2" hidden="1"');
    expect((await read(workbookOf({ S: sheet(hidden) })))[0]?.questions[0]?.code).toBe('HIDDEN_ROW');
    const two = workbookOf({ A: sheet(ordinary(2)), B: sheet(ordinary(2)), Empty: '<sheetData/>' });
    expect((await readHeadings('XLSX', bytes(two))).sheets).toEqual(['A', 'B']);
    expect((await readHeadings('XLSX', bytes(two), 'B')).headings).toHaveLength(7);
    expect(await fault(two)).toBe('SHEET_NOT_CHOSEN');
  });

  it('refuses what is no workbook, what has a document type, and what unpacks to more than it says', async () => {
    expect(await fault(Buffer.from('Case #,Date'))).toBe('NOT_THIS_FORMAT');
    expect(await fault(zipOf({ 'a.txt': 'x' }))).toBe('NOT_THIS_FORMAT');
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>';
    expect(await fault(workbookOf({ S: bomb }))).toBe('NOT_THIS_FORMAT');
    const honest = workbookOf({ S: sheet(ordinary(2)) });
    const lying = Buffer.from(honest);
    const entry = lying.lastIndexOf('PK\u0001\u0002', undefined, 'latin1');
    lying.writeUInt32LE(10, entry + 24);
    expect(await fault(lying)).toBe('NOT_THIS_FORMAT');
  });
});
