import type { AgencyActor } from '@concord/access';
import { isId } from '@concord/platform/ids';
import { asActor, findReportVersions, type ReportVersion } from '@concord/records';
import {
  correctReport,
  presentReasons,
  recallReport,
  recordLaboratoryResults,
  reportChanges,
  SEAL_PLACES,
  type ChangeOutcome,
} from '@concord/submission';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import {
  CorrectSeizureReportPayload,
  LaboratoryResultInput,
  RecallSeizureReportPayload,
  RecordLaboratoryResultPayload,
  SeizureReportVersion,
  VERSION_DESCRIPTION,
  type SeizureReportRecalled,
} from './report-change.types.js';
import { acceptedReport, bookReport, heldReport, presentContent, refusedReport } from './seizure-report.presenter.js';
import {
  SeizureReport,
  type SeizureReportAccepted,
  type SeizureReportHeld,
  type SeizureReportRejected,
} from './seizure-report.types.js';
import { SubmitSeizureReportInput } from './submit-seizure-report.input.js';

/** A version, with what its reason is opened from. */
export interface PresentedVersion extends SeizureReportVersion {
  readonly reportId: string;
  readonly sealedReason: Buffer | null;
  readonly sealedReturnNote: Buffer | null;
}

const NOT_OWN = 'No report of your agency has this id.';

/** Corrections, laboratory results, recalls, and the history that they leave. */
@Resolver(() => SeizureReport)
export class ReportChangeResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => CorrectSeizureReportPayload, {
    description:
      'Replaces what a report says, whole, as its next version: what the input leaves out is gone, laboratory results, identifiers and narrative too. For submitters, analysts and supervisors of the agency. The record keeps its id; who was alerted and sees something else now gets an update of that alert. Sent again it changes nothing.',
  })
  @Policy('report.change')
  async correctSeizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('version', { type: () => Int, description: VERSION_DESCRIPTION }) version: number,
    @Args('input', { type: () => SubmitSeizureReportInput, description: '`submitterReference` may be left out.' })
    input: SubmitSeizureReportInput,
    @Args('reason', { type: () => String, description: 'At most 2,000 characters; sealed, for your agency alone.' })
    reason: string,
  ): Promise<SeizureReportAccepted | SeizureReportHeld | SeizureReportRejected> {
    const outcome = isId(id)
      ? await correctReport(this.services, actor, { id, version, input, reason })
      : { kind: 'absent' as const };
    return outcome.kind === 'held' ? heldReport(outcome) : this.#changed(actor, 'report.correct', id, outcome);
  }

  @Mutation(() => RecordLaboratoryResultPayload, {
    description:
      'Adds what a laboratory found, as the next version of the report: an update to whoever was alerted, and no further alert to them; whoever is met by it for the first time is alerted. What a result leaves out stays. For submitters, analysts and supervisors of the agency.',
  })
  @Policy('report.change')
  async recordLaboratoryResult(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('version', { type: () => Int, description: VERSION_DESCRIPTION }) version: number,
    @Args('results', { type: () => [LaboratoryResultInput], description: 'At least one, each substance once.' })
    results: LaboratoryResultInput[],
  ): Promise<SeizureReportAccepted | SeizureReportRejected> {
    const outcome = isId(id)
      ? await recordLaboratoryResults(this.services, actor, { id, version, results })
      : { kind: 'absent' as const };
    if (outcome.kind === 'held') throw new Error('a laboratory result holds nothing');
    return this.#changed(actor, 'report.laboratory-result', id, outcome);
  }

  @Mutation(() => RecallSeizureReportPayload, {
    description:
      'Takes the record out of everybody’s sight, at once and for good, and tells those who were alerted to it. For submitters, analysts and supervisors of the agency. The report and its history stay with your agency. Sent again it changes nothing.',
  })
  @Policy('report.change')
  async recallSeizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('version', { type: () => Int, description: VERSION_DESCRIPTION }) version: number,
    @Args('reason', { type: () => String, description: 'At most 2,000 characters; sealed, for your agency alone.' })
    reason: string,
  ): Promise<SeizureReportRecalled | SeizureReportRejected> {
    const outcome = isId(id)
      ? await recallReport(this.services, actor, { id, version, reason })
      : { kind: 'absent' as const };
    if (outcome.kind !== 'recalled')
      return refusedReport(this.services, actor, { action: 'report.recall', id, message: NOT_OWN }, outcome);
    const { reportId, status, version: now } = outcome.report;
    return { report: { id: reportId, status, version: now } };
  }

  @ResolveField(() => [SeizureReportVersion], {
    description: 'Every version of the report, the current one first. Reading it is on the books.',
  })
  @Policy('report.read')
  async versions(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() report: SeizureReport,
  ): Promise<PresentedVersion[]> {
    const versions = await asActor(this.services.db, { personId: actor.personId, agencyId: actor.agency.id }, (tx) =>
      findReportVersions(tx, report.id),
    );
    await bookReport(
      this.services,
      actor,
      'report.history.read',
      versions.map(({ version }) => ({ id: report.id, version })),
    );
    return versions.map((version, index) => presentVersion(report.id, version, versions[index + 1] ?? null));
  }

  async #changed(
    actor: AgencyActor,
    action: string,
    id: string,
    outcome: Exclude<ChangeOutcome, { kind: 'held' }>,
  ): Promise<SeizureReportAccepted | SeizureReportRejected> {
    if (outcome.kind === 'accepted') return acceptedReport(outcome);
    return refusedReport(this.services, actor, { action, id, message: NOT_OWN }, outcome);
  }
}

