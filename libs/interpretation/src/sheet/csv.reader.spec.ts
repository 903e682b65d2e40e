import { describe, expect, it } from '@jest/globals';
import { collect } from '../collect.builder.js';
import { interpretFile } from '../interpret-file.js';
import type { InterpretedEntry } from '../interpreted-entry.js';
import type { ColumnMapping } from '../mapping/column-mapping.js';
import { checkMapping } from '../mapping/check-mapping.js';
import { guessMapping } from '../mapping/guess-mapping.js';
import { readHeadings } from '../mapping/read-headings.js';
import type { InterpretationSettings } from '../settings.js';

const SETTINGS: InterpretationSettings = {
  stateFips: '06',
  countyFips: ['06073'],
  timeZone: 'America/Los_Angeles',
  now: new Date('2026-11-23T12:00:00Z'),
};

async function* bytes(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content as string);
}

async function read(content: string | Uint8Array, changes: Partial<ColumnMapping> = {}): Promise<InterpretedEntry[]> {
  const { mapping } = guessMapping(await readHeadings('CSV', bytes(content)));
  return collect(interpretFile('CSV', bytes(content), { ...mapping, ...changes }, SETTINGS));
}

const fault = (content: string | Uint8Array, changes: Partial<ColumnMapping> = {}): Promise<unknown> =>
  read(content, changes).then(
    () => 'read',
    ({ code, line }: { code: unknown; line: unknown }) => [code, line],
  );
const questions = (entries: readonly InterpretedEntry[]): string[][] =>
  entries.map((entry) => entry.questions.map(({ code }) => code));

const HEADING = 'Case #,Drug,Qty,UOM,Notes\n';

