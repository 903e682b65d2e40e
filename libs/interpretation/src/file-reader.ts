import type { InterpretedEntry } from './interpreted-entry.js';
import type { ColumnMapping } from './mapping/column-mapping.js';
import type { InterpretationSettings } from './settings.js';

/** Reads one format. Equal bytes, mapping and settings give equal entries in equal order: an import resumes by that. */
export type FileReader = (
  bytes: AsyncIterable<Uint8Array>,
  mapping: ColumnMapping,
  settings: InterpretationSettings,
) => AsyncIterable<InterpretedEntry>;
