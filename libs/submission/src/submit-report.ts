import type { AgencyActor } from '@concord/access';
import type { KeyHolder } from '@concord/blinding';
import type { TlpCode } from '@concord/codes';
import type { ValidReport } from '@concord/deidentification';
import type { Clock } from '@concord/platform/clock';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import {
  asActor,
  findOwnReport,
  persistReport,
  wasVersion,
  type HoldReason,
  type PersistOutcome,
} from '@concord/records';
import type { Pool } from 'pg';
import { contentDigest } from './content-digest.js';
import type { Issue } from './issue.js';
import { reasonsForSubmitter, reasonsToHold, type Reason } from './hold-report.js';
import { countyNamed, findSubmissionContext, validationContext, type ReportContext } from './report-context.js';
import { makeReportParts } from './report-parts.js';
import type { SubmittedReport } from './submitted-report.js';
import { validateReport } from './validate-report.js';

export interface SubmissionServices {
  readonly db: Pool;
  readonly keyHolder: KeyHolder;
  readonly clock: Clock;
  /** Keys the digest that recognises a repeated submission; 32 bytes, of its own domain. */
  readonly digestKey: Buffer;
  readonly tracer?: Tracer;
}

export interface SubmissionOptions {
  /** Made up for demonstration or tests; marked so for ever. Default false. */
  readonly synthetic?: boolean;
  /** False for data that is loaded and not news. Default true. */
  readonly raisesAlerts?: boolean;
}

export type SubmissionOutcome =
  | {
      readonly kind: 'accepted';
      readonly duplicate: boolean;
      readonly stored: PersistOutcome;
      readonly tlp: TlpCode;
      readonly warnings: readonly Issue[];
    }
  | {
      readonly kind: 'held';
      readonly duplicate: boolean;
      readonly stored: PersistOutcome;
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
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  const { context, rules } = await findSubmissionContext(services.db, as, countyNamed(input), null);
  const validation = validateReport(input, validationContext(context, actor, services.clock));
  if (!validation.ok) return { kind: 'rejected', issues: validation.issues };
  const { report, warnings } = validation;
  const digest = contentDigest(report, services.digestKey);
  const found = reasonsToHold(report, rules);
  const hold = found.length === 0 ? null : found;
  const stored = await persist(services, actor, report, { context, hold }, digest, options);
  const issue = stored.outcome === 'EXISTS' ? await judgeRepeated(services, actor, { report, digest }, stored) : null;
  if (issue !== null) return { kind: 'rejected', issues: [issue] };
  const duplicate = stored.outcome === 'EXISTS';
  if (stored.status !== 'HELD' && stored.status !== 'DRAFT')
    return { kind: 'accepted', duplicate, stored, tlp: report.tlp, warnings };
  const standing = duplicate ? await storedReasons(services, actor, stored.reportId) : (hold ?? []);
  return { kind: 'held', duplicate, stored, reasons: await reasonsForSubmitter(services.db, as, standing) };
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
  { report, digest }: { readonly report: ValidReport; readonly digest: string },
  stored: PersistOutcome,
): Promise<Issue | null> {
  if (!(await sameContent(services, actor, report, digest, stored))) return REFERENCE_REUSED;
  return stored.status === 'RECALLED' || stored.status === 'PURGED' ? RECALLED_BEFORE : null;
}

/**
 * A release time that has passed since reads as none; sent again unchanged it is still what was stored. So is what was
 * stored and has been corrected since: a client that never saw the answer sends it again.
 */
async function sameContent(
  services: SubmissionServices,
  actor: AgencyActor,
  report: ValidReport,
  digest: string,
  stored: PersistOutcome,
): Promise<boolean> {
  if (stored.contentDigest === digest) return true;
  const digests = [digest];
  if (report.releaseAfter === null && stored.releaseAfter !== null && stored.releaseAfter <= services.clock.now())
    digests.push(contentDigest({ ...report, releaseAfter: stored.releaseAfter }, services.digestKey));
  if (digests.includes(stored.contentDigest)) return true;
  return asActor(services.db, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
    for (const one of digests) if (await wasVersion(tx, stored.reportId, one)) return true;
    return false;
  });
}

const RECALLED_BEFORE: Issue = {
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

async function persist(
  services: SubmissionServices,
  actor: AgencyActor,
  report: ValidReport,
  { context, hold }: { readonly context: ReportContext; readonly hold: readonly HoldReason[] | null },
  contentDigest: string,
  options: SubmissionOptions,
): Promise<PersistOutcome> {
  const { synthetic = false, raisesAlerts = true } = options;
  const how = { contentDigest, synthetic, raisesAlerts, hold, entrance: 'report.submit' } as const;
  const parts = await makeReportParts(services, actor, report, context, how);
  const { reportId, recordId } = parts;
  return (services.tracer ?? NO_TRACING).span('submission.t1', { reportId, recordIds: [recordId] }, () =>
    persistReport(services.db, report, parts),
  );
}
