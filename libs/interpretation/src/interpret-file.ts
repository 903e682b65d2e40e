import { FILE_READERS } from './file-readers.js';
import type { FileFormat, InterpretedEntry } from './interpreted-entry.js';
import type { ColumnMapping } from './mapping/column-mapping.js';
import type { InterpretationSettings } from './settings.js';

/**
 * A file as reports to be, in the order of the file: the one door for every format. Memory does not grow with the file,
 * except for workbooks and what they unpack to, which are bounded.
 * @throws UnreadableFile while iterating, where the file as a whole or the rest of it cannot be read
 */
export async function* interpretFile(
  format: FileFormat,
  bytes: AsyncIterable<Uint8Array>,
  mapping: ColumnMapping,
  settings: InterpretationSettings,
): AsyncGenerator<InterpretedEntry> {
  yield* FILE_READERS[format](bytes, mapping, settings);
}
