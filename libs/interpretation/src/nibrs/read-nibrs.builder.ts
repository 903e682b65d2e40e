import { interpretFile } from '../interpret-file.js';
import type { InterpretedEntry } from '../interpreted-entry.js';
import { EMPTY_MAPPING, type ColumnMapping } from '../mapping/column-mapping.js';
import type { InterpretationSettings } from '../settings.js';
import type { SkippedIncident } from './nibrs-incident.js';

export const SETTINGS: InterpretationSettings = {
  ...{ stateFips: '06', countyFips: ['06073'], timeZone: 'America/Los_Angeles', ori: 'CA0371100' },
  now: new Date('2026-11-20T20:00:00Z'),
};

/** An agency of San Diego that has said where its incidents lie. */
export const MAPPING: ColumnMapping = { ...EMPTY_MAPPING, constants: { county: '06073' } };
const meaning = (column: string, text: string, code: string) => ({ column, text, code });
/** With one more thing that it has said. */
export const saying = (column: string, text: string, code: string): ColumnMapping => ({
  ...MAPPING,
  vocabulary: [meaning(column, text, code)],
});
/** Its XML has true decimals. */
export const DECIMAL = saying('quantity', 'NIBRS XML', 'DECIMAL');

export interface ReadNibrs {
  readonly entries: readonly InterpretedEntry[];
  readonly skipped: readonly SkippedIncident[];
}

/** Reads a whole file that comes in the pieces given. */
export async function readNibrs(
  format: 'NIBRS_FLAT' | 'NIBRS_XML',
  content: Buffer | string | readonly Buffer[],
  mapping: ColumnMapping = DECIMAL,
  settings: InterpretationSettings = SETTINGS,
): Promise<ReadNibrs> {
  const skipped: SkippedIncident[] = [];
  const whole = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const chunks = Buffer.isBuffer(whole) ? [whole] : whole;
  const entries: InterpretedEntry[] = [];
  const told = { ...settings, tellSkipped: (it: SkippedIncident) => void skipped.push(it) };
  for await (const entry of interpretFile(format, inPieces(chunks), mapping, told)) entries.push(entry);
  return { entries, skipped };
}

async function* inPieces(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

export const questionsOf = (entry: InterpretedEntry | undefined): string[] =>
  (entry?.questions ?? []).map(({ code }) => code);
