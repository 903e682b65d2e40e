import { createUnionType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { SeizureReportStatusEnum } from '../graphql/shared.types.js';
import {
  HoldReason,
  SeizureReportAccepted,
  SeizureReportHeld,
  SeizureReportRejected,
  SubmitSeizureReportPayload,
} from './seizure-report.types.js';

@ObjectType({ description: 'What became of one report of a batch.' })
@PresentedAs('outcome')
export class BatchedSubmission {
  @Field(() => Int, { description: 'Which of `inputs` it was, from 0.' })
  index!: number;

  @Field(() => String, { nullable: true, description: 'As it was sent.' })
  submitterReference!: string | null;

  @Field(() => SubmitSeizureReportPayload, { description: 'As `submitSeizureReport` would have answered.' })
  outcome!: SeizureReportAccepted | SeizureReportHeld | SeizureReportRejected;
}

@ObjectType({
  description: 'Every report of the batch was looked at, each on its own; what is accepted or held is committed.',
})
@PresentedAs('outcome')
export class SeizureReportsSubmitted {
  @Field(() => [BatchedSubmission], { description: 'One for each of `inputs`, in their order.' })
  results!: BatchedSubmission[];

  @Field(() => Int, { description: 'How many were accepted, duplicates among them.' })
  accepted!: number;

  @Field(() => Int, { description: 'How many wait for a supervisor.' })
  held!: number;

  @Field(() => Int, { description: 'How many were refused: nothing of these was stored.' })
  rejected!: number;
}

export const SubmitSeizureReportsPayload = createUnionType({
  name: 'SubmitSeizureReportsPayload',
  description: 'What became of a batch. SeizureReportRejected: none of it was looked at.',
  types: () => [SeizureReportsSubmitted, SeizureReportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? SeizureReportRejected : SeizureReportsSubmitted),
});

@ObjectType({ description: 'Where the report stands that was submitted under a reference.' })
@PresentedAs('own-report')
export class SubmissionStatus {
  @Field(() => ID, { description: 'The report’s.' })
  reportId!: string;

  @Field(() => ID, { description: 'Of the record that others see, once it is released.' })
  recordId!: string;

  @Field(() => SeizureReportStatusEnum, { description: 'Where it stands now.' })
  status!: string;

  @Field(() => Int, { description: 'Of the report.' })
  version!: number;

  @Field(() => [HoldReason], {
    description: 'Why it waits for a supervisor (HELD), or was returned (DRAFT); else none.',
  })
  reasons!: readonly HoldReason[];
}

@ObjectType({ description: 'What became of a reference.' })
@PresentedAs('own-report')
export class SubmissionOutcome {
  @Field({ description: 'As it was asked for.' })
  submitterReference!: string;

  @Field(() => SubmissionStatus, {
    nullable: true,
    description: 'Null: nothing was stored under this reference, or not by you: submit it.',
  })
  submission!: SubmissionStatus | null;
}
