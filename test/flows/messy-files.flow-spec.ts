import {
  messyFiles,
  type MessyFile,
  type MessyRow,
  type Truth,
} from '../../libs/interpretation/src/messy-file.builder.js';
import { workbookOf } from '../../libs/interpretation/src/workbook/workbook.builder.js';
import { ImportClient, type Entry } from './import-client.builder.js';
import { FlowStack } from './stack.builder.js';

const SEED = 20261124;
const ROWS_OF_A_STYLE = 60;
const STYLES = 6;

const MAPPING = `columns { heading column unit } ignored constants { column value } vocabulary { column text code }
  dateOrder clock midnight decimal excelDates sheet`;
const GUESS = `query Guess($importId: ID!) { guessColumnMapping(importId: $importId) {
  ... on ColumnMappingGuessed { mapping { ${MAPPING} } } } }`;

/** A stored report, as its agency takes it home. */
interface Stored {
  readonly submitterReference: string;
  readonly occurredAt: string;
  readonly occurredAtPrecision: string;
  readonly place: { readonly countyFips: string | null };
  readonly substances: readonly { readonly deaCode: string | null; readonly quantity: number; readonly unit: string }[];
}

/** A file in one format, with the row that stands on each line. */
interface Written {
  readonly bytes: Buffer;
  readonly rows: ReadonlyMap<number, MessyRow>;
}

const byLine = (rows: readonly MessyRow[], first: number): ReadonlyMap<number, MessyRow> =>
  new Map(rows.map((row, at) => [first + at, row]));

