import type { AgencyActor } from '@concord/access';
import { previewReport } from '@concord/submission';
import { Inject } from '@nestjs/common';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { bookRecordRead } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { presentPreview } from './report-preview.presenter.js';
import { PreviewSeizureReportPayload, type SeizureReportPreview } from './report-preview.types.js';
import type { SeizureReportRejected } from './seizure-report.types.js';
import { SubmitSeizureReportInput } from './submit-seizure-report.input.js';

/** What each audience would see, before anything is stored. */
@Resolver()
export class ReportPreviewResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => PreviewSeizureReportPayload, {
    description:
      'What `submitSeizureReport` would make of the same input: what it would refuse, what would be held, and the view that each audience would get, with how unique it would be there. Stores nothing and uses up no reference. Others’ records are counted only as far as you may list them, for the purpose named.',
  })
  @Policy('report.submit')
  async previewSeizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => SubmitSeizureReportInput }) input: SubmitSeizureReportInput,
  ): Promise<SeizureReportPreview | SeizureReportRejected> {
    const outcome = await previewReport(this.services, actor, input);
    if (outcome.kind === 'rejected') return { issues: [...outcome.issues] };
    // It tells how many records there are: a read of them, as an overview is.
    await bookRecordRead(this.services, actor, 'report.preview', []);
    return presentPreview(outcome, actor.agency);
  }
}
