import type { AgencyActor } from '@concord/access';
import { isId } from '@concord/platform/ids';
import { asActor, countHeldReports, findHeldReports, type HeldReport } from '@concord/records';
import { presentReasons, releaseReport, returnReport } from '@concord/submission';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { presentRecord } from '../records/seizure-record.presenter.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { VERSION_DESCRIPTION } from './report-change.types.js';
import {
  HeldReportsWaiting,
  HeldSeizureReportConnection,
  ReleaseSeizureReportPayload,
  ReturnSeizureReportPayload,
  type HeldSeizureReport,
  type SeizureReportReturned,
} from './report-review.types.js';
import { acceptedReport, bookReport, refusedReport } from './seizure-report.presenter.js';
import type { SeizureReportAccepted, SeizureReportRejected } from './seizure-report.types.js';

const CURSOR = 'held';
const MOST_COUNTED = 1_000;
const NOT_TO_DECIDE = 'No report that you decide on has this id.';

/** What waits for a supervisor, and what becomes of it. */
@Resolver()
export class ReportReviewResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => HeldSeizureReportConnection, {
    description:
      'Reports that wait for a supervisor, oldest first: of your agency, and of agencies that have yours as their parent and no other supervisor who could decide. Supervisors. Reading it is on the books.',
  })
  @Policy('report.release')
  async heldSeizureReports(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<HeldSeizureReportConnection> {
    const size = pageSize(first);
    const place = decodeCursor(CURSOR, after);
    const found = await asActor(this.services.db, { personId: actor.personId, agencyId: actor.agency.id }, (tx) =>
      findHeldReports(tx, size + 1, place === null ? null : { heldAt: place.at, id: place.id }),
    );
    const shown = found.slice(0, size).map(({ report }) => report);
    await bookReport(this.services, actor, 'report.held.list', shown);
    return toPage(found, size, ({ report, position }) => ({
      cursor: encodeCursor(CURSOR, { at: position.heldAt, id: position.id }),
      node: presentHeld(report),
    }));
  }

  @Mutation(() => ReleaseSeizureReportPayload, {
    description:
      'Lets others see a report that was held, and raises its alerts; an embargo that is still to come stays. Also ends an embargo that lasts until it is released by hand. Supervisors; nobody releases what they wrote. What the agency may share now has to allow it. Sent again it changes nothing.',
  })
  @Policy('report.release')
  async releaseSeizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('version', { type: () => Int, description: VERSION_DESCRIPTION }) version: number,
    @Args('note', {
      type: () => String,
      nullable: true,
      description: 'At most 2,000 characters; sealed, for its agency.',
    })
    note: string | null,
  ): Promise<SeizureReportAccepted | SeizureReportRejected> {
    const outcome = isId(id)
      ? await releaseReport(this.services, actor, { id, version, note: note ?? null })
      : { kind: 'absent' as const };
    if (outcome.kind !== 'decided')
      return refusedReport(this.services, actor, { action: 'report.release', id, message: NOT_TO_DECIDE }, outcome);
    const { report, duplicate } = outcome;
    const { submitterReference, tlp } = report;
    return acceptedReport({ duplicate, stored: report, submitterReference, tlp, warnings: [] });
  }

  @Mutation(() => ReturnSeizureReportPayload, {
    description:
      'Gives a report that was held back to its agency as a draft, with a note that says what to put right: `correctSeizureReport` submits it anew. Supervisors; nobody decides on what they wrote. Sent again it changes nothing.',
  })
  @Policy('report.release')
  async returnSeizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('version', { type: () => Int, description: VERSION_DESCRIPTION }) version: number,
    @Args('note', { type: () => String, description: 'At most 2,000 characters; sealed, for its agency.' })
    note: string,
  ): Promise<SeizureReportReturned | SeizureReportRejected> {
    const outcome = isId(id)
      ? await returnReport(this.services, actor, { id, version, note })
      : { kind: 'absent' as const };
    if (outcome.kind !== 'decided')
      return refusedReport(this.services, actor, { action: 'report.return', id, message: NOT_TO_DECIDE }, outcome);
    const { reportId, status, version: now } = outcome.report;
    return { report: { id: reportId, status, version: now } };
  }
}

/** How long the queue is, and for what. */
@Resolver(() => HeldSeizureReportConnection)
export class HeldReportsWaitingResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @ResolveField(() => HeldReportsWaiting, { description: 'All that waits for you, whatever page this is.' })
  @Policy('report.release')
  async waiting(@CurrentAgencyActor() actor: AgencyActor): Promise<HeldReportsWaiting> {
    const { reasons, ...counted } = await asActor(
      this.services.db,
      { personId: actor.personId, agencyId: actor.agency.id },
      (tx) => countHeldReports(tx, MOST_COUNTED),
    );
    return { ...counted, reasons: [...reasons] };
  }
}

function presentHeld(report: HeldReport): HeldSeizureReport {
  const { id, version, heldAt, submittedBy, sharing, releaseAfter, holdUntilReleased, mayRelease } = report;
  const reasons = presentReasons(report.reasons);
  return {
    ...{ id, version, heldAt, submittedBy, sharing, releaseAfter, holdUntilReleased, mayRelease, reasons },
    agency: { ori: report.agency.ori, name: report.agency.name },
    texts: Object.entries(report.texts).map(([path, text]) => ({
      path,
      text,
      places: reasons
        .filter((reason) => reason.path === path)
        .flatMap(({ places }) => [...places])
        .sort((a, b) => a.from - b.from || a.to - b.to),
    })),
    record: presentRecord(report.view),
  };
}
