import type { AgencyActor } from '@concord/access';
import { newId } from '@concord/platform/ids';
import { asActor, findSubmissions } from '@concord/records';
import { MOST_REPORTS, presentReasons, submitReports, type BatchedOutcome, type Issue } from '@concord/submission';
import { Inject } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { bookReport, presentSubmission, referenceOf } from './seizure-report.presenter.js';
import type { SeizureReportRejected } from './seizure-report.types.js';
import { SubmitSeizureReportInput } from './submit-seizure-report.input.js';
import {
  SubmissionOutcome,
  SubmitSeizureReportsPayload,
  type BatchedSubmission,
  type SeizureReportsSubmitted,
} from './submit-reports.types.js';

/** For machines: many reports at once, and what became of them. */
@Resolver()
export class SubmitReportsResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => SubmitSeizureReportsPayload, {
    description: `Submits up to ${MOST_REPORTS} reports, each as \`submitSeizureReport\` would: what is wrong with one stops no other. What is answered is committed. After an error or no answer send the whole batch again: what was stored is a duplicate then.`,
  })
  @Policy('report.submit')
  async submitSeizureReports(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('inputs', { type: () => [SubmitSeizureReportInput], description: `1 to ${MOST_REPORTS}.` })
    inputs: SubmitSeizureReportInput[],
  ): Promise<SeizureReportsSubmitted | SeizureReportRejected> {
    const issue = wrongNumber('inputs', inputs);
    if (issue !== null) return { issues: [issue] };
    const outcomes = await submitReports(this.services, actor, inputs);
    const count = (kind: BatchedOutcome['kind']): number => outcomes.filter((one) => one.kind === kind).length;
    return {
      results: outcomes.map((outcome, index) => this.#present(outcome, index, inputs[index])),
      accepted: count('accepted'),
      held: count('held'),
      rejected: count('rejected') + count('failed'),
    };
  }

  @Query(() => [SubmissionOutcome], {
    description: `What became of up to ${MOST_REPORTS} references of your agency, in the order that they are asked for. For whoever submits; an API key that may not read the agency’s reports is told of what was submitted from its own seat.`,
  })
  @Policy('report.submit')
  async submissionOutcomes(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('references', { type: () => [String], description: `1 to ${MOST_REPORTS}.` }) references: string[],
  ): Promise<SubmissionOutcome[]> {
    const issue = wrongNumber('references', references);
    if (issue !== null) throw new InvalidInputError(issue.message, [issue]);
    const as = { personId: actor.personId, agencyId: actor.agency.id };
    const own = actor.key === undefined || actor.key.capabilities.has('READ_OWN') ? null : actor.personId;
    const found = await asActor(this.services.db, as, (tx) =>
      findSubmissions(tx, actor.agency.id, [...new Set(references.map(referenceOf))], own),
    );
    await bookReport(this.services, actor, 'report.outcomes', found);
    const byReference = new Map(found.map((one) => [one.submitterReference, one]));
    return references.map((submitterReference) => {
      const one = byReference.get(referenceOf(submitterReference));
      const submission = one && {
        ...{ reportId: one.id, recordId: one.recordId, status: one.status, version: one.version },
        reasons: presentReasons(one.holdReasons ?? []),
      };
      return { submitterReference, submission: submission ?? null };
    });
  }

  #present(
    outcome: BatchedOutcome,
    index: number,
    input: Pick<SubmitSeizureReportInput, 'submitterReference'> | undefined,
  ): BatchedSubmission {
    const submitterReference = input?.submitterReference ?? null;
    if (outcome.kind !== 'failed')
      return { index, submitterReference, outcome: presentSubmission(this.services, outcome, submitterReference) };
    const logId = newId();
    this.services.log.error({ err: outcome.error, logId }, 'request.failed');
    const message = `Something went wrong on our side. Quote the log id ${logId} when you report it.`;
    return { index, submitterReference, outcome: { issues: [{ path: '', code: 'INTERNAL', message }] } };
  }
}

function wrongNumber(path: string, items: readonly unknown[]): Issue | null {
  const message = `Send 1 to ${MOST_REPORTS}.`;
  if (items.length === 0) return { path, code: 'REQUIRED', message };
  return items.length > MOST_REPORTS ? { path, code: 'TOO_MANY_ITEMS', message } : null;
}
