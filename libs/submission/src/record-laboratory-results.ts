import type { AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import { asActor, findOwnReport, findSealedParts, type OwnReport, type SealedParts } from '@concord/records';
import { refusalBefore, refusedChange, storeChange, type ChangeOutcome } from './change-report.js';
import { Findings, type Issue } from './issue.js';
import type { LaboratoryResult } from './laboratory-result.js';
import { applyLaboratoryResults } from './laboratory-results.section.js';
import { findReportContext } from './report-context.js';
import { screenChange } from './screening/screen-report.js';
import { openReport } from './sealed-report.js';
import { isWider } from './sharing.section.js';
import type { SubmissionServices } from './submit-report.js';

const SHARED_BEYOND_KEY: Issue = {
  path: '',
  code: 'SHARING_EXCEEDS_KEY',
  message: 'The report is shared more widely than this API key may share.',
};

export interface LaboratoryResults {
  readonly id: string;
  readonly version: number;
  readonly results: readonly LaboratoryResult[];
}

/**
 * What a laboratory found, laid over the report as its next version: an amendment, so that who was alerted gets an
 * update of that alert and no further one. Nothing else of the report is checked again: what was right to submit stays
 * submitted.
 */
export async function recordLaboratoryResults(
  services: SubmissionServices,
  actor: AgencyActor,
  request: LaboratoryResults,
): Promise<ChangeOutcome> {
  const found = await asActor(services.db, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
    const stored = await findOwnReport(tx, request.id);
    return stored === null ? null : { stored, parts: await findSealedParts(tx, request.id) };
  });
  if (found === null) return { kind: 'absent' };
  const { stored, parts } = found;
  const refusal = refusalBefore(stored, request.version);
  if (refusal !== null) return refusedChange(refusal);
  if (actor.key !== undefined && isWider(stored.sharing, actor.key.widestSharing))
    return { kind: 'rejected', issues: [SHARED_BEYOND_KEY] };

  await bookOpening(services, actor, stored, parts);
  const report = await openReport(services.keyHolder, stored, parts);
  const findings = new Findings();
  const substances = applyLaboratoryResults(report.substances, request.results, findings);
  if (substances === null) return { kind: 'rejected', issues: findings.issues };
  // A laboratory's answer is not held: what would hold a report is no part of one.
  // What the report said before was looked at then.
  const named = screenChange(report, { ...report, substances });
  if (named.length > 0)
    return { kind: 'rejected', issues: named.map(({ path, code, message }) => ({ path, code, message })) };
  const context = await findReportContext(services.db, actor.agency.id, report.place.countyFips);
  return storeChange(services, actor, stored, { ...report, substances }, context, {
    kind: 'LABORATORY_RESULT',
    action: 'report.laboratory-result',
    version: request.version,
    reason: null,
    warnings: findings.warnings,
    defaulted: stored.content.defaulted ?? [],
    hold: null,
  });
}

/**
 * The views are computed from the whole report (a short text that repeats an identifier is left out of them), so what
 * is sealed is opened in the service and shown to nobody. The books say so first.
 */
async function bookOpening(
  services: SubmissionServices,
  actor: AgencyActor,
  stored: OwnReport,
  parts: SealedParts,
): Promise<void> {
  if (parts.identifiers.length === 0 && parts.basis === null && stored.sealedNarrative === null) return;
  await appendAudit(services.db, [
    auditEntry({
      at: services.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      keyId: actor.key?.id,
      action: 'report.reopen',
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [
        { kind: 'report', id: stored.id, version: stored.version },
        ...parts.identifiers.map(({ id }) => ({ kind: 'identifier' as const, id })),
      ],
    }),
  ]);
}
