import type { AgencyActor } from '@concord/access';
import { asActor, findOwnReport, type OriginalSharing, type OwnReport } from '@concord/records';
import { readReason, refusalBefore, refusedChange, storeChange, type ChangeOutcome } from './change-report.js';
import { reasonsToHold } from './hold-report.js';
import { Findings, type Issue } from './issue.js';
import { countyNamed, findSubmissionContext, validationContext } from './report-context.js';
import { asFilledBefore } from './report-defaults.js';
import type { SubmissionServices } from './submit-report.js';
import type { SubmittedReport } from './submitted-report.js';
import { validateReport } from './validate-report.js';

export interface Correction {
  readonly id: string;
  /** The version that the submitter has read: optimistic locking. */
  readonly version: number;
  /** The whole report as it should have been; the reference may be left out. */
  readonly input: SubmittedReport;
  readonly reason: string;
}

/**
 * Replaces what a report says by what it should have said: its next version, by the same checks as a submission. The
 * record keeps its id and its place in time; views that say something else get the new version, and whoever was told
 * of one is told again. Sent again it changes nothing.
 */
export async function correctReport(
  services: SubmissionServices,
  actor: AgencyActor,
  correction: Correction,
): Promise<ChangeOutcome> {
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  const stored = await asActor(services.db, as, (tx) => findOwnReport(tx, correction.id));
  if (stored === null) return { kind: 'absent' };
  const refusal = refusalBefore(stored, correction.version);
  if (refusal !== null) return refusedChange(refusal);

  const filled = asFilledBefore(withReference(correction.input, stored.submitterReference), standing(stored));
  const { input } = filled;
  const { context, rules } = await findSubmissionContext(services.db, as, countyNamed(input), stored.id);
  const findings = new Findings();
  const reason = readReason(correction.reason, findings);
  const validation = validateReport(input, validationContext(context, actor, services.clock));
  const issues: Issue[] = [...findings.issues, ...(validation.ok ? [] : validation.issues)];
  if (!validation.ok || reason === null || issues.length > 0) return { kind: 'rejected', issues };
  const { report, warnings } = validation;
  if (report.submitterReference !== stored.submitterReference)
    return {
      kind: 'rejected',
      issues: [
        {
          path: 'submitterReference',
          code: 'REFERENCE_CHANGED',
          message: 'A correction keeps the reference of the report: send the same one, or leave it out.',
        },
      ],
    };
  if (stored.status === 'RELEASED' && (report.releaseAfter !== null || report.holdUntilReleased))
    return refusedChange({ outcome: 'RELEASED', version: stored.version });
  const hold = reasonsToHold(report, { ...rules, newMember: rules.newMember || waitsAsFirst(stored) });
  return storeChange(services, actor, stored, report, context, {
    kind: 'CORRECTED',
    action: 'report.correct',
    version: correction.version,
    reason,
    warnings,
    defaulted: filled.defaulted,
    hold: hold.length === 0 ? null : hold,
  });
}

/** A first report of a new member waits until somebody has decided, however many have come in behind it. */
const waitsAsFirst = ({ status, holdReasons }: OwnReport): boolean =>
  (status === 'HELD' || status === 'DRAFT') && (holdReasons ?? []).some(({ code }) => code === 'NEW_MEMBER');

/** What was released keeps no embargo, also where a default had put it there. */
function standing({ sharing, tlp, releaseAfter, holdUntilReleased, content, status }: OwnReport): OriginalSharing {
  const defaulted = (content.defaulted ?? []).filter(
    (field) => status !== 'RELEASED' || (field !== 'releaseAfter' && field !== 'holdUntilReleased'),
  );
  const { withhold, timePrecision } = content;
  return { sharing, tlp, releaseAfter, holdUntilReleased, withhold, timePrecision, defaulted };
}

function withReference(input: SubmittedReport, reference: string): SubmittedReport {
  const given = input.submitterReference;
  return given === null || given === undefined || given === '' ? { ...input, submitterReference: reference } : input;
}
