import type { AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import { asActor, findOwnReport, recallReport as recallStored, type StandingReport } from '@concord/records';
import { readReason, refusedChange, type ChangeRejected } from './change-report.js';
import { Findings } from './issue.js';
import { SEAL_PLACES } from './sealed-report.js';
import type { SubmissionServices } from './submit-report.js';

export interface Recall {
  readonly id: string;
  readonly version: number;
  readonly reason: string;
}

export type RecallReportOutcome = { readonly kind: 'recalled'; readonly report: StandingReport } | ChangeRejected;

/**
 * Takes a report's record out of everybody's sight: when this resolves no view of it is left, and whoever was told of
 * it will be told that it was recalled. The report and its history stay with the agency. Doing it twice changes nothing.
 */
export async function recallReport(
  services: SubmissionServices,
  actor: AgencyActor,
  recall: Recall,
): Promise<RecallReportOutcome> {
  const agencyId = actor.agency.id;
  const stored = await asActor(services.db, { personId: actor.personId, agencyId }, (tx) =>
    findOwnReport(tx, recall.id),
  );
  if (stored === null) return { kind: 'absent' };
  const findings = new Findings();
  const reason = readReason(recall.reason, findings);
  if (reason === null) return { kind: 'rejected', issues: findings.issues };
  const next = recall.version + 1;
  const outcome = await recallStored(services.db, {
    personId: actor.personId,
    agencyId,
    reportId: stored.id,
    version: recall.version,
    sealedReason: await services.keyHolder.seal(reason, { agencyId, ...SEAL_PLACES.reason(stored.id, next) }),
    audit: auditEntry({
      at: services.clock.now(),
      personId: actor.personId,
      agencyId,
      roles: [...actor.roles],
      keyId: actor.key?.id,
      action: 'report.recall',
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [
        { kind: 'report', id: stored.id, version: next },
        { kind: 'record', id: stored.recordId, version: next },
      ],
    }),
  });
  return 'report' in outcome ? { kind: 'recalled', report: outcome.report } : refusedChange(outcome);
}
