import type { AgencyActor } from '@concord/access';
import type { KeyHolder } from '@concord/blinding';
import type { TlpCode } from '@concord/codes';
import type { ValidReport } from '@concord/deidentification';
import { inTransaction, type Queryable } from '@concord/platform/database';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import {
  asActor,
  findOriginalSharing,
  findOwnReport,
  persistImportedReport,
  persistReport,
  wasVersion,
  type HoldReason,
  type ImportedEntry,
  type PersistOutcome,
  type ReportParts,
} from '@concord/records';
import { contentDigest } from './content-digest.js';
import { examineReport, type ExaminationServices, type ExaminedReport, type RepeatedReport } from './examine-report.js';
import type { Issue } from './issue.js';
import { presentReasons, reasonsForSubmitter, type Reason } from './hold-report.js';
import { asFilledBefore } from './report-defaults.js';
import { makeReportParts } from './report-parts.js';
import type { SubmittedReport } from './submitted-report.js';
import { validateReport } from './validate-report.js';

export interface SubmissionServices extends ExaminationServices {
  readonly keyHolder: KeyHolder;
  readonly tracer?: Tracer;
}

export interface SubmissionOptions {
  /** Made up for demonstration or tests; marked so for ever. Default false. */
  readonly synthetic?: boolean;
  /** False for data that is loaded and not news. Default true. */
  readonly raisesAlerts?: boolean;
  /** Of an import: where the report stands in it, noted in the transaction that stores the report. Given its warnings. */
  readonly entry?: ((warnings: readonly Issue[]) => Promise<ImportedEntry>) | undefined;
  /** In the transaction that stores it, where it is stored now: what throws stores nothing. */
  readonly alongside?: (tx: Queryable, stored: PersistOutcome) => Promise<void>;
}

/** What a submission is told of what is stored. */
export type StoredSubmission = Omit<PersistOutcome, 'releasedAt'>;

export type SubmissionOutcome =
  | {
      readonly kind: 'accepted';
      readonly duplicate: boolean;
      readonly stored: StoredSubmission;
      readonly tlp: TlpCode;
      readonly warnings: readonly Issue[];
    }
  | {
      readonly kind: 'held';
      readonly duplicate: boolean;
      readonly stored: StoredSubmission;
      readonly reasons: readonly Reason[];
    }
  | { readonly kind: 'rejected'; readonly issues: readonly Issue[] };

/**
 * The first half of the corridor: validate, de-identify, seal, persist (T1). Accepted means committed. The same
 * reference with the same content is answered with the same report; with other content it is rejected. Held means
 * committed too, and seen by nobody outside the agency until a supervisor releases it.
 */
export async function submitReport(
  services: SubmissionServices,
  actor: AgencyActor,
  input: SubmittedReport,
  options: SubmissionOptions = {},
): Promise<SubmissionOutcome> {
  const examined = await examineReport(services, actor, input);
  if ('issues' in examined) return { kind: 'rejected', issues: examined.issues };
  return settle(services, actor, examined, await persist(services, actor, examined, options));
}

/** What a report that is stored, or was before, is answered with. */
export async function settle(
  services: SubmissionServices,
  actor: AgencyActor,
  examined: ExaminedReport,
  stored: PersistOutcome,
): Promise<SubmissionOutcome> {
  const { report, warnings } = examined;
  const duplicate = stored.outcome === 'EXISTS';
  const issue = duplicate ? await judgeRepeated(services, actor, examined, stored) : null;
  if (issue !== null) return { kind: 'rejected', issues: [issue] };
  // What was committed now is never answered with a fault: where it is not known who may release it, that is left out.
  const reasons = duplicate
    ? await reasonsFor(services, actor, examined, stored)
    : await reasonsFor(services, actor, examined, null).catch(() => examined.hold && presentReasons(examined.hold));
  return reasons === null
    ? { kind: 'accepted', duplicate, stored, tlp: report.tlp, warnings }
    : { kind: 'held', duplicate, stored, reasons };
}

/** What holds a report, in words for its submitter; null: nothing does. `before`: what was stored of it before. */
export async function reasonsFor(
  services: SubmissionServices,
  actor: AgencyActor,
  { hold }: Pick<ExaminedReport, 'hold'>,
  before: Pick<PersistOutcome, 'reportId' | 'status'> | null,
): Promise<readonly Reason[] | null> {
  if (before === null ? hold === null : before.status !== 'HELD' && before.status !== 'DRAFT') return null;
  const standing = before === null ? hold : await storedReasons(services, actor, before.reportId);
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  return reasonsForSubmitter(services.db, as, standing ?? [], before?.reportId ?? null);
}

