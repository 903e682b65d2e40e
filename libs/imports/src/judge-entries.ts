import type { AgencyActor } from '@concord/access';
import type { InterpretedEntry } from '@concord/interpretation';
import { isOutage } from '@concord/platform/database-link';
import {
  examineReport,
  prepareReports,
  storeReports,
  type BatchedOutcome,
  type Issue,
  type PreparedReport,
  type SubmissionServices,
} from '@concord/submission';
import { sealIssues } from './file-content.js';
import type { EntryIssue, ImportOutcome, ReportImport } from './report-import.js';
import type { JudgedEntry } from './report-import.store.js';

/** `written`: it was noted in the transaction that stored its report. */
export interface Judged {
  readonly entry: JudgedEntry;
  readonly written: boolean;
  /** What was thrown where it failed by a fault of ours. */
  readonly error?: unknown;
  /** It failed before anything was to be stored: sent again it fails again. */
  readonly lasting?: true;
}

type ImportOf = Pick<ReportImport, 'id' | 'agencyId' | 'raiseAlerts' | 'dryRun'>;

/** Entries that were looked at: of each what became of it already, or its place among what is to be stored. */
export interface PreparedEntries {
  readonly actor: AgencyActor;
  readonly entries: readonly { readonly entry: InterpretedEntry; readonly judged: Judged | null }[];
  readonly reports: readonly PreparedReport[];
}

/**
 * What becomes of entries, up to the moment at which they are stored: what one cannot be understood as is a question, and
 * all else is what a submission by hand would be. A dry run stores nothing, and so does not know which references are taken.
 */
export async function prepareEntries(
  services: SubmissionServices,
  actor: AgencyActor,
  of: ImportOf,
  entries: readonly InterpretedEntry[],
): Promise<PreparedEntries> {
  const looked = await Promise.all(
    entries.map(async (entry) => ({ entry, judged: await judgeUnstored(services, actor, of, entry) })),
  );
  const toStore = looked.flatMap(({ entry, judged }) =>
    judged === null
      ? [
          {
            input: entry.input,
            entry: async (warnings: readonly Issue[]) => ({
              ...placeOf(of, entry),
              sealedIssues: await seal(services, of, entry, issuesOf(entry, warnings)),
            }),
          },
        ]
      : [],
  );
  const reports = await prepareReports(services, actor, toStore, { raisesAlerts: of.raiseAlerts });
  return { actor, entries: looked, reports };
}

/** Stores what may be stored of them, in the order of the file. What is stored is noted in the same transaction. */
export async function storeEntries(
  services: SubmissionServices,
  of: ImportOf,
  { actor, entries, reports }: PreparedEntries,
): Promise<readonly Judged[]> {
  const outcomes = await storeReports(services, actor, reports, { raisesAlerts: of.raiseAlerts });
  const judged: Judged[] = [];
  let next = 0;
  for (const one of entries) {
    if (one.judged !== null) {
      judged.push(one.judged);
      continue;
    }
    const outcome = outcomes[next];
    next += 1;
    if (outcome === undefined) throw new Error('every entry that is to be stored has an outcome');
    judged.push(await judgeStored(services, of, one.entry, outcome));
  }
  return judged;
}

async function judgeUnstored(
  services: SubmissionServices,
  actor: AgencyActor,
  of: ImportOf,
  entry: InterpretedEntry,
): Promise<Judged | null> {
  if (entry.fault !== undefined) return { ...(await failed(services, of, entry, entry.fault)), lasting: true };
  if (entry.questions.length > 0) return unwritten(services, of, entry, 'QUESTION', { issues: questionsOf(entry) });
  if (!of.dryRun) return null;
  const examined = await examineReport(services, actor, entry.input).catch((error: unknown) => {
    if (isOutage(error)) throw error;
    return { error };
  });
  if ('error' in examined) return failed(services, of, entry, examined.error);
  if ('issues' in examined)
    return unwritten(services, of, entry, 'REFUSED', { issues: issuesOf(entry, examined.issues) });
  const issues = issuesOf(entry, examined.warnings);
  return unwritten(services, of, entry, examined.hold === null ? 'ACCEPTED' : 'HELD', { issues });
}

async function judgeStored(
  services: SubmissionServices,
  of: ImportOf,
  entry: InterpretedEntry,
  outcome: BatchedOutcome,
): Promise<Judged> {
  if (outcome.kind === 'failed') return failed(services, of, entry, outcome.error);
  if (outcome.kind === 'rejected')
    return unwritten(services, of, entry, 'REFUSED', { issues: issuesOf(entry, outcome.issues) });
  const { duplicate, stored } = outcome;
  if (duplicate) return unwritten(services, of, entry, 'DUPLICATE', { reportId: stored.reportId });
  const kind = outcome.kind === 'held' ? 'HELD' : 'ACCEPTED';
  // What was sealed for it was stored with the report.
  return {
    entry: { ...placeOf(of, entry), outcome: kind, reportId: stored.reportId, sealedIssues: null },
    written: true,
  };
}

async function failed(
  services: SubmissionServices,
  of: ImportOf,
  entry: InterpretedEntry,
  error: unknown,
): Promise<Judged> {
  return { ...(await unwritten(services, of, entry, 'REFUSED', { issues: [failedIssue(entry)] })), error };
}

/** What is said of an entry that failed by a fault of ours. */
export const failedIssue = ({ rows }: InterpretedEntry): EntryIssue => ({
  ...{ line: rows[0]?.line ?? 0, column: null, path: '' },
  ...FAILED,
  suggestions: [],
});

const FAILED = {
  code: 'INTERNAL',
  message: 'Something went wrong on our side, and nothing of it was stored: send it again as it is.',
} as const;

async function unwritten(
  services: SubmissionServices,
  of: ImportOf,
  entry: InterpretedEntry,
  outcome: ImportOutcome,
  { issues = [], reportId = null }: { issues?: readonly EntryIssue[]; reportId?: string | null },
): Promise<Judged> {
  const sealedIssues = await seal(services, of, entry, issues);
  return { entry: { ...placeOf(of, entry), outcome, reportId, sealedIssues }, written: false };
}

const placeOf = ({ id }: ImportOf, { ordinal, rows }: InterpretedEntry) => ({
  importId: id,
  ordinal,
  firstLine: rows[0]?.line ?? 0,
  lastLine: rows.at(-1)?.line ?? 0,
});

async function seal(
  { keyHolder }: SubmissionServices,
  of: ImportOf,
  { ordinal }: InterpretedEntry,
  issues: readonly EntryIssue[],
): Promise<Buffer | null> {
  return issues.length === 0
    ? null
    : sealIssues(keyHolder, { agencyId: of.agencyId, importId: of.id, ordinal }, issues);
}

const questionsOf = ({ questions }: InterpretedEntry): EntryIssue[] =>
  questions.map(({ line, column, path, code, message, suggestions }) => ({
    ...{ line, column, path, code, message },
    suggestions: [...suggestions],
  }));

/** Where in the file a fault lies: in the cell that was read as the field, or the part of it that is nearest. */
export function issuesOf(entry: InterpretedEntry, issues: readonly Issue[]): EntryIssue[] {
  return issues.map(({ path, code, message }) => {
    const place =
      entry.readings.find((reading) => reading.path === path) ??
      entry.readings.find((reading) => reading.path.startsWith(`${path}.`) || path.startsWith(`${reading.path}.`));
    return {
      line: place?.line ?? entry.rows[0]?.line ?? 0,
      column: place?.column ?? null,
      ...{ path, code, message, suggestions: [] },
    };
  });
}
