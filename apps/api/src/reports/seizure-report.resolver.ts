import type { AgencyActor } from '@concord/access';
import { notFound } from '@concord/platform/errors';
import { isId } from '@concord/platform/ids';
import { asActor, findOwnReport, findOwnReports } from '@concord/records';
import { SEAL_PLACES, submitReport } from '@concord/submission';
import { Inject } from '@nestjs/common';
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { bookRefusedRead } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { checkedSearch, OwnReportSearchArgs } from './own-report-search.input.js';
import type { CountableConnection } from './own-report-count.resolver.js';
import { bookReport, presentReport, presentSubmission, type PresentedReport } from './seizure-report.presenter.js';
import { SubmitSeizureReportInput } from './submit-seizure-report.input.js';
import {
  SeizureReport,
  SeizureReportConnection,
  SubmitSeizureReportPayload,
  type SeizureReportAccepted,
  type SeizureReportHeld,
  type SeizureReportRejected,
} from './seizure-report.types.js';

const CURSOR = 'report';

@Resolver(() => SeizureReport)
export class SeizureReportResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => SubmitSeizureReportPayload, {
    description:
      'Submits a report. Accepted means committed; sending it again under the same reference is safe. A refusal lists every fault at once and stores nothing.',
  })
  @Policy('report.submit')
  async submitSeizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => SubmitSeizureReportInput }) input: SubmitSeizureReportInput,
  ): Promise<SeizureReportAccepted | SeizureReportHeld | SeizureReportRejected> {
    const outcome = await submitReport(this.services, actor, input);
    return presentSubmission(this.services, outcome, input.submitterReference);
  }

  @Query(() => SeizureReport, {
    nullable: true,
    description: "A report of your own agency, whole. NOT_FOUND for everybody else's.",
  })
  @Policy('report.read')
  async seizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<PresentedReport> {
    const report = isId(id)
      ? await asActor(this.services.db, { personId: actor.personId, agencyId: actor.agency.id }, (tx) =>
          findOwnReport(tx, id),
        )
      : null;
    if (report === null) {
      await bookRefusedRead(this.services, actor, 'report', id);
      throw notFound();
    }
    await bookReport(this.services, actor, 'report.read', [report]);
    return presentReport(report);
  }

  @Query(() => SeizureReportConnection, {
    description: 'Reports of your own agency that meet all that is given, newest submission first.',
  })
  @Policy('report.read')
  async mySeizureReports(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args() args: OwnReportSearchArgs,
  ): Promise<CountableConnection> {
    const size = pageSize(args.first);
    const search = checkedSearch(args);
    const place = decodeCursor(CURSOR, args.after);
    const position = place === null ? null : { submittedAt: place.at, id: place.id };
    const found = await asActor(this.services.db, { personId: actor.personId, agencyId: actor.agency.id }, (tx) =>
      findOwnReports(tx, search, size + 1, position),
    );
    await bookReport(
      this.services,
      actor,
      'report.list',
      found.slice(0, size).map(({ report }) => report),
    );
    const page = toPage(found, size, ({ report, position: at }) => ({
      cursor: encodeCursor(CURSOR, { at: at.submittedAt, id: at.id }),
      node: presentReport(report),
    }));
    return { ...page, search };
  }

  @ResolveField(() => String, {
    nullable: true,
    description: 'Opened for your agency alone; every opening is on the books.',
  })
  @Policy('report.read')
  async narrative(@CurrentAgencyActor() actor: AgencyActor, @Parent() report: PresentedReport): Promise<string | null> {
    const { narrative, agencyId } = report.sealed;
    if (narrative === null || agencyId !== actor.agency.id) return null;
    await bookReport(this.services, actor, 'report.narrative.open', [{ id: report.id, version: report.version }]);
    const opened = await this.services.keyHolder.open(narrative, {
      agencyId,
      ...SEAL_PLACES.narrative(report.id),
    });
    return opened.toString('utf8');
  }

  @ResolveField(() => String, {
    nullable: true,
    description:
      'What the supervisor who returned it wants put right. Opened for your agency alone; every opening is on the books.',
  })
  @Policy('report.read')
  async returnedNote(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() report: PresentedReport,
  ): Promise<string | null> {
    const { returnNote, agencyId } = report.sealed;
    if (returnNote === null || agencyId !== actor.agency.id) return null;
    await bookReport(this.services, actor, 'report.return-note.open', [{ id: report.id, version: report.version }]);
    const place = SEAL_PLACES.returnNote(report.id);
    return (await this.services.keyHolder.open(returnNote, { agencyId, ...place })).toString('utf8');
  }
}
