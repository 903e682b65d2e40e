import { describe, expect, it } from '@jest/globals';
import { interpretFile } from '../interpret-file.js';
import { QuestionsAskedOnce, type AskedOnce } from './asked-once.js';
import { checkMapping } from './check-mapping.js';
import { EMPTY_MAPPING, type ColumnMapping } from './column-mapping.js';
import { meaningFor } from './meaning.js';

const SETTINGS = {
  stateFips: '06',
  countyFips: [],
  timeZone: 'America/Los_Angeles',
  now: new Date('2026-11-23T12:00:00Z'),
};
const COLUMNS = ['reference', 'date', 'county', 'drug', 'quantity', 'unit', 'narrative', 'identifier_1_value'];
const MAPPING: ColumnMapping = {
  ...EMPTY_MAPPING,
  columns: COLUMNS.map((column) => ({ heading: column, column })),
  constants: { identifier_1_kind: 'PHONE' },
};

async function* file(rows: readonly (readonly string[])[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from([COLUMNS, ...rows].map((cells) => `${cells.join(',')}\n`).join(''));
}

async function asked(
  rows: readonly (readonly string[])[],
  mapping = MAPPING,
): Promise<{ questions: AskedOnce[]; inputs: unknown[] }> {
  const once = new QuestionsAskedOnce(mapping, SETTINGS, (path) => /^(identifiers|narrative)/.test(path));
  const inputs: unknown[] = [];
  for await (const entry of interpretFile('CSV', file(rows), mapping, SETTINGS)) {
    once.add(entry);
    if (entry.questions.length === 0) inputs.push(entry.input.substances?.[0]?.deaCode);
  }
  return { questions: once.list(), inputs };
}
const row = (n: number, date: string, drug: string, more: readonly string[] = ['', '']): string[] => [
  `R-${n}`,
  date,
  'San Diego',
  drug,
  '10',
  'g',
  ...more,
];

describe('questions of a file, each once', () => {
  it('counts a word however it is written, and says what may be answered; nothing near is applied', async () => {
    const { questions, inputs } = await asked([
      row(1, '2026-11-20', 'blues'),
      row(2, '2026-11-20', 'Blues'),
      row(3, '2026-11-20', ' BLUES '),
      row(4, '2026-11-20', 'fentnyl'),
      row(5, '2026-11-20', 'meth'),
    ]);
    expect(inputs).toEqual(['1105']);
    expect(questions).toMatchObject([
      {
        ...{ code: 'LOOKS_COUNTERFEIT', column: 'drug', text: 'blues', count: 3, firstLine: 2, meaningOf: 'drug' },
        choices: [
          { code: '9801 PILL_TABLET', words: expect.stringMatching(/fentanyl, pill tablet/i) as unknown },
          { code: 'FENTANYL PILL_TABLET' },
          { code: 'UNKNOWN PILL_TABLET' },
          { code: '9143 PILL_TABLET' },
        ],
      },
      { code: 'DRUG_NOT_KNOWN', text: 'fentnyl', count: 1, firstLine: 5, choices: [{ code: '9801' }] },
    ]);
  });

  it('has choices that a mapping takes, and each answers its question', async () => {
    const rows = ['blues', 'crystal', 'H', 'fentnyl', 'bars'].map((drug, n) => row(n, '2026-11-20', drug));
    const { questions } = await asked(rows);
    for (const { meaningOf, text, choices } of questions)
      for (const { code } of choices) {
        const mapping = { ...MAPPING, vocabulary: [{ column: meaningOf ?? '', text: text ?? '', code }] };
        expect(checkMapping(mapping, SETTINGS)).toEqual([]);
        const after = await asked(rows, mapping);
        expect(after.questions.map((each) => each.text)).not.toContain(text);
        expect(after.questions).toHaveLength(questions.length - 1);
      }
    expect(questions).toHaveLength(5);
  });

  it('asks once which comes first in a date, and shows what each answer makes of it', async () => {
    const { questions } = await asked([row(1, '03/04/2026', 'meth'), row(2, '05/06/2026', 'meth')]);
    expect(questions).toMatchObject([
      {
        ...{ code: 'DATE_ORDER', setting: 'dateOrder', text: '03/04/2026', count: 2, firstLine: 2, meaningOf: null },
        choices: [
          { code: 'MONTH_FIRST', words: '03/04/2026 is 2026-03-04' },
          { code: 'DAY_FIRST', words: '03/04/2026 is 2026-04-03' },
        ],
      },
    ]);
  });

  it('repeats nothing that may name somebody', async () => {
    const secrets = ['Zephyrine Quagmire', '619 555 0177', 'zq@example.org', '4SAM123X'];
    const { questions } = await asked([
      ...secrets.map((secret, n) => row(n, '2026-11-20', secret)),
      // Twice, as a list of arrested persons has one.
      ...[5, 6].map((n) => row(n, '2026-11-20', '555-01-7788 Quagmire')),
      row(7, '2026-11-20', 'meth', ['NULL', '1.2E+10']),
    ]);
    const said = JSON.stringify(questions);
    for (const secret of [...secrets, 'Quagmire', '1.2E+10']) expect(said).not.toContain(secret);
    expect(questions.length).toBeGreaterThan(5);
  });

  it('takes a word that is read exactly for its code, and nothing else', () => {
    expect(meaningFor('drug', 'fentanyl')).toBe('9801');
    expect(meaningFor('drug', '9801 PILL_TABLET')).toBe('9801 PILL_TABLET');
    expect(meaningFor('unit', 'kilos')).toBe('KG');
    expect(meaningFor('county', '06073')).toBe('06073');
    for (const guess of ['fentnyl', 'blues', '9999', '']) expect(meaningFor('drug', guess)).toBeNull();
    expect(meaningFor('narrative', 'x')).toBeNull();
  });
});
