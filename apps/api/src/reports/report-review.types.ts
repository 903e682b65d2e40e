import { createUnionType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { PageInfo, SeizureReportStatusEnum, SharingEnum } from '../graphql/shared.types.js';
import { SeizureRecord } from '../records/seizure-record.types.js';
import { HoldReason, SeizureReportAccepted, SeizureReportRejected, TextPlace } from './seizure-report.types.js';

@ObjectType({
  description: 'Whose report it is: your agency, or one that has yours as its parent and no other supervisor.',
})
@PresentedAs('held-report')
export class HeldReportAgency {
  @Field(() => String, { nullable: true, description: 'Its ORI.' })
  ori!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;
}

@ObjectType({ description: 'Who submitted it.' })
@PresentedAs('held-report')
export class HeldReportSubmitter {
  @Field(() => ID, { description: 'The person’s.' })
  id!: string;

  @Field({ description: 'Name as the directory has it.' })
  displayName!: string;
}

@ObjectType({ description: 'A text that others would see, with what it is held for.' })
@PresentedAs('held-report')
export class HeldText {
  @Field({ description: 'Where in the report, such as `remarks`.' })
  path!: string;

  @Field({ description: 'The text as it is stored.' })
  text!: string;

  @Field(() => [TextPlace], { description: 'What to look at, in order.' })
  places!: TextPlace[];
}

@ObjectType({
  description:
    'A report that waits for a supervisor: what the decision needs and no more. Neither narrative, identifiers nor basis.',
})
@PresentedAs('held-report')
export class HeldSeizureReport {
  @Field(() => ID, { description: 'The report’s.' })
  id!: string;

  @Field(() => Int, { description: 'The version to decide on.' })
  version!: number;

  @Field(() => HeldReportAgency, { description: 'Whose it is.' })
  agency!: HeldReportAgency;

  @Field({ description: 'Since when it waits.' })
  heldAt!: Date;

  @Field(() => HeldReportSubmitter, { description: 'Who submitted it.' })
  submittedBy!: HeldReportSubmitter;

  @Field(() => SharingEnum, { description: 'Who would get it.' })
  sharing!: string;

  @Field(() => Date, { nullable: true, description: 'An embargo that stays when it is released.' })
  releaseAfter!: Date | null;

  @Field({ description: 'It is to be released by hand once more, when its agency chooses.' })
  holdUntilReleased!: boolean;

  @Field(() => [HoldReason], { description: 'What it is held for.' })
  reasons!: HoldReason[];

  @Field(() => [HeldText], { description: 'The texts that it is held for, with the places marked.' })
  texts!: HeldText[];

  @Field({ description: 'False for whoever wrote what stands in it.' })
  mayRelease!: boolean;

  @Field(() => SeizureRecord, { description: 'The finest view that others would get.' })
  record!: SeizureRecord;
}

@ObjectType({ description: 'One report of a page.' })
@PresentedAs('held-report')
export class HeldSeizureReportEdge {
  @Field({ description: 'Place in the queue, for `after`.' })
  cursor!: string;

  @Field(() => HeldSeizureReport, { description: 'The report.' })
  node!: HeldSeizureReport;
}

@ObjectType({ description: 'Held reports by what holds them.' })
@PresentedAs('held-report')
export class HeldForReason {
  @Field({ description: 'Stable code; docs/issue-codes.md has the meanings.' })
  code!: string;

  @Field(() => Int, { description: 'Reports; one that is held for two reasons is in both.' })
  reports!: number;
}

@ObjectType({ description: 'How much waits for you: the oldest 1,000.' })
@PresentedAs('held-report')
export class HeldReportsWaiting {
  @Field(() => Int, { description: 'How many reports.' })
  reports!: number;

  @Field({ description: 'There are more.' })
  atLeast!: boolean;

  @Field(() => Date, { nullable: true, description: 'Since when the oldest waits; null where none does.' })
  since!: Date | null;

  @Field(() => [HeldForReason], { description: 'By what holds them, most first.' })
  reasons!: readonly HeldForReason[];
}

@ObjectType({ description: 'What waits for you, oldest first.' })
@PresentedAs('held-report')
export class HeldSeizureReportConnection {
  @Field(() => [HeldSeizureReportEdge], { description: 'The page.' })
  edges!: HeldSeizureReportEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'A report in the answer to its return.' })
@PresentedAs('held-report')
export class ReturnedReportSummary {
  @Field(() => ID, { description: 'The report’s.' })
  id!: string;

  @Field(() => SeizureReportStatusEnum, { description: 'DRAFT.' })
  status!: string;

  @Field(() => Int, { description: 'The version that the return made.' })
  version!: number;
}

@ObjectType({ description: 'It is a draft of its agency again, with your note; nobody else sees it.' })
@PresentedAs('outcome')
export class SeizureReportReturned {
  @Field(() => ReturnedReportSummary, { description: 'The report as it stands.' })
  report!: ReturnedReportSummary;
}

export const ReleaseSeizureReportPayload = createUnionType({
  name: 'ReleaseSeizureReportPayload',
  description: 'What became of a release.',
  types: () => [SeizureReportAccepted, SeizureReportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? SeizureReportRejected : SeizureReportAccepted),
});

export const ReturnSeizureReportPayload = createUnionType({
  name: 'ReturnSeizureReportPayload',
  description: 'What became of a return.',
  types: () => [SeizureReportReturned, SeizureReportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? SeizureReportRejected : SeizureReportReturned),
});
