import type { AgencyActor } from '@concord/access';
import type { ValidReport } from '@concord/deidentification';
import type { Clock } from '@concord/platform/clock';
import type { DefaultedField, HoldReason } from '@concord/records';
import type { Pool } from 'pg';
import { contentDigest } from './content-digest.js';
import type { Issue } from './issue.js';
import { reasonsToHold } from './hold-report.js';
import {
  countyNamed,
  findSubmissionContext,
  validationContext,
  type ReportContext,
  type ReviewRules,
} from './report-context.js';
import { withDefaults } from './report-defaults.js';
import type { SubmittedReport } from './submitted-report.js';
import { validateReport, type ValidationContext } from './validate-report.js';

export interface ExaminationServices {
  readonly db: Pool;
  readonly clock: Clock;
  /** Keys the digest that recognises a repeated submission; 32 bytes, of its own domain. */
  readonly digestKey: Buffer;
}

/** A report whose reference is taken: as it was sent, and as the defaults of now make it. */
export interface RepeatedReport {
  readonly input: SubmittedReport;
  readonly report: ValidReport;
  readonly digest: string;
  readonly limits: ValidationContext;
}

/** A report that may be stored, and all that is known of it before it is. */
export interface ExaminedReport extends RepeatedReport {
  readonly warnings: readonly Issue[];
  readonly context: ReportContext;
  /** What the agency's defaults filled in. */
  readonly defaulted: readonly DefaultedField[];
  /** Why a supervisor must decide first; null: nothing holds it. */
  readonly hold: readonly HoldReason[] | null;
}

/**
 * Everything that decides what becomes of a report but its reference: a submission goes on from here to be stored, and a
 * preview to be shown, so that neither takes what the other refuses. Reads; writes nothing.
 */
export async function examineReport(
  services: ExaminationServices,
  actor: AgencyActor,
  input: SubmittedReport,
): Promise<Examination> {
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  return examineIn(services, actor, input, await findSubmissionContext(services.db, as, countyNamed(input), null));
}

/** What was examined, or every fault of it. */
export type Examination = ExaminedReport | { readonly issues: readonly Issue[] };

/** The same where what it is checked by has been read. Pure. */
export function examineIn(
  services: Pick<ExaminationServices, 'clock' | 'digestKey'>,
  actor: AgencyActor,
  input: SubmittedReport,
  { context, rules }: { readonly context: ReportContext; readonly rules: ReviewRules },
): Examination {
  const limits = validationContext(context, actor, services.clock);
  const { input: filled, defaulted } = withDefaults(input, context.defaults, services.clock.now());
  const validation = validateReport(filled, limits);
  if (!validation.ok) return { issues: validation.issues };
  const { report, warnings } = validation;
  const hold = reasonsToHold(report, rules);
  const digest = contentDigest(report, services.digestKey);
  return {
    ...{ input, report, digest, limits, warnings, context, defaulted },
    hold: hold.length === 0 ? null : hold,
  };
}