/** What holds a report that was stored before: not what would hold it today. */
async function storedReasons(
  services: SubmissionServices,
  actor: AgencyActor,
  reportId: string,
): Promise<readonly HoldReason[]> {
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  return (await asActor(services.db, as, (tx) => findOwnReport(tx, reportId)))?.holdReasons ?? [];
}

/** What is wrong with a report whose reference is taken; null: it is what was stored, sent again. */
export async function judgeRepeated(
  services: SubmissionServices,
  actor: AgencyActor,
  again: RepeatedReport,
  stored: PersistOutcome,
): Promise<Issue | null> {
  if (!(await sameContent(services, actor, again, stored))) return REFERENCE_REUSED;
  return stored.status === 'RECALLED' || stored.status === 'PURGED' ? RECALLED_BEFORE : null;
}

/**
 * A release time that has passed since reads as none; sent again unchanged it is still what was stored. So is what was
 * stored and has been corrected since: a client that never saw the answer sends it again. And so is what left something
 * to the agency's defaults, whatever they have become.
 */
async function sameContent(
  services: SubmissionServices,
  actor: AgencyActor,
  { input, report, digest, limits }: RepeatedReport,
  stored: PersistOutcome,
): Promise<boolean> {
  if (stored.contentDigest === digest) return true;
  const digests = new Set([digest]);
  const add = (one: ValidReport, releaseAfter: Date | null): void => {
    digests.add(contentDigest(one, services.digestKey));
    if (one.releaseAfter === null && releaseAfter !== null && releaseAfter <= services.clock.now())
      digests.add(contentDigest({ ...one, releaseAfter }, services.digestKey));
  };
  add(report, stored.releaseAfter);
  if (digests.has(stored.contentDigest)) return true;
  return asActor(services.db, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
    const original = await findOriginalSharing(tx, stored.reportId);
    if (original !== null && original.defaulted.length > 0) {
      const validation = validateReport(asFilledBefore(input, original).input, limits);
      if (validation.ok) add(validation.report, original.releaseAfter);
    }
    if (digests.has(stored.contentDigest)) return true;
    for (const one of digests) if (await wasVersion(tx, stored.reportId, one)) return true;
    return false;
  });
}

export const RECALLED_BEFORE: Issue = {
  path: 'submitterReference',
  code: 'REPORT_RECALLED',
  message:
    'The report under this reference was recalled. If it is to be shared again, submit it under a new reference.',
};

export const REFERENCE_REUSED: Issue = {
  path: 'submitterReference',
  code: 'REFERENCE_REUSED',
  message:
    'Your agency has submitted other content under this reference. Use a new reference, or correct the report that has it.',
};

/** Everything that is stored with it. */
export function partsOf(
  services: SubmissionServices,
  actor: AgencyActor,
  { report, context, digest, hold, defaulted }: ExaminedReport,
  { synthetic = false, raisesAlerts = true }: SubmissionOptions,
): Promise<ReportParts> {
  const how = { contentDigest: digest, synthetic, raisesAlerts, defaulted, hold, entrance: 'report.submit' } as const;
  return makeReportParts(services, actor, report, context, how);
}

async function persist(
  services: SubmissionServices,
  actor: AgencyActor,
  examined: ExaminedReport,
  options: SubmissionOptions,
): Promise<PersistOutcome> {
  const { report, warnings } = examined;
  const parts = await partsOf(services, actor, examined, options);
  const { reportId, recordId } = parts;
  const entry = options.entry === undefined ? null : await options.entry(warnings);
  return (services.tracer ?? NO_TRACING).span('submission.t1', { reportId, recordIds: [recordId] }, () =>
    persistWith(services, { report, parts }, { entry, alongside: options.alongside }),
  );
}

/** With what goes into the same transaction. */
async function persistWith(
  { db }: SubmissionServices,
  { report, parts }: { readonly report: ValidReport; readonly parts: ReportParts },
  { entry, alongside }: { readonly entry: ImportedEntry | null; readonly alongside: SubmissionOptions['alongside'] },
): Promise<PersistOutcome> {
  if (entry !== null) return persistImportedReport(db, report, parts, entry);
  if (alongside === undefined) return persistReport(db, report, parts);
  return inTransaction(db, async (tx) => {
    const stored = await persistReport(tx, report, parts);
    if (stored.outcome === 'CREATED') await alongside(tx, stored);
    return stored;
  });
}
