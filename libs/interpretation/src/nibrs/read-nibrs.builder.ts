import type { InterpretedEntry } from '../interpreted-entry.js';
import type { NibrsSettings } from './incident-draft.js';
import { interpretNibrs, type SkippedIncident } from './interpret-nibrs.js';

/** An agency of San Diego that has said where its incidents lie, and that its XML has true decimals. */
export const SETTINGS: NibrsSettings = {
  ori: 'CA0371100',
  timeZone: 'America/Los_Angeles',
  countyFips: '06073',
  counties: ['06073'],
  meaning: (column, text) => (column === 'quantity' && text === 'NIBRS XML' ? 'DECIMAL' : null),
};

export interface ReadNibrs {
  readonly entries: readonly InterpretedEntry[];
  readonly skipped: readonly SkippedIncident[];
}

/** Reads a whole file that comes in the pieces given. */
export async function readNibrs(
  format: 'NIBRS_FLAT' | 'NIBRS_XML',
  content: Buffer | string | readonly Buffer[],
  settings: NibrsSettings = SETTINGS,
): Promise<ReadNibrs> {
  const skipped: SkippedIncident[] = [];
  const whole = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const chunks = Buffer.isBuffer(whole) ? [whole] : (whole as readonly Buffer[]);
  const entries: InterpretedEntry[] = [];
  for await (const entry of interpretNibrs(format, inPieces(chunks), settings, (it) => skipped.push(it)))
    entries.push(entry);
  return { entries, skipped };
}

async function* inPieces(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

export const questionsOf = (entry: InterpretedEntry | undefined): string[] =>
  (entry?.questions ?? []).map(({ code }) => code);
