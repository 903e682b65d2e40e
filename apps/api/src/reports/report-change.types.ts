import { createUnionType, Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { ReportChangeEnum, SeizureReportStatusEnum, SharingEnum, TlpEnum } from '../graphql/shared.types.js';
import {
  HoldReason,
  ReportFacts,
  SeizureReportAccepted,
  SeizureReportHeld,
  SeizureReportRejected,
} from './seizure-report.types.js';

/** Nullable like the input of a submission: validation answers with every fault at once. */
/** Of the argument by which an act says on which version it was decided. */
export const VERSION_DESCRIPTION =
  'The version that you have read; if the report has moved on, the answer is CONFLICT and names where it is.';

@InputType({ description: 'What a laboratory found of one substance. What is left out stays as it was reported.' })
export class LaboratoryResultInput {
  @Field(() => Int, { nullable: true, description: 'Required: which substance of the report, from 0.' })
  substance?: number | null;

  @Field(() => String, { nullable: true, description: 'DEA code of what it is, such as 9801.' })
  deaCode?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is, where there is no DEA code; with `category`.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Class of a substance without a DEA code.' })
  category?: string | null;

  @Field(() => String, { nullable: true, description: 'Required: PRESUMPTIVE CONFIRMED REFUTED.' })
  laboratoryStatus?: string | null;

  @Field(() => Float, { nullable: true, description: '0 to 100.' })
  purityPercent?: number | null;

  @Field(() => Float, { nullable: true, description: 'As measured by the laboratory, in `unit`.' })
  quantity?: number | null;

  @Field(() => String, { nullable: true, description: 'Why there is no quantity: TRACE PENDING UNKNOWN.' })
  quantityReason?: string | null;

  @Field(() => String, { nullable: true, description: 'KG GM LB OZ LT ML GL FO DU NP XX.' })
  unit?: string | null;

  @Field(() => [String], { nullable: true, description: 'What it was cut with; replaces what was reported.' })
  adulterants?: string[] | null;
}

@ObjectType({ description: 'Somebody of your own agency.' })
@PresentedAs('own-report')
export class ReportChanger {
  @Field(() => ID, { description: 'The person’s.' })
  id!: string;

  @Field({ description: 'Name as the directory has it.' })
  displayName!: string;
}

@ObjectType({ description: 'One thing that a version says otherwise than the one before.' })
@PresentedAs('own-report')
export class ReportFieldChange {
  @Field({ description: 'Where, as in the input, such as `substances.0.purityPercent`.' })
  path!: string;

  @Field(() => String, { nullable: true, description: 'As it was; null: it was not there, or it is sealed.' })
  from!: string | null;

  @Field(() => String, { nullable: true, description: 'As it is; null: it is not there any more, or it is sealed.' })
  to!: string | null;

  @Field({ description: 'A sealed part came, went, or is of another kind or number. It is named and not shown.' })
  sealed!: boolean;
}

@ObjectType({ description: 'A report of your agency as it stood at one version.' })
@PresentedAs('own-report')
export class SeizureReportVersion extends ReportFacts {
  @Field(() => Int, { description: 'Counts up with every change.' })
  version!: number;

  @Field(() => ReportChangeEnum, { description: 'What made this version.' })
  change!: string;

  @Field(() => ReportChanger, { description: 'Who made it.' })
  changedBy!: ReportChanger;

  @Field({ description: 'When.' })
  changedAt!: Date;

  @Field(() => SeizureReportStatusEnum, { description: 'Where the report stood.' })
  status!: string;

  @Field({ description: 'Start of the time that the stated precision leaves open.' })
  occurredAt!: Date;

  @Field(() => SharingEnum, { description: 'Who got the record.' })
  sharing!: string;

  @Field(() => TlpEnum, { description: 'What readers might do onward.' })
  tlp!: string;

  @Field(() => Date, { nullable: true, description: "The embargo's end." })
  releaseAfter!: Date | null;

  @Field(() => [HoldReason], {
    nullable: true,
    description:
      'What it was held for at this version; null where nothing held it. Who decided is `changedBy` of the version that `change` calls RELEASED or RETURNED, when is its `changedAt`, and their note its `reason` or `returnedNote`.',
  })
  holdReasons!: readonly HoldReason[] | null;

  @Field(() => [ReportFieldChange], {
    description:
      'What it says otherwise than the version before; empty for the first. Whether the words of a sealed part are others is not told.',
  })
  changes!: readonly ReportFieldChange[];
}

export const CorrectSeizureReportPayload = createUnionType({
  name: 'CorrectSeizureReportPayload',
  description: 'What became of a correction.',
  types: () => [SeizureReportAccepted, SeizureReportHeld, SeizureReportRejected] as const,
  resolveType: (value: object) =>
    'issues' in value ? SeizureReportRejected : 'reasons' in value ? SeizureReportHeld : SeizureReportAccepted,
});

export const RecordLaboratoryResultPayload = createUnionType({
  name: 'RecordLaboratoryResultPayload',
  description: 'What became of laboratory results.',
  types: () => [SeizureReportAccepted, SeizureReportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? SeizureReportRejected : SeizureReportAccepted),
});

@ObjectType({ description: 'A recalled report in the answer to its recall.' })
@PresentedAs('own-report')
export class RecalledReportSummary {
  @Field(() => ID, { description: 'The report’s.' })
  id!: string;

  @Field(() => SeizureReportStatusEnum, { description: 'RECALLED.' })
  status!: string;

  @Field(() => Int, { description: 'The version that the recall made.' })
  version!: number;
}

@ObjectType({ description: 'Nobody sees the record any more. Whoever was alerted to it is told so.' })
@PresentedAs('outcome')
export class SeizureReportRecalled {
  @Field(() => RecalledReportSummary, { description: 'The report as it stands.' })
  report!: RecalledReportSummary;
}

export const RecallSeizureReportPayload = createUnionType({
  name: 'RecallSeizureReportPayload',
  description: 'What became of a recall.',
  types: () => [SeizureReportRecalled, SeizureReportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? SeizureReportRejected : SeizureReportRecalled),
});
