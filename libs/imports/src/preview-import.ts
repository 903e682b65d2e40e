import type { AgencyActor } from '@concord/access';
import {
  interpretFile,
  QuestionsAskedOnce,
  type AskedOnce,
  type ColumnMapping,
  type FileFormat,
  type InterpretationSettings,
  type InterpretedEntry,
} from '@concord/interpretation';
import { examineReport, type ExaminationServices } from '@concord/submission';
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { failedIssue, issuesOf } from './judge-entries.js';
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

/** The first entries, and what all that were looked through ask. */
export interface Preview {
  readonly entries: readonly PreviewedEntry[];
  /** Each once: what the agency may answer for all rows stands first. */
  readonly questions: readonly AskedOnce[];
  /** How many entries were looked through for questions. */
  readonly lookedThrough: number;
}

export interface PreviewExtent {
  /** Entries that are shown whole. */
  readonly first: number;
  /** Entries that are looked through for questions; at least `first` are. */
  readonly lookThrough: number;
}

/** What differs is answered at most so often; more is a mapping that does not fit. */
const MOST_QUESTIONS = 100;
/** Entries that are read before whoever else waits for this process has a turn: a few milliseconds. */
const BREATH = 100;

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
  { first, lookThrough }: PreviewExtent,
): Promise<Preview> {
  const entries: PreviewedEntry[] = [];
  const asked = new QuestionsAskedOnce(file.mapping, file.settings, (path) => NAMING.test(path));
  let lookedThrough = 0;
  for await (const entry of interpretFile(file.format, file.bytes, file.mapping, file.settings)) {
    asked.add(entry);
    if (entries.length < first) entries.push(await previewed(services, actor, entry));
    lookedThrough += 1;
    if (lookedThrough >= Math.max(first, lookThrough)) break;
    if (lookedThrough % BREATH === 0) await turnOfOthers();
  }
  return { entries, questions: asked.list().slice(0, MOST_QUESTIONS), lookedThrough };
}

async function previewed(
  services: ExaminationServices,
  actor: AgencyActor,
  entry: InterpretedEntry,
): Promise<PreviewedEntry> {
  const place = {
    ordinal: entry.ordinal,
    firstLine: entry.rows[0]?.line ?? 0,
    lastLine: entry.rows.at(-1)?.line ?? 0,
    readings: entry.readings.map(({ text, value, ...reading }) =>
      NAMING.test(reading.path) ? { ...reading, text: null, value: null } : { ...reading, text, value },
    ),
  };
  if (entry.fault !== undefined) return { ...place, outcome: 'REFUSED', issues: [failedIssue(entry)] };
  if (entry.questions.length > 0) {
    const issues = entry.questions.map(({ text: _, suggestions, ...question }) => ({
      ...question,
      suggestions: [...suggestions],
    }));
    return { ...place, outcome: 'QUESTION', issues };
  }
  const examined = await examineReport(services, actor, entry.input);
  if ('issues' in examined) return { ...place, outcome: 'REFUSED', issues: issuesOf(entry, examined.issues) };
  const outcome = examined.hold === null ? 'ACCEPTED' : 'HELD';
  return { ...place, outcome, issues: issuesOf(entry, examined.warnings) };
}
