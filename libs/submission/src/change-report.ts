import { audienceOf, type AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import type { TlpCode } from '@concord/codes';
import { communityRows, deidentify, type ValidReport } from '@concord/deidentification';
import {
  amendReport,
  type AmendedReport,
  type ChangeRefusal,
  type DefaultedField,
  type HoldReason,
  type OwnReport,
} from '@concord/records';
import { contentDigest } from './content-digest.js';
import { reasonsForSubmitter, type Reason } from './hold-report.js';
import { type Findings, type Issue } from './issue.js';
import { precisionSettings, releaseFacts, type ReportContext } from './report-context.js';
import { sealReport, SEAL_PLACES } from './sealed-report.js';
import { Section } from './section.js';
import type { SubmissionServices } from './submit-report.js';

const REASON = { max: 2_000, characters: 'LINES' } as const;

/** What became of a change. `duplicate`: sent again, or nothing is different; nothing was stored now. */
export type ChangeOutcome =
  | {
      readonly kind: 'accepted';
      readonly duplicate: boolean;
      readonly stored: AmendedReport;
      readonly submitterReference: string;
      readonly tlp: TlpCode;
      readonly warnings: readonly Issue[];
    }
  | {
      readonly kind: 'held';
      readonly duplicate: boolean;
      readonly stored: AmendedReport;
      readonly submitterReference: string;
      readonly reasons: readonly Reason[];
    }
  | ChangeRejected;

/** `absent`: there is no such report of this agency, and whether there is one of another is not said. */
export type ChangeRejected =
  { readonly kind: 'rejected'; readonly issues: readonly Issue[] } | { readonly kind: 'absent' };

/** Why something was changed: required, free text, sealed. */
export function readReason(reason: unknown, findings: Findings): string | null {
  const section = new Section({ reason }, '', findings);
  return section.required('reason', section.text('reason', REASON));
}

/** The change itself: what every version after the first is stored by. */
export interface Change {
  readonly kind: 'CORRECTED' | 'LABORATORY_RESULT';
  readonly action: 'report.correct' | 'report.laboratory-result';
  /** The version that it was made on. */
  readonly version: number;
  readonly reason: string | null;
  readonly warnings: readonly Issue[];
  /** What of it was filled in by the agency's defaults, and stays so. */
  readonly defaulted: readonly DefaultedField[];
  /** What holds the new version; a laboratory's answer changes nothing about that. */
  readonly hold: readonly HoldReason[] | null;
}

/** Stores `report` as the next version of what is stored. Accepted means committed. */
export async function storeChange(
  services: SubmissionServices,
  actor: AgencyActor,
  stored: OwnReport,
  changed: ValidReport,
  context: ReportContext,
  change: Change,
): Promise<ChangeOutcome> {
  // What has been released stays so: its embargo is history, and sent again it is no change.
  const report = stored.status === 'RELEASED' ? { ...changed, releaseAfter: stored.releaseAfter } : changed;
  const agencyId = actor.agency.id;
  const views = deidentify(report, precisionSettings(context));
  const facts = releaseFacts(agencyId, report, context);
  const next = change.version + 1;
  const outcome = await amendReport(services.db, report, {
    personId: actor.personId,
    agencyId,
    reportId: stored.id,
    version: change.version,
    change: change.kind,
    contentDigest: contentDigest(report, services.digestKey),
    views,
    audiences: views.map((view) => audienceOf(view.precision, facts)),
    hold: change.hold,
    defaulted: change.defaulted,
    community: communityRows(report),
    ...(await sealReport(services.keyHolder, agencyId, stored.id, report)),
    sealedReason:
      change.reason === null
        ? null
        : await services.keyHolder.seal(change.reason, { agencyId, ...SEAL_PLACES.reason(stored.id, next) }),
    audit: auditEntry({
      at: services.clock.now(),
      personId: actor.personId,
      agencyId,
      roles: [...actor.roles],
      keyId: actor.key?.id,
      action: change.action,
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [
        { kind: 'report', id: stored.id, version: next },
        { kind: 'record', id: stored.recordId, version: next },
      ],
    }),
  });
  if (!('report' in outcome)) return refusedChange(outcome);
  const duplicate = outcome.outcome === 'UNCHANGED';
  if (change.kind === 'CORRECTED' && outcome.report.status === 'HELD') {
    const { id, submitterReference } = stored;
    const as = { personId: actor.personId, agencyId };
    const reasons = await reasonsForSubmitter(services.db, as, change.hold ?? [], id);
    return { kind: 'held', duplicate, stored: outcome.report, submitterReference, reasons };
  }
  return {
    kind: 'accepted',
    duplicate,
    stored: outcome.report,
    submitterReference: stored.submitterReference,
    tlp: report.tlp,
    warnings: change.warnings,
  };
}

/** What a client is told of a change that was not made. */
export function refusedChange(refusal: ChangeRefusal): ChangeRejected {
  switch (refusal.outcome) {
    case 'ABSENT':
      return { kind: 'absent' };
    case 'CONFLICT':
      return rejected(
        'version',
        'CONFLICT',
        `The report is at version ${refusal.version}: read it, and make the change on that version if it is still right.`,
      );
    case 'RECALLED':
      return rejected('id', 'REPORT_RECALLED', 'The report was recalled. Submit a new one under a new reference.');
    case 'RELEASED':
      return rejected(
        'releaseAfter',
        'EMBARGO_AFTER_RELEASE',
        'The record has been released and may have been seen. Leave releaseAfter out, or recall the report.',
      );
  }
}

const rejected = (path: string, code: Issue['code'], message: string): ChangeRejected => ({
  kind: 'rejected',
  issues: [{ path, code, message }],
});

/** Before anything is computed: a report that takes no change, or is at another version. The transaction asks again. */
export function refusalBefore(stored: OwnReport, version: number): ChangeRefusal | null {
  if (stored.status === 'RECALLED' || stored.status === 'PURGED')
    return { outcome: 'RECALLED', version: stored.version };
  // One behind may be a change that is sent again: only its content tells.
  return version === stored.version || version === stored.version - 1
    ? null
    : { outcome: 'CONFLICT', version: stored.version };
}
