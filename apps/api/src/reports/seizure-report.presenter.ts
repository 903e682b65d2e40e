import type { AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import type { TlpCode } from '@concord/codes';
import { isId } from '@concord/platform/ids';
import { toNfc } from '@concord/platform/text';
import type { OwnReport, ReportContent, ReportStatus } from '@concord/records';
import { presentReasons, type ChangeRejected, type Issue, type SubmissionOutcome } from '@concord/submission';
import type { ApiServices } from '../services.js';
import type {
  HoldReason,
  ReportFacts,
  SeizureReport,
  SeizureReportAccepted,
  SeizureReportHeld,
  SeizureReportRejected,
} from './seizure-report.types.js';

/** The presented report, with what its narrative is opened from. */
export interface PresentedReport extends SeizureReport {
  readonly recordId: string;
  readonly sealed: {
    readonly agencyId: string;
    readonly narrative: Buffer | null;
    readonly returnNote: Buffer | null;
  };
}

export function presentReport(report: OwnReport): PresentedReport {
  return {
    id: report.id,
    recordId: report.recordId,
    submitterReference: report.submitterReference,
    status: report.status,
    version: report.version,
    occurredAt: report.occurredAt,
    sharing: report.sharing,
    tlp: report.tlp,
    releaseAfter: report.releaseAfter,
    holdUntilReleased: report.holdUntilReleased,
    holdReasons: report.holdReasons === null ? null : presentReasons(report.holdReasons),
    submittedAt: report.submittedAt,
    synthetic: report.synthetic,
    ...presentContent(report.content),
    sealed: { agencyId: report.agencyId, narrative: report.sealedNarrative, returnNote: report.sealedReturnNote },
  };
}

export function presentContent(content: ReportContent): ReportFacts {
  return {
    place: {
      latitude: content.place.latitude,
      longitude: content.place.longitude,
      countyFips: content.place.countyFips,
      setting: content.place.setting,
      portOfEntry: content.place.portOfEntry,
    },
    substances: content.substances.map((substance) => ({
      deaCode: substance.deaCode,
      name: substance.name,
      category: substance.category,
      form: substance.form,
      quantity: substance.quantity,
      unit: substance.unit,
      milligrams: substance.milligrams === null ? null : Number(substance.milligrams),
      laboratoryStatus: substance.laboratoryStatus,
      purityPercent: substance.purityPercent,
      quantityReason: substance.quantityReason,
      estimated: substance.estimated,
      signature: substance.signature,
      adulterants: [...substance.adulterants],
    })),
    occurredAtPrecision: content.occurredPrecision,
    concealment: [...content.concealment],
    conveyance: content.conveyance,
    packaging: content.packaging ?? null,
    remarks: content.remarks ?? null,
    route: content.route,
    people: content.people.map((person) => ({ ...person })),
    source: content.source,
    withhold: [...content.withhold],
    timePrecision: content.timePrecision,
    taskForceIds: [...content.taskForceIds],
  };
}

interface Accepted {
  readonly duplicate: boolean;
  readonly stored: {
    readonly reportId: string;
    readonly recordId: string;
    readonly status: ReportStatus;
    readonly version: number;
    readonly recordVersion: number;
    readonly contentDigest: string;
  };
  readonly submitterReference: string;
  readonly tlp: TlpCode;
  readonly warnings: readonly Issue[];
}

/** Committed, and waiting for a supervisor. */
export function heldReport({
  stored,
  submitterReference,
  reasons,
}: Pick<Accepted, 'submitterReference'> & {
  readonly stored: Omit<Accepted['stored'], 'recordId' | 'recordVersion'>;
  readonly reasons: readonly HoldReason[];
}): SeizureReportHeld {
  return {
    receipt: receiptOf(stored),
    report: { id: stored.reportId, submitterReference, status: stored.status, version: stored.version },
    reasons: [...reasons],
  };
}

/** Which report, which version, which content: enough to prove what was received. */
const receiptOf = (stored: Pick<Accepted['stored'], 'reportId' | 'version' | 'contentDigest'>): string =>
  `${stored.reportId}:${stored.version}:${stored.contentDigest.slice(0, 19)}`;

/** A submission or a change that is committed. */
export function acceptedReport({
  duplicate,
  stored,
  submitterReference,
  tlp,
  warnings,
}: Accepted): SeizureReportAccepted {
  return {
    duplicate,
    receipt: receiptOf(stored),
    warnings: [...warnings],
    report: { id: stored.reportId, submitterReference, status: stored.status, version: stored.version },
    record: { id: stored.recordId, version: stored.recordVersion, precision: 'OWNER', tlp },
  };
}

/** What a submission is answered with, and counted as. */
export function presentSubmission(
  { metrics }: Pick<ApiServices, 'metrics'>,
  outcome: SubmissionOutcome,
  reference: string | null | undefined,
): SeizureReportAccepted | SeizureReportHeld | SeizureReportRejected {
  if (outcome.kind === 'rejected') {
    metrics.reportRefused(outcome.issues);
    return { issues: [...outcome.issues] };
  }
  const submitterReference = referenceOf(reference);
  if (outcome.kind === 'held') {
    metrics.reportHeld(outcome.duplicate);
    return heldReport({ ...outcome, submitterReference });
  }
  metrics.reportAccepted(outcome.duplicate);
  const stored = { ...outcome.stored, recordVersion: outcome.stored.version };
  return acceptedReport({ ...outcome, stored, submitterReference });
}

/** As it is stored. */
export const referenceOf = (given: string | null | undefined): string => toNfc(given ?? '').trim();

/** Books a read of one's own agency's reports before its answer leaves. */
export async function bookReport(
  services: Pick<ApiServices, 'ledger' | 'clock'>,
  actor: AgencyActor,
  action: string,
  reports: readonly Pick<OwnReport, 'id' | 'version'>[],
): Promise<void> {
  await services.ledger.book(
    auditEntry({
      at: services.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      keyId: actor.key?.id,
      action,
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: reports.map((report) => ({ kind: 'report', id: report.id, version: report.version })),
    }),
  );
}

/** An act on a report that was not done. What is not there for somebody is on the books, whether it exists or not. */
export async function refusedReport(
  services: Pick<ApiServices, 'ledger' | 'clock'>,
  actor: AgencyActor,
  { action, id, message }: { readonly action: string; readonly id: string; readonly message: string },
  outcome: ChangeRejected,
): Promise<SeizureReportRejected> {
  if (outcome.kind === 'rejected') return { issues: [...outcome.issues] };
  await services.ledger.book(
    auditEntry({
      at: services.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      keyId: actor.key?.id,
      action,
      outcome: 'REFUSED',
      purpose: actor.purpose,
      subjects: isId(id) ? [{ kind: 'report', id }] : [],
    }),
  );
  return { issues: [{ path: 'id', code: 'NOT_FOUND', message }] };
}
