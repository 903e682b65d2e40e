import type { AgencyActor } from '@concord/access';
import type { InterpretedEntry } from '@concord/interpretation';
import { examineReport, submitReport, type Issue, type SubmissionServices } from '@concord/submission';
import { sealIssues } from './file-content.js';
import type { EntryIssue, ImportOutcome, ReportImport } from './report-import.js';
import type { JudgedEntry } from './report-import.store.js';

/** `written`: it was noted in the transaction that stored its report. */
export interface Judged {
  readonly entry: JudgedEntry;
  readonly written: boolean;
}

type ImportOf = Pick<ReportImport, 'id' | 'agencyId' | 'raiseAlerts' | 'dryRun'>;

/**
 * What becomes of one entry: what it cannot be understood as is a question, and all else is what a submission by hand
 * would be. A dry run stores nothing, and so does not know which references are taken.
 */
export async function judgeEntry(
  services: SubmissionServices,
  actor: AgencyActor,
  of: ImportOf,
  entry: InterpretedEntry,
): Promise<Judged> {
  const judge = async (
    outcome: ImportOutcome,
    { issues = [], reportId = null }: { issues?: readonly EntryIssue[]; reportId?: string | null } = {},
  ): Promise<JudgedEntry> => ({
    ...placeOf(of, entry),
    outcome,
    reportId,
    sealedIssues: await seal(services, of, entry, issues),
  });
  if (entry.questions.length > 0)
    return { entry: await judge('QUESTION', { issues: questionsOf(entry) }), written: false };
  if (of.dryRun) {
    const examined = await examineReport(services, actor, entry.input);
    if ('issues' in examined)
      return { entry: await judge('REFUSED', { issues: issuesOf(entry, examined.issues) }), written: false };
    const issues = issuesOf(entry, examined.warnings);
    return { entry: await judge(examined.hold === null ? 'ACCEPTED' : 'HELD', { issues }), written: false };
  }
  const outcome = await submitReport(services, actor, entry.input, {
    raisesAlerts: of.raiseAlerts,
    entry: async (warnings) => ({
      ...placeOf(of, entry),
      sealedIssues: await seal(services, of, entry, issuesOf(entry, warnings)),
    }),
  });
  if (outcome.kind === 'rejected')
    return { entry: await judge('REFUSED', { issues: issuesOf(entry, outcome.issues) }), written: false };
  const { duplicate, stored } = outcome;
  if (duplicate) return { entry: await judge('DUPLICATE', { reportId: stored.reportId }), written: false };
  const kind = outcome.kind === 'held' ? 'HELD' : 'ACCEPTED';
  // What was sealed for it was stored with the report.
  return {
    entry: { ...placeOf(of, entry), outcome: kind, reportId: stored.reportId, sealedIssues: null },
    written: true,
  };
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
