import { createUnionType, Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import {
  FormEnum,
  Issue,
  LaboratoryStatusEnum,
  PageInfo,
  PrecisionEnum,
  SeizureReportStatusEnum,
  SettingEnum,
  SharingEnum,
  SubstanceCategoryEnum,
  TlpEnum,
  UnitEnum,
} from '../graphql/shared.types.js';

@ObjectType({ description: 'Where it was, as reported.' })
@PresentedAs('own-report')
export class ReportPlace {
  @Field(() => Float, { nullable: true })
  latitude!: number | null;

  @Field(() => Float, { nullable: true })
  longitude!: number | null;

  @Field({ description: 'Five-digit FIPS code.' })
  countyFips!: string;

  @Field(() => SettingEnum)
  setting!: string;

  @Field(() => String, { nullable: true })
  portOfEntry!: string | null;
}

@ObjectType({ description: 'One substance, as reported.' })
@PresentedAs('own-report')
export class ReportSubstance {
  @Field(() => String, { nullable: true })
  deaCode!: string | null;

  @Field()
  name!: string;

  @Field(() => SubstanceCategoryEnum)
  category!: string;

  @Field(() => FormEnum)
  form!: string;

  @Field(() => Float, { nullable: true, description: 'The number as submitted, in `unit`.' })
  quantity!: number | null;

  @Field(() => UnitEnum, { nullable: true })
  unit!: string | null;

  @Field(() => Float, { nullable: true, description: 'Whole milligrams, only where the unit is a weight.' })
  milligrams!: number | null;

  @Field(() => LaboratoryStatusEnum)
  laboratoryStatus!: string;

  @Field(() => Float, { nullable: true, description: '0 to 100.' })
  purityPercent!: number | null;
}

@ObjectType({ description: 'What your agency submitted, whole. Only your agency ever sees it.' })
@PresentedAs('own-report')
export class SeizureReport {
  @Field(() => ID)
  id!: string;

  @Field()
  submitterReference!: string;

  @Field(() => SeizureReportStatusEnum)
  status!: string;

  @Field(() => Int)
  version!: number;

  @Field()
  occurredAt!: Date;

  @Field(() => SharingEnum)
  sharing!: string;

  @Field(() => TlpEnum)
  tlp!: string;

  @Field(() => Date, { nullable: true, description: "The embargo's end." })
  releaseAfter!: Date | null;

  @Field()
  submittedAt!: Date;

  @Field()
  synthetic!: boolean;

  @Field(() => ReportPlace)
  place!: ReportPlace;

  @Field(() => [ReportSubstance])
  substances!: ReportSubstance[];
}

@ObjectType()
@PresentedAs('own-report')
export class SeizureReportEdge {
  @Field()
  cursor!: string;

  @Field(() => SeizureReport)
  node!: SeizureReport;
}

@ObjectType({ description: 'Reports of your agency, newest submission first.' })
@PresentedAs('own-report')
export class SeizureReportConnection {
  @Field(() => [SeizureReportEdge])
  edges!: SeizureReportEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'A report in the answer to its submission.' })
@PresentedAs('own-report')
export class SubmittedReportSummary {
  @Field(() => ID)
  id!: string;

  @Field()
  submitterReference!: string;

  @Field(() => SeizureReportStatusEnum)
  status!: string;

  @Field(() => Int)
  version!: number;
}

@ObjectType({ description: 'The record that was made of a report.' })
@PresentedAs('own-report')
export class SubmittedRecordSummary {
  @Field(() => ID)
  id!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => PrecisionEnum, { description: 'OWNER: how your agency sees it.' })
  precision!: string;

  @Field(() => TlpEnum)
  tlp!: string;
}

@ObjectType({ description: 'Stored. It is committed when you read this.' })
@PresentedAs('outcome')
export class SeizureReportAccepted {
  @Field({ description: 'The same reference with the same content was submitted before; nothing was stored now.' })
  duplicate!: boolean;

  @Field({ description: 'Proof of receipt: report, version and digest of the content.' })
  receipt!: string;

  @Field(() => [Issue], { description: 'What is odd about it and did not stop it.' })
  warnings!: Issue[];

  @Field(() => SubmittedReportSummary)
  report!: SubmittedReportSummary;

  @Field(() => SubmittedRecordSummary)
  record!: SubmittedRecordSummary;
}

@ObjectType({ description: 'Stored, and waiting for a supervisor of your agency.' })
@PresentedAs('outcome')
export class SeizureReportHeld {
  @Field()
  receipt!: string;

  @Field(() => SubmittedReportSummary)
  report!: SubmittedReportSummary;

  @Field(() => [Issue])
  reasons!: Issue[];
}

@ObjectType({ description: 'Nothing was stored. Every fault is listed.' })
@PresentedAs('outcome')
export class SeizureReportRejected {
  @Field(() => [Issue])
  issues!: Issue[];
}

export const SubmitSeizureReportPayload = createUnionType({
  name: 'SubmitSeizureReportPayload',
  description: 'What became of a submission.',
  types: () => [SeizureReportAccepted, SeizureReportHeld, SeizureReportRejected] as const,
  resolveType: (value: object) =>
    'issues' in value ? SeizureReportRejected : 'reasons' in value ? SeizureReportHeld : SeizureReportAccepted,
});