describe('CSV', () => {
  it('counts lines as an editor does: titles, blank lines and line ends within quotation marks', async () => {
    const entries = await read(`Seizures\n\n${HEADING}A-1,meth,2,kg,"one\ntwo"\n\n  ,,,,\nA-2,coke,3,kg,\n`);
    expect(entries.map(({ rows }) => rows.map(({ line }) => line))).toEqual([[4], [8]]);
    expect(entries[0]?.input.remarks).toBe('one\ntwo');
    expect(entries.map(({ ordinal }) => ordinal)).toEqual([0, 1]);
  });

  it('never shifts a column: too few, too many, swallowed', async () => {
    const entries = await read(
      `${HEADING}A-1,meth, ice,2,kg,\nA-2,meth,2,kg\nA-3,meth,2,kg,\nA-4,meth,2,kg,"swallowed\nA-5,meth,2,kg,x"\n`,
    );
    expect(questions(entries)).toEqual([['RAGGED_ROW'], ['RAGGED_ROW'], [], ['SWALLOWED_LINES']]);
    expect(entries[0]?.input).toEqual({});
  });

  it('joins rows of one reference, and refuses the whole where a part is not understood', async () => {
    const entries = await read(
      `${HEADING}A-1,meth,2,kg,\nA-1,coke,3,kg,\nA-1,heroin,4\nA-2,meth,2,kg,\nA-1,meth,9,kg,\n`,
    );
    expect(questions(entries)).toEqual([['RAGGED_ROW'], [], []]);
    expect(entries.map(({ rows }) => rows.length)).toEqual([3, 1, 1]);
  });

  it('asks of a row pasted twice and of rows that disagree', async () => {
    const entries = await read(
      `${HEADING}A-1,meth,2,kg,\nA-1,meth,2,kg,\nA-2,meth,2,kg,x\nA-2,coke,2,kg,y\nA-2,heroin,2,kg,\n`,
    );
    expect(questions(entries)).toEqual([['ROW_REPEATED'], ['ROWS_DISAGREE']]);
    expect(entries[1]?.questions[0]).toMatchObject({ line: 5, column: 'Notes', path: 'remarks' });
  });

  it('reads Windows-1252, and refuses what is in two encodings', async () => {
    const latin = Buffer.from(`${HEADING}A-1,meth,2,kg,Ni\u00F1o\u0092s\n`, 'latin1');
    expect((await read(latin))[0]?.input.remarks).toBe('Niño’s');
    const mixed = Buffer.concat([Buffer.from(`${HEADING}A-1,meth,2,kg,Niño\n`), Buffer.from([0xf1, 0x0a])]);
    expect(await fault(mixed)).toEqual(['MIXED_ENCODING', null]);
  });

  it('refuses a file with a column that nobody has looked at, without one that is mapped, and empty ones', async () => {
    expect(await fault(`${HEADING}A-1,meth,2,kg,\n`, { ignored: [] })).toBe('read');
    expect(await fault('Case #,Drug,Embargoed\nA-1,meth,yes\n', { ignored: [] })).toEqual(['UNKNOWN_COLUMNS', 1]);
    const columns = [{ heading: 'Sharing', column: 'sharing' }];
    expect(await fault(`${HEADING}A-1,meth,2,kg,\n`, { columns })).toEqual(['HEADING_NOT_FOUND', null]);
    expect(await fault('\n\n')).toEqual(['EMPTY_FILE', null]);
  });

  it('names headings that come twice, and suggests for what is misspelled without applying it', async () => {
    const headings = await readHeadings('CSV', bytes('Case #,Drug,Drug,,Quantty\nA,b,c,d,e\n'));
    expect(headings.headings).toEqual(['Case #', 'Drug', 'Drug (2)', 'column 4', 'Quantty']);
    const guess = guessMapping(headings);
    expect(guess.unmapped).toEqual(['Drug (2)', 'column 4', 'Quantty']);
    expect(guess.suggestions).toContainEqual({ heading: 'Quantty', column: 'quantity' });
  });

  it('guesses from rows that can be read in one way, and says which', async () => {
    const text = 'Case #,Date/Time Occ,Wt (g)\nA-1,03/04/26 10:15,"1,234"\nA-2,11/20/25 15:15,12.5\n';
    const { mapping, evidence } = guessMapping(await readHeadings('CSV', bytes(text)));
    expect(mapping).toMatchObject({ dateOrder: 'MONTH_FIRST', clock: '24_HOUR', decimal: 'POINT', midnight: null });
    expect(evidence.map(({ setting, text: shown }) => [setting, shown])).toContainEqual([
      'dateOrder',
      '11/20/25 15:15',
    ]);
    expect(mapping.columns).toContainEqual({ heading: 'Wt (g)', column: 'quantity', unit: 'GM' });
    expect(checkMapping(mapping, SETTINGS)).toEqual([]);
  });

  it('tells every fault of a mapping at once', async () => {
    const { mapping } = guessMapping(await readHeadings('CSV', bytes(HEADING + 'a,b,c,d,e\n')));
    const faults = checkMapping(
      {
        ...mapping,
        columns: [...mapping.columns, { heading: 'Notes', column: 'drug' }, { heading: 'x', column: 'colour' }],
        constants: { sharing: 'everybody', tlp: 'AMBER' },
        vocabulary: [{ column: 'drug', text: 'blues', code: 'fentanyl?' }],
      },
      SETTINGS,
    );
    expect(faults.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
      'columns.5.column COLUMN_TWICE',
      'columns.6.column UNKNOWN_COLUMN_NAME',
      'constants.sharing CONSTANT_NOT_UNDERSTOOD',
      'vocabulary.0.code MEANING_NOT_A_CODE',
    ]);
    expect(checkMapping({ version: 2 }, SETTINGS).map(({ code }) => code)).toEqual(['WRONG_SHAPE']);
  });
});

describe('JSON Lines', () => {
  it('passes on reports as the API takes them, reads flat columns as cells, and asks of the rest', async () => {
    const lines = [
      '{"submitterReference":"A-1","substances":[]}',
      '{"reference":"A-2","drug":"meth"}',
      '{"a":',
      '{"reference":"A-3","other":1}',
    ];
    const columns = ['reference', 'drug'].map((column) => ({ heading: column, column }));
    const { mapping } = guessMapping({ headings: [], samples: [] });
    const entries = await collect(
      interpretFile('JSON_LINES', bytes(lines.join('\n')), { ...mapping, columns }, SETTINGS),
    );
    expect(entries.map(({ input }) => input)).toEqual([
      { submitterReference: 'A-1', substances: [] },
      { submitterReference: 'A-2', substances: [{ deaCode: '1105' }] },
      {},
      {},
    ]);
    expect(questions(entries)).toEqual([[], [], ['NOT_JSON'], ['UNKNOWN_COLUMN']]);
    expect(entries.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3]);
  });
});
