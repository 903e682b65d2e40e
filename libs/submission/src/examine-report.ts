import type { AgencyActor } from '@concord/access';
import type { DefaultedField, HoldReason } from '@concord/records';
import { contentDigest } from './content-digest.js';
import type { Issue } from './issue.js';
import { reasonsToHold } from './hold-report.js';
import { countyNamed, findSubmissionContext, validationContext, type ReportContext } from './report-context.js';
import { withDefaults } from './report-defaults.js';
import type { RepeatedReport, SubmissionServices } from './submit-report.js';
import type { SubmittedReport } from './submitted-report.js';
import { validateReport } from './validate-report.js';

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
  services: Pick<SubmissionServices, 'db' | 'clock' | 'digestKey'>,
  actor: AgencyActor,
  input: SubmittedReport,
): Promise<ExaminedReport | { readonly issues: readonly Issue[] }> {
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  const { context, rules } = await findSubmissionContext(services.db, as, countyNamed(input), null);
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