/** Why a version was made: opened for the agency alone, and on the books. */
@Resolver(() => SeizureReportVersion)
export class ReportVersionResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @ResolveField(() => String, {
    nullable: true,
    description: 'Why it was corrected or recalled. Opened for your agency alone; every opening is on the books.',
  })
  @Policy('report.read')
  async reason(@CurrentAgencyActor() actor: AgencyActor, @Parent() version: PresentedVersion): Promise<string | null> {
    if (version.sealedReason === null) return null;
    await bookReport(this.services, actor, 'report.reason.open', [{ id: version.reportId, version: version.version }]);
    const place = SEAL_PLACES.reason(version.reportId, version.version);
    const opened = await this.services.keyHolder.open(version.sealedReason, { agencyId: actor.agency.id, ...place });
    return opened.toString('utf8');
  }

  @ResolveField(() => String, {
    nullable: true,
    description:
      'What the supervisor who returned it wanted put right. Opened for your agency alone; every opening is on the books.',
  })
  @Policy('report.read')
  async returnedNote(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() { reportId, version, sealedReturnNote }: PresentedVersion,
  ): Promise<string | null> {
    if (sealedReturnNote === null) return null;
    await bookReport(this.services, actor, 'report.return-note.open', [{ id: reportId, version }]);
    const place = { agencyId: actor.agency.id, ...SEAL_PLACES.returnNote(reportId) };
    return (await this.services.keyHolder.open(sealedReturnNote, place)).toString('utf8');
  }
}

export function presentVersion(
  reportId: string,
  version: ReportVersion,
  before: ReportVersion | null,
): PresentedVersion {
  return {
    version: version.version,
    change: version.change,
    changedBy: version.changedBy,
    changedAt: version.changedAt,
    status: version.status,
    occurredAt: version.occurredAt,
    sharing: version.sharing,
    tlp: version.tlp,
    releaseAfter: version.releaseAfter,
    holdReasons: version.holdReasons === null ? null : presentReasons(version.holdReasons),
    changes: reportChanges(before, version),
    ...presentContent(version.content),
    reportId,
    sealedReason: version.sealedReason,
    sealedReturnNote: version.sealedReturnNote,
  };
}
