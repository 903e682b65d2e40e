import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SubmittedReport } from '@concord/submission';
import { submittedReports } from '../../submission/src/submitted-report.arbitrary.js';
import { decimalText } from './cells/decimal.js';
import { collect } from './collect.builder.js';
import { interpretFile } from './interpret-file.js';
import type { InterpretedEntry } from './interpreted-entry.js';
import { guessMapping } from './mapping/guess-mapping.js';
import { readHeadings } from './mapping/read-headings.js';
import { printReport, printTemplate } from './print-template.js';
import type { InterpretationSettings } from './settings.js';
import { TEMPLATE_MAPPING } from './template.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const SETTINGS: InterpretationSettings = {
  stateFips: '06',
  countyFips: ['06073'],
  timeZone: 'America/Los_Angeles',
  now: NOW,
};

async function* pieces(text: string, size = 1_009): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readCsv(text: string, size?: number): Promise<InterpretedEntry[]> {
  const { mapping } = guessMapping(await readHeadings('CSV', pieces(text)));
  return collect(interpretFile('CSV', pieces(text, size), mapping, SETTINGS));
}

/** Without what says nothing: null, nothing, empty lists and sections. */
function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(said).filter((each) => each !== undefined);
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const fields = Object.entries(value).map(([name, each]) => [name, said(each)] as const);
  const kept = fields.filter(([, each]) => each !== undefined && !(Array.isArray(each) && each.length === 0));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Two things that look alike in every cell are asked about, so a report here has none. */
const hasTwins = ({ substances }: SubmittedReport): boolean =>
  new Set((substances ?? []).map((each) => JSON.stringify(said(each)))).size < (substances ?? []).length;

describe('reading', () => {
  it('gives back every report that is printed to the template', async () => {
    const reports = submittedReports({ now: NOW, taskForceIds: ['tf-1', 'tf-2'] }).filter(
      (report) => !hasTwins(report),
    );
    await fc.assert(
      fc.asyncProperty(reports, fc.integer({ min: 1, max: 70 }), async (report, size) => {
        // "null" as a text of its own is asked about: programs write it for nothing.
        const told = JSON.parse(JSON.stringify(report).replaceAll('"null"', '"nul"')) as SubmittedReport;
        const whole = { ...told, submitterReference: '2026-1' };
        const [entry, more] = await readCsv(printReport(whole), size);
        expect(more).toBeUndefined();
        expect(entry?.questions).toEqual([]);
        expect(said(entry?.input)).toEqual(said(whole));
      }),
      { numRuns: 150 },
    );
  });

  it('reads the template itself, and what it makes of a cell is exact when it stands there', async () => {
    const [entry, more] = await readCsv(printTemplate());
    expect(more).toBeUndefined();
    expect(entry?.questions).toEqual([]);
    for (const reading of entry?.readings ?? []) {
      if (/^(time|state)$|adulterants|concealment/.test(reading.column)) continue;
      const column = reading.column === 'drug' ? 'dea_code' : reading.column;
      const text = JSON.stringify({
        reference: '1',
        ...(column === 'quantity' ? { unit: 'KG' } : {}),
        [column]: reading.value,
      });
      const again = await collect(interpretFile('JSON_LINES', pieces(text), TEMPLATE_MAPPING, SETTINGS));
      const same = again[0]?.readings.find(
        (each) => each.column === column && each.path.endsWith(reading.path.split('.').at(-1) ?? ''),
      );
      expect(same).toMatchObject({ value: reading.value, rule: 'EXACT' });
    }
  });

  it('never loses a digit of a quantity', async () => {
    const digits = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 12 }));
    await fc.assert(
      fc.asyncProperty(digits, async ([number, places]) => {
        const text = places === 0 ? String(number) : `${number}.${'0'.repeat(places - 1)}7`;
        const line = JSON.stringify({ quantity: `${text} kg` });
        const [entry] = await collect(interpretFile('JSON_LINES', pieces(line), TEMPLATE_MAPPING, SETTINGS));
        const quantity = entry?.input.substances?.[0]?.quantity;
        if (quantity === undefined || quantity === null) expect(entry?.questions[0]?.code).toBe('TOO_MANY_DIGITS');
        else expect(decimalText(quantity)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('gives equal entries however the bytes are cut', async () => {
    const text = `\uFEFF${printTemplate()}`;
    const whole = await readCsv(text, 1_000_000);
    for (const size of [1, 2, 3, 7]) expect(await readCsv(text, size)).toEqual(whole);
  });

  it('reads on behind an entry at which it fails itself, and says what was thrown', async () => {
    // What no mapping may have, and only a row without a cell of its own comes to.
    const broken = { ...TEMPLATE_MAPPING, constants: { sharing: 5 as unknown as string } };
    const columns = ['reference', 'sharing'].map((column) => ({ heading: column, column }));
    const text = 'reference,sharing\nA,STATE\nB,\nC,STATE\n';
    const entries = await collect(interpretFile('CSV', pieces(text), { ...broken, columns }, SETTINGS));
    expect(
      entries.map(({ ordinal, input, fault }) => [ordinal, input.submitterReference, fault instanceof Error]),
    ).toEqual([
      [0, 'A', false],
      [1, undefined, true],
      [2, 'C', false],
    ]);
    expect(entries[1]?.rows[0]?.cells.get('reference')).toBe('B');
  });
});
