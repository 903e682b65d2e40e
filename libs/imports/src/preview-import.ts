import type { AgencyActor } from '@concord/access';
import {
  interpretFile,
  type ColumnMapping,
  type FileFormat,
  type InterpretationSettings,
} from '@concord/interpretation';
import { examineReport, type ExaminationServices } from '@concord/submission';
import { issuesOf } from './judge-entry.js';
import type { EntryIssue, ImportOutcome } from './report-import.js';

/** How a cell was understood. Text and value are null where they may name somebody. */
export interface PreviewedReading {
  readonly line: number;
  readonly column: string;
  readonly path: string;
  readonly text: string | null;
  readonly value: string | null;
  readonly rule: string;
}

export interface PreviewedEntry {
  readonly ordinal: number;
  readonly firstLine: number;
  readonly lastLine: number;
  /** What it would be; whether its reference is taken nobody has looked. */
  readonly outcome: Extract<ImportOutcome, 'ACCEPTED' | 'HELD' | 'REFUSED' | 'QUESTION'>;
  readonly readings: readonly PreviewedReading[];
  readonly issues: readonly EntryIssue[];
}

/** What may name somebody, or is somebody's own words: never shown again, wherever a preview may end up. */
const NAMING = /^(identifiers|narrative|basis|remarks|packaging)(\.|$)/;

/** The first entries of a file with every reading and question, before anything counts. Stores nothing. */
export async function previewEntries(
  services: ExaminationServices,
  actor: AgencyActor,
  file: {
    readonly format: FileFormat;
    readonly bytes: AsyncIterable<Uint8Array>;
    readonly mapping: ColumnMapping;
    readonly settings: InterpretationSettings;
  },
  first: number,
): Promise<PreviewedEntry[]> {
  const shown: PreviewedEntry[] = [];
  for await (const entry of interpretFile(file.format, file.bytes, file.mapping, file.settings)) {
    const place = {
      ordinal: entry.ordinal,
      firstLine: entry.rows[0]?.line ?? 0,
      lastLine: entry.rows.at(-1)?.line ?? 0,
      readings: entry.readings.map(({ text, value, ...reading }) =>
        NAMING.test(reading.path) ? { ...reading, text: null, value: null } : { ...reading, text, value },
      ),
    };
    if (entry.questions.length > 0) {
      const issues = entry.questions.map(({ text: _, suggestions, ...question }) => ({
        ...question,
        suggestions: [...suggestions],
      }));
      shown.push({ ...place, outcome: 'QUESTION', issues });
    } else {
      const examined = await examineReport(services, actor, entry.input);
      if ('issues' in examined) shown.push({ ...place, outcome: 'REFUSED', issues: issuesOf(entry, examined.issues) });
      else
        shown.push({
          ...place,
          outcome: examined.hold === null ? 'ACCEPTED' : 'HELD',
          issues: issuesOf(entry, examined.warnings),
        });
    }
    if (shown.length >= first) break;
  }
  return shown;
}