/** Rows with a cell too many or too few are what only a text with delimiters can have. */
const whole = (rows: readonly MessyRow[]): readonly MessyRow[] => rows.filter(({ mess }) => mess !== 'ragged');

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const sheetRow = (cells: readonly string[], at: number): string => {
  const written = cells.map((cell, column) => {
    const place = `${String.fromCharCode(65 + column)}${at + 1}`;
    return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${xml(cell)}</t></is></c>`;
  });
  return `<row r="${at + 1}">${written.join('')}</row>`;
};

const WRITERS: Readonly<Record<'CSV' | 'XLSX' | 'JSON_LINES', (file: MessyFile) => Written>> = {
  CSV: ({ bytes, titles, rows }) => ({ bytes, rows: byLine(rows, titles.length + 2) }),
  XLSX: ({ titles, headings, rows }) => {
    const kept = whole(rows);
    const lines = [...titles.map((title) => [title]), headings, ...kept.map(({ cells }) => cells)];
    const bytes = workbookOf({ Seizures: `<sheetData>${lines.map(sheetRow).join('')}</sheetData>` });
    return { bytes, rows: byLine(kept, titles.length + 2) };
  },
  JSON_LINES: ({ headings, rows }) => {
    const kept = whole(rows);
    const lines = kept.map(({ cells }) =>
      JSON.stringify(Object.fromEntries(headings.map((heading, at) => [heading, cells[at] ?? '']))),
    );
    return { bytes: Buffer.from(`${lines.join('\n')}\n`), rows: byLine(kept, 1) };
  },
};

/** `2026-11-20 15:15`, on the clocks of the agency. */
const localTime = new Intl.DateTimeFormat('sv-SE', {
  ...{ timeZone: 'America/Los_Angeles', dateStyle: 'short', timeStyle: 'short' },
} as const);

/** What differs between a stored report and what its row truly says. */
function differences(stored: Stored, truth: Truth): string[] {
  const [substance] = stored.substances;
  const sees = {
    time: localTime.format(new Date(stored.occurredAt)).replace(' ', 'T').startsWith(truth.local),
    precision: stored.occurredAtPrecision === (truth.local.includes('T') ? 'MINUTE' : 'DAY'),
    county: stored.place.countyFips === truth.county,
    substances: stored.substances.length === 1,
    drug: substance?.deaCode === truth.deaCode,
    quantity: substance?.quantity === Number(truth.quantity),
    unit: substance?.unit === truth.unit,
  };
  return Object.entries(sees).flatMap(([what, isRight]) => (isRight ? [] : [what]));
}

/** What an entry must have stored, and what is wrong with what became of it. */
function judged(
  { firstLine, lastLine, outcome, issues }: Entry,
  row: MessyRow | undefined,
): { readonly truth: Truth | null; readonly fault: string | null } {
  const truth = (firstLine === lastLine ? row?.truth : null) ?? null;
  if (outcome === 'ACCEPTED' || outcome === 'HELD')
    return { truth, fault: truth === null ? `${outcome}, and nobody can know what it says` : null };
  // Where nothing was done to a row it is asked about at most.
  const isSaid = outcome === 'QUESTION' || (outcome === 'REFUSED' && row?.mess !== '');
  return { truth: null, fault: isSaid && issues.length > 0 ? null : outcome };
}

describe('files as agencies write them, through the service', () => {
  let stack: FlowStack;
  let clerk: ImportClient;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    clerk = new ImportClient(stack, 'local-submitter');
  }, 60_000);
  afterAll(() => stack?.stop());

  /** Upload, the service's own guess of the columns, confirmation; what became of each entry. */
  async function imported(format: string, file: MessyFile, { bytes }: Written): Promise<readonly Entry[]> {
    const { id, uploadPath } = await clerk.started({ format, bytes: bytes.length, timeZone: 'America/Los_Angeles' });
    expect((await clerk.put(uploadPath, new Uint8Array(bytes))).status).toBe(200);
    const { guessColumnMapping } = await clerk.run<{ guessColumnMapping: { mapping: Record<string, unknown> } }>(
      GUESS,
      { importId: id },
    );
    // The agency has said once how it writes dates: rows that are on no calendar speak against each other.
    const said = file.name.startsWith('liaison') ? { dateOrder: 'DAY_FIRST' } : {};
    const constants = [{ column: 'sharing', value: 'AGENCY' }];
    const confirmed = await clerk.change('confirm', id, { ...guessColumnMapping.mapping, ...said, constants });
    expect(confirmed).toMatchObject({ __typename: 'ImportChanged' });
    await clerk.reaches(id, ['DONE']);
    return clerk.entries(id);
  }

  async function exported(): Promise<ReadonlyMap<string, Stored>> {
    const { status, text } = await clerk.refused('/reports/export?format=jsonl');
    expect(status).toBe(200);
    const lines = text.trim().split('\n').slice(1, -1);
    const reports = lines.map((line) => JSON.parse(line) as Stored);
    return new Map(reports.map((report) => [report.submitterReference, report]));
  }

  it.each(['CSV', 'XLSX', 'JSON_LINES'] as const)(
    'stores of %s what each row truly says, or nothing of it',
    async (format) => {
      const wrong: string[] = [];
      const counts: Record<string, number> = {};
      const storedNow = new Map<string, Truth>();
      for (const file of messyFiles(SEED, ROWS_OF_A_STYLE * STYLES, format.slice(0, 1))) {
        const written = WRITERS[format](file);
        const entries = await imported(format, file, written);
        let seen = 0;
        for (const entry of entries) {
          counts[entry.outcome] = (counts[entry.outcome] ?? 0) + 1;
          seen += entry.lastLine - entry.firstLine + 1;
          const row = written.rows.get(entry.firstLine);
          const { truth, fault } = judged(entry, row);
          if (truth !== null) storedNow.set(truth.reference, truth);
          if (fault !== null) wrong.push(`${file.name}, line ${entry.firstLine}: ${fault}: ${JSON.stringify(row)}`);
        }
        expect(seen).toBe(written.rows.size);
      }
      process.stdout.write(`${format}: ${JSON.stringify(counts)}\n`);
      expect(wrong).toEqual([]);

      const reports = await exported();
      const own = [...reports.keys()].filter((reference) => reference?.slice(5).startsWith(format.slice(0, 1)));
      expect(own.sort()).toEqual([...storedNow.keys()].sort());
      const misread = [...storedNow].flatMap(([reference, truth]) => {
        const report = reports.get(reference);
        const differs = report === undefined ? ['not stored'] : differences(report, truth);
        return differs.length === 0
          ? []
          : [`${reference}: ${differs.join(', ')}: ${JSON.stringify({ truth, report })}`];
      });
      expect(misread).toEqual([]);
      // Whoever asks about everything misreads nothing.
      expect(storedNow.size).toBeGreaterThan(0.55 * ROWS_OF_A_STYLE * STYLES);
    },
    120_000,
  );
});
