import type { InterpretedEntry } from '../interpreted-entry.js';
import { readFlatFile } from './flat-file.reader.js';
import type { NibrsSettings } from './incident-draft.js';
import { interpretIncident } from './interpret-incident.js';
import type { NibrsSkipReason } from './nibrs-questions.data.js';
import { readXmlFile } from './xml-file.reader.js';

/** Something in a NIBRS file that is no report and no question: counted, so that every incident is accounted for. */
export interface SkippedIncident {
  readonly line: number;
  readonly reason: NibrsSkipReason;
}

/**
 * Entries of a NIBRS file, flat or XML, in its order; what is none is told. Memory is that of one incident.
 * @throws UnreadableNibrs where the rest of the file cannot be read; what came before counts
 */
export async function* interpretNibrs(
  format: 'NIBRS_FLAT' | 'NIBRS_XML',
  bytes: AsyncIterable<Uint8Array>,
  settings: NibrsSettings,
  tellSkipped: (skipped: SkippedIncident) => void,
): AsyncGenerator<InterpretedEntry> {
  let ordinal = 0;
  for await (const read of format === 'NIBRS_FLAT' ? readFlatFile(bytes) : readXmlFile(bytes)) {
    if ('reason' in read) tellSkipped(read);
    else {
      const outcome = interpretIncident(read, settings);
      if ('entry' in outcome) yield { ordinal: ordinal++, ...outcome.entry };
      else tellSkipped({ line: outcome.line, reason: outcome.skipped });
    }
  }
}
